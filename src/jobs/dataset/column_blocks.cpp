#include "jobs/dataset/column_blocks.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include "features/columns/statistics.hpp"

namespace gridmill::jobs {

void for_each_block(const core::EntityData& data, core::TableId table, const std::string& column,
                    const std::function<bool(features::Column)>& take) {
  constexpr std::size_t kBlock = 1U << 16U;  // rows
  static_assert(kBlock % features::kStatisticsBlock == 0);
  const std::size_t n_rows = data.entity_set().tables[table].n_rows;
  features::DictionaryRef dictionary;
  for (std::size_t row = 0; row < n_rows; row += kBlock) {
    const std::size_t n = std::min(kBlock, n_rows - row);
    core::Column stored = data.read(table, column, core::RowSet::range(static_cast<core::RowId>(row), n));
    if (!dictionary && stored.type == core::ColumnType::categorical) {
      dictionary = std::make_shared<const features::Dictionary>(data.categories(table, column));
    }
    if (!take(features::to_column(std::move(stored), dictionary))) return;
  }
}

}  // namespace gridmill::jobs
