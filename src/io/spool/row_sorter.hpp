#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "io/spool/scratch_file.hpp"

namespace gridmill::io {

/// What a row is sorted by: group (-1 last), then time (core::kMissingTime last), then key, then row.
struct SortedRow {
  std::int64_t group = 0;
  std::int64_t time = 0;
  std::int64_t key = 0;
  std::int64_t row = 0;  // its number in the order in which rows were added
};

/// What sorting may use, and how much it has written.
struct SortSpace {
  std::size_t memory = 0;  // [bytes]
  ScratchPlace place;
  std::uint64_t bytes_set_aside = 0;
};

/// Sorts rows in bounded memory: runs of them in memory, which are merged from a file. What fits into memory is one run
/// and is never written. Cost: O(n_rows) for one run, O(n_rows log(n_runs)) else.
class RowSorter {
 public:
  static constexpr std::size_t kBytesPerRow = 80;  // while a run is sorted
  static constexpr std::size_t kLeastRun = 4096;   // rows, however little memory there is

  /// Takes up to `n_rows` rows, whose groups lie in [-1, n_groups). Uses one of `shares` of the memory, for the rows of
  /// a run, then for blocks of all runs; `space` must outlive it.
  RowSorter(std::size_t n_rows, std::size_t n_groups, SortSpace& space, std::size_t shares = 1);
  ~RowSorter();

  /// Adds rows. Groups, times or keys without entries are all 0; else each row has one.
  /// Errors: RunError when the disk is full.
  void add(std::span<const std::int64_t> groups, std::span<const std::int64_t> times,
           std::span<const std::int64_t> keys);

  /// Whether all rows are in one run, when the last has been added.
  [[nodiscard]] bool is_one_run() const { return runs_.empty(); }
  /// Sorts a single run and returns its rows by time and key alone.
  std::vector<std::int64_t> ungrouped();

  /// Returns the rows in order, block after block; an empty one at the end. A block is valid until the next call.
  /// Nothing can be added any more.
  std::span<const SortedRow> next();

 private:
  class Run;
  class Merge;

  void take(std::span<const std::int64_t> from, std::size_t n, std::vector<std::int64_t>& into) const;
  [[nodiscard]] std::vector<std::int64_t> grouped(std::vector<std::int64_t> order) const;
  void fill_block(std::span<const std::int64_t> order);
  void spill_run();

  std::size_t n_groups_;
  SortSpace& space_;
  std::size_t memory_;
  std::size_t run_rows_;
  ScratchFile file_;
  std::vector<Run> runs_;
  std::vector<std::int64_t> groups_, times_, keys_;  // of the run that is being filled
  bool has_groups_ = false;
  std::int64_t first_row_ = 0;  // of that run
  bool is_sorted_ = false;
  std::vector<std::int64_t> order_;  // of the only run
  std::size_t n_given_ = 0;          // of them
  std::unique_ptr<Merge> merge_;
  std::vector<SortedRow> block_;
};

/// Looks at sorted rows one by one.
class SortedRows {
 public:
  explicit SortedRows(RowSorter& sorter) : sorter_(sorter), block_(sorter.next()) {}

  /// The row that is next, or null.
  [[nodiscard]] const SortedRow* front() const { return block_.empty() ? nullptr : &block_.front(); }
  void pop() {
    block_ = block_.subspan(1);
    if (block_.empty()) block_ = sorter_.next();
  }

 private:
  RowSorter& sorter_;
  std::span<const SortedRow> block_;
};

}  // namespace gridmill::io
