#include "cli/run.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "cli/aws_offers.hpp"
#include "cli/command_jobs.hpp"
#include "cli/commands.hpp"
#include "cli/exit.hpp"
#include "cli/host_needs.hpp"
#include "cli/live_page.hpp"
#include "cli/on_aws.hpp"
#include "cli/on_slurm.hpp"
#include "cli/perform.hpp"
#include "cli/staged_paths.hpp"
#include "cli/staging.hpp"
#include "cli/standard_streams.hpp"
#include "cli/time_budget.hpp"
#include "config/place.hpp"
#include "config/run_file.hpp"
#include "core/address.hpp"
#include "core/glob.hpp"
#include "jobs/status_job.hpp"
#include "jobs/work_on_disk.hpp"
#include "launch/available_cores.hpp"
#include "launch/hosts.hpp"
#include "launch/rank_in_job.hpp"
#include "launch/start_ranks.hpp"
#include "mpi/launcher_watch.hpp"
#include "mpi/launcher_word.hpp"
#include "mpi/session.hpp"

namespace gridmill::cli {

namespace {

using core::ExitCode;

/// Only these spread over ranks; the others are done by one process.
bool is_parallel(const Invocation& invocation) {
  if (const auto* run = std::get_if<RunCommand>(&invocation.command)) return !run->dry_run;
  if (const auto* search = std::get_if<SearchCommand>(&invocation.command)) return !search->dry_run;
  if (const auto* features = std::get_if<FeaturesCommand>(&invocation.command)) return !features->dry_run;
  return std::holds_alternative<MergeCommand>(invocation.command) ||
         std::holds_alternative<PredictCommand>(invocation.command);
}

/// A file of rows is predicted before ranks would have started, as a rule.
std::size_t usual_ranks(const Invocation& invocation) {
  const auto* predict = std::get_if<PredictCommand>(&invocation.command);
  return predict != nullptr && predict->tables.empty() ? 1 : launch::available_cores();
}

/// Hours of work are not to end because nobody reads what is said of them; a listing ends with its reader.
bool makes_files(const Invocation& invocation) {
  if (const auto* predict = std::get_if<PredictCommand>(&invocation.command)) return !predict->tables.empty();
  return is_parallel(invocation) || std::holds_alternative<ImportCommand>(invocation.command);
}

/// What is wrong with a config is best said before ranks are started.
void check_config(const Invocation& invocation) {
  if (const auto* run = std::get_if<RunCommand>(&invocation.command)) config::RunFile(run->config).check();
  if (const auto* search = std::get_if<SearchCommand>(&invocation.command)) (void)search_job_of(*search);
  const auto* features = std::get_if<FeaturesCommand>(&invocation.command);
  if (features != nullptr && features->apply.empty()) (void)features_job_of(*features);
}

/// Where a job leaves what it has done.
std::vector<std::filesystem::path> places_of(const Invocation& invocation) {
  if (const auto* run = std::get_if<RunCommand>(&invocation.command)) {
    const config::RunFile file = run_file_of(*run);
    std::vector<std::filesystem::path> places;
    if (file.has_import()) places.push_back(file.import_job().store);
    if (file.has_features()) places.push_back(file.features_job().output);
    if (file.has_search()) places.push_back(file.search_job().output);
    return places;
  }
  if (const auto* search = std::get_if<SearchCommand>(&invocation.command)) return {search_job_of(*search).output};
  if (const auto* merge = std::get_if<MergeCommand>(&invocation.command)) return {merge->output};
  const auto* features = std::get_if<FeaturesCommand>(&invocation.command);
  if (features == nullptr) return {};
  if (!features->apply.empty()) return {features->output.string() + ".parts"};
  return {features_job_of(*features).output};
}

/// What is written at an address is sent there by the process that starts the ranks.
void refuse_elsewhere(const Invocation& invocation, std::string_view where) {
  const StagedPaths paths = staged_paths(invocation);
  if (paths.outputs.empty()) return;
  throw core::UserError(fmt::format("{}: gridmill writes there when it starts its ranks itself, not {}",
                                    paths.outputs.front().text(), where),
                        "name a folder that all hosts see, or use --ranks or --hosts");
}

void check_ranks(const Invocation& invocation, const launch::RankInJob& job) {
  if (!invocation.on.empty() && !mpi::has_own_launcher()) {
    throw core::UserError("--on: the ranks that a launcher has started work where they are",
                          "leave out --on, or give the command without mpirun or srun");
  }
  if (invocation.live && !mpi::has_own_launcher()) {
    throw core::UserError("--live: gridmill serves the page when it starts its ranks itself, not under mpirun or srun",
                          "leave out --live, and give 'gridmill report RUN --live' beside the run");
  }
  if (invocation.ranks && *invocation.ranks != job.n_ranks) {
    throw core::UserError(
        fmt::format("--ranks {} contradicts the launcher, which started {}", *invocation.ranks, job.n_ranks),
        "leave --ranks out under mpirun or srun");
  }
}

/// Fetches what a rank reads, unless our own launcher has, on its machine. Ranks of one machine wait for each other.
void fetch_for_rank(const Invocation& invocation) {
  if (mpi::own_launcher() != 0) return;
  const Staging staging(invocation, StagingPart::inputs);
  if (!mpi::has_own_launcher()) refuse_elsewhere(invocation, "under mpirun or srun");
}

/// Started by mpirun or srun: takes part as the rank it is.
ExitCode join(const Invocation& invocation, const launch::RankInJob& job) {
  if (is_parallel(invocation) || job.rank == 0) fetch_for_rank(invocation);
  if (is_parallel(invocation)) {
    // Our own launcher hands its --ranks on, and then they agree.
    check_ranks(invocation, job);
    return perform(invocation, {.n_ranks = job.n_ranks, .under_mpi = true});
  }
  return job.rank == 0 ? perform(invocation, {.n_ranks = job.n_ranks}) : ExitCode::done;
}

/// The words of a command but those that are for this process: where it works, who watches, that nothing is to be done.
std::vector<std::string> without_place(const std::vector<std::string>& arguments) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == "--on" || word == "--port") {
      ++i;
    } else if (!word.starts_with("--on=") && !word.starts_with("--port=") && word != "--live" && word != "--dry-run") {
      words.push_back(word);
    }
  }
  return words;
}

