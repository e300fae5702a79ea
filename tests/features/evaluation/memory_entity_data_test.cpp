#include "features/columns/memory_entity_data.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evaluation/shop.hpp"

namespace gridmill::features::testing {
namespace {

using core::RowSet;
using ::testing::ElementsAre;

std::vector<std::int64_t> ids(const core::EntityData& data, core::TableId table) {
  return std::get<core::Column::Integers>(
      data.read(table, "id", RowSet::range(0, data.entity_set().tables[table].n_rows)).values);
}

TEST(MemoryEntityData, stores_children_by_parent_and_then_in_table_order) {
  const MemoryEntityData data = shop();
  EXPECT_THAT(ids(data, kCustomers), ElementsAre(10, 30, 20));
  EXPECT_THAT(ids(data, kOrders), ElementsAre(101, 100, 102, 103, 105, 104));  // 104 belongs to nobody
  EXPECT_THAT(ids(data, kItems), ElementsAre(4, 2, 5, 1, 3));
}

TEST(MemoryEntityData, finds_children_of_the_first_relationship_as_ranges) {
  const MemoryEntityData data = shop();
  EXPECT_TRUE(data.children_are_contiguous(kOrdersOfCustomer));
  EXPECT_THAT(data.child_offsets(kOrdersOfCustomer, 0, 3), ElementsAre(0, 3, 5, 5));
  EXPECT_THAT(data.parents(kOrdersOfCustomer, RowSet::range(0, 6)), ElementsAre(0, 0, 0, 1, 1, core::kNoRow));
}

TEST(MemoryEntityData, finds_children_of_a_second_relationship_in_table_order) {
  const MemoryEntityData data = shop();
  EXPECT_FALSE(data.children_are_contiguous(kOrdersOfProduct));
  EXPECT_THAT(data.child_offsets(kOrdersOfProduct, 0, 2), ElementsAre(0, 4, 6));
  EXPECT_THAT(data.children(kOrdersOfProduct, 0, 6), ElementsAre(1, 3, 2, 4, 0, 5));
}

TEST(MemoryEntityData, knows_table_order_and_last_times) {
  const MemoryEntityData data = shop();
  EXPECT_THAT(data.in_table_order(kOrders, 0, 6), ElementsAre(0, 1, 5, 3, 2, 4));
  EXPECT_THAT(data.table_positions(kOrders, RowSet::range(0, 6)), ElementsAre(0, 1, 4, 3, 5, 2));
  EXPECT_THAT(data.last_times(kCustomers, RowSet::range(0, 3)), ElementsAre(8 * kDay, 6 * kDay, 9 * kDay));
  EXPECT_EQ(data.find_row(kOrders, "103"), 3);
  EXPECT_EQ(data.find_row(kOrders, "7"), core::kNoRow);
}

}  // namespace
}  // namespace gridmill::features::testing
