#include "jobs/dataset/import_options.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/glob.hpp"
#include "features/definitions/feature.hpp"
#include "io/import/derived_table.hpp"
#include "jobs/dataset/source_files.hpp"

namespace gridmill::jobs {

namespace {

io::TableImport table_import(const config::TableOptions& table, std::vector<std::filesystem::path> files) {
  io::TableImport import{.source = files.front(), .section = table.section, .options = import_options(table.source)};
  import.more_sources.assign(files.begin() + 1, files.end());
  if (import.options.table.empty()) import.options.table = table_name(table);
  import.options.types = table.types.held;
  import.options.time_formats = table.time_formats;
  import.options.made_times = table.made_times;
  import.options.ignore = table.ignore;
  import.logical_types = table.types.meant;
  import.tags = table.tags;
  import.index = table.index;
  import.make_index = table.make_index;
  import.time_index = table.time_index;
  import.secondary_times = table.secondary_times;
  if (!table.index_columns.empty()) import.compound_keys.push_back({table.index, table.index_columns});
  return import;
}

io::TimeStep time_step(const features::Window& length) {
  using Unit = features::Window::Unit;
  if (length.unit == Unit::months) return {.nanoseconds = 0, .months = length.amount};
  if (length.unit == Unit::years) return {.nanoseconds = 0, .months = 12 * length.amount};
  return {.nanoseconds = -length.before(0), .months = 0};
}

/// A table made of another's rows; columns mean what they mean there.
io::TableImport derived_import(const config::DerivedOptions& table, const std::vector<io::TableImport>& others) {
  io::TableImport import{.source = {}, .section = table.section, .options = {}};
  import.options.table = table.name;
  import.index = table.index;
  if (table.step) import.time_index = io::kStepBegin;
  io::Derivation derivation{.from = table.from, .columns = table.columns, .step = std::nullopt};
  if (table.step) derivation.step = time_step(*table.step);
  for (const io::TableImport& other : others) {
    if (other.options.table != table.from) continue;
    import.source = other.source;
    for (const std::string& column : table.columns) {
      const auto meant = other.logical_types.find(column);
      if (meant != other.logical_types.end()) import.logical_types.insert(*meant);
    }
  }
  import.derivation = std::move(derivation);
  if (!table.index_columns.empty()) import.compound_keys.push_back({table.index, table.index_columns});
  return import;
}

/// Several relationships may have a key in common.
void add_key(io::CompoundKey key, const std::string& table, io::EntityImport& import) {
  for (io::TableImport& each : import.tables) {
    if (each.options.table == table && each.compound_key(key.name) == nullptr) each.compound_keys.push_back(key);
  }
}

}  // namespace

std::string table_name(const config::TableOptions& table) {
  if (!table.source.table.empty()) return table.source.table;
  const std::string name = io::table_name_of(table.source.file.string());
  return core::is_glob(name) ? core::without_glob(name) : name;
}

io::ImportOptions import_options(const config::SourceOptions& source) {
  io::ImportOptions options;
  if (!source.delimiter.empty()) options.delimiter = source.delimiter.front();
  if (source.header) options.header = *source.header ? io::Header::yes : io::Header::no;
  if (source.first_index) options.first_index = *source.first_index == 0 ? io::IndexBase::zero : io::IndexBase::one;
  options.decimal = source.decimal.front();
  options.encoding = config::is_latin1(source.encoding) ? io::Encoding::latin1 : io::Encoding::utf8;
  if (source.missing) options.missing = *source.missing;
  options.types = source.types;
  options.table = source.table;
  return options;
}

io::ImportOptions import_options(const config::DataOptions& data) {
  io::ImportOptions options = import_options(data.source);
  options.used = {data.target, data.weight, data.group, data.fold, data.time};
  for (const config::RowCondition& each : data.filter) options.used.push_back(each.column);
  options.used.insert(options.used.end(), data.features.begin(), data.features.end());
  options.used.insert(options.used.end(), data.ignore.begin(), data.ignore.end());
  if (!data.group.empty()) options.keys = {data.group};
  return options;
}

io::EntityImport entity_import(const config::ImportJob& job) {
  io::EntityImport import;
  for (const config::TableOptions& table : job.tables) {
    import.tables.push_back(table_import(table, source_files(table, job)));
  }
  for (const config::DerivedOptions& table : job.derived) {
    import.tables.push_back(derived_import(table, import.tables));
  }
  for (const config::RelationshipOptions& each : job.relationships) {
    import.relationships.push_back({each.parent, each.parent_column, each.child, each.child_column});
    if (!each.child_columns.empty()) add_key({each.child_column, each.child_columns}, each.child, import);
  }
  import.places = job.places;
  return import;
}

}  // namespace gridmill::jobs
