#include "io/import/entity_import.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "io/import/entity_checks.hpp"
#include "io/import/key_column.hpp"
#include "io/import/ordered_writer.hpp"
#include "io/import/parent_lookup.hpp"
#include "io/import/row_orderer.hpp"
#include "io/import/table_file.hpp"
#include "io/spool/column_spool.hpp"
#include "io/spool/number_list.hpp"
#include "io/spool/parsed_table.hpp"
#include "io/store/store.hpp"
#include "io/store/store_relations.hpp"
#include "io/tables/nullable_type.hpp"
#include "io/text/csv_table.hpp"

namespace gridmill::io {
namespace {

using core::ColumnType;
using core::EntityColumn;
using core::EntitySet;
using core::EntityTable;
using core::LogicalType;
using core::TableId;

/// A table alone that names no index says nothing of meanings.
bool is_plain(const EntityImport& import) { return import.tables.size() == 1 && import.tables.front().index.empty(); }

/// Returns a column of a table that has been read, or null.
const ParsedColumn* column_of(const std::vector<ParsedTable>& tables, const std::string& table,
                              const std::string& column) {
  const auto found = std::find_if(tables.begin(), tables.end(), [&](const auto& each) { return each.name == table; });
  return found == tables.end() ? nullptr : found->find(column);
}

/// What the user gives decides how cells are read: logical types, times, keys.
ImportOptions reading_options(const EntityImport& import, const TableImport& table,
                              const std::vector<ParsedTable>& tables) {
  ImportOptions options = table.options;
  const auto read_as = [&](const std::string& column, ColumnType type) {
    if (!column.empty()) options.types.emplace(column, type);
  };
  for (const auto& [column, type] : table.logical_types) options.types[column] = core::column_type_of(type);
  for (const auto& [column, format] : table.options.time_formats) read_as(column, ColumnType::datetime);
  for (const auto& [column, parts] : table.options.made_times) read_as(column, ColumnType::datetime);
  read_as(table.time_index, ColumnType::datetime);
  options.deciding_times.push_back(table.time_index);
  for (const core::SecondaryTime& time : table.secondary_times) {
    read_as(time.time_column, ColumnType::datetime);
    options.deciding_times.push_back(time.time_column);
  }
  if (!table.earlier_types.empty()) {
    for (const std::string& column : source_columns(table)) {
      const auto earlier = table.earlier_types.find(column);
      if (earlier != table.earlier_types.end()) read_as(column, core::column_type_of(earlier->second));
    }
  }
  if (!table.index.empty()) options.keys.push_back(table.index);
  for (const CompoundKey& key : table.compound_keys) {
    options.keys.insert(options.keys.end(), key.columns.begin(), key.columns.end());
  }
  for (const TableImport& each : import.tables) {
    if (!each.derivation || each.derivation->from != options.table) continue;
    options.keys.insert(options.keys.end(), each.derivation->columns.begin(), each.derivation->columns.end());
  }
  for (const RelationshipImport& each : import.relationships) {
    if (each.child != options.table) continue;
    options.keys.push_back(each.child_column);
    // Keys are words where those of the parents are: 17 among A1, A2, or beyond 64 bits.
    for (const auto& [child, in_parent] : matched_columns(import, each)) {
      const ParsedColumn* parent = column_of(tables, each.parent, in_parent);
      if (parent != nullptr && parent->prototype.type == ColumnType::categorical) {
        read_as(child, ColumnType::categorical);
      }
    }
  }
  options.may_be_empty = !is_plain(import);
  options.boolean_words = !is_plain(import);
  return options;
}

/// Returns the import with what it names of each table's columns noted there: it decides what a first line is.
EntityImport with_used_columns(EntityImport import) {
  for (TableImport& table : import.tables) {
    if (table.derivation) continue;
    std::vector<std::string>& used = table.options.used;
    for (const TableImport& each : import.tables) {
      if (!each.derivation || each.derivation->from != table.options.table) continue;
      used.insert(used.end(), each.derivation->columns.begin(), each.derivation->columns.end());
    }
    if (!table.make_index) used.push_back(table.index);
    for (const CompoundKey& key : table.compound_keys) used.insert(used.end(), key.columns.begin(), key.columns.end());
    used.push_back(table.time_index);
    for (const auto& [column, type] : table.logical_types) used.push_back(column);
    for (const auto& [column, tags] : table.tags) used.push_back(column);
    for (const core::SecondaryTime& time : table.secondary_times) {
      used.push_back(time.time_column);
      used.insert(used.end(), time.columns.begin(), time.columns.end());
    }
    for (const RelationshipImport& each : import.relationships) {
      if (each.child == table.options.table) used.push_back(each.child_column);
      if (each.parent == table.options.table && !table.make_index) used.push_back(each.parent_column);
    }
  }
  return import;
}

ParsedColumn row_numbers(const std::string& name, std::size_t n_rows, ColumnSpool& spool) {
  core::Column prototype;
  prototype.name = name;
  prototype.type = ColumnType::integer;
  ParsedColumn column{.prototype = empty_column(prototype)};
  for (std::size_t first = 0; first < n_rows; first += kPieceRows) {
    core::Column piece = empty_column(prototype, std::min(kPieceRows, n_rows - first));
    auto next = static_cast<std::int64_t>(first);
    for (std::int64_t& number : std::get<core::Column::Integers>(piece.values)) number = next++;
    column.pieces.push_back(spool.keep(std::move(piece)));
  }
  return column;
}

ParsedTable read_table(const EntityImport& import, const TableImport& table, const std::vector<ParsedTable>& tables,
                       ColumnSpool& spool) {
  ImportOptions options = reading_options(import, table, tables);
  ParsedTable parsed;
  for (const std::filesystem::path& file : table.more_sources) {
    if (format_of(table.source, options) == TableFormat::csv && format_of(file, options) == TableFormat::csv) continue;
    throw core::UserError(core::Problem{
        {file.string()}, fmt::format("files that make one table are CSV text, {} too", table.source.string()), {}});
  }
  switch (format_of(table.source, options)) {
    case TableFormat::csv: parsed = parse_csv(files_of(table), options, spool); break;
    case TableFormat::libsvm: parsed = read_to_end(*open_table(table.source, options), spool); break;
    case TableFormat::store:  // has types, and its tables have names of their own
      options.types = table.options.types;
      options.table.clear();
      parsed = read_to_end(*open_table(table.source, options), spool);
  }
  parsed.name = table.options.table;
  if (table.make_index) {
    parsed.columns.insert(parsed.columns.begin(), row_numbers(table.index, parsed.n_rows, spool));
  }
  return parsed;
}

/// Columns of a table without rows have the types that are given; keys those that they need. Of the others nothing is
/// known: returns their names.
std::vector<std::string> type_without_rows(const EntityImport& import, const TableImport& table,
                                           const std::vector<ParsedTable>& tables, ParsedTable& parsed) {
  const ImportOptions options = reading_options(import, table, tables);
  std::map<std::string, ColumnType> types;
  if (!table.index.empty()) types.emplace(table.index, ColumnType::integer);
  if (const CompoundKey* index = table.compound_key(table.index)) {
    for (const std::string& column : index->columns) types.emplace(column, ColumnType::integer);
  }
  for (const RelationshipImport& each : import.relationships) {
    if (each.child != parsed.name) continue;
    for (const auto& [child, in_parent] : matched_columns(import, each)) {
      const ParsedColumn* key = column_of(tables, each.parent, in_parent);
      if (key != nullptr) types.emplace(child, key->prototype.type);
    }
  }
  std::vector<std::string> unknown;
  for (ParsedColumn& column : parsed.columns) {
    core::Column& prototype = column.prototype;
    if (options.types.contains(prototype.name)) continue;
    const auto needed = types.find(prototype.name);
    if (needed == types.end()) unknown.push_back(prototype.name);
    prototype.type = needed == types.end() ? ColumnType::text : needed->second;
    prototype = empty_column(prototype);
  }
  return unknown;
}

LogicalType logical_type_of(const TableImport& table, const ParsedColumn& column) {
  const std::string& name = column.prototype.name;
  const auto given = table.logical_types.find(name);
  if (given != table.logical_types.end()) return given->second;
  if (column.pieces.empty() && column.prototype.type == ColumnType::text && !table.options.types.contains(name)) {
    return LogicalType::unknown;
  }
  const bool complete = column.n_missing == 0;
  const auto earlier = table.earlier_types.find(name);
  if (earlier != table.earlier_types.end() && core::column_type_of(earlier->second) == column.prototype.type) {
    return complete ? earlier->second : nullable(earlier->second);
  }
  switch (column.prototype.type) {
    case ColumnType::integer: return complete ? LogicalType::integer : LogicalType::integer_nullable;
    case ColumnType::real: return LogicalType::real;
    case ColumnType::boolean: return complete ? LogicalType::boolean : LogicalType::boolean_nullable;
    case ColumnType::categorical: return LogicalType::categorical;
    case ColumnType::datetime: return LogicalType::datetime;
    case ColumnType::text: return LogicalType::natural_language;
    case ColumnType::latlong: return LogicalType::lat_long;
    case ColumnType::key: return LogicalType::unknown;
  }
  return LogicalType::unknown;
}

EntityColumn entity_column(const EntityImport& import, const TableImport& table, const ParsedColumn& parsed) {
  EntityColumn column{.name = parsed.prototype.name,
                      .type = logical_type_of(table, parsed),
                      .tags = {},
                      .time_format = parsed.time_format};
  if (const auto given = table.tags.find(column.name); given != table.tags.end()) column.tags = given->second;
  for (const core::Tag tag : {core::Tag::numeric, core::Tag::category}) {
    if (core::standard_tags(column.type).has(tag)) column.tags.add(tag);
  }
  if (column.name == table.index) {
    column.tags.remove(core::Tag::numeric);
    column.tags.remove(core::Tag::category);
    column.tags.add(core::Tag::index);
  }
  if (column.name == table.time_index) column.tags.add(core::Tag::time_index);
  for (const core::SecondaryTime& time : table.secondary_times) {
    if (column.name == time.time_column) column.tags.add(core::Tag::secondary_time_index);
  }
  for (const RelationshipImport& each : import.relationships) {
    if (each.child == table.options.table && each.child_column == column.name) column.tags.add(core::Tag::foreign_key);
  }
  // What is to be learnt from a key of several columns, its columns say.
  if (table.compound_key(column.name) != nullptr) column.tags.remove(core::Tag::category);
  return column;
}

EntityTable entity_table(const EntityImport& import, const TableImport& given, const ParsedTable& parsed) {
  EntityTable table{.name = given.options.table,
                    .columns = {},
                    .index = given.index,
                    .time_index = given.time_index,
                    .secondary_times = given.secondary_times,
                    .n_rows = parsed.n_rows};
  for (const ParsedColumn& column : parsed.columns) table.columns.push_back(entity_column(import, given, column));
  return table;
}

/// Tables by name, and relationships: what is known before anything is read.
EntitySet entity_set_of(const EntityImport& import) {
  EntitySet set;
  for (const TableImport& table : import.tables) {
    set.tables.emplace_back().name = table.options.table;
  }
  for (const RelationshipImport& each : import.relationships) {
    set.relationships.push_back({.parent = set.find(each.parent),
                                 .child = set.find(each.child),
                                 .parent_column = each.parent_column,
                                 .child_column = each.child_column});
  }
  return set;
}

std::vector<std::string> words_of(core::Tags tags) {
  std::vector<std::string> words;
  for (const core::Tag tag :
       {core::Tag::numeric, core::Tag::category, core::Tag::index, core::Tag::time_index, core::Tag::foreign_key,
        core::Tag::secondary_time_index, core::Tag::date_of_birth, core::Tag::last_time_index}) {
    if (tags.has(tag)) words.emplace_back(core::name_of(tag));
  }
  return words;
}

/// Two fifths for what waits, two for what is at work; the last is lost between blocks that are freed and taken again.
std::size_t share_of(std::size_t memory_limit) { return memory_limit / 5 * 2; }

/// One import at work: reads, orders and writes table by table, so that the cells of one are in memory at a time.
class Importer {
 public:
  Importer(const EntityImport& import, const std::filesystem::path& store, std::size_t memory_limit,
           const StageListener& stage)
      : import_(import),
        store_(store),
        stage_(stage),
        spool_({.memory = share_of(memory_limit), .folder = store.parent_path(), .shown_as = store}),
        space_({.memory = share_of(memory_limit), .place = spool_.place()}),
        tables_(import.tables.size()),
        readings_(import.tables.size(), Reading::not_begun),
        imported_({.set = entity_set_of(import), .unmatched = {}}),
        orderer_(imported_.set, spool_, space_) {
    imported_.unmatched.resize(import.relationships.size());
  }

