#include "io/csv_table.hpp"

#include <utility>
#include <vector>

#include "io/cell.hpp"
#include "io/column_cells.hpp"
#include "io/csv.hpp"
#include "io/infer.hpp"

namespace gridmill::io {
namespace {

class CsvTable : public TableSource {
 public:
  CsvTable(const std::filesystem::path& path, const ImportOptions& options)
      : schema_(infer_csv(path, options)), missing_(options.missing), reader_(path, options) {
    for (std::size_t i = 0; i < schema_.table.columns.size(); ++i) {
      cells_.emplace_back(schema_.table.columns[i], schema_.file_columns[i], missing_, options.decimal);
    }
  }

  [[nodiscard]] const core::Table& schema() const override { return schema_.table; }
  [[nodiscard]] std::size_t n_rows() const override { return schema_.n_rows; }

  core::Table next(std::size_t max_rows) override {
    core::Table table{.name = schema_.table.name, .columns = {}, .source = schema_.table.source};
    for (const core::Column& column : schema_.table.columns) table.columns.push_back(empty_column(column));
    std::size_t wanted = max_rows;
    while (wanted > 0) {
      const CellBlock* block = reader_.next(wanted);
      if (block == nullptr) break;
      for (std::size_t i = 0; i < cells_.size(); ++i) cells_[i].append(reader_, *block, table.columns[i]);
      wanted -= block->n_rows();
    }
    return table;
  }

 private:
  CsvSchema schema_;
  MissingWords missing_;
  CsvReader reader_;
  std::vector<ColumnCells> cells_;
};

}  // namespace

std::unique_ptr<TableSource> open_csv(const std::filesystem::path& path, const ImportOptions& options) {
  return std::make_unique<CsvTable>(path, options);
}

core::Location locate_csv_row(const std::filesystem::path& path, const ImportOptions& options, std::size_t row) {
  constexpr std::size_t kRows = 4096;
  CsvReader reader(path, options);
  while (const CellBlock* block = reader.next(kRows)) {
    if (row < block->n_rows()) return {.file = path.string(), .line = reader.location(row, 0).line};
    row -= block->n_rows();
  }
  return {path.string()};
}

}  // namespace gridmill::io
