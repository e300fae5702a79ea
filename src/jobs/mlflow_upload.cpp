#include "jobs/mlflow_upload.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "jobs/report/exported_files.hpp"
#include "report/tracking/mlflow.hpp"

namespace gridmill::jobs {

namespace {

namespace fs = std::filesystem;
using MlflowJson = nlohmann::json;

constexpr long kUnauthorized = 401;
constexpr long kForbidden = 403;
constexpr long kNotFound = 404;

/// Null where there is none.
MlflowJson entry_of(const MlflowJson& json, const char* key) {
  const auto found = json.is_object() ? json.find(key) : json.end();
  return found == json.end() ? MlflowJson() : *found;
}

std::string entry_text(const MlflowJson& json, const char* key) {
  const MlflowJson entry = entry_of(json, key);
  return entry.is_string() ? entry.get<std::string>() : std::string();
}

/// A run as the server knows it.
struct HeldRun {
  std::string id;
  bool has_ended = false;
  std::string artifacts;  // its artifact_uri
};

HeldRun held_run(const MlflowJson& info) {
  const std::string status = entry_text(info, "status");
  return {.id = entry_text(info, "run_id"),
          .has_ended = status == "FINISHED" || status == "FAILED" || status == "KILLED",
          .artifacts = entry_text(info, "artifact_uri")};
}

/// Speaks MLflow's language with a server.
class Mlflow {
 public:
  explicit Mlflow(const TrackingServer& server) : server_(server) {}

  /// Returns the id of the experiment of that name, which is made if there is none.
  std::string experiment(const std::string& name) {
    if (const auto known = find_experiment(name)) return *known;
    const TrackingAnswer answer = ask(
        "experiments/create", MlflowJson{{"name", name}}.dump(-1, ' ', false, MlflowJson::error_handler_t::replace));
    // Whoever was faster, and be it an earlier attempt of ours whose answer got lost.
    if (entry_text(parsed(answer), "error_code") == "RESOURCE_ALREADY_EXISTS") {
      if (const auto known = find_experiment(name)) return *known;
    }
    return needed(good(answer, "make an experiment"), "experiment_id");
  }

  /// Returns the runs of a search that the server holds, by our id; those of one id in its order.
  std::multimap<std::string, HeldRun> runs(const std::string& experiment, const report::TrackedSearch& search) {
    std::multimap<std::string, HeldRun> all;
    std::string page;
    do {
      const MlflowJson answer =
          good(ask("runs/search", report::mlflow_question(search, experiment, page)), "list runs");
      for (const MlflowJson& run : entry_of(answer, "runs")) {
        if (const std::string own = own_id(run); !own.empty()) all.emplace(own, held_run(entry_of(run, "info")));
      }
      const std::string next = entry_text(answer, "next_page_token");
      page = next == page ? "" : next;
    } while (!page.empty());
    return all;
  }

  HeldRun create(const report::MlflowRun& run, const std::string& experiment, const std::string& parent) {
    const MlflowJson answer = good(ask("runs/create", report::mlflow_creation(run, experiment, parent)), "make a run");
    const HeldRun held = held_run(entry_of(entry_of(answer, "run"), "info"));
    if (held.id.empty()) refuse_answer("it made a run and does not tell its id");
    return held;
  }

  void log(const report::MlflowRun& run, const std::string& id) {
    for (const std::string& batch : report::mlflow_batches(run, id)) {
      (void)good(ask("runs/log-batch", batch), fmt::format("take what '{}' holds", run.name));
    }
  }
  void end(const report::MlflowRun& run, const std::string& id) {
    (void)good(ask("runs/update", report::mlflow_end(run, id)), "end a run");
  }
  void remove(const std::string& id) {
    (void)good(ask("runs/delete", MlflowJson{{"run_id", id}}.dump()), "remove a run that it made twice");
  }

  /// Sends a file. `place`: below the artifacts of the server.
  void send(const fs::path& file, const std::string& place) {
    const TrackingAnswer answer = server_.ask(
        {.method = "PUT", .path = "/api/2.0/mlflow-artifacts/artifacts/" + place, .body = {}, .file = file});
    if (answer.status < 200 || answer.status > 299) refuse(answer, fmt::format("take {}", file.filename().string()));
  }

 private:
  std::optional<std::string> find_experiment(const std::string& name) {
    const TrackingAnswer answer =
        server_.ask({.method = "GET",
                     .path = api("experiments/get-by-name?experiment_name=" + report::mlflow_encoded(name)),
                     .body = {},
                     .file = {}});
    if (answer.status == kNotFound && entry_text(parsed(answer), "error_code") == "RESOURCE_DOES_NOT_EXIST") {
      return std::nullopt;
    }
    const MlflowJson experiment = entry_of(good(answer, "tell of experiments"), "experiment");
    if (entry_text(experiment, "lifecycle_stage") == "deleted") {
      throw core::UserError(fmt::format("{}: the experiment '{}' was deleted there", server_.address, name),
                            "restore it, or remove it for good ('mlflow gc'), and repeat the command");
    }
    return needed(experiment, "experiment_id");
  }

  static std::string api(const std::string& what) { return "/api/2.0/mlflow/" + what; }

  TrackingAnswer ask(const std::string& what, std::string body) {
    return server_.ask({.method = "POST", .path = api(what), .body = std::move(body), .file = {}});
  }

