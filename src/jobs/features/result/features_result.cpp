#include "jobs/features/result/features_result.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/address.hpp"
#include "core/csv_field.hpp"
#include "core/error.hpp"
#include "io/files/atomic_file.hpp"
#include "io/store/matrix_store.hpp"
#include "io/store/part_layout.hpp"
#include "io/text/datetime.hpp"
#include "jobs/run/result_checksums.hpp"

namespace gridmill::jobs {

namespace {

using core::ColumnType;

const std::string_view kForeignKey = core::name_of(core::Tag::foreign_key);

std::vector<core::RowId> rows_of(const FeaturesPlan& plan) {
  std::vector<core::RowId> rows;
  for (const features::Instance& instance : plan.instances) rows.push_back(instance.row);
  return rows;
}

core::Column read_stored(const core::EntityData& data, core::TableId table, const std::string& name,
                         const std::vector<core::RowId>& rows) {
  core::Column column = data.read(table, name, rows.empty() ? core::RowSet::range(0, 0) : core::RowSet::of(rows));
  column.name = name;
  if (column.type == ColumnType::categorical) column.categories = *data.categories(table, name);
  return column;
}

void check_names(const FeaturesPlan& plan, const SideColumns& side) {
  std::set<std::string> names;
  for (const features::MatrixColumn& column : plan.columns) names.insert(column.name);
  for (const auto* columns : {&side.front, &side.behind}) {
    for (const core::Column& column : *columns) {
      if (names.insert(column.name).second) continue;
      throw core::UserError(fmt::format("two columns of the result are called '{}'", column.name),
                            "rename the column of the cutoff file, or leave the feature out with features.drop_exact");
    }
  }
}

/// Codes of a column whose parts do not have them in common, as a column of its own.
core::Column recoded(const core::Column& schema, PartedMatrix& matrix, std::size_t column) {
  core::Column whole = schema;
  whole.values = std::get<features::Column::Codes>(matrix.read(column, 0, matrix.files().n_rows()).values);
  return whole;
}

io::MatrixTableColumn matrix_column(const ResultColumn& result, PartedMatrix& matrix) {
  io::MatrixTableColumn wanted;
  wanted.column.name = result.column.name;
  wanted.column.type = matrix.files().types[result.at];
  wanted.source = {.parts = result.list, .column = result.at};
  wanted.any_missing = result.statistics.n_missing > 0;
  if (result.column.type.tags.has(core::Tag::foreign_key)) wanted.column.tags = {std::string(kForeignKey)};
  if (result.column.type.type) wanted.attributes["logical_type"] = std::string(core::name_of(*result.column.type.type));
  if (wanted.column.type != ColumnType::categorical) return wanted;
  if (const features::DictionaryRef& dictionary = matrix.dictionary(result.at)) {
    wanted.column.categories = meaning_of(*dictionary).texts();
    if (!matrix.has_common_codes(result.at)) wanted.column = recoded(wanted.column, matrix, result.at);
  }
  return wanted;
}

/// A time as pandas writes it.
std::string time_text(std::int64_t time_ns) {
  std::string text = io::datetime_text(time_ns);
  if (text.size() == 10) return text + " 00:00:00";
  text[10] = ' ';
  text.pop_back();
  return text;
}

std::string cell_text(const core::Column& column, std::size_t row) {
  if (column.missing(row)) return "";
  switch (column.type) {
    case ColumnType::integer: return std::to_string(std::get<core::Column::Integers>(column.values)[row]);
    case ColumnType::real: return core::python_float(std::get<core::Column::Reals>(column.values)[row]);
    case ColumnType::boolean: return std::get<core::Column::Booleans>(column.values)[row] != 0 ? "True" : "False";
    case ColumnType::categorical:
      return core::csv_field(
          column.categories[static_cast<std::size_t>(std::get<core::Column::Codes>(column.values)[row])]);
    case ColumnType::datetime: return time_text(std::get<core::Column::Integers>(column.values)[row]);
    case ColumnType::latlong: {
      const auto& place = std::get<core::Column::Places>(column.values)[row];
      return core::csv_field(fmt::format("({}, {})", core::python_float(place[0]), core::python_float(place[1])));
    }
    default: return core::csv_field(std::get<core::Column::Texts>(column.values)[row]);
  }
}

std::string cell_text(ColumnType type, const features::Column& column, std::size_t row) {
  if (column.missing(row)) return "";
  switch (type) {
    case ColumnType::integer: return column.numbers().integer_text(row);
    case ColumnType::real: return core::python_float(column.numbers()[row]);
    case ColumnType::boolean: return column.booleans()[row] == 1 ? "True" : "False";
    case ColumnType::categorical: return core::csv_field(column.dictionary->label(column.codes()[row]));
    case ColumnType::datetime: return time_text(column.times()[row]);
    case ColumnType::latlong:
      return core::csv_field(fmt::format("({}, {})", core::python_float(column.places()[row][0]),
                                         core::python_float(column.places()[row][1])));
    default: return core::csv_field(*column.texts()[row]);
  }
}

}  // namespace

SideColumns side_columns(const FeaturesPlan& plan, const core::EntityData& data,
                         const std::vector<std::string>& pass_through) {
  const core::EntityTable& table = data.entity_set().tables[plan.target];
  const std::vector<core::RowId> rows = rows_of(plan);
  SideColumns side;
  if (!table.index.empty()) {
    side.front.push_back(read_stored(data, plan.target, table.index, rows));
    side.front.back().tags = {"index"};
  }
  if (!plan.cutoff) {
    core::Column::Integers times;
    for (const features::Instance& instance : plan.instances) times.push_back(instance.cutoff);
    side.front.push_back(
        {.name = "time", .type = ColumnType::datetime, .tags = {"time_index"}, .values = std::move(times)});
  }
  side.behind = plan.labels.columns;
  for (const std::string& name : pass_through) {
    side.behind.push_back(read_stored(data, plan.target, name, rows));
    std::erase_if(side.behind.back().tags, [](const std::string& tag) { return tag != kForeignKey; });
  }
  check_names(plan, side);
  return side;
}

PartStatistics merge_parts(const std::vector<PartStatistics>& parts, PartedMatrix& matrix) {
  PartStatistics merged(matrix.files().types.size());
  for (std::size_t part = 0; part < parts.size(); ++part) {
    for (std::size_t column = 0; column < merged.size(); ++column) {
      features::ColumnStatistics more = parts[part][column];
      if (matrix.files().types[column] == ColumnType::categorical) more.dictionary = matrix.dictionary(column, part);
      features::merge(merged[column], more);
    }
  }
  return merged;
}

std::vector<ResultColumn> encoded_columns(const std::vector<features::MatrixColumn>& columns,
                                          const std::vector<features::EncodedColumn>& encoding) {
  std::vector<ResultColumn> result;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool encoded =
        std::any_of(encoding.begin(), encoding.end(), [&](const auto& each) { return each.column == i; });
    if (!encoded) result.push_back({.column = columns[i], .list = 0, .at = i});
  }
  std::size_t at = 0;
  for (const features::EncodedColumn& each : encoding) {
    for (std::string& name : features::encoded_names(each)) {
      result.push_back({.column = {.name = std::move(name), .type = {.type = core::LogicalType::boolean, .tags = {}}},
                        .list = 1,
                        .at = at++});
    }
  }
  return result;
}

