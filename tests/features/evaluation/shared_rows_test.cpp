// Instances that look at the same rows at times of their own: rows are taken once for all of them.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "brief.hpp"
#include "features/columns/memory_entity_data.hpp"
#include "features/evaluation/evaluation.hpp"
#include "shop.hpp"

namespace gridmill::features {
namespace {

using testing::days;
using testing::integers;
using testing::kDay;
using testing::kNaN;
using testing::reals;

constexpr core::TableId kEvents = 0, kPlaces = 1, kRows = 2, kPlanes = 3;
constexpr core::RelationshipId kEventsOfPlace = 0, kRowsOfPlace = 1, kRowsOfPlane = 2;
constexpr std::int64_t kDays = 2000;

/// Events at places; 12,000 rows of 2 places and of 50 planes, a handful without a time or a number.
MemoryEntityData airport() {
  using core::LogicalType;
  using core::Tag;
  const auto key = [](const char* name) {
    return core::EntityColumn{name, LogicalType::integer, {Tag::numeric, Tag::foreign_key}};
  };
  const core::EntityColumn index{"id", LogicalType::integer, Tag::index};
  const core::EntityColumn day{"day", LogicalType::datetime, Tag::time_index};
  const core::EntityColumn delay{"delay", LogicalType::real, Tag::numeric};
  const core::EntityColumn late{"late", LogicalType::boolean, {}};
  const core::EntityColumn carrier{"carrier", LogicalType::categorical, Tag::category};
  core::EntitySet set;
  set.tables = {{.name = "events", .columns = {index, key("place")}, .index = "id"},
                {.name = "places", .columns = {index}, .index = "id"},
                {.name = "rows",
                 .columns = {index, key("place"), key("plane"), day, delay, late, carrier},
                 .index = "id",
                 .time_index = "day"},
                {.name = "planes", .columns = {index, {"seats", LogicalType::real, Tag::numeric}}, .index = "id"}};
  set.relationships = {
      {kPlaces, kEvents, "id", "place"}, {kPlaces, kRows, "id", "place"}, {kPlanes, kRows, "id", "plane"}};
  std::mt19937 random(3);
  const auto pick = [&random](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint32_t>(n));
  };
  std::vector<std::int64_t> ids, places, planes, row_days;
  std::vector<double> delays;
  std::vector<std::uint8_t> lates;
  std::vector<std::int32_t> carriers;
  for (std::int64_t i = 0; i < 12'000; ++i) {
    ids.push_back(i);
    places.push_back(i % 5 == 0 ? 2 : 1);
    planes.push_back(pick(50));
    row_days.push_back(i % 997 == 0 ? -1 : pick(kDays));
    delays.push_back(i % 101 == 0 ? kNaN : static_cast<double>(pick(1000)) / 7 + 1e4);
    lates.push_back(static_cast<std::uint8_t>(pick(2)));
    carriers.push_back(static_cast<std::int32_t>(pick(16)));
  }
  std::vector<std::int64_t> event_ids, event_places;
  for (std::int64_t i = 0; i < 60; ++i) {
    event_ids.push_back(i);
    event_places.push_back(1 + i % 2);
  }
  std::vector<std::int64_t> plane_ids;
  std::vector<double> seats;
  for (std::int64_t i = 0; i < 50; ++i) {
    plane_ids.push_back(i);
    seats.push_back(static_cast<double>(100 + i));
  }
  std::vector<std::string> names;
  for (char letter = 'A'; letter < 'Q'; ++letter) names.emplace_back(1, letter);
  std::vector<core::Table> tables(4);
  tables[kEvents].columns = {integers("id", event_ids), integers("place", event_places)};
  tables[kPlaces].columns = {integers("id", {1, 2})};
  tables[kRows].columns = {
      integers("id", ids),
      integers("place", places),
      integers("plane", planes),
      days("day", row_days),
      reals("delay", delays),
      {.name = "late", .type = core::ColumnType::boolean, .values = lates},
      {.name = "carrier", .type = core::ColumnType::categorical, .values = carriers, .categories = names}};
  tables[kPlanes].columns = {integers("id", plane_ids), reals("seats", seats)};
  return {std::move(set), std::move(tables)};
}

PrimitiveUse use(const Primitive& primitive) {
  PrimitiveUse made{.primitive = &primitive, .arguments = {}};
  for (const core::OptionSpec& each : primitive.arguments) made.arguments[each.name] = each.default_value;
  return made;
}

/// All aggregations of the rows of an event's place that their columns allow.
std::vector<FeatureRef> all_aggregations(const core::EntitySet& set, const std::optional<Where>& where = {},
                                         const std::optional<Window>& use_previous = {}) {
  std::vector<FeatureRef> bases;
  for (const core::EntityColumn& column : set.tables[kRows].columns) {
    if (column.name == "place" || column.name == "plane") continue;
    bases.push_back(make_identity(set, kRows, column.name));
  }
  bases.push_back(make_direct(set, make_identity(set, kPlanes, "seats"), kRowsOfPlane));
  std::vector<FeatureRef> made;
  const auto add = [&](const Primitive& primitive, std::vector<FeatureRef> inputs) {
    made.push_back(
        make_direct(set, make_aggregation(set, use(primitive), std::move(inputs), {kRowsOfPlace}, where, use_previous),
                    kEventsOfPlace));
  };
  for (const Primitive& primitive : all_primitives()) {
    if (primitive.kind != PrimitiveKind::aggregation) continue;
    for (const std::vector<InputSlot>& slots : primitive.inputs) {
      for (const FeatureRef& a : bases) {
        if (!fits(a->type, slots[0])) continue;
        if (slots.size() == 1) add(primitive, {a});
        for (const FeatureRef& b : bases) {
          if (slots.size() == 2 && a != b && fits(b->type, slots[1])) add(primitive, {a, b});
        }
      }
    }
  }
  return made;
}

std::vector<Instance> events() {
  std::vector<Instance> instances;
  for (std::int64_t i = 0; i < 60; ++i) instances.push_back({.row = i, .cutoff = (i * 733 % (kDays + 100)) * kDay});
  return instances;
}

bool same(const Column& a, std::size_t i, const Column& b, std::size_t j, double tolerance) {
  if (a.missing(i) || b.missing(j)) return a.missing(i) == b.missing(j);
  if (const auto* x = std::get_if<Column::Numbers>(&a.values)) {
    const double got = (*x)[i];
    const double want = b.numbers()[j];
    return got == want || std::abs(got - want) <= tolerance * std::max(std::abs(want), 1e-3);
  }
  if (a.dictionary) return a.dictionary->label(a.codes()[i]) == b.dictionary->label(b.codes()[j]);
  return a.take({static_cast<std::int64_t>(i)}).values == b.take({static_cast<std::int64_t>(j)}).values;
}

void expect_same(const std::vector<std::vector<Column>>& got, const std::vector<std::vector<Column>>& want,
                 const std::vector<FeatureRef>& features, double tolerance) {
  for (std::size_t f = 0; f < features.size(); ++f) {
    for (std::size_t output = 0; output < want[f].size(); ++output) {
      std::size_t n_different = 0;
      ASSERT_EQ(got[f][output].size(), want[f][output].size());
      for (std::size_t i = 0; i < want[f][output].size(); ++i) {
        n_different += same(got[f][output], i, want[f][output], i, tolerance) ? 0U : 1U;
      }
      EXPECT_EQ(n_different, 0U) << features[f]->name;
    }
  }
}

constexpr double kRounding = 1e-8;

void expect_rows_can_be_shared(const std::vector<FeatureRef>& features, EvaluationOptions options) {
  const MemoryEntityData data = airport();
  const auto want = Evaluator(data, options).evaluate(kEvents, features, events());
  options.own_cutoffs = true;
  const auto got = Evaluator(data, options).evaluate(kEvents, features, events());
  expect_same(got, want, features, kRounding);
}

TEST(SharedRows, give_the_values_that_copies_would_give) {
  const std::vector<FeatureRef> features = all_aggregations(airport().entity_set());
  EXPECT_GT(features.size(), 80U);
  expect_rows_can_be_shared(features, {});
  expect_rows_can_be_shared(features, {.semantics = Semantics::strict, .include_cutoff_time = false});
  expect_rows_can_be_shared(features, {.training_window = Window{.amount = 400, .unit = Window::Unit::days}});
  expect_rows_can_be_shared(
      features, {.training_window = Window{.amount = 90, .unit = Window::Unit::days}, .last_time_indexes = true});
}

TEST(SharedRows, can_be_filtered_and_cut_to_what_was_before) {
  const core::EntitySet set = airport().entity_set();
  const Where late{.feature = make_identity(set, kRows, "carrier"), .comparison = "!=", .value = std::string("C")};
  expect_rows_can_be_shared(all_aggregations(set, late), {});
  expect_rows_can_be_shared(all_aggregations(set, late, Window{.amount = 700, .unit = Window::Unit::days}), {});
  expect_rows_can_be_shared(all_aggregations(set, {}, Window{.amount = 2500, .unit = Window::Unit::observations}), {});
  expect_rows_can_be_shared(all_aggregations(set, late, Window{.amount = 2500, .unit = Window::Unit::observations}),
                            {});
}

TEST(SharedRows, give_an_instance_the_same_bits_whoever_else_is_there_and_however_much_memory) {
  const MemoryEntityData data = airport();
  const std::vector<FeatureRef> features = all_aggregations(data.entity_set());
  EvaluationOptions options{.own_cutoffs = true};
  const std::vector<Instance> all = events();
  const auto together = Evaluator(data, options).evaluate(kEvents, features, all);
  options.working_bytes = 1 << 18;
  expect_same(Evaluator(data, options).evaluate(kEvents, features, all), together, features, 0);
  for (const std::size_t i : {0U, 17U, 42U}) {
    const auto alone = Evaluator(data, options).evaluate(kEvents, features, std::vector<Instance>{all[i]});
    for (std::size_t f = 0; f < features.size(); ++f) {
      for (std::size_t output = 0; output < alone[f].size(); ++output) {
        EXPECT_TRUE(same(alone[f][output], 0, together[f][output], i, 0)) << features[f]->name;
      }
    }
  }
}

TEST(SharedRows, of_a_giant_group_are_taken_once) {
  const MemoryEntityData data = airport();
  const std::vector<FeatureRef> features = all_aggregations(data.entity_set());
  EvaluationOptions options{.piece_rows = 3000};
  const auto want = Evaluator(data, options).evaluate(kEvents, features, events());
  options.own_cutoffs = true;
  const Evaluator shared(data, options);
  expect_same(shared.evaluate(kEvents, features, events()), want, features, kRounding);
}

TEST(SharedRows, take_no_memory_for_each_instance) {
  const MemoryEntityData data = airport();
  const std::vector<FeatureRef> features = all_aggregations(data.entity_set());
  std::vector<Instance> many;
  const int n_times = tests_are_brief() ? 20 : 50;
  for (int i = 0; i < n_times; ++i) {
    std::vector<Instance> more = events();
    for (Instance& each : more) each.cutoff += i;
    many.insert(many.end(), more.begin(), more.end());
  }
  const Evaluator shared(data, {.own_cutoffs = true});
  const std::size_t few_bytes = shared.working_bytes(kEvents, features, events());
  const std::size_t bytes = shared.working_bytes(kEvents, features, many);
  EXPECT_LE(bytes, std::size_t{32} << 20U);
  EXPECT_GT(bytes, few_bytes);
  const std::size_t copied =
      Evaluator(data, {.working_bytes = std::size_t{1} << 40U}).working_bytes(kEvents, features, many);
  EXPECT_GT(copied, 10 * bytes);
}

}  // namespace
}  // namespace gridmill::features
