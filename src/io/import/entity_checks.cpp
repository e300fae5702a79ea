#include "io/import/entity_checks.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/import/table_file.hpp"
#include "io/text/cell.hpp"
#include "io/text/csv_table.hpp"
#include "io/text/name_list.hpp"

namespace gridmill::io {
namespace {

using core::ColumnType;
using core::LogicalType;
using core::Problem;

std::string path_of(const TableImport& table, const std::string& option) { return table.section + "." + option; }

std::string path_of_relationship(std::size_t index) { return fmt::format("import.relationships[{}]", index); }

/// Checks the names of one table's columns.
class NameCheck {
 public:
  NameCheck(const EntityImport& import, const TableImport& table, ProblemList& problems)
      : import_(import), table_(table), problems_(problems), names_(columns_of(table)) {
    if (!table.derivation) made_times();
    made_keys();
  }

  void options() {
    if (table_.derivation) return derivation();
    if (!table_.index.empty() && !table_.make_index) require(table_.index, of("index"));
    if (table_.make_index && contains(names_, table_.index)) {
      refuse(of("index"),
             fmt::format("{} has a column '{}' already, which make_index would make", table_.source.string(),
                         table_.index),
             "leave out make_index, or give the new index another name");
    }
    if (!table_.time_index.empty()) require(table_.time_index, of("time_index"));
    for (const auto& [column, type] : table_.options.types) require(column, of("types." + column));
    for (const auto& [column, type] : table_.logical_types) require(column, of("types." + column));
    for (const auto& [column, format] : table_.options.time_formats) require(column, of("time_format." + column));
    for (const auto& [column, tags] : table_.tags) require(column, of("tags." + column));
    for (const std::string& column : table_.options.ignore) {
      if (!column.empty() && !contains(names_, column)) unknown(column, of("ignore"));
    }
    for (const core::SecondaryTime& time : table_.secondary_times) {
      const std::string path = of("secondary_time_index." + time.time_column);
      require(time.time_column, path);
      for (const std::string& column : time.columns) require(column, path);
    }
  }

  void key(const std::string& column, std::size_t relationship) {
    if (table_.make_index && column == table_.index) return;
    require(column, path_of_relationship(relationship));
  }

 private:
  /// Columns of a table as far as they are no keys that other tables give it.
  static std::vector<std::string> columns_of(const TableImport& table) {
    if (!table.derivation) return source_columns(table);
    std::vector<std::string> names{table.index};
    const std::vector<std::string>& columns = table.derivation->columns;
    if (table.derivation->makes_key()) names.insert(names.end(), columns.begin(), columns.end());
    if (table.derivation->step) names.emplace_back(kStepBegin);
    return names;
  }

  /// Keys of the tables that are made of this one.
  void made_keys() {
    for (const TableImport& each : import_.tables) {
      if (!each.derivation || each.derivation->from != table_.options.table || !each.derivation->makes_key()) continue;
      if (contains(names_, each.index)) {
        refuse(path_of(each, "index"),
               fmt::format("table '{}' has a column '{}' already, and the rows of '{}' are named by a new one of it",
                           table_.options.table, each.index, each.options.table),
               "give the new index another name: index: NAME");
      }
      names_.push_back(each.index);
    }
  }

  /// Of a table made of another: that one has the columns, and a time.
  void derivation() {
    const Derivation& wanted = *table_.derivation;
    const auto from = std::find_if(import_.tables.begin(), import_.tables.end(),
                                   [&](const TableImport& each) { return each.options.table == wanted.from; });
    if (wanted.step && from->time_index.empty()) {
      refuse(of("each"), fmt::format("table '{}' has no time index, of which steps could be made", wanted.from),
             fmt::format("name the column with its times: {}.time_index", from->section));
    }
    std::vector<std::string> known = columns_of(*from);
    for (const auto& [name, parts] : from->options.made_times) known.push_back(name);
    for (const std::string& column : wanted.columns) {
      if (!contains(known, column)) {
        refuse(of("each"), fmt::format("no column '{}' in table '{}'", column, wanted.from),
               hint_for_column(column, known));
      } else if (contains(from->options.ignore, column)) {
        refuse(of("each"), fmt::format("'{}' is among the ignored columns of '{}'", column, wanted.from));
      }
    }
    if (wanted.step && (contains(wanted.columns, kStepBegin) || table_.index == kStepBegin)) {
      refuse(of("each"),
             fmt::format("the new table has a column '{}' already, which says when a step begins", kStepBegin),
             "give the column another name in the source");
    }
  }

