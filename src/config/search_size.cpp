#include "config/search_size.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "models/scorer.hpp"
#include "search/calibration.hpp"
#include "search/halving.hpp"

namespace gridmill::config {

namespace {

/// Numbers of a prediction of one sample: the value, and what scorers need besides.
std::size_t predicted_numbers(const SearchJob& job, std::size_t n_classes) {
  bool decision = search::calibration_asked_for(job.fixed).has_value();
  bool probability = false;
  for (const std::string& name : job.search.scoring) {
    const models::Outputs needs = models::find_scorer(name)->needs();
    decision = decision || needs.decision;
    probability = probability || needs.probability;
  }
  return 1 + (decision ? (n_classes == 2 ? 1 : n_classes) : 0) + (probability ? n_classes : 0);
}

template <class Axes>
std::size_t most_axes(const std::vector<Axes>& grids) {
  std::size_t most = 0;
  for (const Axes& axes : grids) most = std::max(most, axes.size());
  return most;
}

/// What predictions that nobody has asked for may take [bytes]; not much of a limit that the config sets. Where that is
/// a share of the node it does not count: what is kept must not depend on the machine.
double most_kept(const SearchJob& job) {
  constexpr double kMost = 1U << 30U;
  constexpr double kShare = 0.125;
  return job.memory_limit.bytes > 0 ? std::min(kMost, kShare * static_cast<double>(job.memory_limit.bytes)) : kMost;
}

/// Numbers that a candidate predicts of each sample, all repeats of the folds together.
std::size_t numbers_a_sample(const SearchJob& job, const core::Dataset& data) {
  return job.search.folds.n_repeats * predicted_numbers(job, data.classes.size());
}

search::PlanSize size_of_plan(const SearchJob& job, const core::Dataset* data) {
  const SearchOptions& options = job.search;
  search::PlanSize size{.n_folds = search::count_folds(options.folds, data),
                        .n_scores = options.scoring.size() * (options.train_scores ? 2 : 1)};
  if (options.random) {
    const std::size_t n_draws = std::max<std::size_t>(1, count_draws(job, data));
    size.n_candidates = search::count_candidates(options.random->axes, n_draws, size.n_drawn_from);
    size.n_params = most_axes(options.random->axes);
  } else {
    size.n_candidates = search::count_candidates(options.grids);
    size.n_params = most_axes(options.grids);
  }
  size.n_params += job.fixed.size();
  if (options.nested) {
    // Every outer fold has a search of its own, and its choice is fitted once more.
    const auto n_outer = static_cast<double>(options.nested->n_folds);
    const bool own = options.nested->inner == search::InnerFolds::own;
    size.n_folds += n_outer * (own ? size.n_folds : n_outer - 1) + 1;
  }
  if (data != nullptr) size.n_samples = data->n_samples();
  return size;
}

/// Returns the size with all predictions kept, where somebody who asks for nothing may have them: of a single round.
std::optional<search::PlanSize> size_with_all(const SearchJob& job, const core::Dataset& data) {
  if (job.search.predictions != KeepPredictions::automatic || job.search.halving) return std::nullopt;
  search::PlanSize size = size_of_plan(job, &data);
  size.n_predicted = numbers_a_sample(job, data);
  return size.n_candidates < 2 ? std::nullopt : std::optional(size);
}

}  // namespace

search::PlanSize search_size(const SearchJob& job, const core::Dataset* data) {
  search::PlanSize size = size_of_plan(job, data);
  if (data != nullptr && keeps_all_predictions(job, *data)) size.n_predicted = numbers_a_sample(job, *data);
  return size;
}

bool keeps_all_predictions(const SearchJob& job, const core::Dataset& data) {
  if (job.search.predictions == KeepPredictions::all) return true;
  const std::optional<search::PlanSize> all = size_with_all(job, data);
  return all && all->kept_bytes() <= most_kept(job);
}

double bytes_left_out(const SearchJob& job, const core::Dataset& data) {
  const std::optional<search::PlanSize> all = size_with_all(job, data);
  return all && all->kept_bytes() > most_kept(job) ? all->kept_bytes() : 0;
}

std::size_t count_draws(const SearchJob& job, const core::Dataset* data) {
  const RandomOptions& random = job.search.random.value();
  if (random.n) return *random.n;
  search::Stock stock;
  if (data != nullptr) {
    const std::set<double> classes(data->y.begin(), data->y.end());
    stock = {.n_samples = data->n_samples(),
             .n_folds = static_cast<std::size_t>(search::count_folds(job.search.folds, data)),
             .n_classes = data->task == core::Task::classification ? classes.size() : 0};
  } else if (job.search.halving->rations_rows()) {
    return 0;
  }
  const search::Rations given = search::rations(*job.search.halving, stock);
  return static_cast<std::size_t>(given.most / given.least);
}

}  // namespace gridmill::config
