#include "report/tracking/mlflow.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace gridmill::report {

namespace {

namespace fs = std::filesystem;

constexpr int kRunFinished = 3;
constexpr int kRunFailed = 4;
constexpr int kLocal = 4;              // where the source of a run is
constexpr std::size_t kIdentity = 16;  // digits of an id that tell the search
constexpr const char* kParent = "mlflow.parentRunId";

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

/// Collects what a run holds.
class RunWriter {
 public:
  RunWriter(const TrackedSearch& search, MlflowRun& run) : run_(run) {
    run.user = search.user;
    tag("mlflow.runName", run.name);
    tag("mlflow.user", search.user);
    tag("mlflow.source.name", "gridmill");
    tag("mlflow.source.type", "LOCAL");
    tag("gridmill.version", search.version);
    if (!run.parent.empty()) tag(kParent, run.parent);
  }

  void tag(const std::string& name, const std::string& text) { run_.tags.emplace_back(key_of(name), text); }
  void param(const std::string& name, const std::string& text) { run_.params.emplace_back(key_of(name), text); }

  void metric(const std::string& name, double value) { metric(name, {{0, value}}); }
  void metric(const std::string& name, const std::vector<std::pair<std::int64_t, double>>& steps) {
    for (const auto& [step, value] : steps) {
      if (std::isfinite(value)) run_.metrics.push_back({key_of(name), value, run_.end_ms, step});
    }
  }