std::vector<double> read_numbers(PartedMatrix& matrix, std::size_t column, std::size_t first, std::size_t n) {
  features::Column values = matrix.read(column, first, n);
  if (auto* numbers = std::get_if<features::Column::Numbers>(&values.values)) return std::move(*numbers);
  std::vector<double> numbers(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint8_t value = values.booleans()[i];
    numbers[i] = value == features::Column::kMissingBoolean ? std::numeric_limits<double>::quiet_NaN() : value;
  }
  return numbers;
}

void check_any_left(const FeaturesResult& result, const FeaturesPlan& plan) {
  if (!result.columns.empty() || plan.columns.empty()) return;
  std::map<std::string, std::size_t> reasons;
  for (const LeftOut& each : result.left_out) ++reasons[each.reason];
  std::vector<std::string> told;
  for (const auto& [reason, n] : reasons) told.push_back(fmt::format("{} {}", n, reason));
  if (told.empty()) told.emplace_back("features.encode makes no column of them");
  throw core::UserError(
      fmt::format("no feature is left of {}: {}", plan.columns.size(), fmt::join(told, ", ")),
      "ask less of them in features.select, name some in features.select.keep, or look at what the tables hold: "
      "gridmill info");
}

bool has_no_value(const SideColumns& side, const std::string& name) {
  return std::any_of(side.behind.begin(), side.behind.end(), [&](const core::Column& column) {
    return column.name == name && column.size() > 0 && column.n_missing() == column.size();
  });
}

