#include "jobs/held_out_report.hpp"

#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "models/classification_report.hpp"
#include "models/metrics/confusion.hpp"
#include "models/scorer.hpp"

namespace gridmill::jobs {

models::Prediction report_held_out(const search::SearchPlan& plan, const core::Dataset& held_out,
                                   const models::Model& model, SearchFindings& findings) {
  models::Prediction prediction = model.predict(held_out.x, search::outputs_of(plan));
  std::vector<std::size_t> fitted(held_out.classes.size());
  std::iota(fitted.begin(), fitted.end(), std::size_t{0});
  core::ValueMapping scores;
  for (const models::Scorer* scorer : plan.scorers) {
    const double score = scorer->score({.truth = held_out.y,
                                        .weight = held_out.weight,
                                        .prediction = prediction,
                                        .classes = held_out.classes,
                                        .fitted = fitted,
                                        .positive = plan.positive},
                                       nullptr);
    scores.emplace_back(std::string(scorer->name()), score);
  }
  findings.held_out = std::move(scores);
  const std::string title = fmt::format("On {} held-out rows", held_out.n_samples());
  if (held_out.task == core::Task::classification) {
    const auto report =
        models::classification_report(held_out.y, prediction.value, held_out.weight, held_out.classes);
    findings.blocks.push_back({.title = title, .text = report.text()});
    const auto confusion =
        models::confusion_matrix(held_out.y, prediction.value, held_out.weight);
    findings.blocks.push_back({.title = "Confusion matrix (rows: true, columns: predicted)",
                               .text = models::text(confusion, held_out.classes)});
  } else {
    findings.blocks.push_back(
        {.title = title, .text = models::regression_report(held_out.y, prediction.value, held_out.weight).text()});
  }
  return prediction;
}

}  // namespace gridmill::jobs
