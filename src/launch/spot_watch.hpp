#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "launch/instance_metadata.hpp"
#include "mpi/host_notice.hpp"

namespace gridmill::launch {

/// Watches, on a thread of its own, for the notice that this machine is about to be taken away (InstanceMetadata).
///
/// Where no such service answers the `first_questions` the thread ends and says nothing: this is no machine of EC2.
/// Later a question without an answer is put again. Its end may wait for an answer, a second at most.
class SpotWatch {
 public:
  static constexpr std::chrono::milliseconds kBetweenQuestions{5000};
  static constexpr int kFirstQuestions = 3;  // a machine that is just taking up work may be slow to answer

  /// Errors: as InstanceMetadata.
  explicit SpotWatch(const std::string& address, std::chrono::milliseconds between_questions = kBetweenQuestions,
                     int first_questions = kFirstQuestions);
  ~SpotWatch();
  SpotWatch(const SpotWatch&) = delete;
  SpotWatch& operator=(const SpotWatch&) = delete;

  /// Returns what has been said; it never gets less.
  [[nodiscard]] const std::atomic<mpi::HostNotice>& notice() const { return notice_; }

 private:
  void run(int first_questions);

  InstanceMetadata metadata_;  // of the thread
  std::chrono::milliseconds between_questions_;
  std::atomic<mpi::HostNotice> notice_{mpi::HostNotice::none};
  std::mutex mutex_;
  std::condition_variable end_noted_;
  bool ended_ = false;  // with mutex_
  std::thread thread_;  // last: it uses the others
};

}  // namespace gridmill::launch