  static std::string own_id(const MlflowJson& run) {
    const MlflowJson tags = entry_of(entry_of(run, "data"), "tags");
    for (const MlflowJson& tag : tags) {
      if (entry_text(tag, "key") == report::kMlflowOwnId) return entry_text(tag, "value");
    }
    return {};
  }

  /// Null where it is no JSON.
  static MlflowJson parsed(const TrackingAnswer& answer) {
    MlflowJson json = MlflowJson::parse(answer.body, nullptr, /*allow_exceptions=*/false);
    return json.is_discarded() ? MlflowJson() : json;
  }

  /// Returns what a good answer holds. `what`: that the server was to do.
  MlflowJson good(const TrackingAnswer& answer, const std::string& what) const {
    const MlflowJson json = parsed(answer);
    if (answer.status < 200 || answer.status > 299) refuse(answer, what);
    if (!json.is_object()) refuse_answer("its answer is no JSON");
    return json;
  }

  std::string needed(const MlflowJson& json, const char* key) const {
    std::string text = entry_text(json, key);
    if (text.empty()) refuse_answer(fmt::format("its answer has no {}", key));
    return text;
  }

  [[noreturn]] void refuse_answer(const std::string& why) const {
    throw core::UserError(fmt::format("{}: is no tracking server of MLflow: {}", server_.address, why),
                          "name the address that a browser shows MLflow at");
  }

  [[noreturn]] void refuse(const TrackingAnswer& answer, const std::string& what) const {
    if (answer.status == kUnauthorized || answer.status == kForbidden) {
      throw core::UserError(
          fmt::format("{}: answers {}: it does not let us {}", server_.address, answer.status, what),
          "MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, tell it who you are");
    }
    const MlflowJson json = parsed(answer);
    const std::string words = entry_text(json, "message");
    if (words.empty()) refuse_answer(fmt::format("it answers {} where it was to {}", answer.status, what));
    constexpr std::size_t kLongest = 300;
    throw core::RunError(fmt::format("{}: does not {}: {} ({})", server_.address, what, words.substr(0, kLongest),
                                     entry_text(json, "error_code")));
  }

  const TrackingServer& server_;
};

/// Where the server takes files of a run; nothing: they go elsewhere, past it.
std::optional<std::string> place_of_files(const HeldRun& run) {
  constexpr std::string_view kScheme = "mlflow-artifacts:";
  if (!run.artifacts.starts_with(kScheme) || run.artifacts.starts_with("mlflow-artifacts://")) return std::nullopt;
  const std::size_t begin = run.artifacts.find_first_not_of('/', kScheme.size());
  return begin == std::string::npos ? std::nullopt : std::optional(run.artifacts.substr(begin));
}

}  // namespace

void upload_to_mlflow(const report::TrackedSearch& search, const fs::path& run, const TrackingServer& server,
                      Observer& observer) {
  Mlflow mlflow(server);
  observer.stage(fmt::format("telling {}", server.address));
  const std::string experiment = mlflow.experiment(search.name);
  const std::vector<report::MlflowRun> runs = report::mlflow_runs(search);
  const auto before = mlflow.runs(experiment, search);
  const auto find = [&](const report::MlflowRun& wanted) -> std::optional<HeldRun> {
    const auto [begin, end] = before.equal_range(wanted.id);
    // Of several the one that has ended: it is whole.
    const auto ended = std::find_if(begin, end, [](const auto& each) { return each.second.has_ended; });
    if (ended != end) return ended->second;
    return begin == end ? std::nullopt : std::optional(begin->second);
  };
  const std::optional<HeldRun> known = find(runs.front());
  if (known && known->has_ended) {
    observer.note(fmt::format("{} holds this search already, as run {}", server.address, known->id));
    return;
  }
  const HeldRun whole = known ? *known : mlflow.create(runs.front(), experiment, "");
  std::set<std::string> ours{whole.id};
  for (std::size_t i = 1; i < runs.size(); ++i) {
    const std::optional<HeldRun> there = find(runs[i]);
    const HeldRun candidate = there ? *there : mlflow.create(runs[i], experiment, whole.id);
    ours.insert(candidate.id);
    if (!candidate.has_ended) {
      mlflow.log(runs[i], candidate.id);
      mlflow.end(runs[i], candidate.id);
    }
    observer.progress({.done = i, .total = runs.size() - 1, .unit = "runs"});
  }
  mlflow.log(runs.front(), whole.id);
  const std::optional<std::string> place = place_of_files(whole);
  for (const ExportedFile& file : exported_files(run)) {
    if (place) mlflow.send(file.path, *place + "/" + file.name);
  }
  if (!place) {
    observer.note(fmt::format("the files of the run stay here: {} keeps its artifacts at {}, where it takes none",
                              server.address,
                              whole.artifacts.empty() ? "a place that it does not tell" : whole.artifacts));
  }
  for (const auto& [own, held] : mlflow.runs(experiment, search)) {
    if (!ours.contains(held.id)) mlflow.remove(held.id);
  }
  mlflow.end(runs.front(), whole.id);
  observer.files({{server.address, fmt::format("experiment '{}', run {}", search.name, whole.id)}});
}

}  // namespace gridmill::jobs
