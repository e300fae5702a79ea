// Times each aggregation on a million rows in groups of about eight: ns a row, with what it shares with others found
// anew each time (a feature matrix finds it once). One row in ten is missing.
//
//   aggregations_bench                                all of them
//   aggregations_bench --benchmark_filter=skew        those whose names match
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "features/definitions/primitive.hpp"

namespace {

using namespace gridmill;
using features::Column;
using features::InputSlot;

constexpr std::size_t kRows = 1'000'000;
constexpr std::int64_t kHour = 3'600'000'000'000;

/// One column of each kind, and the groups of their rows.
struct Rows {
  Column numbers, booleans, times, codes, many_codes;
  std::vector<std::int64_t> offsets{0};

  Rows() {
    std::mt19937_64 random(7);
    const auto missing = [&] { return random() % 10 == 0; };
    Column::Numbers x(kRows);
    Column::Booleans truths(kRows);
    Column::Times moments(kRows);
    Column::Codes few(kRows);
    Column::Codes many(kRows);
    std::normal_distribution<double> normal(10, 5);
    for (std::size_t i = 0; i < kRows; ++i) {
      x[i] = missing() ? std::numeric_limits<double>::quiet_NaN() : normal(random);
      truths[i] = missing() ? Column::kMissingBoolean : static_cast<std::uint8_t>(random() % 2);
      moments[i] = 420'000 * kHour + static_cast<std::int64_t>(random() % 20'000) * kHour;
      few[i] = missing() ? core::kMissingCode : static_cast<std::int32_t>(random() % 12);
      many[i] = missing() ? core::kMissingCode : static_cast<std::int32_t>(random() % 5000);
    }
    std::geometric_distribution<std::int64_t> size(1.0 / 8);  // mean 7, and one more
    while (offsets.back() < static_cast<std::int64_t>(kRows)) {
      const std::int64_t begin = offsets.back();
      offsets.push_back(std::min(begin + 1 + size(random), static_cast<std::int64_t>(kRows)));
      std::sort(moments.begin() + begin, moments.begin() + offsets.back());
    }
    numbers = {std::move(x), nullptr};
    booleans = {std::move(truths), nullptr};
    times = {std::move(moments), nullptr};
    codes = {std::move(few), dictionary(12)};
    many_codes = {std::move(many), dictionary(5000)};
  }

  static features::DictionaryRef dictionary(std::size_t n) {
    std::vector<std::string> labels;
    for (std::size_t i = 0; i < n; ++i) labels.push_back(std::to_string(i));
    std::sort(labels.begin(), labels.end());
    return std::make_shared<const features::Dictionary>(
        std::make_shared<const std::vector<std::string>>(std::move(labels)));
  }

  [[nodiscard]] const Column& for_slot(const InputSlot& slot, bool many_categories) const {
    using core::LogicalType;
    if (slot.type == LogicalType::datetime) return times;
    if (slot.type == LogicalType::boolean || slot.type == LogicalType::boolean_nullable) return booleans;
    if (slot.tags.has(core::Tag::category)) return many_categories ? many_codes : codes;
    return numbers;
  }
};

const Rows& rows() {
  static const Rows made;
  return made;
}

void aggregate(benchmark::State& state, const features::Primitive& primitive, const std::vector<InputSlot>& slots,
               bool many_categories) {
  std::vector<const Column*> columns;
  for (const InputSlot& slot : slots) columns.push_back(&rows().for_slot(slot, many_categories));
  core::Params arguments;
  for (const core::OptionSpec& each : primitive.arguments) arguments.emplace(each.name, each.default_value);
  const std::int64_t cutoff = 500'000 * kHour;
  for (auto _ : state) {
    features::GroupMemo memo;
    benchmark::DoNotOptimize(primitive.aggregate({.columns = columns,
                                                  .groups = rows().offsets,
                                                  .cutoffs = {{&cutoff, 1}},
                                                  .arguments = arguments,
                                                  .memo = memo}));
  }
  state.counters["ns_per_row"] = benchmark::Counter(static_cast<double>(state.iterations()) * kRows * 1e-9,
                                                    benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

/// All that a feature matrix takes of one column of numbers by default, and the two that cost most, sharing their work.
void all_moments(benchmark::State& state) {
  const std::vector<const Column*> columns{&rows().numbers};
  const core::Params arguments{{"skipna", true}, {"fisher", true}, {"bias", true}, {"nan_policy", "omit"}};
  const std::int64_t cutoff = 0;
  for (auto _ : state) {
    features::GroupMemo memo;
    for (const char* name : {"sum", "mean", "min", "max", "std", "variance", "skew", "kurtosis"}) {
      const auto* primitive = features::find_primitive(features::PrimitiveKind::aggregation, name);
      benchmark::DoNotOptimize(primitive->aggregate({.columns = columns,
                                                     .groups = rows().offsets,
                                                     .cutoffs = {{&cutoff, 1}},
                                                     .arguments = arguments,
                                                     .memo = memo}));
    }
  }
  state.counters["ns_per_row"] = benchmark::Counter(static_cast<double>(state.iterations()) * kRows * 1e-9,
                                                    benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

}  // namespace

int main(int argc, char** argv) {
  for (const features::Primitive& primitive : features::all_primitives()) {
    if (primitive.kind != features::PrimitiveKind::aggregation) continue;
    for (const std::vector<InputSlot>& slots : primitive.inputs) {
      const bool counts_categories = slots.front().tags.has(core::Tag::category);
      for (const bool many : {false, true}) {
        if (many && !counts_categories) continue;
        const std::string name = primitive.name + (many                ? "/5000_categories"
                                                   : counts_categories ? "/12_categories"
                                                                       : "");
        benchmark::RegisterBenchmark(name.c_str(), [&primitive, &slots, many](benchmark::State& state) {
          aggregate(state, primitive, slots, many);
        })->Unit(benchmark::kMillisecond);
      }
    }
  }
  benchmark::RegisterBenchmark("all_moments", all_moments)->Unit(benchmark::kMillisecond);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
