#include "jobs/report/search_checks.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/counted.hpp"
#include "jobs/report/checks.hpp"

namespace gridmill::jobs {

namespace {

constexpr double kManyDeviations = 3;
constexpr double kRareClass = 0.1;

void check_fits(const SearchRecord& record, Checks& checks) {
  const SearchFindings& findings = record.findings();
  if (findings.n_failed > 0) {
    std::map<std::string, std::size_t> reasons;
    for (const std::string& message : record.texts("fits/message")) {
      if (!message.empty()) ++reasons[message];
    }
    std::string why;
    for (const auto& [message, n] : reasons) why += fmt::format("{}{}: {}", why.empty() ? "" : "; ", n, message);
    checks.bad(fmt::format("{} of {} fits failed", findings.n_failed, findings.n_fits), why,
               "Leave out the values that cannot be fitted. A candidate with a failed fit has no rank.");
  }
  const io::Array* converged = record.find("fits/converged");
  if (converged == nullptr) return;
  if (const auto* flags = std::get_if<std::vector<std::uint8_t>>(&converged->values)) {
    const auto n = std::ranges::count(*flags, std::uint8_t{0}) - static_cast<std::ptrdiff_t>(findings.n_failed);
    if (n > 0) {
      checks.warning(fmt::format("{} of {} fits did not converge", n, flags->size()),
                     "Their scores are those of models that were stopped on their way.",
                     "Raise max_iter, or scale the features.");
    }
  }
}

void check_baseline(const SearchRecord& record, Checks& checks) {
  const SearchFindings& findings = record.findings();
  if (!findings.best_score || findings.leaderboard.baselines.empty()) return;
  const BaselineRow& hardest = findings.leaderboard.baselines.front();
  const double baseline = hardest.means.at(record.chosen_by());
  const double spread = record.numbers(record.column("std_test", record.chosen_by()))[*findings.best];
  if (std::isnan(baseline) || *findings.best_score - baseline > spread) return;
  checks.bad(fmt::format("The best candidate is hardly better than a rule that looks at no feature ({})", hardest.rule),
             fmt::format("{}: {:.4g} against {:.4g}; the folds differ by {:.2g}.", record.metrics()[record.chosen_by()],
                         *findings.best_score, baseline, spread),
             "The features may tell nothing of the label, or the hyperparameters lie far from where they should.");
}

void check_held_out(const SearchRecord& record, Checks& checks) {
  const SearchFindings& findings = record.findings();
  if (!findings.held_out.is_mapping()) {
    checks.note("No rows were held out", "The best score was chosen by looking at it, and so is too good.",
                "data.holdout keeps rows back, search.nested judges the whole search.");
    return;
  }
  if (!findings.best_score || !findings.best) return;
  const std::string& metric = record.metrics()[record.chosen_by()];
  const double spread = record.numbers(record.column("std_test", record.chosen_by()))[*findings.best];
  for (const auto& [name, score] : findings.held_out.mapping()) {
    if (name != metric || !score.is_number()) continue;
    const double gap = *findings.best_score - score.number();
    if (!(std::abs(gap) > kManyDeviations * spread)) continue;
    const std::string why = fmt::format("{:.4g} against {:.4g}: more than {} times what the folds differ by ({:.2g}).",
                                        score.number(), *findings.best_score, kManyDeviations, spread);
    if (gap > 0) {
      checks.warning("Held-out rows score lower than the folds", why,
                     "The held-out rows may be of another kind: later, of other groups. Or the folds share what they "
                     "should not: 'gridmill audit' looks for that.");
    } else {
      checks.note("Held-out rows score higher than the folds", why,
                  "The folds may be harder: they hold other groups, or fit on fewer rows.");
    }
  }
}

/// Of few rows chance alone makes distances.
void check_drift(const SearchRecord& record, Checks& checks) {
  constexpr double kFar = 0.25;
  constexpr std::size_t kNamed = 3;
  constexpr std::size_t kFewest = 100;
  const auto features = record.texts("drift/feature");
  const auto distance = record.numbers("drift/distance");
  if (record.numbers("held_out/truth").size() < kFewest || record.numbers("out_of_fold/truth").size() < kFewest) return;
  std::string named;
  std::size_t n = 0;
  for (; n < distance.size() && distance[n] > kFar; ++n) {
    if (n < kNamed) named += fmt::format("{}{} ({:.2f})", named.empty() ? "" : ", ", features[n], distance[n]);
  }
  if (n == 0) return;
  checks.note(
      fmt::format("{} of held-out rows {} other values than before: {}{}", core::counted(n, "feature"),
                  n == 1 ? "has" : "have", named, n > kNamed ? ", ..." : ""),
      "In brackets the greatest difference between the shares of rows up to a value: 0 is alike, 1 has nothing in "
      "common. What was learnt may not hold there.",
      "Leave out what only tells when a row was made; where the world changes, learn from recent rows.");
}

void check_classes(const SearchRecord& record, Checks& checks) {
  const std::span<const std::string> classes = record.texts("classes");
  const std::span<const double> truth = record.numbers("out_of_fold/truth");
  if (classes.size() < 2 || truth.empty()) return;
  std::vector<std::size_t> n(classes.size(), 0);
  for (const double label : truth) ++n[static_cast<std::size_t>(label)];
  const auto rarest = static_cast<std::size_t>(std::ranges::min_element(n) - n.begin());
  const double share = static_cast<double>(n[rarest]) / static_cast<double>(truth.size());
  if (share * static_cast<double>(classes.size()) / 2 >= kRareClass) return;
  if (record.metrics()[record.chosen_by()] != "accuracy") return;
  checks.warning(
      fmt::format("Class '{}' is rare ({:.1f} % of the rows), and accuracy chooses", classes[rarest], 100 * share),
      "A model that never says this class would hardly score lower.",
      "Choose by balanced_accuracy, f1_macro or roc_auc; class_weight: balanced makes rare classes count.");
}

void check_warnings(const SearchRecord& record, Checks& checks) {
  std::vector<std::string> all = record.findings().warnings;
  for (const std::string& sentence : record.events().warnings) {
    if (std::ranges::find(all, sentence) == all.end()) all.push_back(sentence);
  }
  checks.sentences(all);
}

}  // namespace

core::ValueList search_checks(const SearchRecord& record) {
  Checks checks;
  if (record.findings().refit_failed) {
    checks.bad("The best candidate could not be fitted on all training rows", "There is no model to predict with.", "");
  }
  check_fits(record, checks);
  check_baseline(record, checks);
  check_held_out(record, checks);
  check_drift(record, checks);
  check_classes(record, checks);
  check_warnings(record, checks);
  return std::move(checks).list();
}

}  // namespace gridmill::jobs
