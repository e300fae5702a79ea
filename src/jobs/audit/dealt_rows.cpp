#include "jobs/audit/dealt_rows.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <variant>

#include <fmt/format.h>

#include "jobs/audit/explained.hpp"
#include "jobs/dataset/word_columns.hpp"
#include "search/folds.hpp"

namespace gridmill::jobs {

namespace {

using core::Column;
using core::ColumnType;

bool has_tag(const Column& column, std::string_view tag) {
  return std::find(column.tags.begin(), column.tags.end(), tag) != column.tags.end();
}

std::string in_lower_case(std::string text) {
  for (char& each : text) each = static_cast<char>(std::tolower(static_cast<unsigned char>(each)));
  return text;
}

/// Whether its entries are times, all there and not all the same.
bool holds_times(const Column& column) {
  if (column.type != ColumnType::datetime || column.n_missing() > 0) return false;
  const auto& times = std::get<Column::Integers>(column.values);
  return std::adjacent_find(times.begin(), times.end(), std::not_equal_to<>()) != times.end();
}

bool is_time_of_rows(const Column& column) {
  if (has_tag(column, "time_index")) return true;
  constexpr std::array kNames{"time", "date", "datetime", "timestamp", "day", "when", "at"};
  if (std::find(kNames.begin(), kNames.end(), in_lower_case(column.name)) != kNames.end()) return true;
  const auto& times = std::get<Column::Integers>(column.values);
  return std::is_sorted(times.begin(), times.end()) || std::is_sorted(times.rbegin(), times.rend());
}

/// The column that tells the time of each row; null: none does.
const Column* time_of_rows(const core::Table& table) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [](const Column& column) { return holds_times(column) && is_time_of_rows(column); });
  return found == table.columns.end() ? nullptr : &*found;
}

/// Whether a column is called what ids are: patient_id, PatientID, id.
bool is_called_id(const std::string& name) {
  const std::size_t n = name.size();
  if (n < 2) return false;
  const std::string end = name.substr(n - 2);
  const bool alone = n == 2 || std::isalnum(static_cast<unsigned char>(name[n - 3])) == 0;
  return end == "ID" || end == "Id" || (end == "id" && alone);
}

bool may_be_entity(const Column& column, const config::DataOptions& options, const core::Dataset& data) {
  for (const std::string& other : {options.target, options.weight, options.fold, options.time}) {
    if (column.name == other) return false;
  }
  const bool is_feature = std::any_of(data.feature_names.begin(), data.feature_names.end(),
                                      [&](const std::string& name) { return name == column.name; }) ||
                          std::any_of(data.words.begin(), data.words.end(),
                                      [&](const core::Words& words) { return words.name == column.name; });
  const bool is_key = has_tag(column, "index") || has_tag(column, "foreign_key");
  const bool is_name = column.type == ColumnType::integer || holds_words(column.type);
  return is_name && (is_key || is_called_id(column.name) || !is_feature);
}

/// A number for each distinct value, by row; below 0: missing.
template <class Value>
std::vector<std::int32_t> numbered(const Column& column, const std::vector<Value>& values) {
  using Key = std::conditional_t<std::is_same_v<Value, std::string>, std::string_view, Value>;
  std::unordered_map<Key, std::int32_t> numbers;
  std::vector<std::int32_t> group;
  group.reserve(values.size());
  for (std::size_t row = 0; row < values.size(); ++row) {
    group.push_back(column.missing(row)
                        ? -1
                        : numbers.emplace(values[row], static_cast<std::int32_t>(numbers.size())).first->second);
  }
  return group;
}

std::vector<std::int32_t> groups_of(const Column& column) {
  if (const auto* const codes = std::get_if<Column::Codes>(&column.values)) return *codes;
  if (const auto* const integers = std::get_if<Column::Integers>(&column.values)) return numbered(column, *integers);
  return numbered(column, std::get<Column::Texts>(column.values));
}

/// What a column says of entities that stand in several rows.
struct Entities {
  double rows_each = 0;  // on average
  double explained = 0;  // of the labels
};