bool is_dry_run(const Invocation& invocation) {
  if (const auto* run = std::get_if<RunCommand>(&invocation.command)) return run->dry_run;
  if (const auto* search = std::get_if<SearchCommand>(&invocation.command)) return search->dry_run;
  const auto* features = std::get_if<FeaturesCommand>(&invocation.command);
  return features != nullptr && features->dry_run;
}

/// A search or features that are done: told again here, they need no job. (A run has more than what is told of it.)
bool is_done(const Invocation& invocation, const std::filesystem::path& folder) {
  const auto* search = std::get_if<SearchCommand>(&invocation.command);
  const auto* features = std::get_if<FeaturesCommand>(&invocation.command);
  if (search == nullptr && features == nullptr) return false;
  if (search != nullptr ? search->overwrite : features->overwrite) return false;
  return jobs::is_finished_run(folder);
}

/// `instead`: what says how many ranks there are.
void check_place(const Invocation& invocation, const char* instead) {
  if (!invocation.hosts.empty()) throw core::UserError("--hosts and --on both say where to work", "leave out one");
  if (invocation.ranks) {
    throw core::UserError("--ranks: says how many processes work here, and --on that they do not",
                          fmt::format("write {} into the file of --on", instead));
  }
}

StagingPart part_of(const Invocation& invocation) {
  return is_dry_run(invocation) ? StagingPart::all_but_run : StagingPart::all;
}

/// Starts ranks that do a command, here or on hosts.
ExitCode start_ranks_of(const Invocation& invocation, launch::RankJob job, Staging& staging) {
  const std::vector<std::filesystem::path> places = places_of(invocation);
  if (job.hosts) job.hosts->needs = host_needs(invocation, places);
  job.evidence = [&places] {
    const jobs::WorkOnDisk work = jobs::work_on_disk(places);
    return launch::Evidence{.n_finished = work.n_finished, .n_deaths = work.n_deaths, .n_blamed = work.n_blamed};
  };
  hand_on_budget(invocation);
  // Here already, it is only replaced when ranks are started again, while another thread reads other variables.
  if (staging.has_runs()) setenv(mpi::kBlamedSignalVariable, "0", 1);  // NOLINT(concurrency-mt-unsafe): no threads yet
  return staging.around(
      [&] { return beside_live_page(invocation, [&] { return launch::start_ranks(job, std::cerr); }); });
}

