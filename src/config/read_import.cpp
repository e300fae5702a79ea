#include "config/read_import.hpp"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <string_view>

#include <fmt/format.h>

#include "config/read_relationships.hpp"
#include "config/sections.hpp"
#include "core/hint.hpp"

namespace gridmill::config {

namespace {

constexpr const char* kStepHint = "write 1 hour, 15 minutes, 1 day, 1 week, 1 month, or the name of a column";

/// Remembers where the data may later contradict the config.
void note_places(const Node& node, const std::string& section, std::map<std::string, core::Location>& places) {
  for (const Node& entry : node.children) {
    if (entry.key == "types" || entry.key == "time_format" || entry.key == "tags" || entry.key == "make_time" ||
        entry.key == "secondary_time_index") {
      for (const Node& column : entry.children) {
        places[section + "." + entry.key + "." + column.key] = column.key_where;
      }
    } else {
      places[section + "." + entry.key] = entry.where;
    }
  }
}

void check_table(const Node& node, const std::string& section, const TableOptions& table, Problems& problems) {
  check_source(node, section, table.source, problems);
  const auto refuse = [&](const char* option, std::string what, std::string hint = {}) {
    const Node* entry = node.find(option);
    problems.add(entry == nullptr ? node.where : entry->where, fmt::format("{}.{}: {}", section, option, what), hint);
  };
  if (table.make_index && table.index.empty()) refuse("make_index", "the new index needs a name", "index: row");
  if (table.make_index && !table.index_columns.empty()) {
    refuse("make_index", "makes one column; the index names several", "leave out make_index, or write index: row");
  }
  if (!table.time_index.empty() && table.index.empty()) {
    refuse("time_index", "needs an index beside it, which tells rows of the same time apart",
           "name the column with one value a row, or a new one with make_index: true");
  }
  for (const auto& [column, format] : table.time_formats) {
    const auto held = table.types.held.find(column);
    const auto meant = table.types.meant.find(column);
    const bool other = (held != table.types.held.end() && held->second != core::ColumnType::datetime) ||
                       (meant != table.types.meant.end() && meant->second != core::LogicalType::datetime);
    if (!other) continue;
    problems.add(node.find("time_format")->find(column)->where,
                 fmt::format("{}.time_format.{}: the column holds times, but 'types' says otherwise", section, column));
  }
  for (const auto& [name, parts] : table.made_times) {
    constexpr std::size_t kMostParts = 6;  // down to the second
    if (parts.size() <= kMostParts || table.time_formats.contains(name)) continue;
    problems.add(node.find("make_time")->find(name)->where,
                 fmt::format("{}.make_time.{}: {} columns, more than year, month, day, hour, minute, second", section,
                             name, parts.size()),
                 fmt::format("say how they are written with time_format: {{{}: ...}}, with blanks between", name));
  }
  if (!table.time_index.empty() && table.time_index == table.index) refuse("time_index", "is the index already");
  for (const std::string& ignored : table.ignore) {
    const auto& parts = table.index_columns;
    if (std::find(parts.begin(), parts.end(), ignored) != parts.end()) {
      refuse("ignore", fmt::format("'{}' is part of the index", ignored));
    } else if (ignored == table.index || ignored == table.time_index) {
      refuse("ignore", fmt::format("'{}' is the {}", ignored, ignored == table.index ? "index" : "time index"));
    }
  }
}

/// Reads `tables`: a mapping from names to options.
class TablesReader {
 public:
  TablesReader(const std::filesystem::path& config, ImportJob& job, Problems& problems)
      : config_(config), job_(job), problems_(problems) {}