/// Nothing where the column names none, or nothing is told by knowing them.
std::optional<Entities> entities_of(const Column& column, const core::Dataset& data) {
  constexpr std::size_t kLeast = 10;     // entities
  constexpr double kShare = 0.2;         // of the rows that have another of their entity
  constexpr double kMostRowsEach = 100;  // of an entity; what has more is a category
  constexpr double kExplained = 0.1;
  const std::vector<std::int32_t> group = groups_of(column);
  std::vector<std::size_t> n_rows;
  for (const std::int32_t each : group) {
    if (each < 0) continue;
    n_rows.resize(std::max(n_rows.size(), static_cast<std::size_t>(each) + 1), 0);
    ++n_rows[static_cast<std::size_t>(each)];
  }
  std::erase(n_rows, 0U);
  std::size_t n = 0;
  std::size_t n_with_others = 0;
  for (const std::size_t each : n_rows) {
    n += each;
    if (each > 1) n_with_others += each;
  }
  const auto n_groups = static_cast<double>(n_rows.size());
  const auto n_all = static_cast<double>(n);
  if (n_rows.size() < kLeast || static_cast<double>(n_with_others) < kShare * n_all) return std::nullopt;
  Entities found{.rows_each = n_all / n_groups};
  if (found.rows_each > kMostRowsEach) return std::nullopt;
  found.explained = explained_by_groups(group, labels_of(data));
  const double by_chance = 4 * std::sqrt(2 * n_groups) / n_all;  // four standard deviations of what noise explains
  return found.explained >= std::max(kExplained, by_chance) ? std::optional(found) : std::nullopt;
}

/// "search.cv and data.holdout deal"
std::string who_deals(const config::SearchJob& job) {
  const bool held_out = job.data.holdout.deals_rows();
  if (deals_folds(job) && held_out) return "search.cv and data.holdout deal";
  return deals_folds(job) ? "search.cv deals" : "data.holdout deals";
}

std::string group_folds(const config::SearchJob& job) {
  return job.task() == core::Task::classification ? "stratified_group" : "group";
}

}  // namespace

bool deals_folds(const config::SearchJob& job) {
  using search::FoldKind;
  const FoldKind kind = job.search.folds.kind;
  return kind == FoldKind::stratified || kind == FoldKind::k_fold || kind == FoldKind::leave_one_out;
}

bool deals_rows(const config::SearchJob& job) { return deals_folds(job) || job.data.holdout.deals_rows(); }

std::vector<Finding> find_dealt_rows(const config::SearchJob& job, const core::Table& table, const core::Dataset& data,
                                     const std::string& time) {
  std::vector<Finding> findings;
  if (!deals_rows(job)) return findings;
  const std::string who = who_deals(job);
  const Column* const found = time.empty() ? time_of_rows(table) : nullptr;
  if (!time.empty() || found != nullptr) {
    const bool is_known = !time.empty() || has_tag(*found, "time_index");
    findings.push_back(
        {.check = "random split",
         .what = fmt::format("{} rows whatever their time{}", who, is_known ? "" : fmt::format(" ('{}')", found->name)),
         .why = "so that a model is tested on rows before some that it has learnt from",
         .cure = fmt::format("{}'cv: time_series' and 'holdout: {{last: 0.2}}' go by time",
                             is_known ? "" : fmt::format("with 'data: {{time: {}}}' ", found->name))});
  }
  if (!job.data.group.empty()) {
    findings.push_back({.check = "same entity",
                        .what = fmt::format("{} rows whatever their group", who),
                        .why = "so that a model is tested on groups that it knows",
                        .cure = fmt::format("'cv: {}' and 'holdout: {{groups: 0.2}}' keep the rows of a '{}' together",
                                            group_folds(job), job.data.group)});
    return findings;
  }
  for (const Column& column : table.columns) {
    if (!may_be_entity(column, job.data, data)) continue;
    const auto entities = entities_of(column, data);
    if (!entities) continue;
    findings.push_back(
        {.check = "same entity",
         .what = fmt::format("{} rows whatever their '{}', which stands in {:.1f} rows each and tells {:.0f} % of the "
                             "label",
                             who, column.name, entities->rows_each, 100 * entities->explained),
         .why = "so that a model may know the rows it is tested on by others of the same",
         .cure = fmt::format("if rows that are predicted later are of others, 'data: {{group: {}}}' with 'cv: {}' and "
                             "'holdout: {{groups: 0.2}}' keep them together",
                             column.name, group_folds(job))});
  }
  return findings;
}

}  // namespace gridmill::jobs