 private:
  MlflowRun& run_;
};

void add_scores(const TrackedSearch& search, const TrackedTrial& trial, RunWriter& run) {
  for (std::size_t m = 0; m < search.metrics.size(); ++m) {
    run.metric("mean_test_" + search.metrics[m], trial.means[m]);
    run.metric("std_test_" + search.metrics[m], trial.deviations[m]);
    std::vector<std::pair<std::int64_t, double>> folds;
    for (std::size_t k = 0; k < trial.folds[m].size(); ++k) folds.emplace_back(k, trial.folds[m][k]);
    run.metric("test_" + search.metrics[m], folds);
  }
}

MlflowRun run_of_trial(const TrackedSearch& search, std::size_t number) {
  const TrackedTrial& trial = search.trials[number];
  MlflowRun run{.id = id_of(search, number + 1),
                .name = fmt::format("candidate {}", number),
                .parent = mlflow_run_id(search),
                .start_ms = milliseconds(trial.start_s),
                .end_ms = milliseconds(trial.end_s),
                .has_failed = trial.has_failed};
  RunWriter out(search, run);
  for (const auto& [name, value] : trial.params) out.param(name, value.python_str());
  if (trial.n_resources > 0) out.param("n_resources", fmt::format("{}", trial.n_resources));
  add_scores(search, trial, out);
  out.metric("watched", trial.curve);
  return run;
}

MlflowRun run_of_whole(const TrackedSearch& search) {
  double start_s = std::numeric_limits<double>::infinity();
  double end_s = 0;
  for (const TrackedTrial& trial : search.trials) {
    if (!std::isnan(trial.start_s)) start_s = std::min(start_s, trial.start_s);
    if (!std::isnan(trial.end_s)) end_s = std::max(end_s, trial.end_s);
  }
  MlflowRun run{.id = mlflow_run_id(search),
                .name = search.name,
                .parent = {},
                .start_ms = milliseconds(std::isinf(start_s) ? end_s : start_s),
                .end_ms = milliseconds(end_s),
                .has_failed = !search.best};
  RunWriter out(search, run);
  if (!search.command.empty()) out.tag("gridmill.command", search.command);
  for (const auto& [name, text] : search.settings) out.param(name, text);
  if (search.best) {
    const TrackedTrial& best = search.trials[*search.best];
    for (const auto& [name, value] : best.params) out.param("best_" + name, value.python_str());
    add_scores(search, best, out);
  }
  for (const auto& [name, value] : search.results) out.metric(name, value);
  return run;
}

std::string meta(const MlflowPlace& place, const MlflowRun& run) {
  return fmt::format(
      "artifact_uri: {}\nend_time: {}\nentry_point_name: ''\nexperiment_id: '{}'\nlifecycle_stage: active\nrun_id: {}\n"
      "run_name: {}\nrun_uuid: {}\nsource_name: ''\nsource_type: {}\nsource_version: ''\nstart_time: {}\nstatus: {}\n"
      "tags: []\nuser_id: {}\n",
      quoted("file://" + (place.root / place.experiment / run.id / "artifacts").string()), run.end_ms, place.experiment,
      run.id, quoted(run.name), run.id, kLocal, run.start_ms, run.has_failed ? kRunFailed : kRunFinished,
      quoted(run.user));
}

void add_files(const MlflowRun& run, const MlflowPlace& place, std::vector<StoreFile>& files) {
  const fs::path folder = fs::path(place.experiment) / run.id;
  for (const auto& [key, text] : run.tags) files.push_back({folder / "tags" / key, text});
  for (const auto& [key, text] : run.params) files.push_back({folder / "params" / key, text});
  for (std::size_t i = 0; i < run.metrics.size();) {
    const std::string& key = run.metrics[i].key;
    std::string lines;
    for (; i < run.metrics.size() && run.metrics[i].key == key; ++i) {
      const MlflowMetric& each = run.metrics[i];
      lines += fmt::format("{} {} {}\n", each.time_ms, core::python_float(each.value), each.step);
    }
    files.push_back({folder / "metrics" / key, std::move(lines)});
  }
  files.push_back({folder / "meta.yaml", meta(place, run)});
}

/// Text that JSON can hold: bytes that are no UTF-8 become the sign for that.
std::string json_text(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

std::string mlflow_run_id(const TrackedSearch& search) { return id_of(search, 0); }

std::vector<MlflowRun> mlflow_runs(const TrackedSearch& search) {
  std::vector<MlflowRun> runs{run_of_whole(search)};
  for (std::size_t number = 0; number < search.trials.size(); ++number) runs.push_back(run_of_trial(search, number));
  return runs;
}

std::string mlflow_experiment(const MlflowPlace& place, const std::string& name, double now_s) {
  return fmt::format(
      "artifact_location: {}\ncreation_time: {}\nexperiment_id: '{}'\nlast_update_time: {}\nlifecycle_stage: "
      "active\nname: {}\n",
      quoted("file://" + (place.root / place.experiment).string()), milliseconds(now_s), place.experiment,
      milliseconds(now_s), quoted(name));
}

std::vector<StoreFile> mlflow_files(const TrackedSearch& search, const MlflowPlace& place) {
  std::vector<StoreFile> files;
  const std::vector<MlflowRun> runs = mlflow_runs(search);
  for (std::size_t i = 1; i < runs.size(); ++i) add_files(runs[i], place, files);
  add_files(runs.front(), place, files);
  return files;
}

std::string mlflow_encoded(const std::string& text) {
  std::string encoded;
  for (const char c : text) {
    const bool is_plain =
        std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("-_.~").find(c) != std::string_view::npos;
    encoded += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

std::string mlflow_question(const TrackedSearch& search, const std::string& experiment, const std::string& page) {
  constexpr int kPage = 1000;
  nlohmann::ordered_json question{{"experiment_ids", nlohmann::ordered_json::array({experiment})},
                                  {"filter", fmt::format("tags.`{}` = '{}'", kMlflowSearch, search.identity)},
                                  {"max_results", kPage}};
  if (!page.empty()) question["page_token"] = page;
  return json_text(question);
}

std::string mlflow_creation(const MlflowRun& run, const std::string& experiment, const std::string& parent) {
  nlohmann::ordered_json tags = nlohmann::ordered_json::array();
  for (const auto& [key, text] : run.tags) tags.push_back({{"key", key}, {"value", key == kParent ? parent : text}});
  tags.push_back({{"key", kMlflowOwnId}, {"value", run.id}});
  tags.push_back({{"key", kMlflowSearch}, {"value", run.id.substr(0, kIdentity)}});
  return json_text({{"experiment_id", experiment},
                    {"user_id", run.user},
                    {"run_name", run.name},
                    {"start_time", run.start_ms},
                    {"tags", std::move(tags)}});
}

std::vector<std::string> mlflow_batches(const MlflowRun& run, const std::string& id) {
  constexpr std::size_t kMostParams = 100;
  constexpr std::size_t kMostInAll = 1000;
  std::vector<std::string> batches;
  std::size_t param = 0;
  std::size_t metric = 0;
  while (param < run.params.size() || metric < run.metrics.size()) {
    nlohmann::ordered_json params = nlohmann::ordered_json::array();
    nlohmann::ordered_json metrics = nlohmann::ordered_json::array();
    for (; param < run.params.size() && params.size() < kMostParams; ++param) {
      params.push_back({{"key", run.params[param].first}, {"value", run.params[param].second}});
    }
    for (; metric < run.metrics.size() && params.size() + metrics.size() < kMostInAll; ++metric) {
      const MlflowMetric& each = run.metrics[metric];
      metrics.push_back({{"key", each.key}, {"value", each.value}, {"timestamp", each.time_ms}, {"step", each.step}});
    }
    batches.push_back(json_text({{"run_id", id}, {"metrics", std::move(metrics)}, {"params", std::move(params)}}));
  }
  return batches;
}

std::string mlflow_end(const MlflowRun& run, const std::string& id) {
  return json_text({{"run_id", id}, {"status", run.has_failed ? "FAILED" : "FINISHED"}, {"end_time", run.end_ms}});
}

}  // namespace gridmill::report
