#include "jobs/merge_job.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/resolved.hpp"
#include "core/counted.hpp"
#include "io/files/journal.hpp"
#include "jobs/search/run_directory.hpp"
#include "jobs/search/search_journal.hpp"
#include "jobs/search/search_shard.hpp"
#include "jobs/search/shard_file.hpp"
#include "jobs/status_job.hpp"
#include "mpi/failure.hpp"

namespace gridmill::jobs {

namespace {

namespace fs = std::filesystem;

/// A run directory that is named as a shard.
struct Candidate {
  fs::path folder;
  config::SearchJob job;
  search::Shard shard;
  io::JournalOrigin origin;
};

/// Collects shards, and what is wrong with them.
class Collection {
 public:
  explicit Collection(double now) : now_(now) {}

  void add(const fs::path& folder) {
    try {
      const RunStatus status = run_status(folder, now_);
      const auto file = status.job == "search" ? read_shard_file(folder) : std::nullopt;
      if (!file) return refuse(folder, fmt::format("holds {}, not a shard of a search", whole_words(status)));
      if (status.state != RunState::finished) return note_unfinished(status, file->shard);
      const auto origin = io::Journal::read_origin(folder / "journal");
      if (!origin) return refuse(folder, "its journal is gone or damaged", "do the shard again, with --overwrite");
      const Candidate shard{
          .folder = folder, .job = read_resolved_config(folder), .shard = file->shard, .origin = *origin};
      numbers_[shard.shard.number].push_back(folder);
      if (!first_) {
        first_ = shard;
      } else {
        compare(shard);
      }
    } catch (const core::UserError& error) {
      problems_.insert(problems_.end(), error.problems().begin(), error.problems().end());
    }
  }

  /// Returns all shards. Errors: UserError, RunError.
  ShardsToMerge whole() {
    if (first_) find_missing();
    if (!problems_.empty()) {
      for (const std::string& sentence : unfinished_) problems_.push_back({.where = {}, .what = sentence, .hint = {}});
      throw core::UserError(problems_);
    }
    if (!unfinished_.empty()) {
      throw core::RunError(fmt::format("{}", fmt::join(unfinished_, "\n")), "merge when all shards are done");
    }
    ShardsToMerge shards{.origin = first_->origin, .folders = {}, .known = {}};
    for (const auto& [number, folders] : numbers_) {
      shards.folders.push_back(folders.front());
      std::vector<SearchJournal::Known> known = read_known(folders.front() / "journal");
      std::move(known.begin(), known.end(), std::back_inserter(shards.known));
    }
    return shards;
  }

 private:
  static std::string whole_words(const RunStatus& status) {
    return status.job == "search" ? "a whole search" : status.job;
  }

  void refuse(const fs::path& folder, std::string what, std::string hint = {}) {
    problems_.push_back({.where = {.file = folder.string()}, .what = std::move(what), .hint = std::move(hint)});
  }

  void note_unfinished(const RunStatus& status, const search::Shard& shard) {
    numbers_[shard.number].push_back(status.folder);
    const std::string state =
        status.state == RunState::working || status.state == RunState::heard_of
            ? "is being worked on"
            : fmt::format("is not done ({}); to go on: {}", state_name(status.state),
                          status.command.empty() ? "repeat the command that began it"
                                                 : fmt::format("{} (in {})", status.command, status.command_folder));
    unfinished_.push_back(fmt::format("{}: shard {} {}", status.folder.string(), shard.text(), state));
  }

  void compare(const Candidate& shard) {
    if (shard.shard.n_shards != first_->shard.n_shards) {
      refuse(shard.folder, fmt::format("is shard {}, and {} is shard {}: they were cut differently", shard.shard.text(),
                                       first_->folder.string(), first_->shard.text()));
    }
    const std::vector<std::string> different = config::differences(first_->job, shard.job);
    if (!different.empty()) {
      refuse(shard.folder,
             fmt::format("is of another search than {}: {}", first_->folder.string(), fmt::join(different, "; ")));
    } else if (shard.origin != first_->origin) {
      std::vector<std::string> origins;
      if (shard.origin.data != first_->origin.data) origins.emplace_back("other data");
      if (shard.origin.program != first_->origin.program) origins.emplace_back("another version of gridmill");
      if (shard.origin.config != first_->origin.config) origins.emplace_back("another config");
      refuse(shard.folder,
             fmt::format("was done with {} than {}", fmt::join(origins, " and "), first_->folder.string()),
             "do the shards of one search with the same data and program");
    }
  }

  void find_missing() {
    std::vector<std::string> missing;
    for (std::size_t number = 1; number <= first_->shard.n_shards; ++number) {
      const auto found = numbers_.find(number);
      if (found == numbers_.end()) missing.push_back(std::to_string(number));
      if (found == numbers_.end() || found->second.size() == 1) continue;
      refuse(found->second[1],
             fmt::format("is shard {} of {}, as {} is", number, first_->shard.n_shards, found->second[0].string()),
             "name each shard once");
    }
    if (missing.empty()) return;
    problems_.push_back(
        {.where = {},
         .what = fmt::format("gridmill merge: of {} shards {} {} missing: {}", first_->shard.n_shards, missing.size(),
                             missing.size() == 1 ? "is" : "are", fmt::join(missing, ", ")),
         .hint = "name the run directories of all shards"});
  }

  double now_;
  std::optional<Candidate> first_;
  std::map<std::size_t, std::vector<fs::path>> numbers_;  // folders by the shard's number
  std::vector<core::Problem> problems_;
  std::vector<std::string> unfinished_;
};

double now_s() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

}  // namespace

core::ExitCode run_merge(const std::vector<fs::path>& shards, const fs::path& output, SearchRun run,
                         mpi::Session& session, Observer& observer) {
  std::optional<ShardsToMerge> whole;
  config::SearchJob job;
  mpi::run_together(session.transport(), [&] {
    if (session.place().rank == 0) {
      Collection collection(now_s());
      for (const fs::path& folder : shards) collection.add(folder);
      whole = collection.whole();
      observer.stage(fmt::format("merging {}", core::counted(whole->folders.size(), "shard")));
    }
  });
  mpi::run_together(session.transport(), [&] {
    job = read_resolved_config(shards.front());
    job.output = output;
  });
  run.shard.reset();
  run.shards = whole ? &*whole : nullptr;
  return run_search(job, run, session, observer);
}

}  // namespace gridmill::jobs
