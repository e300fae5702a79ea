#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/value.hpp"
#include "io/hdf5/array_file.hpp"
#include "jobs/search/search_findings.hpp"

namespace gridmill::jobs {

/// What the events of a run tell beside its results.
struct EventFacts {
  std::string command;                // that gave the results; empty: not known
  std::vector<std::string> warnings;  // each once, in the order in which they were told first
  core::ValueList plan;               // pairs of a name and a value, of the last launch
};

/// Reads events.jsonl; lines that are no JSON are passed over, and a file that is not there tells nothing.
EventFacts read_event_facts(const std::filesystem::path& file);

/// A finished search as its folder tells of it.
class SearchRecord {
 public:
  /// Errors: UserError naming the file where the folder holds no finished search, or a file of it has changed.
  explicit SearchRecord(const std::filesystem::path& folder);
  /// The same of a folder whose results.h5 and summary.json have just been written.
  SearchRecord(const std::filesystem::path& folder, SearchFindings findings, io::ArrayFile results);

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] const SearchFindings& findings() const { return findings_; }
  [[nodiscard]] const EventFacts& events() const { return events_; }
  [[nodiscard]] const std::string& config() const { return config_; }
  [[nodiscard]] std::size_t n_candidates() const { return n_candidates_; }
  [[nodiscard]] std::size_t n_folds() const { return n_folds_; }
  [[nodiscard]] const std::vector<std::string>& metrics() const { return metrics_; }
  /// The metric that chooses, as an index.
  [[nodiscard]] std::size_t chosen_by() const { return chosen_by_; }

  /// Arrays of results.h5; empty where there is none of that name and kind.
  [[nodiscard]] std::span<const double> numbers(std::string_view path) const;
  [[nodiscard]] std::span<const std::int64_t> integers(std::string_view path) const;
  [[nodiscard]] std::span<const std::string> texts(std::string_view path) const;
  [[nodiscard]] const io::Array* find(std::string_view path) const { return results_.find(path); }
  [[nodiscard]] const io::ArrayFile& results() const { return results_; }
  /// Scores of a candidate in a metric, by fold; NaN where a fit failed.
  [[nodiscard]] std::span<const double> scores(std::size_t metric, std::size_t candidate) const;
  /// A column of cv_results for a metric: "mean_test", "std_test", "rank_test".
  [[nodiscard]] std::string column(std::string_view what, std::size_t metric) const;

 private:
  std::filesystem::path folder_;
  SearchFindings findings_;
  io::ArrayFile results_;
  EventFacts events_;
  std::string config_;
  std::vector<std::string> metrics_;
  std::size_t n_candidates_ = 0;
  std::size_t n_folds_ = 0;
  std::size_t chosen_by_ = 0;
};

/// Returns a text file, without a last line that holds its checksum.
std::string text_of(const std::filesystem::path& file);

/// Returns the value of a top-level or nested option of a resolved config ("model.name"), as it stands there; empty
/// where it is not there or is null.
std::string config_word(const std::string& config, std::string_view path);

/// Returns a parameter as results.h5 keeps it in words, as a value: numbers, booleans and None as such. Empty text,
/// which stands for a parameter that a candidate does not have, stays text.
core::Value parameter_value(const std::string& words);

}  // namespace gridmill::jobs
