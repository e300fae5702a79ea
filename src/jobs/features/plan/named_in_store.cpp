#include "jobs/features/plan/named_in_store.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/hint.hpp"
#include "io/text/datetime.hpp"

namespace gridmill::jobs {

core::TableId find_table(const core::EntitySet& set, const std::string& name, const std::string& option) {
  const core::TableId table = set.find(name);
  if (table == set.tables.size()) {
    std::vector<std::string> known;
    for (const core::EntityTable& each : set.tables) known.push_back(each.name);
    throw core::UserError(fmt::format("{}: the store has no table '{}'", option, name), core::hint_for(name, known));
  }
  return table;
}

core::Value condition_value(const core::EntitySet& set, core::TableId table, const std::string& column,
                            const core::Value& given, const std::string& option) {
  const core::EntityColumn* held = set.tables[table].find(column);
  if (held == nullptr || core::column_type_of(held->type) != core::ColumnType::datetime) return given;
  if (given.is_list()) {
    core::ValueList all;
    for (const core::Value& each : given.list()) all.push_back(condition_value(set, table, column, each, option));
    return all;
  }
  const auto time = io::parse_datetime(given.python_str());
  if (!time) {
    throw core::UserError(
        fmt::format("{}: '{}' is no time, and column '{}' holds times", option, given.python_str(), column),
        "write it as 2024-02-29 or 2024-02-29 12:30:00");
  }
  std::string text = io::datetime_text(*time);
  if (text.size() == 10) text += " 00:00:00";
  std::replace(text.begin(), text.end(), 'T', ' ');
  if (text.ends_with('Z')) text.pop_back();
  return text;
}

void check_column(const core::EntitySet& set, core::TableId table, const std::string& column,
                  const std::string& option) {
  const core::EntityTable& in = set.tables[table];
  if (in.find(column) != nullptr) return;
  std::vector<std::string> known;
  for (const core::EntityColumn& each : in.columns) known.push_back(each.name);
  throw core::UserError(fmt::format("{}: table '{}' has no column '{}'", option, in.name, column),
                        core::hint_for(column, known));
}

}  // namespace gridmill::jobs
