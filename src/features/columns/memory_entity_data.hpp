#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/entity_data.hpp"

namespace gridmill::features {

/// Entity data in memory: what a store holds, made from tables as they were read, for tests and small sets.
///
/// Cost: the tables, sorted once; a copy of what is read.
class MemoryEntityData : public core::EntityData {
 public:
  /// `tables` belong to those of `set`, by position; their rows are in the order of the source. Columns that hold the
  /// index of a parent match it as numbers, or else as printed text. Asserts that the columns of `set` are there.
  MemoryEntityData(core::EntitySet set, std::vector<core::Table> tables);

  [[nodiscard]] const core::EntitySet& entity_set() const override { return set_; }
  [[nodiscard]] core::Column read(core::TableId table, const std::string& column,
                                  const core::RowSet& rows) const override;
  [[nodiscard]] std::shared_ptr<const std::vector<std::string>> categories(core::TableId table,
                                                                           const std::string& column) const override;
  [[nodiscard]] std::vector<std::int64_t> child_offsets(core::RelationshipId relationship, core::RowId first,
                                                        std::size_t n) const override;
  [[nodiscard]] bool children_are_contiguous(core::RelationshipId relationship) const override {
    return links_[relationship].children.empty();
  }
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
  struct Stored {
    core::Table table;                   // rows in stored order
    std::vector<core::RowId> order;      // stored rows in table order
    std::vector<std::int64_t> position;  // in table order, by stored row
    std::vector<std::int64_t> last_times;
    std::map<std::string, std::shared_ptr<const std::vector<std::string>>> categories;
    mutable std::unordered_map<std::string, core::RowId> rows_by_key;  // made when first needed
  };
  struct Link {
    std::vector<std::int64_t> offsets;  // by parent row
    std::vector<core::RowId> children;  // empty: position = row
    std::vector<core::RowId> parents;   // by child row
  };

  void store(core::TableId id, core::Table table);
  void set_last_times();
  [[nodiscard]] const std::unordered_map<std::string, core::RowId>& rows_by_key(core::TableId table) const;

  core::EntitySet set_;
  std::vector<Stored> stored_;
  std::vector<Link> links_;
};

}  // namespace gridmill::features
