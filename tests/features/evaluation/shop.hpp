#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "features/columns/memory_entity_data.hpp"
#include "features/evaluation/evaluation.hpp"

namespace gridmill::features::testing {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kDay = 86'400'000'000'000;  // [ns]
constexpr core::TableId kCustomers = 0, kOrders = 1, kItems = 2, kProducts = 3;
constexpr core::RelationshipId kOrdersOfCustomer = 0, kItemsOfOrder = 1, kOrdersOfProduct = 2;

inline core::Column integers(std::string name, std::vector<std::int64_t> values) {
  return {.name = std::move(name), .type = core::ColumnType::integer, .values = std::move(values)};
}

inline core::Column reals(std::string name, std::vector<double> values) {
  return {.name = std::move(name), .type = core::ColumnType::real, .values = std::move(values)};
}

/// Days since 1970; -1 is missing.
inline core::Column days(std::string name, std::vector<std::int64_t> values) {
  for (std::int64_t& each : values) each = each < 0 ? core::kMissingTime : each * kDay;
  return {.name = std::move(name), .type = core::ColumnType::datetime, .values = std::move(values)};
}

/// Customers, their orders of products, and the orders' items; rows of no file in an order of use.
inline MemoryEntityData shop() {
  using core::LogicalType;
  using core::Tag;
  const auto key = [](const char* name) {
    return core::EntityColumn{name, LogicalType::integer, {Tag::numeric, Tag::foreign_key}};
  };
  const auto index = core::EntityColumn{"id", LogicalType::integer, Tag::index};
  const auto day = core::EntityColumn{"day", LogicalType::datetime, Tag::time_index};
  const auto number = [](const char* name) { return core::EntityColumn{name, LogicalType::real, Tag::numeric}; };
  core::EntitySet set;
  set.tables = {
      {.name = "customers", .columns = {index, day, number("score")}, .index = "id", .time_index = "day"},
      {.name = "orders",
       .columns = {index,
                   key("customer"),
                   key("product"),
                   day,
                   number("amount"),
                   number("rating"),
                   {"shipped", LogicalType::datetime, {}}},
       .index = "id",
       .time_index = "day",
       .secondary_times = {{.time_column = "shipped", .columns = {"rating"}}}},
      {.name = "items", .columns = {index, key("order"), number("price")}, .index = "id"},
      {.name = "products", .columns = {index, number("weight")}, .index = "id"},
  };
  set.relationships = {
      {kCustomers, kOrders, "id", "customer"}, {kOrders, kItems, "id", "order"}, {kProducts, kOrders, "id", "product"}};
  std::vector<core::Table> tables(4);
  // Table order of customers: 10, 30, 20.
  tables[kCustomers].columns = {integers("id", {10, 20, 30}), days("day", {1, 9, 5}), reals("score", {0.5, kNaN, 2})};
  // Table order of orders: 101 (day 2), 100 and 104 (3), 103 (6), 102 (8), 105 (no day). 104 belongs to nobody.
  tables[kOrders].columns = {integers("id", {100, 101, 102, 103, 104, 105}),
                             integers("customer", {10, 10, 10, 30, 77, 30}),
                             integers("product", {1, 2, 1, 1, 2, 1}),
                             days("day", {3, 2, 8, 6, 3, -1}),
                             reals("amount", {5, 7, 11, 13, 17, 19}),
                             reals("rating", {1, 2, 3, 4, 5, 6}),
                             days("shipped", {4, 8, -1, 7, 3, 1})};
  tables[kItems].columns = {integers("id", {1, 2, 3, 4, 5}), integers("order", {102, 100, 103, 101, 100}),
                            reals("price", {1, 2, 4, 8, 16})};
  tables[kProducts].columns = {integers("id", {1, 2}), reals("weight", {0.25, 4})};
  return {std::move(set), std::move(tables)};
}

inline Column of_numbers(std::vector<double> numbers) { return {std::move(numbers), nullptr}; }

inline const Primitive* sum() {
  static const Primitive primitive = [] {
    Primitive p;
    p.name = "sum";
    p.inputs = {{InputSlot{.type = {}, .tags = core::Tag::numeric}}};
    p.default_value = core::Value(0);
    p.aggregate = [](const AggregateInput& in) {
      std::vector<double> sums;
      for (std::size_t g = 0; g < in.n_groups(); ++g) {
        double total = 0;
        for (auto i = in.groups.begin(g); i < in.groups.end(g); ++i) {
          const double x = in.columns[0]->numbers()[static_cast<std::size_t>(i)];
          if (!std::isnan(x)) total += x;
        }
        sums.push_back(total);
      }
      return std::vector<Column>{of_numbers(std::move(sums))};
    };
    return p;
  }();
  return &primitive;
}

/// Writes the numbers of a group one behind the other: 1, 2, 3 is 123. Shows which entries it saw, in which order.
inline const Primitive* digits() {
  static const Primitive primitive = [] {
    Primitive p;
    p.name = "digits";
    p.inputs = {{InputSlot{.type = {}, .tags = core::Tag::numeric}}};
    p.needs_order = true;
    p.aggregate = [](const AggregateInput& in) {
      std::vector<double> all;
      for (std::size_t g = 0; g < in.n_groups(); ++g) {
        double number = in.groups.n(g) == 0 ? kNaN : 0;
        for (auto i = in.groups.begin(g); i < in.groups.end(g); ++i) {
          number = 100 * number + in.columns[0]->numbers()[static_cast<std::size_t>(i)];
        }
        all.push_back(number);
      }
      return std::vector<Column>{of_numbers(std::move(all))};
    };
    return p;
  }();
  return &primitive;
}

/// Sums of each series up to an entry, or from it on (`looks_ahead`).
inline Primitive make_running_sum(bool looks_ahead) {
  Primitive p;
  p.name = looks_ahead ? "sum_from_here" : "running_sum";
  p.kind = PrimitiveKind::transform;
  p.inputs = {{InputSlot{.type = {}, .tags = core::Tag::numeric}}};
  p.scope = Scope::table;
  p.looks_ahead = [looks_ahead](const core::Params&) { return looks_ahead; };
  p.transform = [looks_ahead](const TransformInput& in) {
    std::vector<double> sums(in.n);
    for (std::size_t s = 0; s + 1 < in.series.size(); ++s) {
      double total = 0;
      const auto n = in.series[s + 1] - in.series[s];
      for (std::int64_t k = 0; k < n; ++k) {
        const auto i = static_cast<std::size_t>(looks_ahead ? in.series[s + 1] - 1 - k : in.series[s] + k);
        sums[i] = total += in.columns[0]->numbers()[i];
      }
    }
    return of_numbers(std::move(sums));
  };
  return p;
}

inline const Primitive* running_sum() {
  static const Primitive primitive = make_running_sum(false);
  return &primitive;
}

inline const Primitive* sum_from_here() {
  static const Primitive primitive = make_running_sum(true);
  return &primitive;
}

inline FeatureRef column(const MemoryEntityData& data, core::TableId table, const std::string& name) {
  return make_identity(data.entity_set(), table, name);
}

}  // namespace gridmill::features::testing