  /// Columns that are made count as if they stood there.
  void made_times() {
    for (const auto& [name, parts] : table_.options.made_times) {
      const std::string path = of("make_time." + name);
      for (const std::string& part : parts) {
        if (!contains(names_, part)) unknown(part, path);
      }
      if (contains(names_, name)) {
        refuse(path, fmt::format("{} has a column '{}' already", table_.source.string(), name),
               "give the new one another name");
      }
      if (format_of(table_.source, table_.options) != TableFormat::csv) {
        refuse(path, fmt::format("{} is not CSV text; times are made of its cells", table_.source.string()));
      }
    }
    for (const auto& [name, parts] : table_.options.made_times) names_.push_back(name);
  }

  [[nodiscard]] std::string of(const std::string& option) const { return path_of(table_, option); }

  void require(const std::string& column, const std::string& path) {
    if (table_.make_index && column == table_.index) return;
    if (!contains(names_, column)) return unknown(column, path);
    if (contains(table_.options.ignore, column)) refuse(path, fmt::format("'{}' is among the ignored columns", column));
  }

  void unknown(const std::string& column, const std::string& path) {
    refuse(path, fmt::format("no column '{}' in {}", column, table_.source.string()), hint_for_column(column, names_));
  }

  void refuse(const std::string& path, std::string what, std::string hint = {}) {
    Problem problem{place_of(import_, path, table_.source), path + ": " + std::move(what), std::move(hint)};
    const auto same = [&](const Problem& other) { return other.text() == problem.text(); };
    if (std::none_of(problems_.begin(), problems_.end(), same)) problems_.push_back(std::move(problem));
  }

