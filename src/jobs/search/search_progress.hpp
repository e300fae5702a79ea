#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "jobs/run/observer.hpp"
#include "jobs/search/search_plan.hpp"
#include "search/fit_record.hpp"
#include "search/plan.hpp"

namespace gridmill::jobs {

/// Counts fits as their records come in, and keeps the best candidate among those all of whose folds are there.
///
/// What is left to do is foretold for each family by what its fits have taken so far: costs of families have units of
/// their own. A family of which nothing is there yet is taken to be as fast as the others.
class SearchProgress {
 public:
  /// `planned`, whose plan may grow, must outlive it.
  explicit SearchProgress(const PlannedSearch& planned);

  /// Adds a trial done by an earlier run; it counts as done but not for the speed.
  void count_earlier(const search::FitRecord& record) { count(record); }
  void add_earlier(const search::Bundle& bundle);
  /// Adds the trials of a bundle, of this run.
  void add(std::span<const search::FitRecord> records, const search::Bundle& bundle);

  [[nodiscard]] Progress now() const;

 private:
  /// The fits of a family: costs in its unit, and what those of this run have taken.
  struct Share {
    double left = 0;
    double done = 0;
    double seconds = 0;
  };

  void count(const search::FitRecord& record);
  [[nodiscard]] std::optional<double> seconds_left(double elapsed_s) const;

  const PlannedSearch& planned_;
  std::map<const models::Family*, Share> shares_;
  std::vector<double> sums_;          // by candidate
  std::vector<std::size_t> n_folds_;  // by candidate: folds that are there
  std::optional<Leader> best_;        // of the last round of the search itself
  std::size_t best_round_ = 0;
  std::size_t n_done_ = 0;
  std::size_t n_here_ = 0;  // by this run
  std::size_t n_failed_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace gridmill::jobs