std::size_t result_bytes(const FeaturesPlan& plan, const FeaturesResult& result,
                         const std::vector<PartedMatrix*>& lists) {
  std::size_t row = 0;
  for (const ResultColumn& each : result.columns) {
    row += io::stored_width(lists[each.list]->files().types[each.at]);
  }
  return row * plan.instances.size();
}

void write_matrix(const std::filesystem::path& file, const std::string& source, const FeaturesPlan& plan,
                  const FeaturesResult& result, const SideColumns& side, const std::vector<PartedMatrix*>& lists,
                  io::MatrixLayout layout) {
  io::MatrixTable table{.name = "features",
                        .source = core::told_path(source),
                        .n_rows = plan.instances.size(),
                        .layout = layout,
                        .parts = {},
                        .columns = {}};
  for (PartedMatrix* list : lists) {
    io::PartList parts{.files = list->files().files, .headers = {}};
    for (std::size_t part = 0; part < parts.files.size(); ++part) parts.headers.push_back(list->files().header(part));
    table.parts.push_back(std::move(parts));
  }
  for (const core::Column& column : side.front)
    table.columns.push_back({.column = column, .source = {}, .attributes = {}});
  for (const ResultColumn& column : result.columns) table.columns.push_back(matrix_column(column, *lists[column.list]));
  for (const core::Column& column : side.behind)
    table.columns.push_back({.column = column, .source = {}, .attributes = {}});
  io::write_matrix_store(file, table);
}

void write_matrix_csv(const std::filesystem::path& file, const FeaturesPlan& plan, const FeaturesResult& result,
                      const SideColumns& side, std::vector<PartedMatrix*> lists) {
  constexpr std::size_t kRows = 1024;
  io::AtomicFile out(file);
  std::string text;
  std::vector<std::string> head;
  for (const core::Column& column : side.front) head.push_back(column.name);
  for (const ResultColumn& column : result.columns) head.push_back(column.column.name);
  for (const core::Column& column : side.behind) head.push_back(column.name);
  for (std::size_t i = 0; i < head.size(); ++i) text += (i == 0 ? "" : ",") + core::csv_field(head[i]);
  text += '\n';
  for (std::size_t first = 0; first < plan.instances.size(); first += kRows) {
    const std::size_t n = std::min(kRows, plan.instances.size() - first);
    std::vector<features::Column> columns;
    for (const ResultColumn& column : result.columns) columns.push_back(lists[column.list]->read(column.at, first, n));
    for (std::size_t row = 0; row < n; ++row) {
      std::string line;
      for (const core::Column& column : side.front) line += cell_text(column, first + row) + ",";
      for (std::size_t i = 0; i < columns.size(); ++i) {
        const ColumnType type = lists[result.columns[i].list]->files().types[result.columns[i].at];
        line += cell_text(type, columns[i], row) + ",";
      }
      for (const core::Column& column : side.behind) line += cell_text(column, first + row) + ",";
      line.back() = '\n';
      text += line;
    }
    out.write(text);
    text.clear();
  }
  out.write(text);
  out.commit();
}

core::Value summary_value(const config::FeaturesJob& job, const FeaturesPlan& plan, const FeaturesResult& result,
                          const std::string& csv_checksum) {
  core::ValueMapping columns;
  for (const ResultColumn& each : result.columns) {
    core::ValueMapping entries = features::to_value(each.statistics).mapping();
    if (each.mutual_information) entries.emplace_back("mutual_information", *each.mutual_information);
    columns.emplace_back(each.column.name, std::move(entries));
  }
  core::ValueMapping left_out;
  for (const LeftOut& each : result.left_out) left_out.emplace_back(each.name, each.reason);
  const auto count = [](std::size_t n) { return core::Value(static_cast<std::int64_t>(n)); };
  core::ValueMapping summary{
      {"format", "gridmill features summary"},
      {"version", 1},
      {"target", job.features.target},
      {"rows", count(plan.instances.size())},
      {"features", count(result.columns.size())},
      {"cutoff_time", plan.cutoff ? core::Value(io::datetime_text(*plan.cutoff)) : core::Value()},
      {"columns", std::move(columns)},
      {"left_out", std::move(left_out)}};
  if (job.features.sample) summary.emplace_back("sample", count(*job.features.sample));
  if (!csv_checksum.empty()) summary.emplace_back(kCsvChecksum, csv_checksum);
  return summary;
}

}  // namespace gridmill::jobs
