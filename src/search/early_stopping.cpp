#include "search/early_stopping.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::search {

Fold watched_rows(const EarlyStopping& stopping, const core::Dataset& data, const Fold& fold, std::uint64_t seed) {
  if (stopping.watch == EarlyStopping::Watched::fold) return fold;
  std::vector<double> y;
  y.reserve(fold.train.size());
  for (const core::Index row : fold.train) y.push_back(data.y[row]);
  core::Dataset labels;
  labels.task = data.task;
  labels.classes = data.classes;
  labels.x = core::MatrixView(nullptr, 0, y.size());
  labels.y = y;
  try {
    Fold parted = split_holdout(labels, 1 - kTrainedShare, static_cast<std::uint32_t>(seed));
    for (std::vector<core::Index>* part : {&parted.train, &parted.test}) {
      for (core::Index& place : *part) place = fold.train[place];
    }
    return parted;
  } catch (const core::UserError& error) {
    throw models::FitError(fmt::format("early_stopping.watch: inner: {}", error.problems().front().what));
  }
}

bool is_watched(const std::optional<EarlyStopping>& stopping, const models::Family& family,
                const core::Params& params) {
  if (!stopping) return false;
  const auto metrics = family.watch_metrics(params);
  return std::ranges::find(metrics, stopping->metric, &models::WatchMetric::name) != metrics.end();
}

bool greater_is_better(const EarlyStopping& stopping, const models::Family& family, const core::Params& params) {
  const auto metrics = family.watch_metrics(params);
  return std::ranges::find(metrics, stopping.metric, &models::WatchMetric::name)->greater_is_better;
}

std::size_t refit_steps(EarlyStopping::Refit rule, std::vector<std::size_t> best, double n_train, double n_all) {
  GRIDMILL_ASSERT(!best.empty() && rule != EarlyStopping::Refit::mean, "a rule about the folds' best steps");
  std::ranges::sort(best);
  const std::size_t median = best[(best.size() - 1) / 2];
  if (rule == EarlyStopping::Refit::median_best) return median;
  return std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(static_cast<double>(median) * n_all / n_train)));
}

MeanCurve mean_curve(const std::vector<std::vector<double>>& curves, std::size_t rounds, std::size_t most,
                     bool greater_is_better) {
  MeanCurve found;
  double best = 0;
  const std::size_t length = curves.front().size();
  for (std::size_t step = 1; step <= length; ++step) {
    double sum = 0;
    for (const std::vector<double>& curve : curves) sum += curve[step - 1];
    const double mean = sum / static_cast<double>(curves.size());
    if (step == 1 || (greater_is_better ? mean > best : mean < best)) {
      best = mean;
      found.best = step;
    }
    if (step - found.best >= rounds) {
      found.has_ended = true;
      return found;
    }
  }
  found.has_ended = length >= most;
  return found;
}

}  // namespace gridmill::search