  ImportedSet run() {
    check_names(import_, problems_);
    throw_if_any(std::move(problems_));
    StoreWriter writer(store_);
    for (const EntityTable& table : imported_.set.tables) writer.declare_table(table.name);
    for (const TableId id : parents_first(imported_.set)) {
      if (!read(id)) continue;
      TableKeys keys = keys_of(id);
      if (problems_.empty()) write(id, orderer_.order(id, std::move(keys)), writer);
    }
    throw_if_any(std::move(problems_));
    if (!is_plain(import_)) writer.relate(imported_.set, orderer_.finish());
    if (import_.origin) writer.note_origin(import_.origin());
    writer.finish();
    imported_.bytes_set_aside = spool_.bytes_in_file() + space_.bytes_set_aside;
    return std::move(imported_);
  }

 private:
  enum class Reading { not_begun, good, bad };

  /// Reads a table, and before it those it depends on; not when it has been read. Returns false when there are
  /// problems, which are collected over all tables.
  bool read(TableId id) {
    if (readings_[id] != Reading::not_begun) return readings_[id] == Reading::good;
    readings_[id] = Reading::bad;
    bool good = true;
    for (const TableId before : read_before(id)) good = read(before) && good;
    const TableImport& given = import_.tables[id];
    if (given.derivation && !good) return false;
    if (!read_alone(id)) return false;
    // What is made of its rows gives it a key, which it has before anybody asks.
    for (TableId other = 0; other < import_.tables.size(); ++other) {
      const auto& derivation = import_.tables[other].derivation;
      if (derivation && derivation->from == given.options.table && !make(other, id)) return false;
    }
    imported_.set.tables[id] = entity_table(import_, given, tables_[id]);
    readings_[id] = Reading::good;
    return true;
  }

