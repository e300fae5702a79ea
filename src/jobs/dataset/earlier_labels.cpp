#include "jobs/dataset/earlier_labels.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <variant>

#include "core/nanoseconds.hpp"
#include "search/values_at.hpp"

namespace gridmill::jobs {

namespace {

using core::Column;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// Rows of each group, in order; one list where there are none.
std::vector<std::vector<std::size_t>> series(std::size_t n, std::span<const std::int64_t> group) {
  std::vector<std::vector<std::size_t>> rows(
      group.empty() ? 1 : static_cast<std::size_t>(*std::max_element(group.begin(), group.end())) + 1);
  for (std::size_t row = 0; row < n; ++row)
    rows[group.empty() ? 0 : static_cast<std::size_t>(group[row])].push_back(row);
  return rows;
}

/// The label of the last row of an earlier time.
template <class T>
std::vector<double> one_row_before(const std::vector<T>& time, std::span<const double> y,
                                   const std::vector<std::vector<std::size_t>>& all) {
  std::vector<double> before(y.size(), kNone);
  for (const std::vector<std::size_t>& rows : all) {
    double earlier = kNone;  // of the rows before those of the time at hand
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i > 0 && time[rows[i - 1]] < time[rows[i]]) earlier = y[rows[i - 1]];
      before[rows[i]] = earlier;
    }
  }
  return before;
}

/// The label of the last row of exactly `lag` [ns] before.
std::vector<double> exactly_before(const Column::Integers& time, std::span<const double> y,
                                   const std::vector<std::vector<std::size_t>>& all, std::int64_t lag) {
  std::vector<double> before(y.size(), kNone);
  for (const std::vector<std::size_t>& rows : all) {
    std::size_t next = 0;  // the first row that is later than `lag` before; times only grow
    for (const std::size_t row : rows) {
      // Unsigned, as the first times of all may lie further back than 64 bits reach.
      const auto age = [&](std::size_t other) {
        return static_cast<std::uint64_t>(time[row]) - static_cast<std::uint64_t>(time[other]);
      };
      while (age(rows[next]) >= static_cast<std::uint64_t>(lag) && rows[next] != row) ++next;
      if (next > 0 && age(rows[next - 1]) == static_cast<std::uint64_t>(lag)) before[row] = y[rows[next - 1]];
    }
  }
  return before;
}

}  // namespace

std::vector<search::EarlierLabels> labels_before(const Column& time, std::span<const double> y,
                                                 std::span<const std::int64_t> group) {
  std::vector<search::EarlierLabels> all;
  const auto add = [&](std::string rule, std::vector<double> labels) {
    const auto n = std::count_if(labels.begin(), labels.end(), [](double label) { return !std::isnan(label); });
    if (2 * static_cast<std::size_t>(n) < labels.size() || labels.empty()) return;
    all.push_back({.rule = std::move(rule), .of_train = std::move(labels), .of_held_out = {}});
  };
  const auto rows = series(y.size(), group);
  if (const auto* reals = std::get_if<Column::Reals>(&time.values)) {
    add("the label one row before", one_row_before(*reals, y, rows));
    return all;
  }
  const auto& times = std::get<Column::Integers>(time.values);
  add("the label one row before", one_row_before(times, y, rows));
  if (time.type != core::ColumnType::datetime) return all;
  add("the label one day before", exactly_before(times, y, rows, core::kDay));
  add("the label one week before", exactly_before(times, y, rows, 7 * core::kDay));
  return all;
}

std::vector<search::EarlierLabels> divided(const std::vector<search::EarlierLabels>& all, const search::Fold& split) {
  std::vector<search::EarlierLabels> parts;
  for (const search::EarlierLabels& labels : all) {
    parts.push_back({.rule = labels.rule,
                     .of_train = search::values_at(labels.of_train, split.train),
                     .of_held_out = search::values_at(labels.of_train, split.test)});
  }
  return parts;
}

}  // namespace gridmill::jobs
