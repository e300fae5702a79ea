#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/entity_data.hpp"

namespace gridmill::jobs {

/// The rows of an entity set as they stood at a time: later ones are not there, nor what hangs on them. Rows without a
/// time stay. Last times are those of all rows: not for features that need last time indexes.
/// Memory: some 40 bytes a row. Errors: those of the data.
class CutData final : public core::EntityData {
 public:
  /// `data` must outlive it. `time`: of the last rows that stay [ns].
  CutData(const core::EntityData& data, std::int64_t time);

  /// Returns what a row of the whole data is here, kNoRow if it is not.
  [[nodiscard]] core::RowId row_of(core::TableId table, core::RowId row) const {
    return tables_[table].now[static_cast<std::size_t>(row)];
  }

  [[nodiscard]] const core::EntitySet& entity_set() const override { return set_; }
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
  struct Rows {
    std::vector<core::RowId> now;         // by row of the whole data: which it is here, or kNoRow
    std::vector<core::RowId> before;      // by row here: which it is there
    std::vector<core::RowId> order;       // rows here in table order
    std::vector<std::int64_t> positions;  // by row here
  };
  struct Family {
    std::vector<std::int64_t> offsets;  // by parent here, and the end
    std::vector<core::RowId> children;  // rows here
  };

  void keep_until(std::int64_t time);
  void order_rows();
  void relate();
  [[nodiscard]] std::vector<core::RowId> there(core::TableId table, const core::RowSet& rows) const;

  const core::EntityData& data_;
  core::EntitySet set_;
  std::vector<Rows> tables_;
  std::vector<Family> families_;  // by relationship
};

}  // namespace gridmill::jobs
