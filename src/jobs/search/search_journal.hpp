#pragma once

#include <cstddef>
#include <filesystem>
#include <utility>
#include <vector>

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

  /// Hands over the results of earlier launches, in the order of the journal; once.
  [[nodiscard]] std::vector<Known> take_known() { return std::move(known_); }
  /// Results that another version of gridmill has written in its own form: they are not known, and done again.
  [[nodiscard]] std::size_t n_of_other_version() const { return n_of_other_version_; }

  /// Adds a trial's result.
  void add(FitKey trial, const search::FitRecord& record);

 private:
  TaskJournal tasks_;
  std::vector<Known> known_;
  std::size_t n_of_other_version_ = 0;
};

}  // namespace gridmill::jobs
