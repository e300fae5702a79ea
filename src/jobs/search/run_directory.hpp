#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "config/search_config.hpp"
#include "jobs/run/run_folder.hpp"
#include "jobs/search/shard_file.hpp"

namespace gridmill::jobs {

/// The folder in which a search keeps everything it writes. Used on rank 0 only; one process at a time.
///
///   lock                   held (flock) while a search works here
///   config.resolved.yaml   the whole effective config
///   journal                one record per finished trial
///   epoch                  number of the last launch
///   cv_results.csv         scikit-learn's cv_results_
///   results.h5             the same as arrays, details of fits, timings, out-of-fold predictions
///   best/                  the refitted model and pipeline.json
///   parts/                 while it works: what long fits have learnt so far
///   summary.json           what was found; written last, so its presence means "finished"
///
/// A shard of a search has of these the lock, the config, the journal and the epoch, and shard.json, which says which
/// one it is and, in the end, that it is done.
class RunDirectory {
 public:
  /// Makes the folder, or enters one; removes nothing yet.
  ///
  /// `shard`: which one is done here; none: the whole search. Errors: UserError as RunFolder, and when it holds another
  /// search or another shard (names what differs) and `if_other` is refuse.
  RunDirectory(const config::SearchJob& job, IfOther if_other, Observer& observer,
               std::optional<search::Shard> shard = std::nullopt);

  /// Begins the search or goes on with it: called once its data and plan are known to be good. With `overwrite` what an
  /// earlier run wrote is removed now, other files stay, also in best/. Errors: UserError, RunError.
  void begin(const config::SearchJob& job, IfOther if_other);

  /// Begins a launch (RunFolder).
  const Epoch& raise_epoch() { return folder_.raise_epoch(); }
  void check_epoch() const { folder_.check_epoch(); }

  [[nodiscard]] std::filesystem::path file(std::string_view name) const { return folder_.file(name); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

  [[nodiscard]] std::filesystem::path resolved_config() const { return file("config.resolved.yaml"); }
  [[nodiscard]] std::filesystem::path journal() const { return file("journal"); }
  [[nodiscard]] std::filesystem::path cv_results() const { return file("cv_results.csv"); }
  [[nodiscard]] std::filesystem::path results() const { return file("results.h5"); }
  [[nodiscard]] std::filesystem::path best() const { return file("best"); }
  [[nodiscard]] std::filesystem::path summary() const { return file("summary.json"); }

  /// True once summary.json has been written, as long as what it tells of is there; what is in the files is not read.
  /// Of a shard, once shard.json says that it is done.
  [[nodiscard]] bool finished() const;

 private:
  void check_same_search(const config::SearchJob& job) const;
  void check_same_shard() const;

  RunFolder folder_;
  std::optional<search::Shard> shard_;
};

/// Reads the config a run directory was made with. Errors: UserError if it is no run directory.
config::SearchJob read_resolved_config(const std::filesystem::path& folder);

}  // namespace gridmill::jobs
