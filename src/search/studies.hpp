#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/dataset.hpp"
#include "core/value.hpp"
#include "search/folds.hpp"
#include "search/halving.hpp"
#include "search/nested.hpp"
#include "search/plan.hpp"
#include "search/strategy.hpp"

namespace gridmill::search {

/// How candidates are tried and judged.
struct StudyOptions {
  FoldOptions folds;
  std::optional<HalvingOptions> halving;
  std::optional<NestedOptions> nested;
};

/// The tables a search fills: study 0 is the search itself; with nested cross-validation study 1 + k is the same search
/// within outer fold k, and study 1 + n + k has one row, the choice of that search judged on the outer fold.
///
/// All studies go forward together, a round each, so that their fits can share work and ranks. Deterministic; the same
/// on every rank that is told the same scores.
class Studies {
 public:
  /// `candidates`: all there are. Errors: UserError where folds or rounds cannot be made of the data.
  Studies(std::vector<core::Params> candidates, const core::Dataset& data, const StudyOptions& options);

  /// Returns the candidate of a study's final rounds that the search chooses, or nothing: none has a score.
  using Choose = std::function<std::optional<std::size_t>(std::size_t study)>;

  /// Adds to the plan what each study tries next, and returns the rounds; none: all is done. The choices of the outer
  /// folds are judged when all else is done. `means`: of each candidate of the plan, see Strategy::next.
  std::vector<Round> advance(SearchPlan& plan, std::span<const double> means, const Choose& choose);

  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  [[nodiscard]] const std::vector<core::Params>& candidates() const { return candidates_; }
  /// Rounds of study 0, all that there will be; of one round with n_resources 0 where nothing is rationed.
  [[nodiscard]] const std::vector<Rung>& schedule() const { return studies_.front().schedule; }
  [[nodiscard]] std::size_t n_outer_folds() const { return outer_.size(); }
  /// Trials that all rounds of all studies will have.
  [[nodiscard]] std::size_t n_trials() const;
  /// Predicted cost, in the unit of Family::cost, of all that comes after the first rounds. `plan`: with its families.
  [[nodiscard]] double cost_after_first(const SearchPlan& plan, const core::Dataset& data) const;

 private:
  struct Study {
    std::unique_ptr<Strategy> strategy;
    std::vector<Fold> splits;  // of all its rows
    std::size_t n_samples = 0;
    std::vector<Rung> schedule;
    Round last;  // its candidates are those the strategy asked for last; of no candidates at first
    std::optional<std::size_t> first_split;  // fold id, where every round has the same splits
    bool done = false;
  };

  Study make_study(std::vector<Fold> splits, std::span<const core::Index> rows, const core::Dataset& data) const;
  std::optional<Round> next_round(SearchPlan& plan, std::size_t study, std::span<const double> means);
  Round judge_choice(SearchPlan& plan, std::size_t outer, std::size_t chosen);
  std::size_t add_folds(SearchPlan& plan, std::vector<Fold> folds);

  std::vector<core::Params> candidates_;
  StudyOptions options_;
  std::vector<Study> studies_;  // the outer folds' choices left out
  std::vector<Fold> outer_;
  bool choices_judged_ = false;
  std::vector<std::string> warnings_;
  std::unordered_multimap<std::size_t, std::size_t> by_rows_;  // fold ids by a hash of their training rows
};

}  // namespace gridmill::search
