#include "jobs/search/search_progress.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace gridmill::jobs {

SearchProgress::SearchProgress(const PlannedSearch& planned) : planned_(planned) {
  for (const models::Family* family : planned.plan.families) shares_[family].left = cost_of_family(planned, *family);
}

void SearchProgress::add_earlier(const search::Bundle& bundle) {
  shares_[&search::family_of(planned_.plan, bundle)].left -= bundle.cost;
}

void SearchProgress::add(std::span<const search::FitRecord> records, const search::Bundle& bundle) {
  for (const search::FitRecord& record : records) count(record);
  n_here_ += records.size();
  Share& share = shares_[&search::family_of(planned_.plan, bundle)];
  share.left -= bundle.cost;
  share.done += bundle.cost;
  if (!records.empty()) share.seconds += std::max(0.0, records.back().end_s - records.front().start_s);
}

void SearchProgress::count(const search::FitRecord& record) {
  ++n_done_;
  if (record.status == models::FitStatus::failed || record.status == models::FitStatus::time_limit) ++n_failed_;
  const search::Round round = search::round_of(planned_.plan, record.candidate);
  if (round.study != 0) return;
  sums_.resize(planned_.plan.candidates.size(), 0.0);
  n_folds_.resize(planned_.plan.candidates.size(), 0);
  sums_[record.candidate] += record.test_scores[planned_.chosen_by];
  if (++n_folds_[record.candidate] < round.n_folds) return;
  const double mean = sums_[record.candidate] / static_cast<double>(round.n_folds);
  if (std::isnan(mean)) return;
  // Scores of fewer rows do not compare with those of more.
  if (best_ && round.first_candidate == best_round_ && mean <= best_->score) return;
  best_round_ = round.first_candidate;
  best_ = Leader{.metric = std::string(planned_.plan.scorers[planned_.chosen_by]->name()),
                 .score = mean,
                 .params = planned_.plan.candidates[record.candidate]};
}

std::optional<double> SearchProgress::seconds_left(double elapsed_s) const {
  double done = 0;
  double seconds = 0;
  for (const auto& [family, share] : shares_) {
    done += share.done;
    seconds += share.seconds;
  }
  if (!(done > 0 && seconds > 0)) return std::nullopt;
  double left = 0;  // seconds of one rank
  for (const auto& [family, share] : shares_) {
    const double a_unit = share.done > 0 ? share.seconds / share.done : seconds / done;
    left += std::max(0.0, share.left) * a_unit;
  }
  return left / seconds * elapsed_s;
}

Progress SearchProgress::now() const {
  const double elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  Progress progress{.done = n_done_, .total = std::max(n_done_, planned_.n_trials), .failed = n_failed_, .best = best_};
  if (elapsed_s > 0) progress.per_second = static_cast<double>(n_here_) / elapsed_s;
  progress.seconds_left = seconds_left(elapsed_s);
  return progress;
}

}  // namespace gridmill::jobs
