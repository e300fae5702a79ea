#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "features/columns/sorted_runs.hpp"
#include "grouped.hpp"

namespace gridmill::features::test {
namespace {

using core::LogicalType;
using core::Tag;

/// Makes columns of random entries, as a primitive's inputs ask for, about a tenth of them missing.
class Rows {
 public:
  Rows(std::size_t n, unsigned seed) : n_(n), random_(seed) {}

  std::vector<Column> for_inputs(const std::vector<InputSlot>& slots) {
    std::vector<Column> columns;
    for (const InputSlot& slot : slots) columns.push_back(for_slot(slot));
    return columns;
  }

 private:
  Column for_slot(const InputSlot& slot) {
    if (slot.type == LogicalType::datetime) return moments();
    if (slot.type == LogicalType::boolean || slot.type == LogicalType::boolean_nullable) return truths();
    if (slot.tags.has(Tag::category)) return letters();
    return values();
  }
  bool missing() { return random_() % 10 == 0; }
  Column values() {
    std::vector<double> x(n_);
    for (double& each : x) each = missing() ? kMissing : static_cast<double>(random_() % 27) * 0.3 - 3.9;
    return numbers(std::move(x));
  }
  Column truths() {
    std::vector<std::uint8_t> x(n_);
    for (std::uint8_t& each : x) each = missing() ? kUnknown : static_cast<std::uint8_t>(random_() % 2);
    return booleans(std::move(x));
  }
  Column moments() {
    std::vector<std::int64_t> x(n_);
    for (std::int64_t& each : x) each = 18'000 * kDay + static_cast<std::int64_t>(random_() % 500) * kHour;
    std::sort(x.begin(), x.end());
    for (std::int64_t& each : x) each = missing() ? core::kMissingTime : each;
    return times(std::move(x));
  }
  Column letters() {
    std::string x(n_, '-');
    for (char& each : x) each = missing() ? '-' : static_cast<char>('a' + random_() % 5);
    return codes(x, 5);
  }

