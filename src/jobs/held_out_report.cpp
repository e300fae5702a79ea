#include "jobs/held_out_report.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "models/classification_report.hpp"
#include "models/metrics/confusion.hpp"
#include "models/scorer.hpp"

namespace gridmill::jobs {

std::vector<TextBlock> report_blocks(const std::string& title, core::Task task, std::span<const double> truth,
                                     std::span<const double> predicted, std::span<const double> weight,
                                     std::span<const std::string> classes) {
  if (task == core::Task::regression) {
    return {{.title = title, .text = models::regression_report(truth, predicted, weight).text()}};
  }
  const auto report = models::classification_report(truth, predicted, weight, classes);
  const auto confusion = models::confusion_matrix(truth, predicted, weight);
  return {{.title = title, .text = report.text()},
          {.title = "Confusion matrix (rows: true, columns: predicted)", .text = models::text(confusion, classes)}};
}

namespace {

void append(const models::Prediction& part, models::Prediction& whole) {
  whole.value.insert(whole.value.end(), part.value.begin(), part.value.end());
  whole.decision = arma::join_rows(whole.decision, part.decision);
  whole.probability = arma::join_rows(whole.probability, part.probability);
}

/// Models take samples in full: sparse ones a few at a time.
models::Prediction predict(const models::Model& model, const core::Dataset& data, models::Outputs wanted) {
  if (!data.is_sparse()) return model.predict(data.x, wanted);
  constexpr std::size_t kBlockEntries = std::size_t{1} << 22;
  const std::size_t most = std::max<std::size_t>(1, kBlockEntries / std::max<std::size_t>(1, data.n_features()));
  models::Prediction whole;
  for (std::size_t first = 0; first < data.n_samples(); first += most) {
    const std::size_t n = std::min(most, data.n_samples() - first);
    append(model.predict(core::unpack(data.sparse, first, n), wanted), whole);
  }
  return whole;
}

}  // namespace

models::Prediction report_held_out(const search::SearchPlan& plan, const core::Dataset& held_out,
                                   const models::Model& model, SearchFindings& findings) {
  models::Prediction prediction = predict(model, held_out, search::outputs_of(plan));
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
  for (TextBlock& block : report_blocks(fmt::format("On {} held-out rows", held_out.n_samples()), held_out.task,
                                        held_out.y, prediction.value, held_out.weight, held_out.classes)) {
    findings.blocks.push_back(std::move(block));
  }
  return prediction;
}

}  // namespace gridmill::jobs
