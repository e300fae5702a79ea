#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "jobs/run/observer.hpp"
#include "jobs/run/task_journal.hpp"
#include "jobs/search/fit_keys.hpp"
#include "search/fit_record.hpp"

namespace gridmill::jobs {

/// The journal of a search: trials that have a result, and bundles that have crashed their rank. Used on rank 0 only.
class SearchJournal {
 public:
  /// A trial and its result. Its ids are those of the run that wrote it.
  struct Known {
    FitKey key = 0;
    search::FitRecord record;
  };

  /// Opens the journal of a search and reads what is known; appends nothing yet.
  /// Errors: UserError if it belongs to another config, other data or another program (names which), or another process
  /// holds it; RunError.
  SearchJournal(const std::filesystem::path& path, const io::JournalOrigin& origin);

  /// What bundles are blamed for, and the life of the journal: begin, sync, close.
  [[nodiscard]] TaskJournal& tasks() { return tasks_; }
  [[nodiscard]] const TaskJournal& tasks() const { return tasks_; }

  /// Hands over the results of earlier launches, in the order of the journal; once.
  [[nodiscard]] std::vector<Known> take_known() { return std::move(known_); }
  /// Results that another version of gridmill has written in its own form: they are not known, and done again.
  [[nodiscard]] std::size_t n_of_other_version() const { return n_of_other_version_; }

  /// Adds a trial's result.
  void add(FitKey trial, const search::FitRecord& record);
  /// Adds results that other journals of this search hold, but those that this one knows; they are known then.
  void take_over(std::vector<Known> others);

 private:
  TaskJournal tasks_;
  std::vector<Known> known_;
  std::size_t n_of_other_version_ = 0;
};

/// Returns the results in the journal of a search, in order, whoever is writing in it; those that another version of
/// gridmill has written in its own form left out.
std::vector<SearchJournal::Known> read_known(const std::filesystem::path& path);

/// Says what differs between the origin of a search that was begun and that of one that goes on, a sentence each.
std::vector<std::string> differences(const io::JournalOrigin& there, const io::JournalOrigin& now);

/// Warns of what a journal has lost: the fits it told of are done again.
void warn_of_losses(const SearchJournal& journal, const std::filesystem::path& path, Observer& observer);

}  // namespace gridmill::jobs
