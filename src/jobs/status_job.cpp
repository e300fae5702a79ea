#include "jobs/status_job.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <fstream>
#include <system_error>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "config/run_file.hpp"
#include "core/counted.hpp"
#include "core/error.hpp"
#include "io/files/json.hpp"
#include "jobs/run/folder_lock.hpp"
#include "jobs/run/own_files.hpp"
#include "jobs/search/shard_file.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;

constexpr int kDeepest = 3;         // levels of folders that are looked through
constexpr double kSilence_s = 150;  // longer than any two lines of progress lie apart
constexpr double kNeverSilent_s = 86400;

std::string text_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

template <class Number>
std::optional<Number> number_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  return found->get<Number>();
}

std::string words_of(const Json& event) {
  const std::string kind = text_in(event, "event");
  if (kind == "stage") return text_in(event, "what");
  if (kind == "warning" || kind == "note") return text_in(event, "text");
  if (kind == "progress") {
    return fmt::format("{}/{} {}", number_in<std::size_t>(event, "done").value_or(0),
                       number_in<std::size_t>(event, "total").value_or(0), text_in(event, "unit"));
  }
  if (kind == "task begins") return fmt::format("rank {} was given a task", number_in<int>(event, "rank").value_or(0));
  if (kind == "task") return fmt::format("rank {} finished a task", number_in<int>(event, "rank").value_or(0));
  if (kind == "tasks")
    return fmt::format("{} finished", core::counted(number_in<std::size_t>(event, "ended").value_or(0), "task"));
  if (kind == "begins") return fmt::format("launch {} began", number_in<std::size_t>(event, "launch").value_or(1));
  if (kind == "host_leaving")
    return fmt::format("{} is about to be taken away, or at risk of it", text_in(event, "host"));
  if (kind == "ends") {
    const auto code = number_in<int>(event, "code");
    return code ? fmt::format("ended with exit code {}", *code) : "ended with an error";
  }
  return kind;
}

/// Goes through the events of a run.
class Events {
 public:
  explicit Events(RunStatus& status) : status_(status) {}

  void read(const fs::path& file) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
      const Json event = Json::parse(line, nullptr, /*allow_exceptions=*/false);
      if (event.is_object()) take(event);
    }
    end_launch();
  }

  /// The code with which the last launch ended in order; none: it was killed, works, or an error ended it.
  [[nodiscard]] std::optional<int> code() const { return code_; }

 private:
  void take(const Json& event) {
    const std::string kind = text_in(event, "event");
    if (kind == "begins") begin_launch(event);
    if (kind == "stage") take_stage(event);
    if (kind == "host_leaving" && event.value("certain", false)) status_.leaving.insert(text_in(event, "host"));
    if (kind == "progress") take_progress(event);
    if (kind == "ends") {
      code_ = number_in<int>(event, "code");
      status_.error = text_in(event, "error");
    }
    if (const auto at = number_in<double>(event, "at")) status_.last_at = at;
    status_.last_event = words_of(event);
  }

  void begin_launch(const Json& event) {
    end_launch();
    ++status_.n_launches;
    begun_at_ = number_in<double>(event, "at");
    code_.reset();
    status_.error.clear();
    status_.n_ranks = number_in<std::size_t>(event, "ranks").value_or(0);
    status_.command = text_in(event, "command");
    status_.command_folder = text_in(event, "folder");
    status_.ranks_on.clear();
    status_.leaving.clear();
    const auto hosts = event.find("hosts");
    if (hosts == event.end() || !hosts->is_object()) return;
    for (const auto& [host, n] : hosts->items()) {
      if (n.is_number()) status_.ranks_on[host] = n.get<std::int64_t>();
    }
  }

  void end_launch() {
    if (begun_at_ && status_.last_at) status_.worked_s += std::max(0.0, *status_.last_at - *begun_at_);
    begun_at_.reset();
  }

  void take_stage(const Json& event) {
    status_.stage = text_in(event, "what");
    status_.per_second = 0;
    status_.seconds_left.reset();
  }

  void take_progress(const Json& event) {
    status_.done = number_in<std::size_t>(event, "done").value_or(0);
    status_.total = number_in<std::size_t>(event, "total").value_or(0);
    status_.failed = number_in<std::size_t>(event, "failed").value_or(0);
    status_.unit = text_in(event, "unit");
    status_.per_second = number_in<double>(event, "per_second").value_or(0);
    status_.seconds_left = number_in<double>(event, "seconds_left");
    const auto best = event.find("best");
    if (best == event.end() || !best->is_object()) return;
    status_.metric = text_in(*best, "metric");
    status_.score = number_in<double>(*best, "score");
  }

  RunStatus& status_;
  std::optional<double> begun_at_;
  std::optional<int> code_;
};