/// `list` reads the hosts anew.
ExitCode start_on_hosts(const config::HostsPlace& place, std::function<std::vector<core::Host>()> list,
                        const Invocation& invocation, const std::vector<std::string>& arguments) {
  Staging staging(invocation, part_of(invocation));
  if (!is_parallel(invocation)) {
    return staging.around([&] { return perform(invocation, {.n_ranks = usual_ranks(invocation)}); });
  }
  check_config(invocation);
  return start_ranks_of(invocation,
                        {.program = launch::this_program(),
                         .arguments = arguments,
                         .hosts = launch::HostsJob{.hosts = place.hosts,
                                                   .list = std::move(list),
                                                   .network = place.network,
                                                   .needs = {},
                                                   .sends_files = invocation.copies}},
                        staging);
}

void refuse_copy(const Invocation& invocation) {
  if (!invocation.copies) return;
  throw core::UserError("--copy: sends hosts that are listed what they lack; here there are none", "leave out --copy");
}

void refuse_apply(const Invocation& invocation) {
  const auto* features = std::get_if<FeaturesCommand>(&invocation.command);
  if (features == nullptr || features->apply.empty()) return;
  throw core::UserError("gridmill features: --apply works here, not --on a cluster", "leave out --on");
}

void refuse_import_alone(const Invocation& invocation) {
  const auto* run = std::get_if<RunCommand>(&invocation.command);
  if (run == nullptr || run_file_of(*run).has_features() || run_file_of(*run).has_search()) return;
  throw core::UserError("--on: an import alone is done by one process, here", "leave out --on");
}

// Where else a job can work; each with its own way of starting it and of telling what becomes of it.
ExitCode start_on(const config::SlurmPlace& place, const Invocation& invocation,
                  const std::vector<std::string>& arguments) {
  check_place(invocation, "ranks_per_node");
  refuse_copy(invocation);
  refuse_apply(invocation);
  refuse_elsewhere(invocation, "by Slurm");
  if (invocation.budget) {
    throw core::UserError("--budget: a job that stops with work left is put back into Slurm's queue, and goes on",
                          "leave it out; 'gridmill status' shows how far the job is, and scancel ends it");
  }
  check_config(invocation);
  const std::vector<std::filesystem::path> places = places_of(invocation);
  refuse_import_alone(invocation);
  const SlurmCommand command{.arguments = without_place(arguments), .folder = places.back()};
  if (is_dry_run(invocation)) {
    show_slurm_script(place, command);
    return ExitCode::done;
  }
  if (is_done(invocation, command.folder)) return perform(invocation, {.n_ranks = 1});
  return beside_live_page(invocation, [&] { return work_on_slurm(place, command); });
}

ExitCode start_on(const config::HostsPlace& place, const Invocation& invocation,
                  const std::vector<std::string>& arguments) {
  check_place(invocation, "slots");
  // A file at an address was fetched once.
  std::function<std::vector<core::Host>()> list;
  if (!core::address_of(invocation.on)) {
    list = [file = invocation.on] { return std::get<config::HostsPlace>(config::read_place(file)).hosts; };
  }
  return start_on_hosts(place, std::move(list), invocation, arguments);
}

/// What is read here, once for each file; a pattern stands for all that match.
std::vector<std::filesystem::path> inputs_of(const Invocation& invocation) {
  std::vector<std::filesystem::path> files;
  for (const std::filesystem::path& path : staged_paths(invocation).files_here) {
    for (std::filesystem::path& file : core::files_matching(path)) files.push_back(std::move(file));
  }
  if (const auto* run = std::get_if<RunCommand>(&invocation.command)) files.push_back(run->config);
  if (const auto* search = std::get_if<SearchCommand>(&invocation.command)) files.push_back(search->config);
  if (const auto* features = std::get_if<FeaturesCommand>(&invocation.command)) files.push_back(features->file);
  return files;
}

/// What is written here, the folder of the job last.
std::vector<std::filesystem::path> outputs_of(const Invocation& invocation,
                                              const std::vector<std::filesystem::path>& places) {
  std::vector<std::filesystem::path> outputs;
  for (const std::filesystem::path& path : staged_paths(invocation).outputs_here) {
    if (std::ranges::find(places, path) == places.end()) outputs.push_back(path);
  }
  outputs.insert(outputs.end(), places.begin(), places.end());
  return outputs;
}

bool begins_anew(const Invocation& invocation) {
  if (const auto* run = std::get_if<RunCommand>(&invocation.command)) return run->overwrite;
  if (const auto* search = std::get_if<SearchCommand>(&invocation.command)) return search->overwrite;
  const auto* features = std::get_if<FeaturesCommand>(&invocation.command);
  return features != nullptr && features->overwrite;
}

