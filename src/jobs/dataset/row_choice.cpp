#include "jobs/dataset/row_choice.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/sampled_rows.hpp"
#include "core/value.hpp"
#include "io/text/datetime.hpp"
#include "jobs/dataset/row_filter.hpp"

namespace gridmill::jobs {

namespace {

using core::Column;
using core::ColumnType;

bool is_whole(const std::vector<std::size_t>& rows, std::size_t n) {
  if (rows.size() != n) return false;
  for (std::size_t i = 0; i < n; ++i) {
    if (rows[i] != i) return false;
  }
  return true;
}

template <class T>
void pick(std::vector<T>& values, const std::vector<std::size_t>& rows) {
  std::vector<T> kept;
  kept.reserve(rows.size());
  for (const std::size_t row : rows) kept.push_back(std::move(values[row]));
  values = std::move(kept);
}

/// Unlabelled rows are no error, as long as some row has a label.
void leave_unlabelled(const SourceTable& source, const std::string& target, std::vector<std::size_t>& rows,
                      io::Remarks& remarks) {
  const Column* const labels = source.table.find(target);
  if (labels == nullptr) return;
  const std::size_t n = rows.size();
  std::erase_if(rows, [&](std::size_t row) { return labels->missing(row); });
  if (rows.size() == n) return;
  if (rows.empty()) {
    refuse(source,
           fmt::format("target '{}' is missing in all {} rows, so that there is nothing to learn from", target, n),
           "name the column that holds the labels: data.target");
  }
  remarks.notes.push_back(
      fmt::format("{}: {} of {} rows have no label ('{}') and are not learnt from; 'gridmill predict RUN FILE "
                  "--unlabelled' predicts them",
                  source.file.string(), n - rows.size(), n, target));
}

void take_sample(const SourceTable& source, std::size_t n, std::vector<std::size_t>& rows, io::Remarks& remarks) {
  if (n > rows.size()) {
    remarks.notes.push_back(fmt::format("{}: a sample of {} is wanted, and there are {} rows: all are taken",
                                        source.file.string(), n, rows.size()));
  }
  std::vector<std::size_t> some;
  for (const std::size_t at : core::sampled_rows(rows.size(), n)) some.push_back(rows[at]);
  rows = std::move(some);
}

std::string time_index_of(const core::Table& table) {
  for (const Column& column : table.columns) {
    if (std::find(column.tags.begin(), column.tags.end(), "time_index") != column.tags.end()) return column.name;
  }
  return {};
}

/// The time of a row, as one that compares; numbers of a whole column are all of one kind.
double number_at(const Column& column, std::size_t row) {
  const auto* const reals = std::get_if<Column::Reals>(&column.values);
  return reals != nullptr ? (*reals)[row] : static_cast<double>(std::get<Column::Integers>(column.values)[row]);
}

bool is_earlier(const Column& column, std::size_t a, std::size_t b) {
  if (const auto* const integers = std::get_if<Column::Integers>(&column.values))
    return (*integers)[a] < (*integers)[b];
  return number_at(column, a) < number_at(column, b);
}

/// Rows whose times only doubles made equal have no order; in whole numbers beyond 2^53 nothing tells them from others.
void check_order(const SourceTable& source, const Column& time, const std::vector<std::size_t>& sorted) {
  constexpr double kFirstRounded = 9007199254740992.0;  // 2^53
  const auto* const reals = std::get_if<Column::Reals>(&time.values);
  if (reals == nullptr) return;
  const auto same = std::adjacent_find(sorted.begin(), sorted.end(), [&](std::size_t a, std::size_t b) {
    return std::abs((*reals)[a]) >= kFirstRounded && (*reals)[a] == (*reals)[b];
  });
  if (same == sorted.end()) return;
  refuse_row(source, *(same + 1),
             fmt::format("time '{}' is {} here and in another row: doubles hold whole numbers beyond 2^53 in part "
                         "only, so that nobody knows which was first",
                         time.name, core::python_float((*reals)[*same])),
             "write numbers below 2^63 (subtract what they have in common), or times");
}

void sort_by_time(const SourceTable& source, const std::string& name, std::vector<std::size_t>& rows) {
  const Column& time = column_of(source, name, "time");
  const bool orders =
      time.type == ColumnType::datetime || time.type == ColumnType::integer || time.type == ColumnType::real;
  if (!orders) {
    refuse(source,
           fmt::format("time '{}' is of type {}; rows are sorted by times or numbers", name, core::name_of(time.type)),
           fmt::format("if it holds times: data: {{types: {{{}: datetime}}}}", name));
  }
  const auto missing = std::find_if(rows.begin(), rows.end(), [&](std::size_t row) { return time.missing(row); });
  if (missing != rows.end()) {
    const auto n = std::count_if(rows.begin(), rows.end(), [&](std::size_t row) { return time.missing(row); });
    refuse_row(source, *missing,
               fmt::format("time '{}' is missing (in {} of {} rows, first here)", name, n, rows.size()),
               fmt::format("leave such rows out: data: {{filter: [[{}, \"!=\", null]]}}", name));
  }
  std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) { return is_earlier(time, a, b); });
  check_order(source, time, rows);
}

}  // namespace

