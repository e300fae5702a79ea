#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/value.hpp"

namespace gridmill::report {

/// One candidate of a search, as programs that track experiments want to know it.
struct TrackedTrial {
  core::Params params;
  std::vector<double> means;                           // by metric; NaN: none
  std::vector<double> deviations;                      // by metric
  std::vector<std::vector<double>> folds;              // by metric, by fold; NaN: none
  std::vector<std::pair<std::int64_t, double>> curve;  // round, and the watched score there as a mean over the folds
  std::int64_t n_resources = 0;                        // what it was given, if that was rationed; else 0
  bool has_failed = false;                             // it has no score in the metric that chooses
  bool was_dropped = false;                            // others of its round went on, and it did not
  double start_s = std::numeric_limits<double>::quiet_NaN();  // since 1970; NaN: not known
  double end_s = std::numeric_limits<double>::quiet_NaN();
};

/// A finished search.
struct TrackedSearch {
  std::string name;      // of the run directory
  std::string identity;  // tells it from all others: 16 hexadecimal digits
  std::string command;   // that has made it; empty: not known
  std::string version;   // of gridmill
  std::string user;
  std::vector<std::string> metrics;  // greater is better in each
  std::size_t chosen_by = 0;
  std::vector<TrackedTrial> trials;
  std::optional<std::size_t> best;
  std::vector<std::pair<std::string, double>> results;        // of the whole: "held_out_accuracy", "honest_accuracy"
  std::vector<std::pair<std::string, std::string>> settings;  // of the whole: model, folds
};

}  // namespace gridmill::report