  /// Tables whose rows, or whose kind of keys, decide how a table is read.
  [[nodiscard]] std::vector<TableId> read_before(TableId id) const {
    const TableImport& given = import_.tables[id];
    std::vector<TableId> before;
    if (given.derivation) before.push_back(imported_.set.find(given.derivation->from));
    for (const core::Relationship& each : imported_.set.relationships) {
      if (each.child == id && !import_.tables[each.parent].derivation) before.push_back(each.parent);
    }
    return before;
  }

  /// Makes a table of the rows of another, which has been read.
  bool make(TableId id, TableId from) {
    const TableImport& given = import_.tables[id];
    if (stage_) stage_(fmt::format("making {}", given.options.table));
    try {
      tables_[id] = derive(*given.derivation, given.options.table, given.index, import_.tables[from].time_index,
                           place_of(import_, given.section + ".each", given.source), tables_[from], spool_);
      if (const CompoundKey* index = given.compound_key(given.index)) {
        name_by_values(*index, tables_[id], tables_[from], spool_);
      }
    } catch (const core::UserError& error) {
      problems_.insert(problems_.end(), error.problems().begin(), error.problems().end());
      return false;
    }
    return true;
  }

  bool read_alone(TableId id) {
    const TableImport& given = import_.tables[id];
    const std::size_t n_before = problems_.size();
    if (!given.derivation) {
      if (stage_) stage_(fmt::format("importing {}", given.source.string()));
      try {
        tables_[id] = read_table(import_, given, tables_, spool_);
        if (tables_[id].n_rows == 0) imported_.untyped[id] = type_without_rows(import_, given, tables_, tables_[id]);
      } catch (const core::UserError& error) {
        problems_.insert(problems_.end(), error.problems().begin(), error.problems().end());
        return false;
      }
    }
    const Remarks& remarks = tables_[id].remarks;
    imported_.warnings.insert(imported_.warnings.end(), remarks.warnings.begin(), remarks.warnings.end());
    imported_.notes.insert(imported_.notes.end(), remarks.notes.begin(), remarks.notes.end());
    check_types(import_, id, tables_, problems_);
    if (problems_.size() > n_before) return false;
    make_compound_keys(given.compound_keys, given.index, tables_[id], spool_);
    return true;
  }

