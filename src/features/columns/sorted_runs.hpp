#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace gridmill::features {

/// Bytes that stay where they are, in memory or in a file, as long as their owner lives.
struct KeptBytes {
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner;

  static KeptBytes of(std::vector<std::byte> bytes);
};

/// The numbers of one group in ascending order, NaN left out: several sorted runs, never copied into one. Where the
/// runs lie in files, little of them enters memory.
class SortedRuns {
 public:
  SortedRuns() = default;
  /// Takes one sorted run.
  explicit SortedRuns(std::span<const double> sorted);

  /// Adds the runs of another piece of the group.
  void append(SortedRuns&& later);

  [[nodiscard]] std::size_t size() const { return n_; }
  [[nodiscard]] bool empty() const { return n_ == 0; }
  /// Returns the number that all runs together would have at `place`. Cost: O(runs x log(entries of a run) + 64 x
  /// runs).
  [[nodiscard]] double operator[](std::size_t place) const;
  /// Returns how many numbers equal `value`.
  [[nodiscard]] std::size_t count(double value) const;

  void append_to(std::vector<std::byte>& bytes) const;
  /// Reads what append_to wrote from the beginning of `kept`; the numbers stay there.
  static SortedRuns take(KeptBytes& kept);

 private:
  std::vector<KeptBytes> runs_;  // none empty
  std::size_t n_ = 0;
};

}  // namespace gridmill::features
