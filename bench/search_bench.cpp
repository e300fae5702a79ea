#include <benchmark/benchmark.h>

#include "search/cv_results.hpp"
#include "search/evaluate.hpp"
#include "tests/search/fakes.hpp"

namespace gridmill::search {
namespace {

core::ValueList numbers(int n) {
  core::ValueList values;
  for (int i = 1; i <= n; ++i) values.emplace_back(static_cast<double>(i));
  return values;
}

/// Candidates, folds and bundles of a search of 10,000 candidates in 5 folds on 10,000 samples.
void plan_ten_thousand_candidates(benchmark::State& state) {
  std::vector<double> y(10'000);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = static_cast<double>(i % 3);
  core::Dataset data;
  data.x = core::MatrixView(y.data(), 1, y.size());
  data.y = y;
  data.classes = {"a", "b", "c"};
  const FakeFamily family;
  for (auto _ : state) {
    SearchPlan plan{.families = {&family}};
    plan.candidates = expand_grid({{{"C", numbers(100)}, {"gamma", numbers(100)}}});
    plan.folds = make_folds(data, {.n_folds = 5}).folds;
    benchmark::DoNotOptimize(make_bundles(plan, data));
  }
}
BENCHMARK(plan_ten_thousand_candidates)->Unit(benchmark::kMillisecond);

/// The table and its CSV for the same search with one metric.
void tabulate_ten_thousand_candidates(benchmark::State& state) {
  const NamedScorer scorer("accuracy");
  const FakeFamily family;
  SearchPlan plan{.families = {&family},
                  .candidates = expand_grid({{{"C", numbers(100)}, {"gamma", numbers(100)}}}),
                  .scorers = {&scorer}};
  plan.folds.resize(5);
  std::vector<FitRecord> records;
  for (std::size_t i = 0; i < 50'000; ++i) {
    records.push_back(
        {.candidate = i / 5, .fold = i % 5, .test_scores = {static_cast<double>(i * 7919 % 1000) / 1000}});
  }
  for (auto _ : state) benchmark::DoNotOptimize(to_csv(assemble(plan, records)));
}
BENCHMARK(tabulate_ten_thousand_candidates)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace gridmill::search

BENCHMARK_MAIN();
