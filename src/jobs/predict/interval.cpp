#include "jobs/predict/interval.hpp"

#include <algorithm>
#include <cmath>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "core/counted.hpp"
#include "core/error.hpp"
#include "io/hdf5/array_file.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

namespace {

void check_share(double share) {
  if (share > 0 && share < 1) return;
  throw core::UserError(fmt::format("--interval {}: must lie between 0 and 1", share), "--interval 0.9");
}

fs::path results_of(const fs::path& run) {
  // A model's folder lies in its run's.
  const fs::path folder = fs::exists(run / "pipeline.json") ? fs::absolute(run).lexically_normal().parent_path() : run;
  const fs::path file = folder / "results.h5";
  if (fs::exists(file)) return file;
  throw core::UserError(
      fmt::format("{}: is not there, and an interval is made of the predictions in it", file.string()),
      "name the run directory of the search");
}

std::vector<double> numbers(const io::ArrayFile& file, const std::string& path) {
  const io::Array* const array = file.find(path);
  const auto* const values = array == nullptr ? nullptr : std::get_if<std::vector<double>>(&array->values);
  return values == nullptr ? std::vector<double>{} : *values;
}

}  // namespace

std::string PredictionInterval::text() const {
  return fmt::format(
      "interval: {:.6g} to both sides of the prediction, within which {:g} % of {} lie that the folds tested", margin,
      100 * share, core::counted(n_rows, "row"));
}

std::string PredictionInterval::coverage_text(std::span<const double> truth, std::span<const double> predicted) const {
  std::size_t n_within = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) n_within += std::abs(truth[i] - predicted[i]) <= margin ? 1U : 0U;
  return fmt::format("{} of {} lie within their interval: {:.1f} %, where {:g} % are expected", n_within,
                     core::counted(truth.size(), "row"),
                     100 * static_cast<double>(n_within) / static_cast<double>(truth.size()), 100 * share);
}

PredictionInterval interval_of(std::span<const double> truth, std::span<const double> predicted, double share) {
  check_share(share);
  std::vector<double> distances;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double distance = std::abs(truth[i] - predicted[i]);
    if (!std::isnan(distance)) distances.push_back(distance);
  }
  constexpr double kRounding = 1e-9;  // 0.9 of 100 rows is no more than 90 of them
  const double place = std::max(1.0, std::ceil((static_cast<double>(distances.size()) + 1) * share - kRounding));
  if (place > static_cast<double>(distances.size())) {
    throw core::UserError(fmt::format("--interval {}: the folds have tested {}, too few for that", share,
                                      core::counted(distances.size(), "row")),
                          fmt::format("it takes {:.0f} of them", std::ceil(share / (1 - share) - kRounding)));
  }
  const auto at = distances.begin() + static_cast<std::ptrdiff_t>(place) - 1;
  std::nth_element(distances.begin(), at, distances.end());
  return {.share = share, .margin = *at, .n_rows = distances.size()};
}

PredictionInterval interval_of_run(const fs::path& run, core::Task task, double share) {
  check_share(share);
  if (task == core::Task::classification) {
    throw core::UserError(fmt::format("{}: the model predicts classes, and an interval is one of values", run.string()),
                          "--probability tells how sure it is");
  }
  const fs::path file = results_of(run);
  const io::ArrayFile results = io::read_array_file(file, "out_of_fold_all");
  const std::vector<double> truth = numbers(results, "out_of_fold/truth");
  const std::vector<double> predicted = numbers(results, "out_of_fold/value");
  if (truth.empty() || truth.size() != predicted.size()) {
    throw core::UserError(core::Problem{{file.string()}, "holds no predictions of rows that the folds tested", {}});
  }
  return interval_of(truth, predicted, share);
}

}  // namespace gridmill::jobs
