#include "io/spool/row_sorter.hpp"

#include <algorithm>
#include <limits>
#include <string_view>
#include <tuple>
#include <utility>

#include "core/error.hpp"
#include "core/stored_order.hpp"

namespace gridmill::io {
namespace {

using Numbers = std::vector<std::int64_t>;

constexpr std::size_t kBlockRows = std::size_t{1} << 13;
constexpr std::size_t kLeastBlock = 64;  // rows of a run that are read back at once

/// -1 becomes the greatest group.
std::uint64_t group_order(std::int64_t group) { return static_cast<std::uint64_t>(group); }

/// The missing time becomes the greatest.
std::uint64_t time_order(std::int64_t time) {
  static_assert(core::kMissingTime == std::numeric_limits<std::int64_t>::min());
  return (static_cast<std::uint64_t>(time) ^ (std::uint64_t{1} << 63U)) - 1;
}

bool comes_before(const SortedRow& a, const SortedRow& b) {
  if (a.group != b.group) return group_order(a.group) < group_order(b.group);
  if (a.time != b.time) return time_order(a.time) < time_order(b.time);
  return std::tie(a.key, a.row) < std::tie(b.key, b.row);
}

}  // namespace

/// One sorted run in the file, read block by block.
class RowSorter::Run {
 public:
  Run(std::uint64_t offset, std::size_t n_rows) : offset_(offset), n_left_(n_rows) {}

  void begin(const ScratchFile& file, std::size_t block_rows) {
    block_.resize(block_rows);
    read(file);
  }

  [[nodiscard]] bool done() const { return n_ == 0; }
  [[nodiscard]] const SortedRow& front() const { return block_[at_]; }

  void pop(const ScratchFile& file) {
    if (++at_ == n_) read(file);
  }

 private:
  void read(const ScratchFile& file) {
    at_ = 0;
    n_ = std::min(n_left_, block_.size());
    const std::size_t n_bytes = n_ * sizeof(SortedRow);
    file.read({reinterpret_cast<char*>(block_.data()), n_bytes}, offset_);
    file.forget(offset_, n_bytes);
    offset_ += n_bytes;
    n_left_ -= n_;
  }

  std::uint64_t offset_;
  std::size_t n_left_;
  std::vector<SortedRow> block_;
  std::size_t at_ = 0;
  std::size_t n_ = 0;  // rows in the block
};

/// Merges runs: a heap of them by the row that each has in front.
class RowSorter::Merge {
 public:
  Merge(std::vector<Run>& runs, const ScratchFile& file, std::size_t block_rows) : file_(file) {
    for (Run& run : runs) {
      run.begin(file, block_rows);
      heap_.push_back(&run);
    }
    std::make_heap(heap_.begin(), heap_.end(), comes_later);
  }

  void fill(std::vector<SortedRow>& block) {
    while (!heap_.empty() && block.size() < kBlockRows) {
      std::pop_heap(heap_.begin(), heap_.end(), comes_later);
      Run& run = *heap_.back();
      block.push_back(run.front());
      run.pop(file_);
      if (run.done()) {
        heap_.pop_back();
      } else {
        std::push_heap(heap_.begin(), heap_.end(), comes_later);
      }
    }
  }

 private:
  static bool comes_later(const Run* a, const Run* b) { return comes_before(b->front(), a->front()); }

  const ScratchFile& file_;
  std::vector<Run*> heap_;
};

RowSorter::RowSorter(std::size_t n_rows, std::size_t n_groups, SortSpace& space, std::size_t shares)
    : n_groups_(n_groups),
      space_(space),
      memory_(space.memory / shares),
      run_rows_(std::max(kLeastRun, memory_ / kBytesPerRow)),
      file_(space.place) {
  for (Numbers* numbers : {&groups_, &times_, &keys_}) numbers->reserve(std::min(n_rows, run_rows_));
}

RowSorter::~RowSorter() = default;

void RowSorter::take(std::span<const std::int64_t> from, std::size_t n, Numbers& into) const {
  if (from.empty()) return into.resize(into.size() + n);
  into.insert(into.end(), from.begin(), from.begin() + static_cast<std::ptrdiff_t>(n));
}

void RowSorter::add(std::span<const std::int64_t> groups, std::span<const std::int64_t> times,
                    std::span<const std::int64_t> keys) {
  GRIDMILL_ASSERT(!is_sorted_, "rows are added before they are sorted");
  has_groups_ = has_groups_ || !groups.empty();
  std::size_t n_left = std::max({groups.size(), times.size(), keys.size()});
  while (n_left > 0) {
    if (keys_.size() == run_rows_) spill_run();
    const std::size_t n = std::min(n_left, run_rows_ - keys_.size());
    for (auto [from, into] : {std::pair(&groups, &groups_), {&times, &times_}, {&keys, &keys_}}) {
      take(*from, n, *into);
      if (!from->empty()) *from = from->subspan(n);
    }
    n_left -= n;
  }
}

/// Sorts rows of the run by group; those of one group keep their order.
Numbers RowSorter::grouped(Numbers order) const {
  if (!has_groups_) return order;
  if (n_groups_ <= keys_.size()) return core::deal_to_parents(order, groups_, n_groups_).rows;
  const auto group = [&](std::int64_t row) { return group_order(groups_[static_cast<std::size_t>(row)]); };
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return group(a) < group(b); });
  return order;
}

Numbers RowSorter::ungrouped() {
  GRIDMILL_ASSERT(is_one_run() && !is_sorted_, "a single run, not sorted before");
  is_sorted_ = true;
  Numbers order = core::table_order(keys_.size(), times_, keys_);
  order_ = grouped(order);
  return order;
}

void RowSorter::fill_block(std::span<const std::int64_t> order) {
  block_.clear();
  for (const std::int64_t each : order) {
    const auto at = static_cast<std::size_t>(each);
    block_.push_back({groups_[at], times_[at], keys_[at], first_row_ + each});
  }
}

void RowSorter::spill_run() {
  const Numbers order = grouped(core::table_order(keys_.size(), times_, keys_));
  const std::uint64_t offset = file_.size();
  for (std::size_t first = 0; first < order.size(); first += kBlockRows) {
    fill_block(std::span(order).subspan(first, std::min(kBlockRows, order.size() - first)));
    file_.append({reinterpret_cast<const char*>(block_.data()), block_.size() * sizeof(SortedRow)});
  }
  space_.bytes_set_aside += file_.size() - offset;
  runs_.emplace_back(offset, order.size());
  first_row_ += static_cast<std::int64_t>(order.size());
  for (Numbers* numbers : {&groups_, &times_, &keys_}) numbers->clear();
}

std::span<const SortedRow> RowSorter::next() {
  if (!is_sorted_ && is_one_run()) ungrouped();
  if (!std::exchange(is_sorted_, true)) {
    spill_run();
    for (Numbers* numbers : {&groups_, &times_, &keys_}) *numbers = {};
    const std::size_t share = memory_ / sizeof(SortedRow) / runs_.size();
    merge_ = std::make_unique<Merge>(runs_, file_, std::clamp(share, kLeastBlock, kBlockRows));
  }
  if (merge_) {
    block_.clear();
    merge_->fill(block_);
  } else {
    const std::size_t n = std::min(kBlockRows, order_.size() - n_given_);
    fill_block(std::span(order_).subspan(n_given_, n));
    n_given_ += n;
  }
  return block_;
}

}  // namespace gridmill::io
