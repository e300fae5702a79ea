#include "jobs/report/tracked_search.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "io/files/checksum.hpp"

namespace gridmill::jobs {

namespace {

constexpr double kNoTime = std::numeric_limits<double>::quiet_NaN();

/// Hyperparameters that a candidate does not have stand as empty text.
core::Params params_of(const SearchRecord& record, std::size_t candidate) {
  constexpr std::string_view kStart = "cv_results/param_";
  core::Params params;
  for (const auto& [path, array] : record.results().arrays) {
    if (!path.starts_with(kStart)) continue;
    const std::string& words = record.texts(path)[candidate];
    if (!words.empty()) params[path.substr(kStart.size())] = parameter_value(words);
  }
  return params;
}

/// The watched scores of a candidate's fits by round, as a mean over the folds that have come so far.
std::vector<std::pair<std::int64_t, double>> curve_of(const SearchRecord& record, std::size_t candidate) {
  const io::Array* rounds = record.find("curves/round");
  if (rounds == nullptr || rounds->shape.size() != 3) return {};
  const std::span<const std::int64_t> round = record.integers("curves/round");
  const std::span<const double> watched = record.numbers("curves/watched");
  std::map<std::int64_t, std::pair<double, std::size_t>> sums;
  const std::size_t n = record.n_folds() * rounds->shape[2];
  for (std::size_t i = candidate * n; i < (candidate + 1) * n; ++i) {
    if (round[i] == 0 || !std::isfinite(watched[i])) continue;
    sums[round[i]].first += watched[i];
    ++sums[round[i]].second;
  }
  std::vector<std::pair<std::int64_t, double>> curve;
  for (const auto& [at, sum] : sums) curve.emplace_back(at, sum.first / static_cast<double>(sum.second));
  return curve;
}

/// The least or greatest of a candidate's times by fold; NaN where there is none.
double time_of(const SearchRecord& record, std::string_view path, std::size_t candidate, bool least) {
  const std::span<const double> all = record.numbers(path);
  if (all.size() < (candidate + 1) * record.n_folds()) return kNoTime;
  const std::span<const double> own = all.subspan(candidate * record.n_folds(), record.n_folds());
  double found = kNoTime;
  for (const double each : own) {
    if (std::isfinite(each) && !((least ? each >= found : each <= found))) found = each;
  }
  return found;
}

std::int64_t entry_of(const SearchRecord& record, std::string_view column, std::size_t candidate) {
  const std::span<const std::int64_t> all = record.integers(fmt::format("cv_results/{}", column));
  return all.empty() ? 0 : all[candidate];
}

report::TrackedTrial trial_of(const SearchRecord& record, std::size_t candidate) {
  report::TrackedTrial trial{.params = params_of(record, candidate),
                             .means = {},
                             .deviations = {},
                             .folds = {},
                             .curve = curve_of(record, candidate),
                             .n_resources = entry_of(record, "n_resources", candidate),
                             .start_s = time_of(record, "timing/start", candidate, /*least=*/true),
                             .end_s = time_of(record, "timing/end", candidate, /*least=*/false)};
  for (std::size_t m = 0; m < record.metrics().size(); ++m) {
    trial.means.push_back(record.numbers(record.column("mean_test", m))[candidate]);
    trial.deviations.push_back(record.numbers(record.column("std_test", m))[candidate]);
    const std::span<const double> folds = record.scores(m, candidate);
    trial.folds.emplace_back(folds.begin(), folds.end());
  }
  trial.has_failed = !std::isfinite(trial.means[record.chosen_by()]);
  return trial;
}

/// Of a search in rounds: a candidate is dropped where its bracket went on without it.
void mark_dropped(const SearchRecord& record, std::vector<report::TrackedTrial>& trials) {
  if (record.integers("cv_results/iter").empty()) return;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const std::int64_t bracket = entry_of(record, "bracket", i);
    const std::int64_t round = entry_of(record, "iter", i);
    bool goes_on = false;  // the bracket
    bool is_kept = false;  // the candidate
    for (std::size_t other = i + 1; other < trials.size(); ++other) {
      if (entry_of(record, "bracket", other) != bracket || entry_of(record, "iter", other) <= round) continue;
      goes_on = true;
      is_kept = is_kept || trials[other].params == trials[i].params;
    }
    trials[i].was_dropped = goes_on && !is_kept;
  }
}

void add_results(const SearchFindings& findings, report::TrackedSearch& search) {
  if (findings.held_out.is_mapping()) {
    for (const auto& [name, score] : findings.held_out.mapping()) {
      if (score.is_number()) search.results.emplace_back("held_out_" + name, score.number());
    }
  }
  for (const HonestFinding& honest : findings.honest) {
    search.results.emplace_back("honest_" + honest.metric, honest.score.score);
    search.results.emplace_back(fmt::format("honest_{}_low", honest.metric), honest.score.low);
    search.results.emplace_back(fmt::format("honest_{}_high", honest.metric), honest.score.high);
  }
  if (findings.nested) search.results.emplace_back("nested_" + findings.nested->metric, findings.nested->mean);
  search.results.emplace_back("n_fits", static_cast<double>(findings.n_fits));
  search.results.emplace_back("n_failed", static_cast<double>(findings.n_failed));
}

}  // namespace

report::TrackedSearch tracked_search(const SearchRecord& record) {
  const std::filesystem::path folder = std::filesystem::weakly_canonical(record.folder());
  report::TrackedSearch search{
      .name = folder.filename().string(),
      .identity = fmt::format("{:016x}", io::checksum(folder.string() + "\n" + record.config())),
      .command = record.events().command,
      .version = {},
      .user = {},
      .metrics = record.metrics(),
      .chosen_by = record.chosen_by(),
      .trials = {},
      .best = record.findings().best,
      .results = {},
      .settings = {}};
  for (std::size_t candidate = 0; candidate < record.n_candidates(); ++candidate) {
    search.trials.push_back(trial_of(record, candidate));
  }
  mark_dropped(record, search.trials);
  add_results(record.findings(), search);
  for (const char* option : {"model.name", "data.source", "data.target", "seed"}) {
    const std::string word = config_word(record.config(), option);
    if (!word.empty()) search.settings.emplace_back(option, word);
  }
  search.settings.emplace_back("folds", fmt::format("{}", record.n_folds()));
  return search;
}

}  // namespace gridmill::jobs
