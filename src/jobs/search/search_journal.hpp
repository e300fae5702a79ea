#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/files/group_commit.hpp"
#include "io/files/journal.hpp"
#include "jobs/run/observer.hpp"
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

  /// How ranks died at a bundle.
  struct Deaths {
    std::size_t n = 0;
    int signal = 0;  // the last one's
  };

  /// Whether the launch before lost a rank because the machine had no memory left. The bundles at work are blamed then:
  /// that one which is to blame is found by running each alone.
  enum class LastEnd { any, out_of_memory };

  /// Opens the journal of a search and reads what is known; appends nothing yet.
  /// Errors: UserError if it belongs to another config, other data or another program (names which), or another process
  /// holds it; RunError.
  SearchJournal(const std::filesystem::path& path, const io::JournalOrigin& origin);

  /// Begins a launch: from here on it may be appended to. `allowed` throws where another launch has taken over.
  void begin(std::uint32_t epoch, std::function<void()> allowed = {}, LastEnd last_end = LastEnd::any);

  /// Results of earlier runs, in the order of the journal; until they are handed over.
  [[nodiscard]] const std::vector<Known>& known() const { return known_; }
  /// Hands them over; once.
  [[nodiscard]] std::vector<Known> take_known() { return std::move(known_); }
  /// Ranks that have crashed at the bundle, by their own record. A kill from outside is no fault of what was running.
  [[nodiscard]] Deaths deaths(FitKey bundle) const;

  /// What a rank is to append to the journal's file when it crashes at the bundle (CrashRecord).
  [[nodiscard]] static std::string death(std::uint32_t epoch, FitKey bundle, int signal);
  /// Bytes of a torn tail that were cut off when it was opened.
  [[nodiscard]] std::size_t cut_bytes() const { return journal_.cut_bytes(); }
  /// What was damaged in the midst of it.
  [[nodiscard]] const std::vector<io::Journal::Damage>& damages() const { return journal_.damages(); }
  /// Results that another version of gridmill has written in its own form: they are not known, and done again.
  [[nodiscard]] std::size_t n_of_other_version() const { return n_of_other_version_; }

  /// What follows is on the disk 50 ms later (io::GroupCommit). Errors of writing are thrown by the next call.
  /// Notes that a bundle has been handed to a rank, and that its results are there.
  void started(FitKey bundle, int rank);
  void ended(FitKey bundle, int rank);
  /// Adds a trial's result.
  void add(FitKey trial, const search::FitRecord& record);
  /// Adds results that other journals of this search hold, but those that this one knows; they are known then.
  void take_over(std::vector<Known> others);
  /// Throws if something could not be written.
  void check();
  /// Returns when all is on the disk.
  void sync();
  /// Notes that this run ends in order.
  void close();
  /// The same on the way out of an error, where a second one would help nobody.
  void close_quietly() noexcept;

 private:
  struct AtWork {
    int rank = 0;
    FitKey bundle = 0;
  };

  void replay();
  void blame_those_at_work();

  io::Journal journal_;
  std::vector<Known> known_;
  std::map<FitKey, Deaths> deaths_;
  std::vector<AtWork> at_work_;  // when the last launch ended, by the order in which they were handed out
  std::size_t n_of_other_version_ = 0;
  std::unique_ptr<io::GroupCommit> commit_;  // null: not begun
};

/// How many results and deaths the journal of a search holds, whoever is writing in it.
struct JournalCounts {
  std::size_t n_results = 0;
  std::size_t n_deaths = 0;
};
JournalCounts count_journal(const std::filesystem::path& path);

/// Returns the results in the journal of a search, in order, whoever is writing in it; those that another version of
/// gridmill has written in its own form left out.
std::vector<SearchJournal::Known> read_known(const std::filesystem::path& path);

/// Says what differs between the origin of a search that was begun and that of one that goes on, a sentence each.
std::vector<std::string> differences(const io::JournalOrigin& there, const io::JournalOrigin& now);

/// Warns of what a journal has lost: the fits it told of are done again.
void warn_of_losses(const SearchJournal& journal, const std::filesystem::path& path, Observer& observer);

}  // namespace gridmill::jobs
