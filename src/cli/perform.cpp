#include "cli/perform.hpp"

#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/audit_text.hpp"
#include "cli/cluster_command.hpp"
#include "cli/command_jobs.hpp"
#include "cli/exit.hpp"
#include "cli/info_text.hpp"
#include "cli/live_page.hpp"
#include "cli/progress.hpp"
#include "cli/status_text.hpp"
#include "cli/time_budget.hpp"
#include "cli/tracking_server.hpp"
#include "cli/tree_text.hpp"
#include "config/describe.hpp"
#include "config/run_file.hpp"
#include "core/address.hpp"
#include "core/user_path.hpp"
#include "io/files/atomic_file.hpp"
#include "jobs/apply_features_job.hpp"
#include "jobs/audit_job.hpp"
#include "jobs/describe_features_job.hpp"
#include "jobs/export_job.hpp"
#include "jobs/features_job.hpp"
#include "jobs/import_job.hpp"
#include "jobs/info_job.hpp"
#include "jobs/live_job.hpp"
#include "jobs/merge_job.hpp"
#include "jobs/predict_job.hpp"
#include "jobs/predict_tables_job.hpp"
#include "jobs/report_job.hpp"
#include "jobs/run/folder_lock.hpp"
#include "jobs/run/json_lines.hpp"
#include "jobs/run_job.hpp"
#include "jobs/search_job.hpp"
#include "jobs/status_job.hpp"
#include "launch/instance_metadata.hpp"
#include "launch/rank_in_job.hpp"
#include "launch/spot_watch.hpp"
#include "launch/stop_signal.hpp"
#include "mpi/launcher_word.hpp"
#include "mpi/session.hpp"

