#include "staging/persistence.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

namespace gridmill::staging {

namespace {

constexpr std::size_t kAttempts = 9;  // half a minute
constexpr std::chrono::duration<double> kFirstWait{0.1};
constexpr std::chrono::duration<double> kLongestWait{10};
constexpr std::chrono::seconds kInAll{60};

}  // namespace

bool passes(const Response& response) {
  constexpr long kTimeout = 408;
  constexpr long kTooMany = 429;
  constexpr long kNotImplemented = 501;
  const bool is_of_server = response.status >= 500 && response.status != kNotImplemented;
  return is_of_server || response.status == kTimeout || response.status == kTooMany ||
         (response.status == 400 && response.body.find("<Code>RequestTimeout</Code>") != std::string::npos);
}

void Persistence::reset() { *this = {}; }

bool Persistence::again() {
  if (++n_failed_ >= kAttempts || std::chrono::steady_clock::now() - begin_ > kInAll) return false;
  static thread_local std::minstd_rand chance(std::random_device{}());
  const auto longest = std::min(kFirstWait * static_cast<double>(std::size_t{1} << n_failed_), kLongestWait);
  const double share = std::uniform_real_distribution<double>(0.5, 1)(chance);
  std::this_thread::sleep_for(longest * share);
  return true;
}

}  // namespace gridmill::staging