  TableKeys keys_of(TableId id) {
    const TableImport& given = import_.tables[id];
    TableKeys keys{.n_rows = tables_[id].n_rows, .index = nullptr, .times = nullptr, .parents = {}};
    if (!given.index.empty()) {
      const ParsedColumn& column = *tables_[id].find(given.index);
      KeyReader reader(column, spool_);
      check_index(import_, given, column, examine_index(reader, space_), problems_);
      keys.index = &column;
    }
    if (!given.time_index.empty()) {
      keys.times = tables_[id].find(given.time_index);
      if (keys.times->n_missing > 0) imported_.without_time[id] = keys.times->n_missing;
    }
    if (!problems_.empty()) return keys;
    for (core::RelationshipId each = 0; each < imported_.set.relationships.size(); ++each) {
      if (imported_.set.relationships[each].child == id) keys.parents.emplace(each, parent_rows(each));
    }
    return keys;
  }

  /// Stored rows of the parents; counts the keys that have none.
  NumberList parent_rows(core::RelationshipId id) {
    const core::Relationship& relationship = imported_.set.relationships[id];
    const ParsedColumn& column = *tables_[relationship.child].find(relationship.child_column);
    std::vector<std::int32_t> translated;
    if (column.prototype.type == ColumnType::categorical) {
      const ParsedColumn& parent = *tables_[relationship.parent].find(relationship.parent_column);
      translated = translate_codes(column.prototype.categories, parent.prototype.categories);
    }
    KeyReader keys(column, spool_);
    KeyReader parents(orderer_.keys(relationship.parent).column(), spool_);
    NumberList rows = find_parents(parents, keys, translated, spool_, space_);
    count_unmatched(column, keys, rows, imported_.unmatched[id]);
    return rows;
  }