  const EntityImport& import_;
  const TableImport& table_;
  ProblemList& problems_;
  std::vector<std::string> names_;
};

/// Nullable types have a word of their own.
std::string_view nullable_name(LogicalType type) {
  switch (type) {
    case LogicalType::integer: return "IntegerNullable";
    case LogicalType::age: return "AgeNullable";
    case LogicalType::boolean: return "BooleanNullable";
    default: return {};
  }
}

void check_logical_types(const EntityImport& import, const TableImport& table, const ParsedTable& parsed,
                         ProblemList& problems) {
  for (const auto& [name, type] : table.logical_types) {
    const ParsedColumn* column = parsed.find(name);
    if (column == nullptr) continue;
    const std::string path = path_of(table, "types." + name);
    const ColumnType held_as = core::column_type_of(type);
    if (column->prototype.type != held_as) {
      problems.push_back(
          {place_of(import, path, table.source),
           fmt::format("{}: {} needs {} entries; {} holds {}", path, core::name_of(type), core::name_of(held_as),
                       table.source.string(), core::name_of(column->prototype.type)),
           {}});
    } else if (column->n_missing > 0 && !nullable_name(type).empty()) {
      problems.push_back({place_of(import, path, table.source),
                          fmt::format("{}: {} of {} entries are missing, which {} has no room for", path,
                                      column->n_missing, parsed.n_rows, core::name_of(type)),
                          fmt::format("use {}", nullable_name(type))});
    }
  }
}

/// An index is read as numbers once a cell is no whole one: names that cell. Returns whether there is one.
bool refuse_number(const EntityImport& import, const TableImport& table, const ParsedTable& parsed,
                   ProblemList& problems) {
  const bool is_given = table.options.types.contains(table.index) || table.logical_types.contains(table.index);
  if (is_given || parsed.find(table.index)->prototype.type != ColumnType::real) return false;
  if (format_of(table.source, table.options) != TableFormat::csv) return false;
  std::optional<FoundCell> cell;
  for (const std::filesystem::path& file : files_of(table)) {
    if (cell) break;
    cell = find_csv_cell(file, table.options, table.index, [](std::string_view text) { return !parse_integer(text); });
  }
  if (!cell) return false;
  const core::Location named = place_of(import, path_of(table, "index"), table.source);
  problems.push_back({cell->where,
                      fmt::format("'{}' in column '{}', the index of table '{}', is not a whole number", cell->text,
                                  table.index, table.options.table),
                      fmt::format("{} names it; where all are whole (9e+05 is 900000): types: {{{}: integer}}; else read it as "
                                  "words: categorical",
                                  named.line == 0 ? "index" : named.text(), table.index)});
  return true;
}

void check_roles(const EntityImport& import, const TableImport& table, const ParsedTable& parsed,
                 ProblemList& problems) {
  const auto type_of = [&](const std::string& column) { return parsed.find(column)->prototype.type; };
  if (!table.index.empty() && !can_be_key(type_of(table.index)) && !refuse_number(import, table, parsed, problems)) {
    const std::string path = path_of(table, "index");
    problems.push_back({place_of(import, path, table.source),
                        fmt::format("{}: '{}' holds {}; an index is integer or categorical", path, table.index,
                                    core::name_of(type_of(table.index))),
                        "give it one of these types in 'types'"});
  }
  const auto check_time = [&](const std::string& column, const std::string& option) {
    if (column.empty() || type_of(column) == ColumnType::datetime) return;
    const std::string path = path_of(table, option);
    problems.push_back({place_of(import, path, table.source),
                        fmt::format("{}: '{}' holds {}, not times", path, column, core::name_of(type_of(column))),
                        {}});
  };
  check_time(table.time_index, "time_index");
  for (const core::SecondaryTime& time : table.secondary_times) {
    check_time(time.time_column, "secondary_time_index." + time.time_column);
  }
}

}  // namespace

core::Location place_of(const EntityImport& import, const std::string& path, const std::filesystem::path& source) {
  const auto found = import.places.find(path);
  return found == import.places.end() ? core::Location{.file = source.string()} : found->second;
}

std::vector<std::string> source_columns(const TableImport& table) {
  if (format_of(table.source, table.options) == TableFormat::csv) return csv_columns(table.source, table.options);
  ImportOptions options = table.options;
  options.ignore.clear();
  const std::unique_ptr<TableSource> source = open_table(table.source, options);
  std::vector<std::string> names;
  for (const core::Column& column : source->schema().columns) names.push_back(column.name);
  return names;
}

void check_names(const EntityImport& import, ProblemList& problems) {
  for (const TableImport& table : import.tables) {
    try {
      NameCheck check(import, table, problems);
      check.options();
      for (std::size_t i = 0; i < import.relationships.size(); ++i) {
        const RelationshipImport& each = import.relationships[i];
        if (each.parent == table.options.table) check.key(each.parent_column, i);
        if (each.child == table.options.table) check.key(each.child_column, i);
      }
    } catch (const core::UserError& error) {
      problems.insert(problems.end(), error.problems().begin(), error.problems().end());
    }
  }
}

void check_types(const EntityImport& import, core::TableId table, const std::vector<ParsedTable>& tables,
                 ProblemList& problems) {
  check_logical_types(import, import.tables[table], tables[table], problems);
  check_roles(import, import.tables[table], tables[table], problems);
  for (std::size_t i = 0; i < import.relationships.size(); ++i) {
    const RelationshipImport& each = import.relationships[i];
    if (each.child != import.tables[table].options.table) continue;
    const auto parent =
        std::find_if(tables.begin(), tables.end(), [&](const auto& t) { return t.name == each.parent; });
    const ParsedColumn* parent_column = parent == tables.end() ? nullptr : parent->find(each.parent_column);
    if (parent_column == nullptr) continue;
    const ColumnType parent_type = parent_column->prototype.type;
    const ColumnType child_type = tables[table].find(each.child_column)->prototype.type;
    if (keys_match(parent_type, child_type)) continue;
    const std::string path = path_of_relationship(i);
    problems.push_back(
        {place_of(import, path, import.tables[table].source),
         fmt::format("{}: {}.{} holds {} and {}.{} holds {}: they cannot match", path, each.child, each.child_column,
                     core::name_of(child_type), each.parent, each.parent_column, core::name_of(parent_type)),
         "give both the same type in 'types'"});
  }
}

void check_index(const EntityImport& import, const TableImport& table, const ParsedColumn& column,
                 const IndexFindings& index, ProblemList& problems) {
  const auto refuse = [&](std::size_t row, std::string what, std::string hint) {
    core::Location where = table.more_sources.empty() ? locate_row(table.source, table.options, row)
                                                      : locate_csv_row(files_of(table), table.options, row);
    if (where.line == 0) what = fmt::format("row {}: {}", row + 1, what);
    problems.push_back({std::move(where), std::move(what), std::move(hint)});
  };
  const core::Location named = place_of(import, path_of(table, "index"), table.source);
  const std::string hint = fmt::format("{} names it; where no column has one value a row, set make_index: true",
                                       named.line == 0 ? "index" : named.text());
  const std::size_t n_rows = index.n_rows;
  if (index.n_missing > 0) {
    refuse(index.first_missing,
           fmt::format("index '{}' of table '{}' has no value in {} of {} rows", table.index, table.options.table,
                       index.n_missing, n_rows),
           hint);
    return;
  }
  const RepeatedKeys& repeated = index.repeated;
  if (repeated.n_rows == 0) return;
  std::vector<std::string> shown;
  for (const auto& [row, key] : repeated.first) {
    shown.push_back(fmt::format("{} in row {}", key_text(column, key), row + 1));
  }
  refuse(
      static_cast<std::size_t>(repeated.first.front().first),
      fmt::format("index '{}' of table '{}' has a value again in {} of {} rows: {}{}", table.index, table.options.table,
                  repeated.n_rows, n_rows, fmt::join(shown, ", "), shown.size() < repeated.n_rows ? ", ..." : ""),
      hint);
}

void throw_if_any(ProblemList problems) {
  if (!problems.empty()) throw core::UserError(std::move(problems));
}

}  // namespace gridmill::io
