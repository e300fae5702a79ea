#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/features_config.hpp"
#include "jobs/run/run_folder.hpp"

namespace gridmill::jobs {

/// The folder in which a features job keeps everything it writes. Used on rank 0 only; one process at a time.
///
///   config.resolved.yaml   the whole effective config, with the time of a cutoff of now
///   store.digest           hash of the store this is made from
///   cutoffs.digest         hash of the file of cutoff times, if there is one
///   epoch                  number of the last launch
///   tasks.journal          what was at work and what has crashed, until all is done
///   parts/                 rows of the matrix, a file each
///   features.h5            the matrix, a store: whole below 1 GiB, else over the parts
///   features.csv           the same as text, on request
///   features.json          definitions, encoding, selection: what `--apply` needs
///   summary.json           what came out, column by column; written last
class FeaturesDirectory {
 public:
  /// Makes or enters the folder; removes nothing yet. `job` has the time of now filled in. Errors: UserError as
  /// RunFolder, and when it holds other features (names what differs) and `if_other` is refuse.
  FeaturesDirectory(const config::FeaturesJob& job, IfOther if_other, Observer& observer);

  /// Begins or goes on. With `overwrite` what an earlier run wrote is removed.
  void begin(const config::FeaturesJob& job, IfOther if_other);

  /// Begins a launch (RunFolder).
  const Epoch& raise_epoch() { return folder_.raise_epoch(); }
  void check_epoch() const { folder_.check_epoch(); }

  [[nodiscard]] std::filesystem::path file(std::string_view name) const { return folder_.file(name); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  [[nodiscard]] std::filesystem::path matrix() const { return file("features.h5"); }
  [[nodiscard]] std::filesystem::path csv() const { return file("features.csv"); }
  [[nodiscard]] std::filesystem::path definitions() const { return file("features.json"); }
  [[nodiscard]] std::filesystem::path summary() const { return file("summary.json"); }
  /// Lists the results that are there, with what they are.
  [[nodiscard]] std::vector<WrittenFile> written() const;
  [[nodiscard]] std::filesystem::path parts() const { return file("parts"); }
  /// Says whether all that is to be written is there, the matrix with all its parts. What is in the parts is not read.
  /// Errors: UserError when another of its files has changed since it was written.
  [[nodiscard]] bool finished(bool with_csv) const;
  /// Says whether the matrix is there with other bytes than were written.
  [[nodiscard]] bool matrix_has_changed() const;

  /// Says whether an earlier run has left parts of that store. Parts of which nobody knows the store are removed.
  /// Errors: UserError when the store has changed since.
  void check_store(const std::filesystem::path& store, std::uint64_t digest);
  /// Keeps the store's hash for the next run.
  void remember_store(std::uint64_t digest) const;
  [[nodiscard]] std::optional<std::uint64_t> known_store() const;
  /// Says whether an earlier run has used that file of cutoff times, and keeps its hash for the next.
  /// Errors: UserError when the file has changed since.
  [[nodiscard]] bool check_cutoffs(const std::filesystem::path& cutoffs) const;

 private:
  RunFolder folder_;
};

/// Returns the cutoff time that an earlier run of the same job in its folder took for now; empty if there is none.
std::string earlier_now(const config::FeaturesJob& job);

}  // namespace gridmill::jobs
