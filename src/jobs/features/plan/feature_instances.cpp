#include "jobs/features/plan/feature_instances.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/import/table_file.hpp"
#include "io/text/datetime.hpp"
#include "jobs/dataset/source_table.hpp"
#include "jobs/features/plan/cutoff_times.hpp"
#include "jobs/features/plan/named_in_store.hpp"
#include "jobs/features/plan/unknown_rows.hpp"

namespace gridmill::jobs {

namespace {

using config::CutoffOptions;
using core::Column;
using core::ColumnType;

/// What find_instances looks at beside the cutoff times.
struct Sought {
  const core::EntityData& data;
  const features::EvaluationOptions& evaluation;
  core::TableId target = 0;

  [[nodiscard]] const core::EntityTable& table() const { return data.entity_set().tables[target]; }
  [[nodiscard]] std::string reasons(const UnknownInstances& unknown) const {
    return reasons_text(unknown, evaluation, table().time_index);
  }
};

/// An instance that is not known at its cutoff has nothing but defaults: refuses a matrix of these alone, and tells of
/// some. `place_of`: says where an instance was named.
void tell_unknown(const Sought& sought, const std::function<core::Location(std::size_t)>& place_of,
                  Instances& instances) {
  const UnknownInstances unknown = find_unknown(sought.data, sought.evaluation, sought.target, instances.rows);
  if (unknown.n() == 0) return;
  const std::string& name = sought.table().name;
  const std::string reasons = sought.reasons(unknown);
  const core::Location first = place_of(unknown.first);
  if (unknown.n() == unknown.n_all) {
    throw core::UserError(core::Problem{
        {first.file},
        fmt::format("features.cutoff_time: no row of '{}' is known at its own cutoff time: {}", name, reasons),
        cure_for(unknown, sought.table(), false)});
  }
  const std::string where = first.text();
  instances.warnings.push_back(
      fmt::format("{}{} of {} rows of '{}' are not known at their own cutoff times{}: {}; all "
                  "their features are defaults (missing, or 0)",
                  where.empty() ? "" : where + ": ", unknown.n(), unknown.n_all, name,
                  where.empty() ? "" : ", first here", reasons));
}

/// The rows known at one time; the others are left out, which is told.
Instances at_one_time(std::int64_t cutoff, const Sought& sought) {
  Instances instances{.cutoff = cutoff, .labels = {}};
  for (const core::RowId row :
       features::Evaluator(sought.data, sought.evaluation).visible_rows(sought.target, cutoff)) {
    instances.rows.push_back({.row = row, .cutoff = cutoff});
  }
  const core::EntityTable& table = sought.table();
  if (instances.rows.size() == table.n_rows) return instances;
  std::vector<features::Instance> all(table.n_rows);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = {.row = static_cast<core::RowId>(i), .cutoff = cutoff};
  const UnknownInstances unknown = find_unknown(sought.data, sought.evaluation, sought.target, all);
  const std::string when = io::datetime_text(cutoff);
  if (instances.rows.empty()) {
    throw core::UserError(fmt::format("features.cutoff_time: no row of '{}' is known at the cutoff time, {}: {}",
                                      table.name, when, sought.reasons(unknown)),
                          cure_for(unknown, table, true));
  }
  instances.warnings.push_back(
      fmt::format("{} of {} rows of '{}' are not known at the cutoff time, {}, and are left "
                  "out: {}",
                  unknown.n(), table.n_rows, table.name, when, sought.reasons(unknown)));
  return instances;
}

Instances by_column(const std::string& name, const Sought& sought) {
  const core::EntityTable& table = sought.table();
  check_column(sought.data.entity_set(), sought.target, name, "features.cutoff_time.column");
  const std::vector<core::RowId> rows = sought.data.in_table_order(sought.target, 0, table.n_rows);
  const Column times = sought.data.read(sought.target, name, core::RowSet::of(rows));
  if (times.type != ColumnType::datetime) {
    throw core::UserError(
        fmt::format("features.cutoff_time.column: '{}' is of type {}, not a time", name, core::name_of(times.type)));
  }
  Instances instances{.labels = {}};
  const auto& values = std::get<Column::Integers>(times.values);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (values[i] != core::kMissingTime) instances.rows.push_back({.row = rows[i], .cutoff = values[i]});
  }
  const std::size_t n_missing = rows.size() - instances.rows.size();
  if (n_missing > 0 && instances.rows.empty()) {
    throw core::UserError(
        fmt::format("features.cutoff_time.column: no row of '{}' has a time in '{}'", table.name, name));
  }
  if (n_missing > 0) {
    instances.warnings.push_back(fmt::format("{} of {} rows of '{}' have no time in '{}' and are left out", n_missing,
                                             rows.size(), table.name, name));
  }
  tell_unknown(
      sought, [](std::size_t) { return core::Location{}; }, instances);
  return instances;
}

/// Refuses instances that the target does not have, the first by its place.
void refuse_strangers(const SourceTable& source, const std::string& table, const Column& column,
                      const std::vector<std::size_t>& rows) {
  const std::size_t row = rows.front();
  const std::string others = rows.size() == 1 ? "" : fmt::format("; nor those of {} more lines", rows.size() - 1);
  refuse_row(source, row,
             column.missing(row) ? fmt::format("instance '{}' is missing{}", column.name, others)
                                 : fmt::format("table '{}' has no row '{}' (column '{}'){}", table,
                                               key_text(column, row), column.name, others));
}

/// Refuses the first line that repeats another: a row of the matrix is known by its instance and time.
void refuse_repeated(const SourceTable& source, const std::vector<features::Instance>& rows, const Column& keys) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0);
  const auto place = [&](std::size_t i) { return std::tuple(rows[i].row, rows[i].cutoff, i); };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return place(a) < place(b); });
  std::optional<std::pair<std::size_t, std::size_t>> first;  // the repeated line, the one it repeats
  for (std::size_t i = 1; i < order.size(); ++i) {
    const features::Instance& before = rows[order[i - 1]];
    const features::Instance& here = rows[order[i]];
    const bool same = before.row == here.row && before.cutoff == here.cutoff;
    if (same && (!first || order[i] < first->first)) first.emplace(order[i], order[i - 1]);
  }
  if (!first) return;
  const auto [repeated, earlier] = *first;
  const std::size_t line = io::locate_row(source.file, source.options, source.first_row + earlier).line;
  refuse_row(source, repeated,
             fmt::format("'{}' at {} was {} before", key_text(keys, repeated), io::datetime_text(rows[repeated].cutoff),
                         line == 0 ? fmt::format("in row {}", source.first_row + earlier + 1)
                                   : fmt::format("in line {}", line)),
             "list an instance only once for each time");
}

