#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "jobs/run/observer.hpp"
#include "search/fit_record.hpp"
#include "search/plan.hpp"

namespace gridmill::jobs {

/// Counts fits as their records come in, and keeps the best candidate among those all of whose folds are there.
class SearchProgress {
 public:
  /// `chosen_by`: metric id; `plan`, which may grow, must outlive it. `n_trials`, `cost`: of all that will be done.
  SearchProgress(const search::SearchPlan& plan, std::size_t chosen_by, std::size_t n_trials, double cost);

  /// Adds a trial done by an earlier run; it counts as done but not for the speed.
  void count_earlier(const search::FitRecord& record) { count(record); }
  void add_earlier(double cost) { cost_earlier_ += cost; }
  /// Adds trials of this run; `cost` in the unit of the whole.
  void add(std::span<const search::FitRecord> records, double cost);

  [[nodiscard]] Progress now() const;

 private:
  void count(const search::FitRecord& record);

  const search::SearchPlan& plan_;
  std::size_t chosen_by_;
  std::size_t n_trials_;
  double total_cost_;
  std::vector<double> sums_;          // by candidate
  std::vector<std::size_t> n_folds_;  // by candidate: folds that are there
  std::optional<Leader> best_;        // of the last round of the search itself
  std::size_t best_round_ = 0;
  std::size_t n_done_ = 0;
  std::size_t n_here_ = 0;  // by this run
  std::size_t n_failed_ = 0;
  double cost_earlier_ = 0;
  double cost_here_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace gridmill::jobs
