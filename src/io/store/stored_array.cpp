#include "io/store/stored_array.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <span>
#include <type_traits>
#include <utility>

#include "core/error.hpp"
#include "io/files/mapped_piece.hpp"
#include "io/store/store_format.hpp"

namespace gridmill::io {
namespace {

constexpr std::size_t kFewRows = 16;       // are read one by one
constexpr std::size_t kLongestRun = 4096;  // rows read at once through the library
constexpr core::RowId kWidestGap = 64;     // rows read for nothing rather than asking again

template <class Entry>
constexpr bool kIsText = std::is_same_v<Entry, std::string>;

template <class Entry>
void read_through_library(const hdf5::Dataset& dataset, std::size_t first, std::size_t n, Entry* into) {
  if constexpr (std::is_same_v<Entry, std::array<double, 2>>) {
    dataset.read_rows(first, n, std::span<double>(n == 0 ? nullptr : into->data(), 2 * n));
  } else {
    dataset.read_rows(first, n, std::span<Entry>(into, n));
  }
}

}  // namespace

StoredArray::StoredArray(hdf5::Dataset dataset, const CheckedFile& file)
    : dataset_(std::move(dataset)), file_(&file), element_(dataset_.element()), offset_(dataset_.file_offset()) {
  const hdf5::Shape shape = dataset_.shape();
  if (shape.empty()) throw hdf5::Error("a list is a single value");
  dataset_.check_size();
  n_rows_ = shape.front();
  row_width_ = std::accumulate(shape.begin() + 1, shape.end(), std::size_t{1}, std::multiplies<>());
  row_bytes_ = row_width_ * dataset_.entry_bytes();
  if (row_bytes_ == 0) offset_.reset();
  if (offset_ && *offset_ + n_rows_ * row_bytes_ > file.descriptor().size()) {
    throw hdf5::Error("the file ends before its data");
  }
}

void StoredArray::require_unchanged(std::size_t first, std::size_t n) const {
  if (!file_->is_right(*offset_ + first * row_bytes_, n * row_bytes_)) throw hdf5::Error(kChangedBytes);
}

/// Says whether entries can be taken from the file as they lie there.
template <class Entry>
bool StoredArray::lies_as() const {
  if (!offset_ || kIsText<Entry>) return false;
  if constexpr (std::is_same_v<Entry, std::int64_t>) return element_ == hdf5::Element::int64;
  if constexpr (std::is_same_v<Entry, std::int32_t>) return element_ == hdf5::Element::int32;
  if constexpr (std::is_same_v<Entry, std::uint8_t>) return element_ == hdf5::Element::boolean;
  return element_ == hdf5::Element::float64;
}

template <class Entry>
std::vector<Entry> StoredArray::read(const core::RowSet& rows) const {
  constexpr std::size_t kWidth = std::is_same_v<Entry, std::array<double, 2>> ? 2 : 1;
  if (row_width_ != kWidth) throw hdf5::Error("a list has entries of another shape");
  std::vector<Entry> entries(rows.size());
  if (rows.list.empty()) {
    read_range(static_cast<std::size_t>(rows.first), rows.n, entries.data());
  } else {
    read_list(rows.list, entries.data());
  }
  return entries;
}

std::vector<std::int64_t> StoredArray::read_integers(const core::RowSet& rows) const {
  if (element_ == hdf5::Element::int64) return read<std::int64_t>(rows);
  if (element_ != hdf5::Element::int32) throw hdf5::Error("rows are no integers");
  const std::vector<std::int32_t> narrow = read<std::int32_t>(rows);
  return {narrow.begin(), narrow.end()};
}

template <class Entry>
void StoredArray::read_range(std::size_t first, std::size_t n, Entry* into) const {
  GRIDMILL_ASSERT(first + n <= n_rows_, "rows lie within the table");
  if (!lies_as<Entry>()) return read_through_library(dataset_, first, n, into);
  if constexpr (!kIsText<Entry>) {
    require_unchanged(first, n);
    const std::span<char> bytes(reinterpret_cast<char*>(into), n * sizeof(Entry));
    if (file_->descriptor().read_at(bytes, *offset_ + first * sizeof(Entry)) < bytes.size()) {
      throw hdf5::Error("the file ends before its data");
    }
  }
}

template <class Entry>
void StoredArray::read_list(std::span<const core::RowId> rows, Entry* into) const {
  if (!lies_as<Entry>()) return read_list_in_runs(rows, into);
  if (rows.size() <= kFewRows) {
    for (const core::RowId row : rows) read_range(static_cast<std::size_t>(row), 1, into++);
    return;
  }
  const auto [least, greatest] = std::minmax_element(rows.begin(), rows.end());
  GRIDMILL_ASSERT(*least >= 0 && static_cast<std::size_t>(*greatest) < n_rows_, "rows lie within the table");
  if constexpr (!kIsText<Entry>) {
    const auto first = static_cast<std::uint64_t>(*least);
    const auto n = static_cast<std::uint64_t>(*greatest) - first + 1;
    for (const core::RowId row : rows) require_unchanged(static_cast<std::size_t>(row), 1);
    const MappedPiece piece(file_->descriptor(), *offset_ + first * sizeof(Entry), n * sizeof(Entry));
    for (const core::RowId row : rows) {
      std::memcpy(into++, piece.data() + (static_cast<std::uint64_t>(row) - first) * sizeof(Entry), sizeof(Entry));
    }
  }
}

/// Reads the rows in ascending order, those that are near each other at once.
template <class Entry>
void StoredArray::read_list_in_runs(std::span<const core::RowId> rows, Entry* into) const {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rows[a] < rows[b]; });
  std::vector<Entry> run;
  for (std::size_t begin = 0; begin < order.size();) {
    const core::RowId first = rows[order[begin]];
    std::size_t end = begin + 1;
    while (end < order.size() && rows[order[end]] - rows[order[end - 1]] <= kWidestGap &&
           rows[order[end]] - first < static_cast<core::RowId>(kLongestRun)) {
      ++end;
    }
    run.resize(static_cast<std::size_t>(rows[order[end - 1]] - first) + 1);
    read_range(static_cast<std::size_t>(first), run.size(), run.data());
    for (; begin < end; ++begin) into[order[begin]] = run[static_cast<std::size_t>(rows[order[begin]] - first)];
  }
}

template std::vector<double> StoredArray::read(const core::RowSet&) const;
template std::vector<std::int64_t> StoredArray::read(const core::RowSet&) const;
template std::vector<std::int32_t> StoredArray::read(const core::RowSet&) const;
template std::vector<std::uint8_t> StoredArray::read(const core::RowSet&) const;
template std::vector<std::array<double, 2>> StoredArray::read(const core::RowSet&) const;
template std::vector<std::string> StoredArray::read(const core::RowSet&) const;

}  // namespace gridmill::io
