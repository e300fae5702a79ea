#include "io/import/summary.hpp"

#include <algorithm>
#include <cstdint>
#include <variant>

#include "io/text/datetime.hpp"

namespace gridmill::io {
namespace {

using core::Column;
using core::ColumnType;

/// Collects one column over its blocks.
class ColumnStatistics {
 public:
  explicit ColumnStatistics(const Column& column) : column_(column), used_(column.categories.size(), false) {}

  void add(const Column& block) {
    for (std::size_t row = 0; row < block.size(); ++row) {
      if (block.missing(row)) {
        ++n_missing_;
      } else {
        add(block, row);
      }
    }
  }

  [[nodiscard]] ColumnSummary summary() const {
    ColumnSummary summary{.name = column_.name, .type = column_.type, .unit = column_.unit, .tags = column_.tags};
    summary.n_missing = n_missing_;
    summary.n_categories = used_.size();
    summary.n_used_categories = static_cast<std::size_t>(std::count(used_.begin(), used_.end(), true));
    if (n_ == 0) return summary;
    if (column_.type == ColumnType::datetime) {
      summary.least = datetime_text(least_integer_);
      summary.greatest = datetime_text(greatest_integer_);
      return summary;
    }
    if (column_.type == ColumnType::real) {
      summary.least = least_;
      summary.greatest = greatest_;
    } else {
      summary.least = least_integer_;
      summary.greatest = greatest_integer_;
    }
    summary.mean = sum_ / static_cast<double>(n_);
    return summary;
  }

 private:
  void add(const Column& block, std::size_t row) {
    switch (block.type) {
      case ColumnType::real: return add(std::get<Column::Reals>(block.values)[row]);
      case ColumnType::integer:
      case ColumnType::datetime: return add(std::get<Column::Integers>(block.values)[row]);
      case ColumnType::boolean: return add(std::int64_t{std::get<Column::Booleans>(block.values)[row]});
      case ColumnType::categorical:
        used_[static_cast<std::size_t>(std::get<Column::Codes>(block.values)[row])] = true;
        return;
      default: return;
    }
  }

  void add(double value) {
    least_ = n_ == 0 ? value : std::min(least_, value);
    greatest_ = n_ == 0 ? value : std::max(greatest_, value);
    sum_ += value;
    ++n_;
  }

  void add(std::int64_t value) {
    least_integer_ = n_ == 0 ? value : std::min(least_integer_, value);
    greatest_integer_ = n_ == 0 ? value : std::max(greatest_integer_, value);
    sum_ += static_cast<double>(value);
    ++n_;
  }

  const Column& column_;
  std::size_t n_ = 0;  // values that were added
  std::size_t n_missing_ = 0;
  double least_ = 0, greatest_ = 0, sum_ = 0;
  std::int64_t least_integer_ = 0, greatest_integer_ = 0;
  std::vector<bool> used_;  // by code
};

}  // namespace

TableSummary summarise(TableSource& table) {
  const core::Table& schema = table.schema();
  std::vector<ColumnStatistics> statistics(schema.columns.begin(), schema.columns.end());
  const std::size_t rows = block_rows(schema.columns.size());
  for (core::Table block = table.next(rows); block.n_rows() > 0; block = table.next(rows)) {
    for (std::size_t i = 0; i < statistics.size(); ++i) statistics[i].add(block.columns[i]);
  }
  TableSummary summary{.name = schema.name, .source = schema.source, .n_rows = table.n_rows(), .columns = {}};
  for (const ColumnStatistics& column : statistics) summary.columns.push_back(column.summary());
  return summary;
}

}  // namespace gridmill::io
