#include "jobs/import_job.hpp"

#include <map>
#include <string>

#include <fmt/format.h>

#include "io/import.hpp"
#include "jobs/import_options.hpp"

namespace gridmill::jobs {

namespace {

/// Returns "60 integer, 4 double, 1 categorical".
std::string types_text(const core::Table& schema) {
  std::map<core::ColumnType, std::size_t> counts;
  for (const core::Column& column : schema.columns) ++counts[column.type];
  std::string text;
  for (const auto& [type, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, core::name_of(type));
  }
  return text;
}

}  // namespace

void run_import(const config::ImportJob& job, IfExists if_exists, Observer& observer) {
  prepare_output_file(job.store, if_exists);
  observer.stage(fmt::format("importing {}", job.source.file.string()));
  const io::Imported imported = io::import_table(job.source.file, job.store, import_options(job.source));
  const core::Table& schema = imported.schema;
  observer.note(fmt::format("table '{}': {} rows, {} columns ({})", schema.name, imported.n_rows, schema.columns.size(),
                            types_text(schema)));
  observer.files({{.path = job.store.string(), .meaning = "the store; 'gridmill info' shows what it holds"}});
}

}  // namespace gridmill::jobs
