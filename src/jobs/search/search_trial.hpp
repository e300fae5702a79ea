#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "core/dataset.hpp"
#include "jobs/search/fit_pace.hpp"
#include "jobs/search/search_plan.hpp"
#include "models/family/model.hpp"

namespace gridmill::jobs {

/// What trying fits of one family has shown.
struct FamilyTrial {
  FitPace pace;
  double shared_s = 0;       // making what fits of a key share, of all rows, on one rank
  bool makes_anew = false;   // there is no memory to keep that: each fit makes it, and `shared_s` counts for each
  double predict_row_s = 0;  // predicting a row that nothing is known of, where that was asked for
};

/// What trying fits of a search has shown.
struct SearchTrial {
  std::map<const models::Family*, FamilyTrial> families;  // of which some fit could be made
  std::map<std::size_t, double> score_of;  // by number of the candidate: its last one, in the metric that chooses
  std::size_t n_rows = 0;                  // the fits of the family that was tried with fewest had so many at most
  std::size_t n_fits = 0;                  // that were timed
  std::size_t n_cut = 0;                   // of these, cut short by the trial
  bool was_cut = false;    // some of these was cut short, and does not tell how much of it was left: it takes longer
  double tried_share = 0;  // of the candidates
  double score_s = 0;      // predicting and scoring the rows that a fold tests, on average
  double seconds = 0;      // that all of it took, wall time
};

/// Fits candidates of a plan as the search would, bundle by bundle, one fold of it: all rows where `limit_s` seconds
/// allow it, fewer and then more where not, as many candidates as they allow, spread over all kinds. Times are of the
/// processor: others may use the machine meanwhile. The limit may be passed by the fit at work; each family has a
/// share. `predicts`: it predicts new rows, too. A measurement: another one each time, and never part of a result.
SearchTrial try_search(const PlannedSearch& planned, const core::Dataset& data, const models::Resources& resources,
                       double limit_s, bool predicts);

/// Returns the fit that serves some trials, as FitPace takes it.
PacedFit paced_fit(const search::SearchPlan& plan, const search::SharedFit& fit, std::size_t n_rows,
                   const core::Dataset& data);

}  // namespace gridmill::jobs
