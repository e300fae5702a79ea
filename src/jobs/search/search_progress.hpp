#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "jobs/run/observer.hpp"
#include "search/evaluate.hpp"

namespace gridmill::jobs {

/// Counts fits as their records come in, and keeps the best candidate among those all of whose folds are there.
class SearchProgress {
 public:
  /// `chosen_by`: metric id; `plan` must outlive it.
  SearchProgress(const search::SearchPlan& plan, std::size_t chosen_by);

  /// Adds fits done by earlier runs; they count as done but not for the speed.
  void add_earlier(std::span<const search::FitRecord> records, double cost);
  /// Adds fits of this run; `cost` in the unit of total_cost.
  void add(std::span<const search::FitRecord> records, double cost);
  void set_total_cost(double cost) { total_cost_ = cost; }

  [[nodiscard]] Progress now() const;

 private:
  void count(std::span<const search::FitRecord> records);

  const search::SearchPlan& plan_;
  std::size_t chosen_by_;
  std::vector<double> sums_;          // by candidate
  std::vector<std::size_t> n_folds_;  // by candidate: folds that are there
  std::optional<Leader> best_;
  std::size_t n_done_ = 0;
  std::size_t n_here_ = 0;  // by this run
  std::size_t n_failed_ = 0;
  double total_cost_ = 0;
  double cost_earlier_ = 0;
  double cost_here_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace gridmill::jobs