/// Labels that are missing everywhere teach nothing.
void tell_empty_labels(const SourceTable& source, Instances& instances) {
  for (const Column& label : instances.labels.columns) {
    if (label.size() == 0 || label.n_missing() < label.size()) continue;
    instances.warnings.push_back(
        fmt::format("{}: column '{}' has no value in any row", source.file.string(), label.name));
  }
}

Instances by_file(const CutoffOptions& cutoff, const Sought& sought) {
  const core::EntityTable& table = sought.table();
  auto [source, instance, time] = read_cutoff_file(cutoff, sought.data.entity_set(), sought.target);
  const Column& keys = *source.table.find(instance);
  const Column& times = *source.table.find(time);
  Instances instances{.labels = {.name = "labels", .columns = {}, .source = {}}};
  for (const auto* remarks : {&source.remarks.warnings, &source.remarks.notes}) {
    instances.warnings.insert(instances.warnings.end(), remarks->begin(), remarks->end());
  }
  const auto& values = std::get<Column::Integers>(times.values);
  std::vector<std::size_t> strangers;
  for (std::size_t row = 0; row < source.table.n_rows(); ++row) {
    if (times.missing(row)) refuse_row(source, row, fmt::format("time '{}' is missing", time));
    const core::RowId found =
        keys.missing(row) ? core::kNoRow : sought.data.find_row(sought.target, key_text(keys, row));
    if (found == core::kNoRow) strangers.push_back(row);
    instances.rows.push_back({.row = found, .cutoff = values[row]});
  }
  if (!strangers.empty()) refuse_strangers(source, table.name, keys, strangers);
  refuse_repeated(source, instances.rows, keys);
  tell_unknown(
      sought, [&](std::size_t row) { return problem_at(source, row, {}).where; }, instances);
  for (Column& column : source.table.columns) {
    if (column.name != instance && column.name != time) instances.labels.columns.push_back(std::move(column));
  }
  tell_empty_labels(source, instances);
  return instances;
}

}  // namespace

Instances find_instances(const config::FeaturesOptions& options, const features::EvaluationOptions& evaluation,
                         const core::EntityData& data, core::TableId target, std::int64_t now) {
  const Sought sought{.data = data, .evaluation = evaluation, .target = target};
  switch (options.cutoff.kind) {
    case CutoffOptions::Kind::now: return at_one_time(now, sought);
    case CutoffOptions::Kind::time: {
      std::vector<std::string> warnings;
      Instances instances = at_one_time(read_cutoff(options.cutoff, data.entity_set(), target, warnings), sought);
      instances.warnings.insert(instances.warnings.begin(), warnings.begin(), warnings.end());
      return instances;
    }
    case CutoffOptions::Kind::column: return by_column(options.cutoff.column, sought);
    case CutoffOptions::Kind::file: return by_file(options.cutoff, sought);
  }
  GRIDMILL_ASSERT(false, "every kind of cutoff has instances");
}

}  // namespace gridmill::jobs
