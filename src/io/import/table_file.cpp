#include "io/import/table_file.hpp"

#include <string_view>
#include <variant>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/memory_size.hpp"
#include "io/hdf5/hdf5.hpp"
#include "io/import/foreign_format.hpp"
#include "io/store/store.hpp"
#include "io/text/csv_table.hpp"
#include "io/text/libsvm_text.hpp"
#include "io/text/text_source.hpp"

namespace gridmill::io {
namespace {

constexpr std::size_t kBytesLookedAt = 1 << 16;               // [bytes]
constexpr std::size_t kReadingMemory = std::size_t{1} << 30;  // [bytes]

std::unique_ptr<TableSource> open_store(const std::filesystem::path& path, const ImportOptions& options) {
  if (!options.types.empty() || !options.time_formats.empty()) {
    throw core::UserError(core::Problem{{path.string()},
                                        fmt::format("is a store, which has types already; '{}' is for text",
                                                    options.types.empty() ? "time_format" : "types"),
                                        "import the text again with them"});
  }
  return open_store_table(path, options.table, options.ignore);
}

/// Memory that a row of a table takes [bytes]; of texts, what they take at least.
double row_bytes(const core::Table& schema) {
  double bytes = 0;
  for (const core::Column& column : schema.columns) {
    const auto width = [](const auto& entries) { return sizeof(entries[0]); };
    bytes += static_cast<double>(std::visit(width, column.values));
  }
  return bytes;
}

}  // namespace

TableFormat format_of(const std::filesystem::path& path, const ImportOptions& options) {
  const std::string bytes = first_bytes(path, kBytesLookedAt);
  if (hdf5::has_signature(bytes)) return TableFormat::store;
  refuse_foreign_format(path, bytes);
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  std::string_view begin = bytes;
  if (begin.starts_with(kByteOrderMark)) begin.remove_prefix(kByteOrderMark.size());
  const bool libsvm =
      options.format == FileFormat::libsvm || (options.format == FileFormat::automatic && looks_like_libsvm(begin));
  return libsvm ? TableFormat::libsvm : TableFormat::csv;
}

std::unique_ptr<TableSource> open_table(const std::filesystem::path& path, const ImportOptions& options,
                                        const ColumnSpool::Limits& limits) {
  switch (format_of(path, options)) {
    case TableFormat::store: return open_store(path, options);
    case TableFormat::libsvm: return open_libsvm(path, options);
    case TableFormat::csv: break;
  }
  return open_csv(path, options, limits);
}

ColumnSpool::Limits reading_limits() {
  std::error_code ignored;
  return {.memory = kReadingMemory,
          .folder = std::filesystem::temp_directory_path(ignored),
          .shown_as = "rows set aside in the folder for temporary files"};
}

core::Table read_table(const std::filesystem::path& path, const ImportOptions& options) {
  const std::unique_ptr<TableSource> source = open_table(path, options);
  const core::Table& schema = source->schema();
  core::require_memory(row_bytes(schema) * static_cast<double>(source->n_rows()), {path.string()},
                       fmt::format("the table of {} rows and {} columns", source->n_rows(), schema.columns.size()),
                       "take a part of its rows or columns");
  return source->next(source->n_rows());
}

core::Location locate_row(const std::filesystem::path& path, const ImportOptions& options, std::size_t row) {
  switch (format_of(path, options)) {
    case TableFormat::store: return {path.string()};
    case TableFormat::libsvm: return locate_libsvm_row(path, options, row);
    case TableFormat::csv: break;
  }
  return locate_csv_row(path, options, row);
}

}  // namespace gridmill::io
