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

inline constexpr std::size_t kMostFoldEntries = 32;
inline constexpr std::size_t kMostFoldBytes = std::size_t{256} << 20U;

/// Returns what a FoldMemory of entries of this size comes to take: more than kMostFoldBytes by one entry at most.
/// `n_entries`: that it is asked for; 0: unknown.
constexpr std::size_t fold_memory_bytes(std::size_t entry_bytes, std::size_t n_entries) {
  const std::size_t n = std::clamp<std::size_t>(n_entries, 1, kMostFoldEntries);
  return std::min(n * entry_bytes, kMostFoldBytes + entry_bytes);
}

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
    while (!entries_.empty() && (entries_.size() >= kMostFoldEntries || bytes() > kMostFoldBytes)) entries_.pop_front();
    entries_.push_back({variant, {train.begin(), train.end()}, make()});
    return entries_.back().state;
  }
  void forget() { entries_.clear(); }

 private:
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
