#include "models/svm/solver/problem_rows.hpp"

#include <algorithm>
#include <list>
#include <utility>

#include "models/svm/kernels/kernel_passes.hpp"
#include "models/svm/solver/smo.hpp"

namespace gridmill::models::svm {

namespace {

constexpr std::size_t kAligned = padded(1);
/// Rows that are read between two looks at the clock: even if they are computed they take less than a second.
constexpr std::size_t kColumnsBetweenLooks = 256;
/// Windows less apart than this are one: a window costs about as much as the slots between.
constexpr std::size_t kSmallGap = 2 * kAligned;

/// Returns windows over all positions, in their order.
std::vector<Window> windows_over(std::span<const core::Index> positions) {
  std::vector<Window> windows;
  core::Index last = 0;
  for (const core::Index position : positions) {
    const std::size_t start = position / kAligned * kAligned;
    const bool ascends = !windows.empty() && position > last;
    if (ascends && start <= windows.back().column + windows.back().size + kSmallGap) {
      windows.back().size = start + kAligned - windows.back().column;
    } else {
      const std::size_t slot = windows.empty() ? 0 : windows.back().slot + windows.back().size;
      windows.push_back({.slot = slot, .column = start, .size = kAligned});
    }
    last = position;
  }
  return windows;
}

/// Says whether passing over `n_slots` slots costs less than copying rows of `n` variables. Rows of large problems
/// do not all fit into the memory for copies, and are copied again and again.
bool worth_reading_in_place(std::size_t n_slots, std::size_t n) {
  return n < kSmallProblem ? 20 * n_slots <= 23 * n : n_slots <= 2 * n;
}

}  // namespace

ProblemRows::ProblemRows(KernelRows& source, std::vector<core::Index> positions, ProblemMemory& memory,
                         const Deadline& deadline)
    : source_(source),
      positions_(std::move(positions)),
      memory_(memory),
      deadline_(deadline),
      computes_(source.computes()) {
  const std::size_t n = positions_.size();
  std::vector<Window> windows = windows_over(positions_);
  std::vector<CentredSamples::Run> columns;
  for (const Window& window : windows) columns.push_back({.first = window.column, .size = window.size});
  source_.want(columns);
  in_place_ = worth_reading_in_place(windows.back().slot + windows.back().size, n);
  if (in_place_) {
    place_in(std::move(windows));
    return;
  }
  windows_ = {{.slot = 0, .column = 0, .size = padded(n)}};
  positions_at_ = positions_;
  positions_at_.resize(padded(n), positions_.front());
  for (std::size_t k = 0; k < n; ++k) slots_.push_back(k);
  small_copies_ = n < kSmallProblem ? memory_.small_copies(positions_) : nullptr;
  if (small_copies_ == nullptr) copies_ = &memory_.copies_of(positions_);
}

void ProblemRows::place_in(std::vector<Window> windows) {
  windows_ = std::move(windows);
  positions_at_.resize(windows_.back().slot + windows_.back().size, positions_.front());
  auto window = windows_.begin();
  core::Index last = 0;
  for (const core::Index position : positions_) {
    const bool beyond = position >= window->column + window->size;
    const bool descends = !slots_.empty() && position <= last;
    if (beyond || descends) ++window;
    slots_.push_back(window->slot + position - window->column);
    positions_at_[slots_.back()] = position;
    last = position;
  }
}

const float* ProblemRows::row(std::size_t slot) {
  return in_place_ ? source_.row(positions_at_[slot]) : copied_row(slot);
}

void ProblemRows::add_row(double factor, std::size_t k, std::span<double> sums) {
  const float* const entries = row(slots_[k]);
  for (std::size_t l = 0; l < sums.size(); ++l) sums[l] += factor * static_cast<double>(entries[column(slots_[l])]);
}

bool ProblemRows::add_rows(std::span<const Addend> addends, std::span<double> sums) {
  std::vector<std::size_t> slots;
  for (const Addend& addend : addends) slots.push_back(slots_[addend.k]);
  for (std::size_t a = 0; a < addends.size(); ++a) {
    if (a % kColumnsBetweenLooks == 0 && is_over(deadline_)) return false;
    expect_in_turn(slots, a);
    add_row(addends[a].factor, addends[a].k, sums);
  }
  return true;
}

void ProblemRows::expect_in_turn(std::span<const std::size_t> slots, std::size_t next) {
  const std::size_t foresight = this->foresight();
  const std::size_t end = std::min(slots.size(), next + foresight + 1);
  for (std::size_t s = next == 0 ? 0 : next + foresight; s < end; ++s) expect(slots[s]);
}

const float* ProblemRows::copied_row(std::size_t k) {
  const RowSlots::Slot copy = small_copies_ != nullptr ? small_copies_->claim(k) : copies_->claim(k);
  if (copy.fresh) {
    const float* whole = source_.row(positions_[k]);
    for (std::size_t l = 0; l < positions_.size(); ++l) copy.values[l] = whole[positions_[l]];
  }
  return copy.values;
}

bool ProblemRows::is_copied(std::size_t k) const {
  if (in_place_) return false;
  return small_copies_ != nullptr ? small_copies_->keeps(k) : copies_->find(k) != nullptr;
}

bool ProblemRows::knows_products_with(const std::vector<double>& direction) const {
  return std::ranges::any_of(memory_.products, [&](const ProblemMemory::Products& products) {
    return products.positions == positions_ && products.direction == direction;
  });
}

const std::vector<double>* ProblemRows::products_with(const std::vector<double>& direction) {
  std::list<ProblemMemory::Products>& known = memory_.products;
  const auto found = std::ranges::find_if(known, [&](const ProblemMemory::Products& products) {
    return products.positions == positions_ && products.direction == direction;
  });
  if (found != known.end()) return &found->sums;
  std::optional<std::vector<double>> sums = sum_up(direction);
  if (!sums) return nullptr;
  if (known.size() >= ProblemMemory::kMostProducts) known.pop_back();
  known.push_front({.positions = positions_, .direction = direction, .sums = std::move(*sums)});
  return &known.front().sums;
}

std::optional<std::vector<double>> ProblemRows::sum_up(const std::vector<double>& direction) {
  // By column, so that the matrix is read in order; it is symmetric, so that half of it is enough.
  std::vector<double> by_column(padded(source_.n()), 0.0);
  std::vector<double> sums(by_column.size(), 0.0);
  for (std::size_t k = 0; k < positions_.size(); ++k) by_column[positions_[k]] += direction[k];
  std::vector<core::Index> columns = positions_;
  std::ranges::sort(columns);
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  std::vector<CentredSamples::Run> runs;
  for (const Window& window : windows_over(columns)) runs.push_back({.first = window.column, .size = window.size});
  const auto add_row = [&](std::size_t c, const float* row) {
    const std::size_t column = columns[c];
    double own = by_column[column] * static_cast<double>(row[column]);
    for (const CentredSamples::Run& run : runs) {
      const std::size_t end = run.first + run.size;
      const std::size_t first = std::max(run.first, column + 1);
      if (first >= end) continue;
      own += add_scaled_and_dot(by_column[column], row + first, end - first, by_column.data() + first,
                                sums.data() + first);
    }
    sums[column] += own;
  };
  const KernelRows::Entries entries{.runs = runs, .part = KernelRows::Entries::Part::from_own};
  for (std::size_t first = 0; first < columns.size(); first += kColumnsBetweenLooks) {
    if (is_over(deadline_)) return std::nullopt;
    const std::size_t size = std::min(kColumnsBetweenLooks, columns.size() - first);
    source_.read(std::span(columns).subspan(first, size), entries,
                 [&](std::size_t c, const float* row) { add_row(first + c, row); });
  }
  std::vector<double> out;
  for (const core::Index position : positions_) out.push_back(sums[position]);
  return out;
}

}  // namespace gridmill::models::svm