namespace gridmill::cli {

namespace {

using core::ExitCode;

/// What every command is given besides itself.
struct Context {
  Ranks ranks;
  Voice voice;
  jobs::Observer& observer;
  launch::StopSignal& stop;
  std::optional<launch::SpotWatch>& spot;
  std::optional<jobs::TimeBudget> budget;
};

/// Listens for what is to become of this machine; the first rank on each does.
void listen_for_notice(const Context& context, mpi::Session& session) {
  const auto address = launch::metadata_address();
  if (session.place().rank_on_node > 0 || !address || context.spot) return;
  session.listen_to(context.spot.emplace(*address).notice());
}

config::ImportJob job_of(const ImportCommand& command) {
  const auto extension = command.file.extension();
  const bool is_config = extension == ".yaml" || extension == ".yml";
  config::ImportJob job;
  if (is_config) {
    job = config::RunFile(command.file).import_job();
  } else {
    job.tables.emplace_back().source.file = command.file;
    job.store = config::default_store(command.file);
  }
  if (!command.output.empty()) job.store = command.output;
  return job;
}

/// The commands that predict new rows once the search is done.
std::string prediction_commands(const config::SearchJob& job) {
  const std::filesystem::path definitions = jobs::definitions_beside(job.data.source.file);
  if (definitions.empty()) return fmt::format("gridmill predict {} new.csv", job.output.string());
  return fmt::format("gridmill features --apply {} STORE -o new.h5, then gridmill predict {} new.h5",
                     definitions.string(), job.output.string());
}

/// The command that puts all shards together of which one works in the folder.
std::string merge_command(const std::filesystem::path& folder, const search::Shard& shard) {
  const std::string name = folder.string();
  const std::string ending = config::shard_path("x", shard).string().substr(1);
  if (!name.ends_with(ending)) return "gridmill merge RUN ... -o OUTPUT";
  const std::string whole = name.substr(0, name.size() - ending.size());
  return fmt::format("gridmill merge {}-shard-*-of-{} -o {}", whole, shard.n_shards, whole);
}

/// Removes what this process has begun in the folders of a job.
void tidy(const std::filesystem::path& folder) {
  for (const std::filesystem::path& each : {folder, folder / "parts"}) io::remove_abandoned_in(each);
  jobs::remove_own_lock(folder / "lock");
}

/// Says that a job was ended, if that can be done without waiting for whoever reads it.
void say_ended(const std::string& why) {
  const std::string words = why + "stopped with work left; what is finished is kept, repeat the command to go on\n";
  pollfd errors{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
  if (poll(&errors, 1, 0) == 1) std::ignore = write(STDERR_FILENO, words.data(), words.size());
}

std::string spent_text(const jobs::TimeBudget& budget) { return fmt::format("warning: {} is used up\n", budget.words); }

/// Has a command end in time that has not begun to listen: its ranks may still look for each other, or read data.
void keep_to(const jobs::TimeBudget& budget, launch::StopSignal& stop) {
  const std::optional<launch::RankInJob> job = launch::rank_in_job();
  const bool is_first = !job || job->rank == 0;
  stop.before_ending([spent = spent_text(budget), is_first, &stop] {
    if (!is_first || !stop.is_late()) return;
    say_ended(spent);
    mpi::tell_launcher_end(ExitCode::stopped);  // over hosts mpirun's code tells nothing
  });
  // Farms end by themselves in time, with more to say; this is for all else.
  constexpr std::chrono::milliseconds kAfterFarms{200};
  stop.stop_at(budget.end + kAfterFarms, is_first);
}

/// The wish to stop, for a job that works in `folder` and listens.
jobs::StopRequest stop_request(const Context& context, mpi::Session& session, const std::filesystem::path& folder) {
  const bool speaks = session.place().rank == 0 && context.voice == Voice::terminal_or_pipe;
  const std::string spent = context.budget ? spent_text(*context.budget) : "";
  const bool is_root = session.place().rank == 0;
  context.stop.before_ending([folder, speaks, is_root, spent, &stop = context.stop] {
    tidy(folder);
    if (speaks) say_ended(stop.is_late() ? spent : "");
    // Over hosts mpirun's code tells nothing. That mpirun has died is no wish to stop: the ranks are started again.
    if (is_root && stop.wanted()) mpi::tell_launcher_end(stop.code());
  });
  context.stop.expect_orderly_end();
  listen_for_notice(context, session);
  return {.wanted = &context.stop.wanted(),
          .pause = &context.stop.pause_wanted(),
          .leave =
              [&stop = context.stop, &session, folder] {
                tidy(folder);
                session.quit(stop.code());
              },
          .budget = context.budget};
}

/// Of several ranks only the first speaks.
class OneVoice {
 public:
  OneVoice(const Context& context, const mpi::Session& session)
      : observer_(session.place().rank == 0 ? context.observer : silent_) {}

  [[nodiscard]] jobs::Observer& observer() const { return observer_; }

 private:
  jobs::SilentObserver silent_;
  jobs::Observer& observer_;
};

/// Runs a job on all ranks. An error that this one does not share with the others (no memory left, a bug) ends all of
/// them: they would wait for it for ever.
ExitCode on_all_ranks(mpi::Session& session, const std::function<ExitCode()>& job) {
  try {
    return job();
  } catch (const core::UserError&) {
    throw;
  } catch (const core::RunError&) {
    throw;
  } catch (...) {
    if (session.place().n_ranks == 1) throw;
    session.abort(guarded([]() -> ExitCode { throw; }, static_cast<std::size_t>(session.place().rank), std::cerr));
  }
}

jobs::IfExists if_exists(bool overwrite) { return overwrite ? jobs::IfExists::replace : jobs::IfExists::refuse; }
jobs::IfOther if_other(bool overwrite) { return overwrite ? jobs::IfOther::overwrite : jobs::IfOther::refuse; }

// The jobs are called from here, each with its checked options and the observer.
ExitCode carry_out(const RunCommand& command, const Context& context) {
  const config::RunFile file = run_file_of(command);
  const std::string sample = command.sample ? fmt::format(" --sample {}", *command.sample) : "";
  const std::string output = command.output.empty() ? "" : " --output " + command.output.string();
  mpi::Session session;
  OneVoice voice(context, session);
  const jobs::WholeRun run{.if_other = if_other(command.overwrite),
                           .dry_run = command.dry_run,
                           .offers = context.ranks.offers,
                           .n_ranks = context.ranks.n_ranks,
                           .until = command.until,
                           .again = fmt::format("gridmill run {}{}{}", command.config.string(), sample, output),
                           .stop_request = [&](std::string_view stage, const std::filesystem::path& place) {
                             if (stage != "import") return stop_request(context, session, place);
                             context.stop.before_ending([place] { io::remove_abandoned(place); });
                             return jobs::StopRequest{};
                           }};
  return on_all_ranks(session, [&] { return jobs::run_all(file, run, session, voice.observer()); });
}

ExitCode carry_out(const SearchCommand& command, const Context& context) {
  const config::SearchJob job = search_job_of(command);
  mpi::Session session;
  OneVoice voice(context, session);
  const jobs::SearchRun run{.if_other = if_other(command.overwrite),
                            .dry_run = command.dry_run,
                            .offers = context.ranks.offers,
                            .n_ranks = context.ranks.n_ranks,
                            .stop = stop_request(context, session, job.output),
                            .shard = command.shard,
                            .merge = command.shard ? merge_command(job.output, *command.shard) : ""};
  const ExitCode code = on_all_ranks(session, [&] { return jobs::run_search(job, run, session, voice.observer()); });
  const bool has_model = code == ExitCode::done && job.search.refit.rule != config::RefitOptions::Rule::none;
  if (has_model && !command.shard && !command.dry_run) {
    voice.observer().note("predict new rows with: " + prediction_commands(job));
  }
  return code;
}

ExitCode carry_out(const MergeCommand& command, const Context& context) {
  mpi::Session session;
  OneVoice voice(context, session);
  const jobs::SearchRun run{.if_other = if_other(command.overwrite),
                            .n_ranks = context.ranks.n_ranks,
                            .stop = stop_request(context, session, command.output)};
  return on_all_ranks(session,
                      [&] { return jobs::run_merge(command.runs, command.output, run, session, voice.observer()); });
}

ExitCode carry_out(const FeaturesCommand& command, const Context& context) {
  if (command.apply.empty()) {
    const config::FeaturesJob job = features_job_of(command);
    mpi::Session session;
    OneVoice voice(context, session);
    const jobs::FeaturesRun run{.if_other = if_other(command.overwrite),
                                .dry_run = command.dry_run,
                                .offers = context.ranks.offers,
                                .n_ranks = context.ranks.n_ranks,
                                .stop = stop_request(context, session, job.output)};
    return on_all_ranks(session, [&] { return jobs::run_features(job, run, session, voice.observer()); });
  }
  if (command.output.empty()) {
    throw core::UserError("gridmill features: --apply needs --output: the store to write the features into",
                          "--output new-features.h5");
  }
  if (command.dry_run) throw core::UserError("gridmill features: --apply has no --dry-run");
  mpi::Session session;
  OneVoice voice(context, session);
  return on_all_ranks(session, [&] {
    return jobs::run_apply_features({.definitions = command.apply,
                                     .store = command.file,
                                     .output = command.output,
                                     .cutoff = command.cutoff,
                                     .if_exists = if_exists(command.overwrite),
                                     .stop = stop_request(context, session, command.output.string() + ".parts")},
                                    session, voice.observer());
  });
}

ExitCode carry_out(const ImportCommand& command, const Context& context) {
  const config::ImportJob job = job_of(command);
  context.stop.before_ending([store = job.store] { io::remove_abandoned(store); });
  jobs::run_import(job, command.types_from, if_exists(command.overwrite), context.observer);
  return ExitCode::done;
}

ExitCode carry_out(const InfoCommand& command, const Context& context) {
  const jobs::FileSummary file = jobs::run_info(command.file);
  for (const std::string& sentence : file.remarks.warnings) context.observer.warning(sentence);
  for (const std::string& sentence : file.remarks.notes) context.observer.note(sentence);
  if (context.voice == Voice::json) {
    for (const core::Value& line : info_lines(file.tables)) jobs::write_json_line(std::cout, line);
    for (const core::Value& line : relationship_lines(file)) jobs::write_json_line(std::cout, line);
  } else {
    const std::string tree = tree_text(file);
    std::cout << tree << (tree.empty() ? "" : "\n") << core::with_addresses(info_text(file.tables));
  }
  return ExitCode::done;
}

/// Predicts rows that are made of tables as `gridmill run` made those of the model.
ExitCode predict_tables(const PredictCommand& command, jobs::PredictJob job, const Context& context) {
  if (command.output.empty()) {
    throw core::UserError("gridmill predict: --table needs --output: the file to write the predictions into",
                          "--output predictions.csv");
  }
  const std::optional<config::RunFile> config = jobs::config_of_run(command.run);
  if (!config || !config->has_import() || !config->has_features()) {
    throw core::UserError(core::Problem{{.file = command.run.string()},
                                        "does not say how the model's rows were made of tables",
                                        "only 'gridmill run' with the sections import and features leaves that there; "
                                        "else make the rows with 'gridmill import' and 'gridmill features --apply'"});
  }
  mpi::Session session;
  OneVoice voice(context, session);
  return on_all_ranks(session, [&] {
    return jobs::run_predict_tables({.predict = std::move(job),
                                     .import = config->import_job(),
                                     .tables = command.tables,
                                     .definitions = config->features_job().output / "features.json",
                                     .memory_limit = config->features_job().memory_limit,
                                     .stop = stop_request(context, session, command.output.string() + ".work")},
                                    session, voice.observer());
  });
}

ExitCode carry_out(const PredictCommand& command, const Context& context) {
  if (command.data.empty() == command.tables.empty()) {
    throw core::UserError(command.data.empty()
                              ? "gridmill predict: says neither DATA nor --table: there is nothing to predict"
                              : "gridmill predict: DATA and --table both say what to predict",
                          "gridmill predict RUN new.csv, or gridmill predict RUN --table orders=new.csv -o out.csv");
  }
  if (context.voice == Voice::json && command.output.empty()) {
    throw core::UserError("gridmill predict: --json and the predictions would both go to stdout",
                          "say where the predictions go: --output predictions.csv");
  }
  const jobs::PredictJob job{.run = command.run,
                             .data = command.data,
                             .output = command.output,
                             .if_exists = if_exists(command.overwrite),
                             .wanted = {.decision = command.decision, .probability = command.probability},
                             .explanations = jobs::explanations(command.contributions, command.leaf),
                             .interval = command.interval,
                             .keep = command.keep,
                             .unlabelled = command.unlabelled,
                             .sample = command.sample};
  if (!command.tables.empty()) return predict_tables(command, job, context);
  context.stop.before_ending([&output = command.output] {
    if (!output.empty()) io::remove_abandoned(output);
  });
  mpi::Session session;
  OneVoice voice(context, session);
  return on_all_ranks(session, [&] {
    jobs::run_predict(job, session.transport(), std::cout, voice.observer());
    return ExitCode::done;
  });
}

double now_s() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

ExitCode carry_out(const StatusCommand& command, const Context& context) {
  const double now = now_s();
  const jobs::RunStatus status = jobs::run_status(command.run, now);
  if (context.voice == Voice::json) {
    jobs::write_json_line(std::cout, to_value(status, now));
  } else {
    std::cout << core::with_addresses(status_text(status, now));
  }
  return ExitCode::done;
}

ExitCode carry_out(const RunsCommand& command, const Context& context) {
  const double now = now_s();
  const std::vector<jobs::RunStatus> runs = jobs::run_statuses(command.folder, now);
  if (context.voice == Voice::json) {
    for (const jobs::RunStatus& run : runs) jobs::write_json_line(std::cout, to_value(run, now));
  } else if (runs.empty()) {
    context.observer.note(fmt::format("{}: no runs of gridmill in it", command.folder.string()));
  } else {
    std::cout << runs_text(runs, now);
  }
  return ExitCode::done;
}

ExitCode carry_out(const ReportCommand& command, const Context& context) {
  if (command.live) {
    jobs::serve_live({.run = command.runs.front(), .port = command.port}, [&](const std::string& address) {
      tell_address(context.voice, address, "open it in a browser; Ctrl-C ends the server, not the run");
    });
    return ExitCode::done;
  }
  jobs::run_report({.runs = command.runs, .output = command.output}, context.observer);
  return ExitCode::done;
}

ExitCode carry_out(const ExportCommand& command, const Context& context) {
  jobs::ExportJob job{
      .run = command.run, .mlflow = {}, .server = {}, .optuna = command.optuna, .version = GRIDMILL_VERSION};
  if (is_server(command.mlflow)) {
    job.server = tracking_server(command.mlflow);
  } else if (command.mlflow.find("://") != std::string::npos) {
    throw core::UserError(fmt::format("gridmill export: adds to files of this machine, not to {}", command.mlflow),
                          "name a folder here, or http://HOST:PORT of a tracking server");
  } else {
    job.mlflow = command.mlflow;
  }
  jobs::run_export(job, context.observer);
  return ExitCode::done;
}

ExitCode carry_out(const AuditCommand& command, const Context& context) {
  const config::RunFile file(command.config);
  mpi::Session session;
  const jobs::AuditReport report = jobs::run_audit(file, session, context.observer);
  if (context.voice == Voice::json) {
    for (const core::Value& line : audit_lines(report)) jobs::write_json_line(std::cout, line);
  } else {
    std::cout << core::with_addresses(audit_text(report, context.voice == Voice::quiet));
  }
  return report.findings.empty() ? ExitCode::done : ExitCode::incomplete;
}

ExitCode carry_out(const ClusterCommand& command, const Context& context) {
  return work_on_cluster(command, context.voice, context.observer, context.stop);
}

/// Says what is wrong with all of them, not only with the first.
ExitCode carry_out(const ValidateCommand& command, const Context& context) {
  std::vector<core::Problem> problems;
  for (const std::filesystem::path& file : command.configs) {
    try {
      config::RunFile(file).check();
      context.observer.note(fmt::format("{}: ok", file.string()));
    } catch (const core::UserError& error) {
      problems.insert(problems.end(), error.problems().begin(), error.problems().end());
    }
  }
  if (!problems.empty()) throw core::UserError(problems);
  return ExitCode::done;
}

ExitCode carry_out(const DescribeCommand& command, const Context&) {
  const std::vector<std::string>& words = command.words;
  const std::string first = words.empty() ? "" : words.front();
  if (first == "primitive" && words.size() == 2) {
    std::cout << config::describe_primitive(words[1]);
  } else if (first == "feature" && words.size() == 3) {
    std::cout << jobs::describe_feature(words[1], core::user_path(words[2]));
  } else if (words.size() > 1) {
    throw core::UserError(fmt::format("gridmill describe: unexpected argument '{}'", words[1]),
                          "write one topic, 'primitive NAME' or 'feature NAME CONFIG'");
  } else {
    std::cout << config::describe(first);
  }
  return ExitCode::done;
}

ExitCode carry_out(const VersionCommand&, const Context&) {
  std::cout << "gridmill " GRIDMILL_VERSION "\n";
  return ExitCode::done;
}

}  // namespace

ExitCode perform(const Invocation& invocation, const Ranks& ranks) {
  const Console console = system_console();
  const auto observer = make_observer(invocation.voice, console);
  launch::StopSignal stop;
  std::optional<launch::SpotWatch> spot;
  const Context context{ranks, invocation.voice, *observer, stop, spot, time_budget(invocation)};
  if (context.budget) keep_to(*context.budget, stop);
  const ExitCode code =
      std::visit([&](const auto& command) { return carry_out(command, context); }, invocation.command);
  return code == ExitCode::stopped ? stop.code() : code;
}

}  // namespace gridmill::cli
