#include "io/import/import.hpp"

#include "core/error.hpp"
#include "io/import/table_file.hpp"
#include "io/store/store.hpp"

namespace gridmill::io {

Imported import_table(const std::filesystem::path& source, const std::filesystem::path& store,
                      const ImportOptions& options, std::size_t memory_limit) {
  const ColumnSpool::Limits limits{.memory = memory_limit, .folder = store.parent_path(), .shown_as = store};
  const std::unique_ptr<TableSource> table = open_table(source, options, limits);
  StoreWriter writer(store);
  writer.begin_table(table->schema(), table->n_rows());
  const std::size_t rows = block_rows(table->schema().columns.size());
  for (std::size_t written = 0; written < table->n_rows();) {
    const core::Table block = table->next(rows);
    if (block.n_rows() == 0 || written + block.n_rows() > table->n_rows()) {
      throw core::UserError(core::Problem{{source.string()}, "changed while it was read", {}});
    }
    writer.append(block);
    written += block.n_rows();
  }
  writer.finish();
  return {.schema = table->schema(), .n_rows = table->n_rows()};
}

}  // namespace gridmill::io