bool has_all(const fs::path& folder, std::initializer_list<const char*> names) {
  return std::ranges::all_of(names, [&](const char* name) {
    std::error_code ignored;
    return fs::exists(folder / name, ignored);
  });
}

bool is_finished(const fs::path& folder, RunKind kind) {
  if (kind == RunKind::search) return has_all(folder, {"summary.json", "cv_results.csv", "results.h5"});
  return has_all(folder, {"summary.json", "features.json", "features.h5"});
}

/// What a finished search says of itself is more exact than its last line of progress.
void take_summary(const fs::path& file, RunStatus& status) {
  try {
    std::ignore = io::read_json(file);  // compares its checksum
  } catch (const core::UserError& error) {
    status.state = RunState::failed;
    status.error = error.what();
    status.score.reset();
    return;
  }
  std::ifstream in(file);
  const Json summary = Json::parse(in, nullptr, /*allow_exceptions=*/false);
  if (!summary.is_object()) return;
  if (const auto n = number_in<std::size_t>(summary, "n_fits")) {
    status.done = status.total = *n;
    status.unit = "fits";
    status.failed = number_in<std::size_t>(summary, "n_failed").value_or(0);
  }
  if (const auto score = number_in<double>(summary, "best_score")) status.score = score;
  const auto board = summary.find("leaderboard");
  if (status.score && board != summary.end() && board->is_object()) status.metric = text_in(*board, "chosen_by");
  status.seconds_left.reset();
}

/// "svc"; empty where the resolved config cannot be read.
std::string models_of(const fs::path& config) {
  std::string names;
  try {
    for (const models::Family* family : config::RunFile(config).search_job().families()) {
      names += fmt::format("{}{}", names.empty() ? "" : ", ", family->name());
    }
  } catch (const std::exception&) {
    // A run is looked at whatever has become of it.
  }
  return names;
}

