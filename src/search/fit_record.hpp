#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "models/family/model.hpp"

namespace gridmill::search {

/// The result of one fit on one fold.
struct FitRecord {
  std::size_t candidate = 0;
  std::size_t fold = 0;
  models::FitStatus status = models::FitStatus::ok;
  std::string message;               // why it failed or what scikit-learn would warn of; empty: nothing to say
  std::vector<double> test_scores;   // by metric id
  std::vector<double> train_scores;  // by metric id; empty unless asked for
  double fit_time_s = 0;
  double score_time_s = 0;
  double start_s = 0;  // seconds since 1970 UTC
  double end_s = 0;
  int rank = 0;                   // where it was fitted
  std::string host;               // likewise
  std::vector<double> details;    // as the family declares them; empty if there is no fit
  std::size_t best_step = 0;      // of a watched fit, along its family's free axis, counted from 1; else 0
  models::FitCurve curve;         // of a watched fit, at some of its steps; if kept
  std::vector<std::size_t> step;  // which ones, counted from 1
  models::Prediction prediction;  // of the fold's test samples, if kept
};

}  // namespace gridmill::search