  std::size_t n_;
  std::mt19937 random_;
};

/// Computes the one group of `all` in parts that end at `cuts`.
std::vector<Column> merged(const Primitive& primitive, const core::Params& arguments, const Grouped& all,
                           std::vector<std::int64_t> cuts) {
  cuts.push_back(all.offsets.back());
  std::optional<GroupState> state;
  std::int64_t begin = 0;
  for (const std::int64_t end : cuts) {
    Grouped part = all;
    part.offsets = {begin, end};
    GroupMemo memo;
    GroupState summary = primitive.partial->summarize(part.input(arguments, memo));
    if (state)
      primitive.partial->merge(*state, summary);
    else
      state = std::move(summary);
    begin = end;
  }
  Grouped empty = all;
  for (Column& column : empty.columns) column = column.all_missing(0);
  empty.offsets = {0, 0};
  GroupMemo memo;
  return primitive.partial->finish(*state, empty.input(arguments, memo));
}

/// Entry 0 of a column as text: numbers to 12 digits.
std::string entry(const Column& column) {
  if (column.missing(0)) return "missing";
  if (const auto* x = std::get_if<Column::Numbers>(&column.values)) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.11e", std::abs((*x)[0]) < 1e-12 ? 0.0 : (*x)[0]);
    return text.data();
  }
  if (const auto* x = std::get_if<Column::Booleans>(&column.values)) return (*x)[0] == 1 ? "true" : "false";
  if (const auto* x = std::get_if<Column::Times>(&column.values)) return std::to_string((*x)[0]);
  return column.dictionary->label(column.codes()[0]);
}

std::vector<std::string> entries(const std::vector<Column>& columns) {
  std::vector<std::string> found;
  for (const Column& column : columns) found.push_back(entry(column));
  return found;
}

void expect_same_in_parts(const Primitive& primitive, const std::vector<InputSlot>& slots, std::size_t n,
                          Semantics semantics) {
  core::Params arguments;
  for (const core::OptionSpec& each : primitive.arguments) arguments.emplace(each.name, each.default_value);
  Grouped whole = one_group(Rows(n, static_cast<unsigned>(n)).for_inputs(slots), semantics);
  whole.cutoff = 20'000 * kDay;
  GroupMemo memo;
  if (primitive.partial->takes && !primitive.partial->takes(whole.input(arguments, memo))) return;
  const auto expected = entries(whole.outputs(primitive.name));
  const auto rows = static_cast<std::int64_t>(n);
  for (const std::int64_t cut : {std::int64_t{0}, rows / 3, rows}) {
    EXPECT_EQ(entries(merged(primitive, arguments, whole, {cut})), expected)
        << primitive.name << ": " << n << " rows cut at " << cut;
  }
  std::vector<std::int64_t> each_row;
  for (std::int64_t row = 1; row < rows; ++row) each_row.push_back(row);
  EXPECT_EQ(entries(merged(primitive, arguments, whole, each_row)), expected)
      << primitive.name << ": " << n << " rows one by one";
}

std::vector<const Primitive*> aggregations() {
  std::vector<const Primitive*> found;
  for (const Primitive& each : all_primitives()) {
    if (each.kind == PrimitiveKind::aggregation) found.push_back(&each);
  }
  return found;
}

TEST(PartialAggregates, give_what_whole_groups_give) {
  for (const Primitive* primitive : aggregations()) {
    if (!primitive->partial) continue;
    for (const auto& slots : primitive->inputs) {
      for (const std::size_t n : {0U, 1U, 2U, 3U, 7U, 40U, 300U}) {
        expect_same_in_parts(*primitive, slots, n, Semantics::featuretools);
        expect_same_in_parts(*primitive, slots, n, Semantics::strict);
      }
    }
  }
}

TEST(PartialAggregates, give_first_and_last_entries_of_every_kind) {
  for (const char* name : {"first", "last"}) {
    for (const InputSlot& slot :
         {InputSlot{.type = LogicalType::boolean, .tags = {}}, InputSlot{.type = LogicalType::datetime, .tags = {}},
          InputSlot{.type = std::nullopt, .tags = Tag::category}}) {
      for (const std::size_t n : {0U, 1U, 9U}) expect_same_in_parts(aggregation(name), {slot}, n, Semantics::strict);
    }
  }
}

/// Labels that primitives make up are those at hand: codes of one piece are not those of another.
TEST(PartialAggregates, count_categories_by_their_labels) {
  const auto labels = [](std::vector<std::string> sorted) {
    return std::make_shared<const Dictionary>(std::make_shared<const std::vector<std::string>>(std::move(sorted)));
  };
  const Column first{.values = Column::Codes{1, 0, 1}, .dictionary = labels({"b", "d"})};
  const Column second{.values = Column::Codes{0, 2, 0, -1}, .dictionary = labels({"a", "c", "d"})};
  const auto summary = [](const Primitive& primitive, const Column& column) {
    GroupMemo memo;
    return primitive.partial->summarize(one_group({column}).input({{"n", 2}, {"skipna", true}}, memo));
  };
  for (const auto& [name, expected] :
       {std::pair("mode", std::vector<std::string>{"d"}), {"n_most_common", {"d", "a"}}, {"last", {"missing"}}}) {
    const Primitive& primitive = aggregation(name);
    GroupState state = summary(primitive, first);
    primitive.partial->merge(state, summary(primitive, second));
    GroupMemo memo;
    EXPECT_EQ(entries(primitive.partial->finish(state, one_group({second.all_missing(0)}).input({{"n", 2}}, memo))),
              expected)
        << name;
  }
}

TEST(PartialAggregates, keep_digits_at_great_offsets) {
  std::vector<double> x;
  for (const double value : {0.0, 1.0, 2.0, 2.0, 10.0}) x.push_back(value + 1e12);
  const Grouped grouped = groups_of({x}, Semantics::strict);
  for (const char* name : {"variance", "skew", "kurtosis"}) {
    core::Params arguments;
    for (const auto& each : aggregation(name).arguments) arguments.emplace(each.name, each.default_value);
    EXPECT_EQ(entries(merged(aggregation(name), arguments, grouped, {1, 2, 3, 4})), entries(grouped.outputs(name)))
        << name;
  }
}

/// Computes the one group of `column` from runs that end at `cuts`, each sorted for itself, as they come back from a
/// file.
double made_of_sorted(const Primitive& primitive, const core::Params& arguments, const std::vector<double>& values,
                      std::vector<std::size_t> cuts) {
  cuts.push_back(values.size());
  SortedRuns all;
  std::size_t begin = 0;
  for (const std::size_t end : cuts) {
    std::vector<double> run;
    for (; begin < end; ++begin) {
      if (!std::isnan(values[begin])) run.push_back(values[begin]);
    }
    std::sort(run.begin(), run.end());
    std::vector<std::byte> bytes{std::byte{0}};  // what stands before need not be a multiple of eight
    SortedRuns(run).append_to(bytes);
    KeptBytes kept = KeptBytes::of(std::move(bytes));
    kept.bytes = kept.bytes.subspan(1);
    all.append(SortedRuns::take(kept));
  }
  return primitive.aggregate_sorted(all, values.size() - all.size(), arguments);
}

TEST(SortedAggregates, give_the_bits_that_whole_groups_give) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::mt19937_64 random(7);
  for (const char* name : {"median", "median_count", "quantile", "iqr"}) {
    const Primitive& primitive = aggregation(name);
    ASSERT_TRUE(primitive.aggregate_sorted) << name;
    core::Params arguments;
    for (const core::OptionSpec& each : primitive.arguments) arguments.emplace(each.name, each.default_value);
    for (const std::size_t n : {0U, 1U, 2U, 5U, 64U, 1001U}) {
      std::vector<double> values(n);
      for (double& each : values) {
        const auto kind = random() % 16;
        each = kind == 0   ? kMissing
               : kind == 1 ? -kInfinity
               : kind == 2 ? 0.0
               : kind < 8  ? static_cast<double>(random() % 5) - 2
                           : std::ldexp(static_cast<double>(random()) - 9e18, static_cast<int>(random() % 80) - 40);
      }
      for (const bool skipna : {true, false}) {
        if (arguments.contains("skipna")) arguments["skipna"] = skipna;
        for (const double share : {0.0, 0.1, 0.5, 0.77, 1.0}) {
          if (arguments.contains("q")) arguments["q"] = share;
          const Grouped whole = one_group({numbers(values)});
          GroupMemo memo;
          const double expected = primitive.aggregate(whole.input(arguments, memo)).front().numbers().front();
          std::vector<std::size_t> each_row(n);
          for (std::size_t i = 0; i < n; ++i) each_row[i] = i;
          for (const auto& cuts : {std::vector<std::size_t>{}, {n / 3, n / 3, n / 2}, each_row}) {
            EXPECT_EQ(std::bit_cast<std::uint64_t>(made_of_sorted(primitive, arguments, values, cuts)),
                      std::bit_cast<std::uint64_t>(expected))
                << name << " of " << n << " in " << cuts.size() << " runs";
          }
        }
      }
    }
  }
}

