#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/matrix.hpp"

namespace gridmill::models::linear {

/// Remembers what was made of the last sets of training rows. What is made depends on the rows and on `variant` alone,
/// so that it shows nowhere whether it was remembered.
template <class State>
class FoldMemory {
 public:
  /// Returns what belongs to these rows, made by `make()` if it is not there. State::bytes() says what it takes.
  template <class Make>
  std::shared_ptr<State> get(std::span<const core::Index> train, const std::string& variant, Make make) {
    for (const Entry& entry : entries_) {
      if (entry.variant == variant && std::ranges::equal(entry.train, train)) return entry.state;
    }
    while (!entries_.empty() && (entries_.size() >= kMostEntries || bytes() > kMostBytes)) entries_.pop_front();
    entries_.push_back({variant, {train.begin(), train.end()}, make()});
    return entries_.back().state;
  }
  void forget() { entries_.clear(); }

 private:
  static constexpr std::size_t kMostEntries = 32;
  static constexpr std::size_t kMostBytes = std::size_t{256} << 20U;

  struct Entry {
    std::string variant;
    std::vector<core::Index> train;
    std::shared_ptr<State> state;
  };

  [[nodiscard]] std::size_t bytes() const {
    std::size_t sum = 0;
    for (const Entry& entry : entries_) sum += entry.state->bytes();
    return sum;
  }

  std::deque<Entry> entries_;
};

}  // namespace gridmill::models::linear
