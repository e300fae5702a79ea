#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gridmill::jobs {

// Which files gridmill has written itself. Nothing else is ever replaced or removed, whatever the command line says.

// What a features job remembers of its inputs; both names are those of files in its run directory.
inline constexpr const char* kStoreDigest = "store.digest";
inline constexpr const char* kEvents = "events.jsonl";
inline constexpr const char* kEpoch = "epoch";
inline constexpr const char* kReport = "report.html";
inline constexpr const char* kParts = "parts";  // of features, and what fits of a search have learnt so far
inline constexpr const char* kCutoffsDigest = "cutoffs.digest";
// Which tasks of a features job were at work, and which of them have crashed; gone when all are done.
inline constexpr const char* kTasksJournal = "tasks.journal";
// Which shard of a search the folder holds, and whether it is done.
inline constexpr const char* kShard = "shard.json";
// What `gridmill run` leaves in the run directory of its search: the config, and what its section `predict` asks for.
inline constexpr const char* kRunConfig = "run.yaml";
inline constexpr const char* kPredicted = "predicted.csv";
inline constexpr const char* kPredictedDigest = "predicted.digest";
inline constexpr const char* kRunConfigHeading = "# The config of this run, as 'gridmill run' read it: ";

/// What a run directory holds.
enum class RunKind { search, features };

/// Returns which job has written the folder: its config.resolved.yaml begins as ours do, or its journal does. Nothing
/// where neither is there, and where they are another's.
std::optional<RunKind> run_kind(const std::filesystem::path& folder);

/// Checks, before anything is written into it, that a job may work in the folder.
///
/// Errors: UserError naming the file where an input of the job would be replaced or removed; where the folder is no run
/// directory, but holds a file or folder of a name that the job writes; where it is one, but what would be replaced in
/// it does not begin as we write it, or lies in `best/` without being listed in a pipeline.json of ours; where it is
/// one of another kind and `may_remove` is false.
void check_run_folder(const std::filesystem::path& folder, RunKind kind, bool may_remove,
                      std::span<const std::filesystem::path> inputs);

/// Removes what jobs of that kind have written into the folder, and nothing else: of `best/` and `parts/` only our own
/// files; these folders, if nothing else is in them. What tells that the folder is ours goes last.
/// Errors: UserError naming what cannot be removed.
void remove_run(const std::filesystem::path& folder, RunKind kind);

/// Removes our files of `parts/`, and the folder if it is empty then. Errors: as remove_run.
void remove_parts(const std::filesystem::path& parts);

/// Removes the model in `best/` that a pipeline.json of ours lists, and the folder if it is empty then. Errors: as
/// remove_run.
void remove_model(const std::filesystem::path& best);

/// Says whether the file begins as our stores do. HDF5 is not asked: the file may be anything.
bool is_own_store(const std::filesystem::path& file);

/// Says whether a file that lies where we put predictions begins as they do: with a header that has the column
/// `prediction`. Elsewhere that says too little.
bool is_own_predictions(const std::filesystem::path& file);

/// Says whether the file begins with these bytes, of which there are some.
bool begins_with(const std::filesystem::path& file, const std::string& bytes);

/// Says whether the file begins as our reports do.
bool is_own_report(const std::filesystem::path& file);

/// Says whether both names stand for one file, through links, too.
bool is_same_file(const std::filesystem::path& a, const std::filesystem::path& b);

}  // namespace gridmill::jobs
