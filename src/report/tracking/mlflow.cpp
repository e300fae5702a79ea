#include "report/tracking/mlflow.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

namespace gridmill::report {

namespace {

namespace fs = std::filesystem;

constexpr int kRunFinished = 3;
constexpr int kRunFailed = 4;
constexpr int kLocal = 4;  // where the source of a run is

std::string quoted(const std::string& text) { return core::Value(text).yaml(); }

/// A name that MLflow takes as a key: letters, digits, "_", "-", ".", " ", "/" and ":".
std::string key_of(const std::string& name) {
  std::string key = name;
  for (char& c : key) {
    const bool is_known =
        std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("_-. :").find(c) != std::string_view::npos;
    if (!is_known) c = '_';
  }
  return key.empty() || key == "." || key == ".." ? "_" : key;
}

std::int64_t milliseconds(double seconds) { return std::isnan(seconds) ? 0 : std::llround(seconds * 1e3); }

/// The same id each time: the first half tells the search, the second the candidate.
std::string id_of(const TrackedSearch& search, std::size_t number) {
  return fmt::format("{}{:016x}", search.identity, number);
}

struct Run {
  std::string id;
  std::string name;
  std::string parent;  // empty: it is the whole
  double start_s = 0;
  double end_s = 0;
  bool has_failed = false;
};

std::string meta(const MlflowPlace& place, const TrackedSearch& search, const Run& run) {
  return fmt::format(
      "artifact_uri: {}\nend_time: {}\nentry_point_name: ''\nexperiment_id: '{}'\nlifecycle_stage: active\nrun_id: {}\n"
      "run_name: {}\nrun_uuid: {}\nsource_name: ''\nsource_type: {}\nsource_version: ''\nstart_time: {}\nstatus: {}\n"
      "tags: []\nuser_id: {}\n",
      quoted("file://" + (place.root / place.experiment / run.id / "artifacts").string()), milliseconds(run.end_s),
      place.experiment, run.id, quoted(run.name), run.id, kLocal, milliseconds(run.start_s),
      run.has_failed ? kRunFailed : kRunFinished, quoted(search.user));
}

/// Collects the files of one run.
class RunFiles {
 public:
  RunFiles(const MlflowPlace& place, const TrackedSearch& search, const Run& run, std::vector<StoreFile>& files)
      : folder_(fs::path(place.experiment) / run.id), time_(milliseconds(run.end_s)), files_(files) {
    tag("mlflow.runName", run.name);
    tag("mlflow.user", search.user);
    tag("mlflow.source.name", "gridmill");
    tag("mlflow.source.type", "LOCAL");
    tag("gridmill.version", search.version);
    if (!run.parent.empty()) tag("mlflow.parentRunId", run.parent);
  }

  void tag(const std::string& name, const std::string& text) { add(fs::path("tags") / key_of(name), text); }
  void param(const std::string& name, const std::string& text) { add(fs::path("params") / key_of(name), text); }

  void metric(const std::string& name, double value) { metric(name, {{0, value}}); }
  void metric(const std::string& name, const std::vector<std::pair<std::int64_t, double>>& steps) {
    std::string lines;
    for (const auto& [step, value] : steps) {
      if (std::isfinite(value)) lines += fmt::format("{} {} {}\n", time_, core::python_float(value), step);
    }
    if (!lines.empty()) add(fs::path("metrics") / key_of(name), lines);
  }

 private:
  void add(const fs::path& path, std::string text) { files_.push_back({folder_ / path, std::move(text)}); }

  fs::path folder_;
  std::int64_t time_;
  std::vector<StoreFile>& files_;
};

void add_scores(const TrackedSearch& search, const TrackedTrial& trial, RunFiles& run) {
  for (std::size_t m = 0; m < search.metrics.size(); ++m) {
    run.metric("mean_test_" + search.metrics[m], trial.means[m]);
    run.metric("std_test_" + search.metrics[m], trial.deviations[m]);
    std::vector<std::pair<std::int64_t, double>> folds;
    for (std::size_t k = 0; k < trial.folds[m].size(); ++k) folds.emplace_back(k, trial.folds[m][k]);
    run.metric("test_" + search.metrics[m], folds);
  }
}

void add_trial(const TrackedSearch& search, const MlflowPlace& place, std::size_t number,
               std::vector<StoreFile>& files) {
  const TrackedTrial& trial = search.trials[number];
  const Run run{.id = id_of(search, number + 1),
                .name = fmt::format("candidate {}", number),
                .parent = mlflow_run_id(search),
                .start_s = trial.start_s,
                .end_s = trial.end_s,
                .has_failed = trial.has_failed};
  RunFiles out(place, search, run, files);
  for (const auto& [name, value] : trial.params) out.param(name, value.python_str());
  if (trial.n_resources > 0) out.param("n_resources", fmt::format("{}", trial.n_resources));
  add_scores(search, trial, out);
  out.metric("watched", trial.curve);
  files.push_back({fs::path(place.experiment) / run.id / "meta.yaml", meta(place, search, run)});
}

}  // namespace

std::string mlflow_run_id(const TrackedSearch& search) { return id_of(search, 0); }

std::string mlflow_experiment(const MlflowPlace& place, const std::string& name, double now_s) {
  return fmt::format(
      "artifact_location: {}\ncreation_time: {}\nexperiment_id: '{}'\nlast_update_time: {}\nlifecycle_stage: "
      "active\nname: {}\n",
      quoted("file://" + (place.root / place.experiment).string()), milliseconds(now_s), place.experiment,
      milliseconds(now_s), quoted(name));
}

std::vector<StoreFile> mlflow_files(const TrackedSearch& search, const MlflowPlace& place) {
  std::vector<StoreFile> files;
  Run whole{.id = mlflow_run_id(search), .name = search.name, .start_s = std::numeric_limits<double>::infinity()};
  for (std::size_t number = 0; number < search.trials.size(); ++number) {
    const TrackedTrial& trial = search.trials[number];
    if (!std::isnan(trial.start_s)) whole.start_s = std::min(whole.start_s, trial.start_s);
    if (!std::isnan(trial.end_s)) whole.end_s = std::max(whole.end_s, trial.end_s);
    add_trial(search, place, number, files);
  }
  if (std::isinf(whole.start_s)) whole.start_s = whole.end_s;
  whole.has_failed = !search.best;
  RunFiles out(place, search, whole, files);
  if (!search.command.empty()) out.tag("gridmill.command", search.command);
  for (const auto& [name, text] : search.settings) out.param(name, text);
  if (search.best) {
    const TrackedTrial& best = search.trials[*search.best];
    for (const auto& [name, value] : best.params) out.param("best_" + name, value.python_str());
    add_scores(search, best, out);
  }
  for (const auto& [name, value] : search.results) out.metric(name, value);
  files.push_back({fs::path(place.experiment) / whole.id / "meta.yaml", meta(place, search, whole)});
  return files;
}

}  // namespace gridmill::report