  void read(const Node& tables) {
    for (const Node& node : tables.children) {
      const std::string section = "import.tables." + node.key;
      if (node.find("from") != nullptr || node.find("each") != nullptr) {
        read_derived(node, section);
        continue;
      }
      TableOptions table{.section = section};
      read_section(node, section, table_fields(), table, problems_);
      if (!table.source.table.empty() && table.source.table != node.key) {
        problems_.add(node.find("table")->where, fmt::format("{}.table: the table is called '{}'", section, node.key),
                      "leave it out; the tables of a store to import from are opened one by one");
      }
      table.source.table = node.key;
      if (!node.is_mapping()) continue;
      check_table(node, section, table, problems_);
      if (table.index.empty() && node.find("index") == nullptr) {
        problems_.add(node.key_where, fmt::format("{}.index is missing: column with one value a row", section),
                      "where there is none: {index: row, make_index: true}");
      }
      note_places(node, section, job_.places);
      table.source.file = find_file(table.source.file, config_);
      job_.tables.push_back(std::move(table));
    }
    if (tables.children.empty()) problems_.add(tables.where, "import.tables: names no table");
    for (const DerivedOptions& each : job_.derived) check_from(*tables.find(each.name), each);
  }

 private:
  void read_derived(const Node& node, const std::string& section) {
    DerivedOptions table{.section = section, .name = node.key, .from = {}, .each = {}, .index = {}};
    read_section(node, section, derived_fields(), table, problems_);
    if (const Node* each = node.find("each")) read_each(*each, section + ".each", table);
    const bool is_column = !table.step && table.columns.size() == 1;
    if (is_column && !table.index.empty() && table.index != table.columns.front()) {
      problems_.add(node.find("index")->where,
                    fmt::format("{}.index: the index is the column of 'each', '{}'", section, table.columns.front()),
                    "leave it out");
    }
    if (table.index.empty()) table.index = is_column ? table.columns.front() : node.key + "_id";
    job_.places[section + ".each"] = node.find("each") == nullptr ? node.where : node.find("each")->where;
    job_.places[section + ".index"] = node.find("index") == nullptr ? node.key_where : node.find("index")->where;
    job_.derived.push_back(std::move(table));
  }

  /// What begins with a digit and names a unit is a step of time, all else a column.
  void read_each(const Node& node, const std::string& path, DerivedOptions& table) {
    const auto refuse = [&](std::string what, std::string hint = {}) {
      problems_.add(node.where, fmt::format("{}: {}", path, what), std::move(hint));
    };
    for (const std::string& each : table.each) {
      std::optional<features::Window> step;
      if (!each.empty() && (std::isdigit(static_cast<unsigned char>(each.front())) != 0 || each.front() == '-')) {
        try {
          step = features::read_window(each);
        } catch (const core::UserError&) {
          if (each.find(' ') != std::string::npos) refuse(fmt::format("'{}' is no step of time", each), kStepHint);
        }
      }
      if (!step) {
        if (std::find(table.columns.begin(), table.columns.end(), each) != table.columns.end()) {
          refuse(fmt::format("'{}' stands there twice", each));
        }
        table.columns.push_back(each);
      } else if (step->unit == features::Window::Unit::observations) {
        refuse(fmt::format("'{}' is no length of time", each), kStepHint);
      } else if (step->amount < 1) {
        refuse(fmt::format("a step of '{}' goes nowhere", each), kStepHint);
      } else if (table.step) {
        refuse(fmt::format("'{}' is a second step of time", each), "make a table for each of them");
      } else {
        table.step = step;
      }
    }
    if (table.each.empty()) refuse("names neither a step of time nor a column", kStepHint);
  }

  void check_from(const Node& node, const DerivedOptions& table) {
    std::vector<std::string> names;
    for (const TableOptions& each : job_.tables) names.push_back(each.source.table);
    for (const DerivedOptions& each : job_.derived) {
      if (each.name == table.name) break;  // those that stand before it
      names.push_back(each.name);
    }
    if (std::find(names.begin(), names.end(), table.from) != names.end() || table.from.empty()) return;
    problems_.add(node.find("from")->where,
                  fmt::format("{}.from: no table '{}' to make it of", table.section, table.from),
                  core::hint_for(table.from, names));
  }

