#include "staging/persistence.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <string_view>
#include <thread>

#include "staging/s3_answer.hpp"

namespace gridmill::staging {

namespace {

constexpr std::size_t kAttempts = 9;  // half a minute
constexpr std::chrono::duration<double> kFirstWait{0.1};
constexpr std::chrono::duration<double> kLongestWait{10};
constexpr std::chrono::seconds kInAll{60};
/// Codes of S3 for a request that did not arrive whole, or not as it was sent.
constexpr std::array<std::string_view, 4> kDamagedOnTheWay{"RequestTimeout", "IncompleteBody", "BadDigest",
                                                           "XAmzContentSHA256Mismatch"};

}  // namespace

bool passes(const Response& response) {
  constexpr long kBadRequest = 400;
  constexpr long kTimeout = 408;
  constexpr long kTooMany = 429;
  constexpr long kNotImplemented = 501;
  const bool is_of_server = response.status >= 500 && response.status != kNotImplemented;
  if (is_of_server || response.status == kTimeout || response.status == kTooMany) return true;
  return response.status == kBadRequest &&
         std::ranges::find(kDamagedOnTheWay, element(response.body, "Code")) != kDamagedOnTheWay.end();
}

void Persistence::reset() { *this = {}; }

bool Persistence::again() {
  const auto now = std::chrono::steady_clock::now();
  if (n_failed_ == 0) first_failed_ = now;
  if (++n_failed_ >= kAttempts || now - first_failed_ > kInAll) return false;
  static thread_local std::minstd_rand chance(std::random_device{}());
  const auto longest = std::min(kFirstWait * static_cast<double>(std::size_t{1} << n_failed_), kLongestWait);
  const double share = std::uniform_real_distribution<double>(0.5, 1)(chance);
  std::this_thread::sleep_for(longest * share);
  return true;
}

}  // namespace gridmill::staging
