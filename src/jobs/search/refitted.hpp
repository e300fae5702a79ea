#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "jobs/search/out_of_fold.hpp"
#include "search/evaluate.hpp"
#include "search/fitted_pipeline.hpp"

namespace gridmill::jobs {

/// What became of the chosen candidate on all training rows.
struct Refitted {
  search::FittedPipeline pipeline;  // no model: there is no refit, or it failed
  std::string failure;
  std::size_t n_steps = 0;  // that early stopping has chosen
  std::string remark;       // what is to be known of the model
};

/// Fits it on all samples, from what its fits of the folds have found, and calibrates it by what these say of rows that
/// they have not seen, if the plan asks for that (search::calibration_asked_for). Not collective.
///
/// `out_of_fold`: of this candidate; nothing where it is not known. Never throws models::FitError: that is `failure`.
Refitted refit_chosen(search::Evaluator& evaluator, const search::SearchPlan& plan, std::size_t chosen,
                      const std::optional<OutOfFold>& out_of_fold, std::span<const search::FitRecord> records,
                      std::size_t n_classes);

}  // namespace gridmill::jobs
