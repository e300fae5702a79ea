#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "io/files/journal.hpp"
#include "jobs/search/fit_keys.hpp"
#include "search/fit_record.hpp"

namespace gridmill::jobs {

/// What is known of a search that may have been interrupted: trials that have a result, and bundles that have crashed
/// their rank. Both go by what they are, not by a place in a list. Used on rank 0 only.
class SearchJournal {
 public:
  /// How many ranks a bundle may crash before it counts as failed.
  static constexpr std::size_t kMostDeaths = 3;

  /// A trial and its result. Its ids are those of the run that wrote it.
  struct Known {
    FitKey key = 0;
    search::FitRecord record;
  };

  /// Opens the journal of a search whose config and data hash to `fingerprint`.
  /// Errors: UserError if it belongs to other data, or another process holds it; RunError.
  SearchJournal(const std::filesystem::path& path, std::uint64_t fingerprint);

  /// Hands over the results of earlier runs, in the order of the journal; once.
  [[nodiscard]] std::vector<Known> take_known() { return std::move(known_); }
  /// Ranks that have crashed at the bundle, by their own record. A kill from outside is no fault of what was running.
  [[nodiscard]] std::size_t deaths(FitKey bundle) const;

  /// What a rank is to append to the journal's file when it crashes at the bundle (CrashRecord).
  [[nodiscard]] static std::string death(FitKey bundle);
  /// Bytes of a torn tail that were cut off when it was opened.
  [[nodiscard]] std::size_t cut_bytes() const { return cut_bytes_; }
  /// Results that another version of gridmill has written in its own form: they are not known, and done again.
  [[nodiscard]] std::size_t n_of_other_version() const { return n_of_other_version_; }

  /// Notes that a bundle has been handed to a rank; survives the death of a rank, not of the machine.
  void started(FitKey bundle);
  /// Adds a trial's result; on the disk at the next sync.
  void add(FitKey trial, const search::FitRecord& record);
  /// Puts what was added on the disk, but not more often than about ten times a second unless `now`.
  enum class When { soon, now };
  void sync(When when);
  /// Notes that this run ends in order.
  void close();
  /// The same on the way out of an error, where a second one would help nobody.
  void close_quietly() noexcept;

 private:
  void replay();

  io::Journal journal_;
  std::vector<Known> known_;
  std::map<FitKey, std::size_t> deaths_;
  std::size_t cut_bytes_ = 0;
  std::size_t n_of_other_version_ = 0;
  double last_sync_s_ = 0;
};

}  // namespace gridmill::jobs
