#include "io/spool/row_sorter.hpp"

#include <algorithm>
#include <random>
#include <tuple>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/table.hpp"
#include "file_size_limit.hpp"
#include "scratch_folder.hpp"

namespace gridmill::io {
namespace {

class RowSorting : public ScratchFolder {
 protected:
  [[nodiscard]] SortSpace space(std::size_t memory) const {
    return {.memory = memory, .place = {.folder = at(""), .shown_as = at("s.h5")}};
  }
};

using Numbers = std::vector<std::int64_t>;
using Rows = std::vector<std::int64_t>;

struct Keys {
  Numbers groups, times, keys;
};

Keys random_keys(std::size_t n) {
  std::mt19937_64 random(3);
  Keys keys;
  for (std::size_t i = 0; i < n; ++i) {
    keys.groups.push_back(static_cast<std::int64_t>(random() % 1000) - 1);
    keys.times.push_back(random() % 9 == 0 ? core::kMissingTime : static_cast<std::int64_t>(random() % 50) - 25);
    keys.keys.push_back(static_cast<std::int64_t>(random() % 20) - 10);
  }
  return keys;
}

/// The same by the standard library.
Rows expected(const Keys& keys) {
  Rows rows(keys.groups.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::int64_t>(i);
  const auto of = [&](std::int64_t row) {
    const auto at = static_cast<std::size_t>(row);
    return std::tuple(keys.groups[at] == -1, keys.groups[at], keys.times[at] == core::kMissingTime, keys.times[at],
                      keys.keys[at], row);
  };
  std::sort(rows.begin(), rows.end(), [&](auto a, auto b) { return of(a) < of(b); });
  return rows;
}

Rows sorted(RowSorter& sorter) {
  Rows rows;
  for (SortedRows each(sorter); each.front() != nullptr; each.pop()) rows.push_back(each.front()->row);
  return rows;
}

TEST_F(RowSorting, is_the_same_in_one_run_and_in_many) {
  const Keys keys = random_keys(50000);
  const Rows rows = expected(keys);
  for (const std::size_t memory : {std::size_t{1} << 30, std::size_t{1} << 20, std::size_t{1}}) {
    SortSpace space = this->space(memory);
    RowSorter sorter(50000, 1000, space);
    sorter.add(keys.groups, keys.times, keys.keys);
    EXPECT_EQ(sorted(sorter), rows) << memory;
    EXPECT_EQ(space.bytes_set_aside, memory == std::size_t{1} << 30 ? 0 : 50000 * sizeof(SortedRow));
  }
  EXPECT_EQ(n_files(), 0U);
}

TEST_F(RowSorting, takes_rows_piece_by_piece_and_more_groups_than_rows) {
  const Keys keys = random_keys(9000);
  SortSpace space = this->space(1);
  RowSorter sorter(9000, static_cast<std::size_t>(-1), space);
  for (std::size_t first = 0; first < 9000; first += 700) {
    const std::size_t n = std::min<std::size_t>(700, 9000 - first);
    sorter.add(std::span(keys.groups).subspan(first, n), std::span(keys.times).subspan(first, n),
               std::span(keys.keys).subspan(first, n));
  }
  EXPECT_EQ(sorted(sorter), expected(keys));
}

TEST_F(RowSorting, keeps_rows_without_keys_as_they_came) {
  const Numbers zeros(10000, 0);
  SortSpace space = this->space(1);
  RowSorter by_nothing(10000, 0, space), of_nothing(0, 7, space);
  by_nothing.add({}, {}, zeros);
  const Rows rows = sorted(by_nothing);
  EXPECT_EQ(rows.size(), 10000U);
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end()));
  EXPECT_EQ(sorted(of_nothing), Rows());
}

TEST_F(RowSorting, says_when_the_disk_is_full) {
  const Numbers keys(40000, 1);
  SortSpace space = this->space(1);
  RowSorter sorter(40000, 0, space);
  const FileSizeLimit limit(1 << 20);
  EXPECT_EQ(message<core::RunError>([&] { sorter.add({}, {}, keys); }), "cannot write s.h5: File too large");
}

}  // namespace
}  // namespace gridmill::io