void keep_rows(SourceTable& source, const std::vector<std::size_t>& rows) {
  GRIDMILL_ASSERT(!source.sparse, "LIBSVM text of which rows are left out is read as a table");
  std::vector<std::size_t> of_file;
  for (const std::size_t row : rows) of_file.push_back(source.file_row(row));
  for (Column& column : source.table.columns) {
    std::visit([&](auto& values) { pick(values, rows); }, column.values);
    if (!column.valid.empty()) pick(column.valid, rows);
  }
  source.rows = std::move(of_file);
}

std::string choose_rows(const RowChoice& choice, SourceTable& source, io::Remarks& remarks) {
  const std::size_t n = source.table.n_rows();
  std::vector<std::size_t> rows = rows_that_meet(source, choice.options.filter, remarks);
  leave_unlabelled(source, choice.options.target, rows, remarks);
  if (choice.sample) take_sample(source, *choice.sample, rows, remarks);
  std::string time = choice.options.time;
  if (time.empty() && choice.goes_by_time) {
    time = time_index_of(source.table);
    if (!time.empty()) {
      remarks.notes.push_back(
          fmt::format("{}: rows are sorted by '{}', the store's time index", source.file.string(), time));
    }
  }
  if (!time.empty()) sort_by_time(source, time, rows);
  if (!is_whole(rows, n)) keep_rows(source, rows);
  return time;
}

std::size_t rows_until(const SourceTable& source, const std::string& time, const core::Value& after) {
  if (time.empty()) {
    throw core::UserError("data.holdout: {after: ...} needs the time of each row", "name its column: data.time");
  }
  const Column& column = column_of(source, time, "time");
  const bool are_times = column.type == ColumnType::datetime;
  const auto moment = are_times && after.is_text() ? io::parse_datetime(after.text()) : std::nullopt;
  if (are_times ? !moment : !after.is_number()) {
    throw core::UserError(fmt::format("data.holdout: after: {} cannot be compared with '{}', which holds {}",
                                      after.python_repr(), time, are_times ? "times" : "numbers"),
                          are_times ? "write a time such as 2021-08-12" : "write a number");
  }
  const std::size_t n = column.size();
  const bool are_whole = column.type == ColumnType::integer && after.is_integer();
  const std::int64_t border_of_whole = are_times ? *moment : are_whole ? after.integer() : 0;
  const auto is_later = [&](std::size_t row) {
    return are_times || are_whole ? std::get<Column::Integers>(column.values)[row] > border_of_whole
                                  : number_at(column, row) > after.number();
  };
  std::size_t n_before = 0;
  while (n_before < n && !is_later(n_before)) ++n_before;
  if (n_before > 0 && n_before < n) return n_before;
  const std::size_t row = n_before == 0 ? 0 : n - 1;
  const std::string border = are_times ? io::datetime_text(std::get<Column::Integers>(column.values)[row])
                                       : core::python_float(number_at(column, row));
  refuse(source, n_before == 0
                     ? fmt::format("data.holdout: all rows are later than {}, so that none is left to learn "
                                   "from; the first one is of {}",
                                   after.python_str(), border)
                     : fmt::format("data.holdout: no row is later than {}, so that none is held out; the last "
                                   "one is of {}",
                                   after.python_str(), border));
}

}  // namespace gridmill::jobs
