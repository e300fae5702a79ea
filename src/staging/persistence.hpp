#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "staging/http.hpp"

namespace gridmill::staging {

/// Whether an answer says that it may be another one a little later: 5xx, too many requests, a timeout, a request that
/// was damaged on its way.
bool passes(const Response& response);

/// How often something is tried that fails for reasons that pass, and how long is waited in between: twice as long each
/// time, up to 10 s, and each time a part of it by chance, so that many do not come back at once; until a minute after
/// the first failure.
class Persistence {
 public:
  /// Waits before the next attempt; false, at once: there is none left.
  bool again();
  /// Begins anew: something has been reached meanwhile.
  void reset();
  [[nodiscard]] std::size_t n_failed() const { return n_failed_; }

 private:
  std::size_t n_failed_ = 0;
  std::chrono::steady_clock::time_point first_failed_{};  // what is sent before may take any time
};

}  // namespace gridmill::staging
