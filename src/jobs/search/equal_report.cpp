#include "jobs/search/equal_report.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "report/findings/paired_test.hpp"
#include "search/plan.hpp"

namespace gridmill::jobs {

namespace {

constexpr double kLevel = 0.05;
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

/// Scores of the candidates of a round by fold, NaN where there is none.
std::vector<std::vector<double>> fold_scores(const search::Round& round, std::size_t metric,
                                             std::span<const search::FitRecord> records) {
  std::vector<std::vector<double>> scores(round.n_candidates, std::vector<double>(round.n_folds, kUnknown));
  for (const search::FitRecord& record : records) {
    if (record.candidate < round.first_candidate || record.candidate >= round.first_candidate + round.n_candidates) {
      continue;
    }
    if (record.status == models::FitStatus::failed) continue;
    scores[record.candidate - round.first_candidate][record.fold - round.first_fold] = record.test_scores[metric];
  }
  return scores;
}

/// Tested rows as a share of those that are learnt from, as a mean over the folds.
double test_share(const search::SearchPlan& plan, const search::Round& round) {
  double share = 0;
  for (std::size_t k = 0; k < round.n_folds; ++k) {
    const search::Fold& fold = plan.folds[round.first_fold + k];
    share += static_cast<double>(fold.test.size()) / static_cast<double>(fold.train.size());
  }
  return share / static_cast<double>(round.n_folds);
}

bool is_not_worse(std::span<const double> best, std::span<const double> other, double share) {
  if (std::ranges::any_of(other, [](double score) { return std::isnan(score); })) return false;
  const auto test = report::paired_test(best, other, share);
  return test && (test->difference <= 0 || test->p / 2 >= kLevel);
}

}  // namespace

void describe_equal_candidates(const PlannedSearch& planned, const core::Dataset& data,
                               std::span<const search::FitRecord> records, SearchFindings& findings) {
  const search::SearchPlan& plan = planned.plan;
  const std::vector<search::Round> finals = search::final_rounds(plan);
  if (finals.size() != 1 || finals.front().n_folds < 2 || !findings.best) return;
  const search::Round& round = finals.front();
  const std::vector<std::size_t> table = search::table_rows(plan);
  const std::size_t best = table[*findings.best] - round.first_candidate;
  if (best >= round.n_candidates) return;
  const std::vector<std::vector<double>> scores = fold_scores(round, planned.chosen_by, records);
  const double share = test_share(plan, round);
  const models::Family& family = search::family_of(plan, round.first_candidate + best);
  EqualFinding equal{.metric = std::string(plan.scorers[planned.chosen_by]->name())};
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t row = 0; row < table.size(); ++row) {
    const std::size_t c = table[row] - round.first_candidate;
    if (table[row] < round.first_candidate || c >= round.n_candidates) continue;
    ++equal.n_compared;
    if (c != best && !is_not_worse(scores[best], scores[c], share)) continue;
    equal.rows.push_back(row);
    // Costs say which of two candidates of one family is simpler; across families they say nothing.
    if (&search::family_of(plan, table[row]) != &family) continue;
    const double cost = search::fit_cost(plan, table[row], data.n_samples(), data);
    if (cost >= least) continue;
    least = cost;
    equal.simplest = row;
    equal.simplest_params = plan.candidates[table[row]];
  }
  if (equal.n_compared > 1) findings.equal = std::move(equal);
}

}  // namespace gridmill::jobs
