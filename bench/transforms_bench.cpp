// What transforms cost a row: each on columns of 2^17 rows in one series, a tenth of the entries missing.
// Those of one: --benchmark_filter=^rolling_mean$.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "features/definitions/primitive.hpp"

namespace gridmill::features {
namespace {

constexpr std::size_t kRows = std::size_t{1} << 17;
constexpr std::int64_t kHour = std::int64_t{3600} * 1'000'000'000;

/// Numbers that repeat in no short pattern: x' = a x + c (Knuth's MMIX).
class Draws {
 public:
  std::uint64_t next() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return state_ >> 33U;
  }

 private:
  std::uint64_t state_ = 1;
};

Column column_of(const InputSlot& slot) {
  Draws draws;
  using core::LogicalType;
  const bool is_time = slot.type == LogicalType::datetime || slot.tags.has(core::Tag::time_index);
  if (is_time) {
    Column::Times times(kRows);
    for (std::size_t i = 0; i < kRows; ++i) times[i] = static_cast<std::int64_t>(i) * kHour;
    return {std::move(times), nullptr};
  }
  if (slot.type == LogicalType::lat_long) {
    Column::Places places(kRows);
    for (auto& each : places)
      each = {static_cast<double>(draws.next() % 180) - 90, static_cast<double>(draws.next() % 360)};
    return {std::move(places), nullptr};
  }
  if (slot.type == LogicalType::boolean || slot.type == LogicalType::boolean_nullable) {
    Column::Booleans booleans(kRows);
    for (auto& each : booleans) each = static_cast<std::uint8_t>(draws.next() % 2);
    return {std::move(booleans), nullptr};
  }
  if (slot.tags.has(core::Tag::category) || slot.type == LogicalType::postal_code) {
    Column::Codes codes(kRows);
    for (auto& each : codes) each = static_cast<std::int32_t>(draws.next() % 100);
    return {std::move(codes), std::make_shared<const Dictionary>(10'000, 100)};
  }
  if (slot.type) {
    Column::Texts texts(kRows);
    for (auto& each : texts) {
      each = "The quick brown fox no. " + std::to_string(draws.next() % 1000) +
             ", said \"Dr. Ann Lee\" to a@b.example.com";
    }
    return {std::move(texts), nullptr};
  }
  Column::Numbers numbers(kRows);
  for (auto& each : numbers) {
    each = draws.next() % 10 == 0 ? std::numeric_limits<double>::quiet_NaN()
                                  : static_cast<double>(draws.next() % 100'000) / 100;
  }
  return {std::move(numbers), nullptr};
}

void run(benchmark::State& state, const PrimitiveUse& use) {
  const auto& slots = use.primitive->inputs.front();
  std::vector<Column> columns;
  for (const InputSlot& slot : slots) columns.push_back(column_of(slot));
  std::vector<const Column*> inputs;
  for (const Column& each : columns) inputs.push_back(&each);
  const std::vector<std::int64_t> series{0, static_cast<std::int64_t>(kRows)};
  const std::vector<std::int64_t> cutoffs{static_cast<std::int64_t>(kRows) * kHour};
  for (auto _ : state) {
    benchmark::DoNotOptimize(use.primitive->transform(
        {.columns = inputs, .n = kRows, .series = series, .cutoffs = {cutoffs}, .arguments = use.arguments}));
  }
  state.counters["ns_a_row"] = benchmark::Counter(
      static_cast<double>(kRows) * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// Not savgol_filter with its default window of a fifth of the rows: its cost grows with the square of the rows.
std::string call_of(const Primitive& primitive) {
  return primitive.name == "savgol_filter" ? "savgol_filter(window_length=21, polyorder=3)" : primitive.name;
}

}  // namespace
}  // namespace gridmill::features

int main(int argc, char** argv) {
  using namespace gridmill::features;
  for (const Primitive& each : all_primitives()) {
    if (each.kind != PrimitiveKind::transform) continue;
    const PrimitiveUse use = read_primitive(PrimitiveKind::transform, call_of(each));
    benchmark::RegisterBenchmark(call_of(each).c_str(), [use](benchmark::State& state) {
      run(state, use);
    })->Unit(benchmark::kMillisecond);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
