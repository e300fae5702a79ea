#include "jobs/search/refitted.hpp"

#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "jobs/search/search_plan.hpp"
#include "search/calibration.hpp"
#include "search/hyperparameters.hpp"

namespace gridmill::jobs {

namespace {

void calibrate(Refitted& refitted, const search::SearchPlan& plan, const OutOfFold& out_of_fold,
               std::size_t n_classes) {
  const auto method = search::calibration_asked_for(plan.fixed);
  std::unique_ptr<models::Model>& model = refitted.pipeline.model;
  if (!method || model == nullptr) return;
  const models::Family& family = search::family_of(plan, out_of_fold.candidate);
  try {
    auto calibration = search::Calibration::fit(*method, search::Calibration::needs(family), out_of_fold.prediction,
                                                out_of_fold.truth, out_of_fold.weight, n_classes);
    model = search::calibrated(std::move(model), std::move(calibration));
  } catch (const models::FitError& error) {
    refitted.failure = fmt::format("there is no model, as it cannot be calibrated: {}", error.what());
    model.reset();
  }
}

}  // namespace

Refitted refit_chosen(search::Evaluator& evaluator, const search::SearchPlan& plan, std::size_t chosen,
                      const std::optional<OutOfFold>& out_of_fold, std::span<const search::FitRecord> records,
                      std::size_t n_classes) {
  Refitted refitted;
  const std::vector<double> start = out_of_fold ? out_of_fold->dual : std::vector<double>{};
  try {
    search::Refit refit = evaluator.refit(chosen, wants_probability(plan, chosen), start, records);
    refitted.n_steps = refit.n_steps;
    refitted.remark = refit.fit->remark();
    refitted.pipeline = {.steps = std::move(refit.steps), .model = refit.fit->model()};
  } catch (const models::FitError& error) {
    refitted.failure = fmt::format("the best candidate cannot be fitted on all samples: {}", error.what());
  }
  if (out_of_fold) calibrate(refitted, plan, *out_of_fold, n_classes);
  return refitted;
}

}  // namespace gridmill::jobs
