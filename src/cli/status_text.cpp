#include "cli/status_text.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/report_text.hpp"

namespace gridmill::cli {

namespace {

using jobs::RunState;
using jobs::RunStatus;

double since(const RunStatus& status, double now) { return status.last_at ? std::max(0.0, now - *status.last_at) : 0; }

std::string done_text(const RunStatus& status) {
  std::string text = fmt::format("{} of {} {}", status.done, status.total, status.unit);
  if (status.total > 0) {
    text += fmt::format(" ({:.0f} %)", 100 * static_cast<double>(status.done) / static_cast<double>(status.total));
  }
  if (status.failed > 0) text += fmt::format(", {} failed", status.failed);
  return text;
}

std::string rate_text(const RunStatus& status, double now) {
  std::string text = fmt::format("{:.3g} {} a second", status.per_second, status.unit);
  if (status.seconds_left && status.done < status.total) {
    text += fmt::format(", {} left", duration_text(std::max(0.0, *status.seconds_left - since(status, now))));
  }
  return text;
}

std::string ranks_text(const RunStatus& status) {
  std::string hosts;
  for (const auto& [host, n] : status.ranks_on) hosts += fmt::format("{}{}: {}", hosts.empty() ? "" : ", ", host, n);
  return fmt::format("{} ({})", status.n_ranks, hosts);
}

/// "search svc, shard 3 of 8"
std::string job_text(const RunStatus& run) {
  return fmt::format("{}{}{}{}", run.job, run.model.empty() ? "" : " " + run.model, run.shard.empty() ? "" : ", shard ",
                     run.shard);
}

bool is_at_work(RunState state) { return state == RunState::working || state == RunState::heard_of; }

std::string headline(const RunStatus& status, double now) {
  switch (status.state) {
    case RunState::working: return "working";
    case RunState::heard_of:
      return fmt::format("working on another machine, as it seems: last heard of {} ago",
                         duration_text(since(status, now)));
    case RunState::finished:
      return status.failed > 0 ? fmt::format("finished, {} {} failed", status.failed, status.unit) : "finished";
    case RunState::stopped: return "stopped on request with work left; nobody works on it";
    case RunState::failed: return "ended with an error; nobody works on it";
    case RunState::unfinished: return "unfinished, and nobody works on it";
  }
  return {};
}

/// What goes on, and where to say it.
std::string command_text(const RunStatus& status) {
  if (status.command.empty()) return "the command that began it";
  return fmt::format("{} (in {})", status.command, status.command_folder);
}

}  // namespace

std::string status_text(const RunStatus& status, double now) {
  std::vector<std::array<std::string, 2>> rows;
  const auto row = [&](const char* name, std::string text) { rows.push_back({name, std::move(text)}); };
  if (!status.error.empty() && status.state == RunState::failed) row("error", status.error);
  if (is_at_work(status.state) && !status.stage.empty()) row("stage", status.stage);
  if (!status.unit.empty()) row("done", done_text(status));
  if (is_at_work(status.state) && status.per_second > 0) row("rate", rate_text(status, now));
  if (status.score) row("best", fmt::format("{} {:.4f}", status.metric, *status.score));
  if (!status.ranks_on.empty()) row("ranks", ranks_text(status));
  if (is_at_work(status.state) && !status.leaving.empty())
    row("leaving", fmt::format("{}", fmt::join(status.leaving, ", ")));
  if (status.n_launches > 0) {
    row("launches", fmt::format("{}, {} of work", status.n_launches, duration_text(status.worked_s)));
  }
  if (status.last_at) {
    row("last", fmt::format("{} ({} ago)", status.last_event, duration_text(since(status, now))));
  }
  if (!is_at_work(status.state) && status.state != RunState::finished) row("to go on", command_text(status));
  std::string text = fmt::format("{}: {}{}{}, {}\n", status.folder.string(),
                                 status.shard.empty() ? "" : fmt::format("shard {} of a ", status.shard), status.job,
                                 status.model.empty() ? "" : " of " + status.model, headline(status, now));
  for (const auto& [name, words] : rows) text += fmt::format("  {:<9} {}\n", name, words);
  return text;
}

std::string runs_text(std::span<const RunStatus> runs, double now) {
  std::vector<std::array<std::string, 6>> rows{{"run", "job", "state", "done", "time", "best"}};
  for (const RunStatus& run : runs) {
    const std::string state = run.state == RunState::heard_of ? "working?" : jobs::state_name(run.state);
    rows.push_back({run.folder.string(), job_text(run), state,
                    run.unit.empty() ? "-"
                                     : fmt::format("{}/{} {}", run.done, run.total, run.unit) +
                                           (run.failed > 0 ? fmt::format(" ({} failed)", run.failed) : ""),
                    duration_text(run.worked_s + (is_at_work(run.state) ? since(run, now) : 0)),
                    run.score ? fmt::format("{} {:.4f}", run.metric, *run.score) : "-"});
  }
  std::array<std::size_t, 6> widths{};
  for (const auto& cells : rows) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  }
  std::string text;
  for (const auto& cells : rows) {
    std::string line;
    for (std::size_t i = 0; i + 1 < cells.size(); ++i) line += fmt::format("{:<{}}  ", cells[i], widths[i]);
    text += line + cells.back() + "\n";
  }
  return text;
}

}  // namespace gridmill::cli
