#include "config/sklearn_words.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace gridmill::config {

namespace {

struct SklearnWord {
  std::string_view theirs;
  std::string_view ours;
};

constexpr std::array kWords{
    SklearnWord{"add_indicator", "missing_indicator"},
    SklearnWord{"cache_size", "memory_limit, at the top level: what the fits of a node share"},
    SklearnWord{"estimator", "model, at the top level"},
    SklearnWord{"fill_value", "impute_value"},
    SklearnWord{"groups", "data.group"},
    SklearnWord{"n_iter", "search.random: {n: ...}"},
    SklearnWord{"n_jobs", "gridmill search --ranks N, on the command line"},
    SklearnWord{"n_repeats", "search.cv: {repeats: ...}"},
    SklearnWord{"n_splits", "search.cv: {folds: ...}"},
    SklearnWord{"param_distributions", "search.grid, with search.random: {n: ...} beside it"},
    SklearnWord{"param_grid", "search.grid"},
    SklearnWord{"probability", "on where a metric of search.scoring needs it, such as neg_log_loss"},
    SklearnWord{"random_state", "seed, at the top level"},
    SklearnWord{"return_train_score", "search.train_scores"},
    SklearnWord{"sample_weight", "data.weight"},
    SklearnWord{"score_func", "keep_by"},
    SklearnWord{"shuffle", "data.order: shuffled, or search.cv: {shuffle: true}"},
    SklearnWord{"stratify", "what data.holdout does for classifiers"},
    SklearnWord{"test_size", "data.holdout"},
    SklearnWord{"verbose", "gridmill search --quiet or --json, on the command line"},
};

}  // namespace

std::optional<std::string> hint_for_sklearn_word(std::string_view word) {
  const auto it = std::find_if(kWords.begin(), kWords.end(), [&](const SklearnWord& w) { return w.theirs == word; });
  if (it == kWords.end()) return std::nullopt;
  return fmt::format("scikit-learn's {} is {}", it->theirs, it->ours);
}

}  // namespace gridmill::config
