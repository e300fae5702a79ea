#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "io/files/journal.hpp"
#include "search/fit_record.hpp"

namespace gridmill::jobs {

/// What is known of a search that may have been interrupted: finished bundles, and those that have crashed their rank.
/// Used on rank 0 only.
class SearchJournal {
 public:
  /// How many ranks a bundle may crash before it counts as failed.
  static constexpr std::size_t kMostDeaths = 3;

  /// Opens the journal of a search with `n_bundles` bundles whose config and data hash to `fingerprint`.
  /// Errors: UserError if it belongs to other data, or another process holds it; RunError.
  SearchJournal(const std::filesystem::path& path, std::uint64_t fingerprint, std::size_t n_bundles);

  /// Fit records of bundles finished before, in the order of the journal.
  [[nodiscard]] const std::vector<search::FitRecord>& records() const { return records_; }
  [[nodiscard]] bool finished(std::size_t bundle) const { return finished_[bundle]; }
  /// Ranks that have crashed at the bundle, by their own record. A kill from outside is no fault of what was running.
  [[nodiscard]] std::size_t deaths(std::size_t bundle) const { return deaths_[bundle]; }

  /// What a rank is to append to the journal's file when it crashes at the bundle (CrashRecord).
  [[nodiscard]] static std::string death(std::size_t bundle);
  /// Bytes of a torn tail that were cut off when it was opened.
  [[nodiscard]] std::size_t cut_bytes() const { return cut_bytes_; }

  /// Notes that a bundle has been handed to a rank; survives the death of a rank, not of the machine.
  void started(std::size_t bundle);
  /// Adds a bundle's results; on the disk at the next sync.
  void add(std::size_t bundle, std::span<const search::FitRecord> records);
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
  std::vector<search::FitRecord> records_;
  std::vector<bool> finished_;
  std::vector<std::size_t> deaths_;
  std::size_t cut_bytes_ = 0;
  double last_sync_s_ = 0;
};

}  // namespace gridmill::jobs
