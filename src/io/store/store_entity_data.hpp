#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/entity_data.hpp"

namespace gridmill::io {

/// The rows of an entity set in a store, read as they are asked for.
///
/// Keeps in memory: the categories of columns that were asked for, and the index of tables in which rows were looked
/// up. A store without relations is tables without indexes, in the order in which they are stored.
/// Errors: UserError naming the file when it is missing, not a store, cut short, or damaged.
class StoreEntityData final : public core::EntityData {
 public:
  explicit StoreEntityData(const std::filesystem::path& path);
  ~StoreEntityData() override;

  /// Gives a column the meaning it had in other rows, and reads its entries as that needs (see column_conversion.hpp).
  /// Integers and booleans of which some are missing become their nullable kind. An index and a time index are held as
  /// they are. Returns nothing, or an entry that cannot be read so; the column stays what it is then.
  /// Cost: reads the column if it is held otherwise.
  std::optional<std::string> take_type(core::TableId table, const std::string& column, core::LogicalType type);

  [[nodiscard]] const core::EntitySet& entity_set() const override;
  [[nodiscard]] core::Column read(core::TableId table, const std::string& column,
                                  const core::RowSet& rows) const override;
  [[nodiscard]] std::shared_ptr<const std::vector<std::string>> categories(core::TableId table,
                                                                           const std::string& column) const override;
  [[nodiscard]] std::vector<std::int64_t> child_offsets(core::RelationshipId relationship, core::RowId first,
                                                        std::size_t n) const override;
  [[nodiscard]] bool children_are_contiguous(core::RelationshipId relationship) const override;
  [[nodiscard]] std::vector<core::RowId> children(core::RelationshipId relationship, std::int64_t first,
                                                  std::size_t n) const override;
  [[nodiscard]] std::vector<core::RowId> parents(core::RelationshipId relationship,
                                                 const core::RowSet& rows) const override;
  [[nodiscard]] std::vector<core::RowId> in_table_order(core::TableId table, core::RowId first,
                                                        std::size_t n) const override;
  [[nodiscard]] std::vector<std::int64_t> table_positions(core::TableId table, const core::RowSet& rows) const override;
  [[nodiscard]] std::vector<std::int64_t> times(core::TableId table, const core::RowSet& rows) const override;
  [[nodiscard]] std::vector<std::int64_t> last_times(core::TableId table, const core::RowSet& rows) const override;
  [[nodiscard]] core::RowId find_row(core::TableId table, const std::string& key) const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gridmill::io
