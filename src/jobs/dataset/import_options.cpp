#include "jobs/dataset/import_options.hpp"

#include <string>

namespace gridmill::jobs {

namespace {

io::TableImport table_import(const config::TableOptions& table) {
  io::TableImport import{
      .source = table.source.file, .section = table.section, .options = import_options(table.source)};
  if (import.options.table.empty()) import.options.table = io::table_name_of(table.source.file.string());
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
  return import;
}

}  // namespace

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
  for (const config::TableOptions& table : job.tables) import.tables.push_back(table_import(table));
  for (const config::RelationshipOptions& each : job.relationships) {
    import.relationships.push_back({each.parent, each.parent_column, each.child, each.child_column});
  }
  import.places = job.places;
  return import;
}

}  // namespace gridmill::jobs
