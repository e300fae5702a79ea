#include "jobs/search/search_progress.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace gridmill::jobs {

SearchProgress::SearchProgress(const search::SearchPlan& plan, std::size_t chosen_by)
    : plan_(plan), chosen_by_(chosen_by), sums_(plan.candidates.size(), 0.0), n_folds_(plan.candidates.size(), 0) {}

void SearchProgress::add_earlier(std::span<const search::FitRecord> records, double cost) {
  count(records);
  cost_earlier_ += cost;
}

void SearchProgress::add(std::span<const search::FitRecord> records, double cost) {
  count(records);
  n_here_ += records.size();
  cost_here_ += cost;
}

void SearchProgress::count(std::span<const search::FitRecord> records) {
  n_done_ += records.size();
  for (const search::FitRecord& record : records) {
    if (record.status == models::FitStatus::failed || record.status == models::FitStatus::time_limit) ++n_failed_;
    sums_[record.candidate] += record.test_scores[chosen_by_];
    if (++n_folds_[record.candidate] < plan_.folds.size()) continue;
    const double mean = sums_[record.candidate] / static_cast<double>(plan_.folds.size());
    if (std::isnan(mean)) continue;
    if (!best_ || mean > best_->score) {
      best_ = Leader{.metric = std::string(plan_.scorers[chosen_by_]->name()),
                     .score = mean,
                     .params = plan_.candidates[record.candidate]};
    }
  }
}

Progress SearchProgress::now() const {
  const double elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  Progress progress{
      .done = n_done_, .total = plan_.candidates.size() * plan_.folds.size(), .failed = n_failed_, .best = best_};
  if (elapsed_s > 0) progress.per_second = static_cast<double>(n_here_) / elapsed_s;
  if (cost_here_ > 0) {
    const double cost_left = total_cost_ - cost_earlier_ - cost_here_;
    progress.seconds_left = std::max(0.0, cost_left / cost_here_ * elapsed_s);
  }
  return progress;
}

}  // namespace gridmill::jobs