  const std::filesystem::path& config_;
  ImportJob& job_;
  Problems& problems_;
};

void read_one_table(const Node& node, TableOptions table, const std::filesystem::path& config, ImportJob& job,
                    Problems& problems) {
  if (node.is_mapping() && (node.find("source") == nullptr || node.find("source")->is_null())) {
    problems.add(node.where, "import.source is missing: file with the rows of a table, or 'tables' with several");
  }
  if (const Node* relationships = node.find("relationships")) {
    problems.add(relationships->key_where, "import.relationships: need 'tables'", "one table has none");
  }
  check_table(node, "import", table, problems);
  table.source.file = find_file(table.source.file, config);
  job.tables = {std::move(table)};
  note_places(node, "import", job.places);
}

/// Options of one table have no meaning beside `tables`.
void refuse_table_options(const Node& node, Problems& problems) {
  for (const Field<TableOptions>& field : table_fields()) {
    if (const Node* entry = node.find(field.spec.name)) {
      problems.add(entry->key_where, fmt::format("import.{}: belongs to one of the tables", field.spec.name),
                   fmt::format("write it below import.tables.<name>"));
    }
  }
}

}  // namespace

void check_source(const Node& node, const std::string& section, const SourceOptions& source, Problems& problems) {
  if (source.delimiter.size() > 1) {
    problems.add(
        node.find("delimiter")->where,
        fmt::format("{}.delimiter: must be one character, not '{}'", section, source.delimiter),
        source.delimiter == "tab" || source.delimiter == "\\t" ? R"(a tab is written "\t", in double quotes)" : "");
  }
  if (source.decimal != "." && source.decimal != ",") {
    problems.add(node.find("decimal")->where,
                 fmt::format("{}.decimal: must be \".\" or \",\", not '{}'", section, source.decimal));
  }
  if (!is_utf8(source.encoding) && !is_latin1(source.encoding)) {
    problems.add(node.find("encoding")->where,
                 fmt::format("{}.encoding: must be utf-8 or latin1, not '{}'", section, source.encoding),
                 "convert the file: iconv -f WINDOWS-1252 -t UTF-8 old.csv > new.csv");
  }
}

namespace {

bool is_one_of(std::string name, std::initializer_list<std::string_view> names) {
  for (char& c : name) c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool is_utf8(const std::string& encoding) { return is_one_of(encoding, {"utf-8", "utf8"}); }

bool is_latin1(const std::string& encoding) {
  return is_one_of(encoding, {"latin1", "latin-1", "iso-8859-1", "iso8859-1"});
}

void complete_table(const Node& node, const std::filesystem::path& config, const std::string& name, TableOptions& table,
                    std::map<std::string, core::Location>& places, Problems& problems) {
  table.section = "features";
  table.source.table = name;
  if (table.index.empty() && node.find("make_index") == nullptr) {
    table.index = "row";
    table.make_index = true;
  }
  check_table(node, table.section, table, problems);
  note_places(node, table.section, places);
  table.source.file = find_file(table.source.file, config);
}

ImportJob read_import(const Node& node, const std::filesystem::path& config, Problems& problems) {
  ImportSection section;
  const auto entries = read_section(node, "import", import_fields(), section, problems);
  ImportJob job{.store = section.store};
  const Node* tables = find_entry(entries, "tables");
  if (tables == nullptr) {
    read_one_table(node, std::move(section.table), config, job, problems);
    const std::filesystem::path& source = job.tables.front().source.file;
    if (job.store.empty() && !source.empty()) job.store = default_store(source);
    return job;
  }
  refuse_table_options(node, problems);
  TablesReader(config, job, problems).read(*tables);
  read_relationships(find_entry(entries, "relationships"), *tables, job, problems);
  if (job.store.empty() && !job.tables.empty()) {
    job.store = job.tables.front().source.file.parent_path() / config.stem().replace_extension(".h5");
  }
  return job;
}

}  // namespace gridmill::config