/// The words of a command for the machines of a cluster: the budget of its file holds there, unless the command's own
/// is smaller.
std::vector<std::string> arguments_there(const config::AwsPlace& place, const Invocation& invocation,
                                         const std::vector<std::string>& arguments) {
  std::vector<std::string> words = without_place(arguments);
  const std::optional<config::Duration> budget = aws_time_budget(place);
  if (!budget || (invocation.budget && invocation.budget->seconds <= budget->seconds)) return words;
  words.insert(words.end(), {"--budget", budget->text()});  // the last one counts
  return words;
}

ExitCode start_on(const config::AwsPlace& place, const Invocation& invocation,
                  const std::vector<std::string>& arguments) {
  check_place(invocation, "slots_per_node");
  refuse_copy(invocation);
  refuse_apply(invocation);
  check_config(invocation);
  if (is_dry_run(invocation)) {
    const jobs::Offers offers = aws_offers(place);
    return perform(invocation, {.n_ranks = ranks_per_worker(place), .offers = &offers});
  }
  refuse_elsewhere(invocation, "on machines of AWS");
  if (invocation.live) {
    throw core::UserError("--live: a job on machines of AWS has no page yet",
                          "leave it out; the report comes back with the results");
  }
  const std::vector<std::filesystem::path> places = places_of(invocation);
  refuse_import_alone(invocation);
  if (is_done(invocation, places.back())) return perform(invocation, {.n_ranks = 1});
  return work_on_aws(place, {.arguments = arguments_there(place, invocation, arguments),
                             .inputs = inputs_of(invocation),
                             .outputs = outputs_of(invocation, places),
                             .place_file = invocation.on,
                             .begins_anew = begins_anew(invocation)});
}

/// Started by hand: works alone, or starts ranks that do, here or elsewhere.
ExitCode start(const Invocation& invocation, const std::vector<std::string>& arguments) {
  if (!invocation.on.empty()) {
    const Staging inputs(invocation, StagingPart::inputs);
    const config::Place place = config::read_place(invocation.on);
    return std::visit([&](const auto& there) { return start_on(there, invocation, arguments); }, place);
  }
  if (!invocation.hosts.empty()) {
    return start_on_hosts(
        {.hosts = launch::read_hostfile(invocation.hosts), .network = {}},
        [file = invocation.hosts] { return launch::read_hostfile(file); }, invocation, arguments);
  }
  refuse_copy(invocation);
  Staging staging(invocation, part_of(invocation));
  const std::size_t n_ranks = invocation.ranks.value_or(usual_ranks(invocation));
  // What works in a run directory at an address has another process that sends its files, whatever becomes of it; and
  // a page that follows a run outlives its ranks.
  const bool is_alone = n_ranks == 1 && !staging.has_runs() && !invocation.live;
  if (!is_parallel(invocation) || is_alone) {
    return staging.around([&] { return perform(invocation, {.n_ranks = n_ranks}); });
  }
  check_config(invocation);
  return start_ranks_of(invocation, {.program = launch::this_program(), .arguments = arguments, .n_ranks = n_ranks},
                        staging);
}

/// What a command says is lost where stdout cannot be written (a full disk): then it is not done.
ExitCode with_output_written(ExitCode code) {
  if (std::cout.flush() || code != ExitCode::done) return code;
  std::cerr << "error: stdout cannot be written\n";
  return ExitCode::incomplete;
}

}  // namespace

int run(const std::vector<std::string>& arguments) {
  open_standard_streams();
  survive_refused_writes();
  const std::optional<launch::RankInJob> job = launch::rank_in_job();
  const ExitCode code = guarded(
      [&] {
        const auto parsed = parse_command_line(arguments);
        if (const auto* answer = std::get_if<Answer>(&parsed)) {
          const bool speaks = !job || job->rank == 0;
          if (speaks) (answer->code == ExitCode::done ? std::cout : std::cerr) << answer->text;
          return answer->code;
        }
        const auto& invocation = std::get<Invocation>(parsed);
        if (makes_files(invocation)) keep_on_without_readers();
        return job ? join(invocation, *job) : start(invocation, arguments);
      },
      job ? job->rank : 0, std::cerr);
  const ExitCode last = with_output_written(code);
  if (job && job->rank == 0) mpi::tell_launcher_end(last);
  return static_cast<int>(mpi::last_code(last));
}

}  // namespace gridmill::cli
