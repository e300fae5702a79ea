#include "config/search_size.hpp"

#include <algorithm>

#include "models/scorer.hpp"

namespace gridmill::config {

namespace {

/// Numbers of a prediction of one sample: the value, and what scorers need besides.
std::size_t predicted_numbers(const SearchOptions& options, std::size_t n_classes) {
  bool decision = false;
  bool probability = false;
  for (const std::string& name : options.scoring) {
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

}  // namespace

search::PlanSize search_size(const SearchJob& job, const core::Dataset* data) {
  const SearchOptions& options = job.search;
  search::PlanSize size{.n_folds = search::count_folds(options.folds, data),
                        .n_scores = options.scoring.size() * (options.train_scores ? 2 : 1)};
  if (options.random) {
    size.n_candidates = search::count_candidates(options.random->axes, options.random->n, size.n_drawn_from);
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
  if (data == nullptr) return size;
  size.n_samples = data->n_samples();
  if (options.predictions == KeepPredictions::all) {
    size.n_predicted = options.folds.n_repeats * predicted_numbers(options, data->classes.size());
  }
  return size;
}

}  // namespace gridmill::config
