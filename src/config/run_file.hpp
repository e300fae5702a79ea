#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/features_config.hpp"
#include "config/import_config.hpp"
#include "config/predict_config.hpp"
#include "config/search_config.hpp"
#include "search/shard.hpp"

namespace gridmill::config {

/// A config file: one text with a section for each job, read once.
///
/// Opens no data. The jobs are checked when they are asked for; each says every problem of its sections and of the top
/// level at once, with file:line:column, in the order of the file; unknown and repeated keys are problems.
/// Deterministic: in the text, and in which data files exist (find_file).
class RunFile {
 public:
  /// Errors: UserError if it cannot be read.
  explicit RunFile(const std::filesystem::path& file);
  /// The same for text that stands in no file; `name` is what messages call it.
  RunFile(std::string_view text, const std::filesystem::path& name);
  ~RunFile();
  RunFile(RunFile&&) noexcept;
  RunFile& operator=(RunFile&&) noexcept;

  /// Return the jobs. Errors: UserError with what is wrong with them, a missing section included.
  ///   search    `output`, `seed`, `data`, `model`, `search`, `memory_limit`
  ///   import    section `import`
  ///   features  section `features`. The store is the import section's unless stated; the run directory is
  ///             `features.output`, else the top level's `output` (its folder `features` if the file holds a search
  ///             too), else runs/<config's name>.
  /// A search whose `data` names no source learns from the features of the same file.
  [[nodiscard]] SearchJob search_job() const;
  [[nodiscard]] ImportJob import_job() const;
  [[nodiscard]] FeaturesJob features_job() const;
  /// Returns the section `predict`. Errors: UserError, also where it is not there.
  [[nodiscard]] PredictOptions predict_options() const;

  /// Say what the file holds. A search is a `model` or a `search`.
  [[nodiscard]] bool has_import() const;
  [[nodiscard]] bool has_features() const;
  [[nodiscard]] bool has_search() const;
  [[nodiscard]] bool has_predict() const;

  /// Has all jobs work in this folder instead of the top level's `output`.
  void set_output(const std::filesystem::path& output);

  /// Has the jobs take so many rows only, to try things out. They work in a folder of their own, "<output>-sample-<n>",
  /// unless set_output says another; a file of predictions gets such a name, too.
  void set_sample(std::size_t n);
  [[nodiscard]] std::optional<std::size_t> sample() const;

  /// Return what was read, and its name.
  [[nodiscard]] const std::string& text() const;
  [[nodiscard]] const std::filesystem::path& name() const;

  /// Checks every section there is; a file needs at least one job's. Errors: UserError.
  void check() const;

 private:
  struct Document;
  std::unique_ptr<Document> document_;
};

/// Returns the name of a file or folder of which a sample of `n` rows has its own: x-sample-100, x-sample-100.csv.
std::filesystem::path sample_path(const std::filesystem::path& path, std::size_t n);

/// Returns the folder in which a shard of a search works that has this one: x-shard-3-of-8.
std::filesystem::path shard_path(const std::filesystem::path& folder, const search::Shard& shard);

}  // namespace gridmill::config