TEST(SortedRuns, keep_the_sign_of_zero_where_there_is_one) {
  for (const double zero : {0.0, -0.0}) {
    SortedRuns runs(std::vector<double>{-1.0, zero});
    runs.append(SortedRuns(std::vector<double>{zero, 2.0}));
    EXPECT_EQ(std::signbit(runs[1]), std::signbit(zero));
    EXPECT_EQ(std::signbit(runs[2]), std::signbit(zero));
    EXPECT_EQ(runs.count(0.0), 2U);
  }
}

TEST(PartialAggregates, are_not_offered_by_what_needs_all_values) {
  std::set<std::string> needy;
  for (const Primitive* primitive : aggregations()) {
    if (!primitive->partial) needy.insert(primitive->name);
  }
  EXPECT_THAT(needy, ::testing::UnorderedElementsAre(
                         // a mean first, then a second pass
                         "count_above_mean", "count_below_mean", "count_inside_nth_std", "count_outside_nth_std",
                         "num_consecutive_greater_mean", "num_consecutive_less_mean",
                         // all values
                         "median", "median_count", "quantile", "iqr", "entropy_of_gaps"));
}

TEST(AggregationDeclarations, are_those_of_featuretools_and_ours) {
  const auto all = aggregations();
  const auto ours = std::count_if(all.begin(), all.end(), [](const Primitive* each) { return each->ours; });
  EXPECT_EQ(all.size() - static_cast<std::size_t>(ours), 65);
  EXPECT_EQ(ours, 7);
  std::vector<std::string> by_default;
  for (const Primitive* primitive : all) {
    if (primitive->by_default) by_default.push_back(primitive->name);
    EXPECT_TRUE(primitive->aggregate) << primitive->name;
  }
  EXPECT_THAT(by_default, ::testing::UnorderedElementsAre("count", "max", "mean", "min", "mode", "num_unique",
                                                          "percent_true", "skew", "std", "sum"));
}

TEST(AggregationDeclarations, give_the_same_alone_and_among_others) {
  for (const Primitive* primitive : aggregations()) {
    for (const auto& slots : primitive->inputs) {
      Grouped three = one_group(Rows(30, 1).for_inputs(slots));
      three.offsets = {0, 9, 9, 30};
      Grouped last = three;
      last.offsets = {9, 30};
      const std::vector<Column> among = three.outputs(primitive->name);
      const std::vector<Column> alone = last.outputs(primitive->name);
      for (std::size_t k = 0; k < alone.size(); ++k) {
        EXPECT_EQ(entry(alone[k]), entry(among[k].take({2}))) << primitive->name;
      }
    }
  }
}

}  // namespace
}  // namespace gridmill::features::test
