#include "jobs/search/held_out_report.hpp"

#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/frame.hpp"
#include "jobs/predict/unseen_report.hpp"
#include "models/classification_report.hpp"
#include "models/metrics/confusion.hpp"
#include "models/scorer.hpp"

namespace gridmill::jobs {

namespace {

/// "  (baseline 0.3333)"
std::string baseline_words(const SearchFindings& findings, std::size_t metric) {
  const auto& baselines = findings.leaderboard.baselines;
  if (baselines.empty() || !baselines.front().held_out.is_mapping()) return "";
  return fmt::format("  (baseline {:.4f})", baselines.front().held_out.mapping().at(metric).second.number());
}

}  // namespace

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

models::Prediction report_held_out(const search::SearchPlan& plan, std::size_t candidate, const core::Dataset& held_out,
                                   const search::FittedPipeline& pipeline, SearchFindings& findings) {
  models::Prediction prediction =
      pipeline.predict(held_out, search::outputs_of(plan, search::family_of(plan, candidate)));
  UnseenReport unseen;
  if (!held_out.is_sparse()) {
    for (const prepare::UnseenWords& each : pipeline.steps.unseen_words(core::frame_of(held_out))) unseen.add(each);
  }
  for (const std::string& sentence : unseen.sentences()) findings.warnings.push_back("held-out rows: " + sentence);
  std::vector<std::size_t> fitted(held_out.classes.size());
  std::iota(fitted.begin(), fitted.end(), std::size_t{0});
  core::ValueMapping scores;
  std::string lines;
  for (const models::Scorer* scorer : plan.scorers) {
    std::string why;
    const double score = scorer->score({.truth = held_out.y,
                                        .weight = held_out.weight,
                                        .prediction = prediction,
                                        .classes = held_out.classes,
                                        .fitted = fitted,
                                        .positive = plan.positive},
                                       &why);
    if (std::isnan(score)) {
      findings.warnings.push_back(fmt::format("{} has no value on the held-out rows: {}", scorer->name(),
                                              why.empty() ? "it is not a number" : why));
    }
    scores.emplace_back(std::string(scorer->name()), score);
    lines += fmt::format("{:>23}  {:.4f}{}\n", scorer->name(), score, baseline_words(findings, scores.size() - 1));
  }
  findings.held_out = std::move(scores);
  findings.blocks.push_back({fmt::format("Scores on {} held-out rows", held_out.n_samples()), std::move(lines)});
  for (TextBlock& block : report_blocks(fmt::format("On {} held-out rows", held_out.n_samples()), held_out.task,
                                        held_out.y, prediction.value, held_out.weight, held_out.classes)) {
    findings.blocks.push_back(std::move(block));
  }
  return prediction;
}

}  // namespace gridmill::jobs