  void count_unmatched(const ParsedColumn& column, KeyReader& keys, const NumberList& rows, UnmatchedKeys& unmatched) {
    core::Column scratch;
    for (std::size_t i = 0; i < rows.n_pieces(); ++i) {
      const std::span<const std::int64_t> found = rows.piece(i, scratch);
      if (std::find(found.begin(), found.end(), core::kNoRow) == found.end()) continue;
      const KeyPiece piece = keys.piece(i);
      for (std::size_t row = 0; row < found.size(); ++row) {
        if (found[row] != core::kNoRow) continue;
        if (!piece.missing.empty() && piece.missing[row] != 0) {
          ++unmatched.n_missing;
        } else if (unmatched.n_unknown++ == 0) {
          unmatched.example = key_text(column, piece.values[row]);
        }
      }
    }
  }

  void write(TableId id, std::optional<NumberList> rows, StoreWriter& writer) {
    core::Table schema = tables_[id].schema();
    for (std::size_t i = 0; !is_plain(import_) && i < schema.columns.size(); ++i) {
      schema.columns[i].tags = words_of(imported_.set.tables[id].columns[i].tags);
    }
    writer.begin_table(schema, tables_[id].n_rows);
    write_in_order(tables_[id], rows ? &*rows : nullptr, space_.memory, spool_, writer);
    if (rows) rows->drop();
    writer.start_sync();
  }

  const EntityImport& import_;
  const std::filesystem::path& store_;
  const StageListener& stage_;
  ColumnSpool spool_;
  SortSpace space_;
  std::vector<ParsedTable> tables_;
  std::vector<Reading> readings_;
  ProblemList problems_;
  ImportedSet imported_;
  RowOrderer orderer_;
};

}  // namespace

const CompoundKey* TableImport::compound_key(std::string_view name) const {
  const auto found = std::find_if(compound_keys.begin(), compound_keys.end(),
                                  [&](const CompoundKey& key) { return key.name == name; });
  return found == compound_keys.end() ? nullptr : &*found;
}

std::vector<MatchedColumns> matched_columns(const EntityImport& import, const RelationshipImport& relationship) {
  const auto key_of = [&](const std::string& table, const std::string& column) {
    const auto found = std::find_if(import.tables.begin(), import.tables.end(),
                                    [&](const TableImport& each) { return each.options.table == table; });
    return found == import.tables.end() ? nullptr : found->compound_key(column);
  };
  const CompoundKey* const child = key_of(relationship.child, relationship.child_column);
  const CompoundKey* const parent = key_of(relationship.parent, relationship.parent_column);
  if (child == nullptr || parent == nullptr) return {{relationship.child_column, relationship.parent_column}};
  std::vector<MatchedColumns> matched;
  for (std::size_t i = 0; i < child->columns.size(); ++i) matched.push_back({child->columns[i], parent->columns[i]});
  return matched;
}

std::vector<std::filesystem::path> files_of(const TableImport& table) {
  std::vector<std::filesystem::path> files{table.source};
  files.insert(files.end(), table.more_sources.begin(), table.more_sources.end());
  return files;
}

ImportedSet import_entity_set(const EntityImport& import, const std::filesystem::path& store, std::size_t memory_limit,
                              const StageListener& stage) {
  const EntityImport named = with_used_columns(import);
  return Importer(named, store, memory_limit, stage).run();
}

}  // namespace gridmill::io
