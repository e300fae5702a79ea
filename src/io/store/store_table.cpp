#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "io/store/matrix_store.hpp"
#include "io/store/store.hpp"

namespace gridmill::io {
namespace {

class StoreTable : public TableSource {
 public:
  StoreTable(const std::filesystem::path& path, const std::string& table, std::span<const std::string> ignored)
      : reader_(path),
        schema_(reader_.schema(table.empty() ? only_table(path) : table)),
        n_rows_(reader_.n_rows(schema_.name)) {
    std::erase_if(schema_.columns, [&](const core::Column& column) {
      return std::find(ignored.begin(), ignored.end(), column.name) != ignored.end();
    });
  }

  [[nodiscard]] const core::Table& schema() const override { return schema_; }
  [[nodiscard]] std::size_t n_rows() const override { return n_rows_; }

  core::Table next(std::size_t max_rows) override {
    const std::size_t n = std::min(max_rows, n_rows_ - n_read_);
    core::Table block = reader_.read(schema_, n_read_, n);
    n_read_ += n;
    return block;
  }
  void skip(std::size_t n_rows) override { n_read_ += std::min(n_rows, n_rows_ - n_read_); }

 private:
  [[nodiscard]] const std::string& only_table(const std::filesystem::path& path) const {
    const std::vector<std::string>& names = reader_.tables();
    if (names.size() == 1) return names.front();
    throw core::UserError(core::Problem{
        {path.string()},
        fmt::format("holds {} tables; say which", names.size()),
        names.empty() ? std::string() : fmt::format("data.table names one of: {}", fmt::join(names, ", "))});
  }

  StoreReader reader_;
  core::Table schema_;
  std::size_t n_rows_;
  std::size_t n_read_ = 0;
};

}  // namespace

std::unique_ptr<TableSource> open_store_table(const std::filesystem::path& path, const std::string& table,
                                              std::span<const std::string> ignored_columns) {
  auto source = std::make_unique<StoreTable>(path, table, ignored_columns);
  check_part_contents(path);
  return source;
}

}  // namespace gridmill::io
