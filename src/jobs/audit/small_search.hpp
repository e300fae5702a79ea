#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "core/dataset.hpp"
#include "search/plan.hpp"

namespace gridmill::jobs {

/// What a model scores in a metric over the folds of a round.
struct FoldScores {
  double mean = 0;
  double deviation = 0;
};

/// One round of a search on evenly spread rows of it: at most 2,000 to learn from and to test in a fold. Alone on its
/// rank, in memory of its own.
class SmallSearch {
 public:
  SmallSearch(const search::SearchPlan& plan, const search::Round& round, const core::Dataset& data);

  /// Its plan has one round, with the candidates of the given one under their ids, and its folds, from 0.
  [[nodiscard]] const search::SearchPlan& plan() const { return plan_; }
  [[nodiscard]] const search::Round& round() const { return round_; }
  [[nodiscard]] const core::Dataset& data() const { return data_; }

  /// Fits a candidate in each fold; nothing where some fold has no score. `hidden`: columns that hold the same in each
  /// row for it.
  [[nodiscard]] std::optional<FoldScores> score(std::size_t candidate, std::size_t metric,
                                                std::span<const std::string> hidden = {}) const;

 private:
  search::SearchPlan plan_;
  search::Round round_;
  core::Dataset data_;
};

}  // namespace gridmill::jobs