/// What shard.json says, if it can be read.
std::optional<ShardFile> shard_of(const fs::path& folder) {
  try {
    return read_shard_file(folder);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

void take_shard(const ShardFile& shard, RunStatus& status) {
  if (!shard.done) return;
  status.done = status.total = shard.done->n_fits;
  status.failed = shard.done->n_failed;
  status.unit = "fits";
  status.seconds_left.reset();
}

RunState state_of(const RunStatus& status, LockState lock, const Events& events, bool finished, double now) {
  if (lock == LockState::held) return RunState::working;
  const bool ended = events.code() || !status.error.empty();
  const double silence_s = status.last_at ? now - *status.last_at : kNeverSilent_s;
  if (lock == LockState::left_elsewhere && !ended && silence_s < kSilence_s) return RunState::heard_of;
  if (finished) return RunState::finished;
  if (!status.error.empty()) return RunState::failed;
  if (events.code()) return RunState::stopped;
  return RunState::unfinished;
}

bool is_run(const fs::path& folder) { return run_kind(folder).has_value(); }

/// Folders of parts and models hold no runs.
bool may_hold_runs(const fs::path& folder) {
  const std::string name = folder.filename().string();
  return name != "parts" && name != "best" && !name.starts_with('.');
}

void find_runs(const fs::path& folder, int depth, double now, std::vector<RunStatus>& found) {
  if (is_run(folder)) found.push_back(run_status(folder, now));
  if (depth == 0) return;
  std::error_code error;
  std::vector<fs::path> inner;
  fs::directory_iterator each(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && each != fs::directory_iterator(); each.increment(error)) {
    std::error_code ignored;
    if (each->is_directory(ignored) && may_hold_runs(each->path())) inner.push_back(each->path());
  }
  std::ranges::sort(inner);
  for (const fs::path& path : inner) find_runs(path, depth - 1, now, found);
}

bool is_directory_here(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_directory(folder, ignored);
}

core::Value or_null(const std::optional<double>& number) { return number ? core::Value(*number) : core::Value(); }

}  // namespace

RunStatus run_status(const fs::path& folder, double now) {
  const auto kind = is_directory_here(folder) ? run_kind(folder) : std::nullopt;
  if (!kind) {
    throw core::UserError(fmt::format("{}: {}", folder.string(),
                                      is_directory_here(folder) ? "is no run directory of gridmill"
                                                                : (fs::exists(folder) ? "is a file, not a run directory"
                                                                                      : "there is no such folder")),
                          "name the 'output' of a config; 'gridmill runs FOLDER' lists the runs in a folder");
  }
  RunStatus status{.folder = folder, .job = *kind == RunKind::search ? "search" : "features"};
  Events events(status);
  events.read(folder / kEvents);
  const std::optional<ShardFile> shard = *kind == RunKind::search ? shard_of(folder) : std::nullopt;
  const bool finished = shard ? shard->done.has_value() : is_finished(folder, *kind);
  status.state = state_of(status, look_at_lock(folder / "lock"), events, finished, now);
  if (*kind == RunKind::search) {
    status.model = models_of(folder / "config.resolved.yaml");
    if (shard) {
      status.shard = shard->shard.text();
      take_shard(*shard, status);
    } else if (finished) {
      take_summary(folder / "summary.json", status);
    }
  }
  return status;
}

bool is_finished_run(const fs::path& folder) {
  return is_directory_here(folder) && is_run(folder) && run_status(folder, 0).state == RunState::finished;
}

std::vector<RunStatus> run_statuses(const fs::path& folder, double now) {
  if (!is_directory_here(folder)) {
    throw core::UserError(fmt::format("{}: there is no such folder", folder.string()),
                          "name the folder that holds run directories: gridmill runs FOLDER");
  }
  std::vector<RunStatus> found;
  find_runs(folder, kDeepest, now, found);
  return found;
}

std::string state_name(RunState state) {
  constexpr std::array<const char*, 6> kNames{"working", "heard of", "finished", "stopped", "failed", "unfinished"};
  return kNames[static_cast<std::size_t>(state)];
}

core::Value to_value(const RunStatus& status, double now) {
  const auto count = [](std::size_t n) { return core::Value(static_cast<std::int64_t>(n)); };
  core::ValueMapping hosts;
  for (const auto& [host, n] : status.ranks_on) hosts.emplace_back(host, n);
  core::ValueList leaving(status.leaving.begin(), status.leaving.end());
  core::Value silence;
  if (status.last_at) silence = std::max(0.0, now - *status.last_at);
  return core::ValueMapping{{"run", status.folder.string()},
                            {"job", status.job},
                            {"model", status.model},
                            {"shard", status.shard},
                            {"state", state_name(status.state)},
                            {"stage", status.stage},
                            {"unit", status.unit},
                            {"done", count(status.done)},
                            {"total", count(status.total)},
                            {"failed", count(status.failed)},
                            {"per_second", status.per_second},
                            {"seconds_left", or_null(status.seconds_left)},
                            {"metric", status.metric},
                            {"score", or_null(status.score)},
                            {"ranks", count(status.n_ranks)},
                            {"hosts", std::move(hosts)},
                            {"leaving", core::Value(std::move(leaving))},
                            {"launches", count(status.n_launches)},
                            {"worked_s", status.worked_s},
                            {"last_event", status.last_event},
                            {"last_at", or_null(status.last_at)},
                            {"seconds_since", std::move(silence)},
                            {"error", status.error},
                            {"command", status.command},
                            {"folder", status.command_folder}};
}

}  // namespace gridmill::jobs
