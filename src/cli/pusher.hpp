#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "staging/claim.hpp"
#include "staging/copies.hpp"

namespace gridmill::cli {

inline constexpr std::chrono::seconds kBetweenRenewals{15};

/// Sends what is finished in run directories again and again, on a thread of its own, and says that this machine works
/// there. What fails is said once, and tried again. Where another machine has taken over this process is sent SIGTERM.
class Pusher {
 public:
  /// `claims` must outlive it.
  Pusher(const std::vector<std::unique_ptr<staging::Claim>>& claims, staging::Say say);
  ~Pusher();
  Pusher(const Pusher&) = delete;
  Pusher& operator=(const Pusher&) = delete;

  /// Ends the thread; what it is sending is sent. Errors: RunError: another machine has taken over.
  void finish();

 private:
  void run();
  void push(staging::S3& s3);
  void end();

  const std::vector<std::unique_ptr<staging::Claim>>& claims_;
  staging::Say say_;
  std::chrono::duration<double> interval_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;      // with mutex_
  std::string taken_over_;  // with mutex_; words
  bool has_failed_ = false;
  std::thread thread_;
};

/// Lets SIGINT and SIGTERM end this process at once: no job is left that listens to them.
void hear_signals_again();

}  // namespace gridmill::cli
