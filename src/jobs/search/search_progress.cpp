#include "jobs/search/search_progress.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace gridmill::jobs {

SearchProgress::SearchProgress(const search::SearchPlan& plan, std::size_t chosen_by, std::size_t n_trials, double cost)
    : plan_(plan), chosen_by_(chosen_by), n_trials_(n_trials), total_cost_(cost) {}

void SearchProgress::add(std::span<const search::FitRecord> records, double cost) {
  for (const search::FitRecord& record : records) count(record);
  n_here_ += records.size();
  cost_here_ += cost;
}

void SearchProgress::count(const search::FitRecord& record) {
  ++n_done_;
  if (record.status == models::FitStatus::failed || record.status == models::FitStatus::time_limit) ++n_failed_;
  const search::Round round = search::round_of(plan_, record.candidate);
  if (round.study != 0) return;
  sums_.resize(plan_.candidates.size(), 0.0);
  n_folds_.resize(plan_.candidates.size(), 0);
  sums_[record.candidate] += record.test_scores[chosen_by_];
  if (++n_folds_[record.candidate] < round.n_folds) return;
  const double mean = sums_[record.candidate] / static_cast<double>(round.n_folds);
  if (std::isnan(mean)) return;
  // Scores of fewer rows do not compare with those of more.
  if (best_ && round.first_candidate == best_round_ && mean <= best_->score) return;
  best_round_ = round.first_candidate;
  best_ = Leader{.metric = std::string(plan_.scorers[chosen_by_]->name()),
                 .score = mean,
                 .params = plan_.candidates[record.candidate]};
}

Progress SearchProgress::now() const {
  const double elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  Progress progress{.done = n_done_, .total = std::max(n_done_, n_trials_), .failed = n_failed_, .best = best_};
  if (elapsed_s > 0) progress.per_second = static_cast<double>(n_here_) / elapsed_s;
  if (cost_here_ > 0) {
    const double cost_left = total_cost_ - cost_earlier_ - cost_here_;
    progress.seconds_left = std::max(0.0, cost_left / cost_here_ * elapsed_s);
  }
  return progress;
}

}  // namespace gridmill::jobs
