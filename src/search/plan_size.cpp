#include "search/plan_size.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>

namespace gridmill::search {

namespace {

// Measured (tests/jobs/search_promises_test.cpp holds them to it): maps of names and values, the records of fits with
// what assembling, cv_results.csv and results.h5 make of them, positions of rows.
constexpr double kCandidateBytes = 400;
constexpr double kParamBytes = 350;
constexpr double kFitBytes = 900;
constexpr double kScoreBytes = 60;
// Of a split a column in cv_results.csv and data sets in results.h5; of a fit what the page shows of it.
constexpr double kWrittenSplitBytes = 12 << 10U;
constexpr double kWrittenFitBytes = 2 << 10U;

double product_of_sizes(const GridAxes& axes) {
  double size = 1;
  for (const auto& [name, values] : axes) size *= static_cast<double>(values.size());
  return size;
}

/// "18", "8.59 billion"
std::string count_text(double n) {
  if (n < 1e7) return fmt::format("{:.0f}", n);
  constexpr double kRoundsUp = 0.9995;  // three digits of 999.6 million are 1 billion
  constexpr double kLargest = 1e15;
  constexpr std::array<std::pair<double, const char*>, 3> kUnits{
      {{1e12, "trillion"}, {1e9, "billion"}, {1e6, "million"}}};
  for (const auto& [unit, word] : kUnits) {
    if (n >= kRoundsUp * unit && n < kLargest) return fmt::format("{:.3g} {}", n / unit, word);
  }
  return fmt::format("{:.3g}", n);
}

std::string counted(double n, const char* one, const char* many) {
  return fmt::format("{} {}", count_text(n), n == 1 ? one : many);
}

}  // namespace

double PlanSize::list_bytes() const {
  const auto samples = static_cast<double>(n_samples);
  const double candidates = n_candidates * (kCandidateBytes + kParamBytes * static_cast<double>(n_params));
  const double drawn = n_drawn_from * sizeof(std::size_t);
  const double folds = n_folds * (samples * sizeof(core::Index) + sizeof(Fold));
  const double records = n_fits() * (kFitBytes + kScoreBytes * static_cast<double>(n_scores));
  return std::max(candidates, drawn) + folds + records;
}

double PlanSize::kept_bytes() const {
  const double predicted = static_cast<double>(n_samples) * static_cast<double>(n_predicted) * sizeof(double);
  return 4 * n_candidates * predicted + kWrittenSplitBytes * n_folds + kWrittenFitBytes * n_fits();
}

std::string PlanSize::text() const {
  return fmt::format("{} x {} = {}", counted(n_candidates, "candidate", "candidates"),
                     counted(n_folds, "fold", "folds"), counted(n_fits(), "fit", "fits"));
}

double count_candidates(const std::vector<GridAxes>& grids) {
  double n = 0;
  for (const GridAxes& axes : grids) n += product_of_sizes(axes);
  return n;
}

double count_candidates(const std::vector<RandomAxes>& axes, std::size_t n, double& n_drawn_from) {
  double population = 0;
  n_drawn_from = 0;
  for (const RandomAxes& each : axes) {
    double size = 1;
    for (const auto& [name, axis] : each) {
      const auto* values = std::get_if<core::ValueList>(&axis);
      if (values == nullptr) return static_cast<double>(n);
      size *= static_cast<double>(values->size());
    }
    population += size;
  }
  const double drawn = std::min(static_cast<double>(n), population);
  if (drawn > 0.01 * population) n_drawn_from = population;
  return drawn;
}

double count_folds(const FoldOptions& options, const core::Dataset* data) {
  if (options.kind == FoldKind::leave_one_out) return data == nullptr ? 1 : static_cast<double>(data->n_samples());
  if (options.kind == FoldKind::predefined) {
    if (data == nullptr) return 1;
    const std::set<std::int64_t> ids(data->test_fold.begin(), data->test_fold.end());
    return static_cast<double>(ids.size());
  }
  return static_cast<double>(options.n_folds) * static_cast<double>(options.n_repeats);
}

}  // namespace gridmill::search
