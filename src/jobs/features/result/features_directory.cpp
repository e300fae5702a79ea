#include "jobs/features/result/features_directory.hpp"

#include <fstream>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/resolved.hpp"
#include "config/run_file.hpp"
#include "core/error.hpp"
#include "io/files/atomic_file.hpp"
#include "io/files/checksum.hpp"
#include "io/files/text_checksum.hpp"
#include "io/files/trailing_checksum.hpp"
#include "io/store/store.hpp"
#include "jobs/run/changed_files.hpp"
#include "jobs/run/own_files.hpp"
#include "jobs/run/result_checksums.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

namespace {

constexpr const char* kAnew = "choose another output, or --overwrite to start anew (what is there is removed)";

std::optional<std::uint64_t> read_digest(const fs::path& file) {
  std::ifstream in(file);
  std::uint64_t digest = 0;
  return in >> std::hex >> digest ? std::optional(digest) : std::nullopt;
}

void write_digest(const fs::path& file, std::uint64_t digest) {
  io::write_file(file, fmt::format("{:016x}\n", digest));
}

/// Refuses a finished job of which a file has changed; features.h5 and its parts are made again instead, see
/// damaged_parts.hpp.
void refuse_changed_features(const FeaturesDirectory& directory, bool with_csv) {
  refuse_changed_config(directory.file("config.resolved.yaml"));
  (void)read_unchanged_json(directory.definitions());
  const core::Value summary = read_unchanged_json(directory.summary());
  if (!with_csv || !summary.is_mapping()) return;
  for (const auto& [name, value] : summary.mapping()) {
    if (name == kCsvChecksum && value != core::Value(io::checksum_text(directory.csv()))) {
      refuse_changed(directory.csv(), kMakeAgain);
    }
  }
}

}  // namespace

FeaturesDirectory::FeaturesDirectory(const config::FeaturesJob& job, IfOther if_other, Observer& observer)
    : folder_(
          job.output,
          {.kind = RunKind::features, .if_other = if_other, .inputs = {job.features.store, job.features.cutoff.file}},
          observer) {
  const fs::path resolved = file("config.resolved.yaml");
  if (if_other == IfOther::overwrite || !fs::exists(resolved)) return;
  refuse_changed_config(resolved);
  config::FeaturesJob before;
  try {
    before = config::RunFile(resolved).features_job();
  } catch (const core::UserError&) {
    throw core::UserError(fmt::format("{} holds something else than features", folder().string()), kAnew);
  }
  const std::vector<std::string> different = config::differences(before, job);
  if (!different.empty()) {
    throw core::UserError(fmt::format("{} holds other features: {}", folder().string(), fmt::join(different, "; ")),
                          kAnew);
  }
  if (before.features.cutoff.kind == config::CutoffOptions::Kind::now &&
      before.features.cutoff.time != job.features.cutoff.time) {
    throw core::UserError(fmt::format("{}: another gridmill has begun to work in this folder", folder().string()),
                          "repeat the command to go on with what it made");
  }
}

void FeaturesDirectory::begin(const config::FeaturesJob& job, IfOther if_other) {
  if (if_other == IfOther::overwrite) folder_.remove_earlier_run();
  const fs::path resolved = file("config.resolved.yaml");
  if (!fs::exists(resolved)) io::write_file(resolved, io::with_checksum_line(config::resolved_yaml(job)));
  std::error_code error;
  fs::create_directories(parts(), error);
  if (error) throw core::UserError(fmt::format("{}: cannot be made: {}", parts().string(), error.message()));
  io::remove_all_unfinished(parts());  // nobody else writes here: the folder is locked
}

std::vector<WrittenFile> FeaturesDirectory::written() const {
  std::vector<WrittenFile> files{
      {matrix().string(), "the features; 'gridmill info' shows them, 'gridmill search' learns from them"}};
  if (fs::exists(csv())) files.push_back({csv().string(), "the same as text"});
  files.push_back({definitions().string(), "their definitions: gridmill features --apply"});
  files.push_back({summary().string(), "what is in them, column by column"});
  return files;
}

bool FeaturesDirectory::finished(bool with_csv) const {
  if (!fs::exists(summary()) || !fs::exists(definitions()) || (with_csv && !fs::exists(csv()))) return false;
  refuse_changed_features(*this, with_csv);
  try {
    (void)io::StoreReader(matrix());  // refuses a file without its parts
    return !matrix_has_changed();
  } catch (const core::UserError&) {
    return false;
  }
}

bool FeaturesDirectory::matrix_has_changed() const {
  return fs::exists(matrix()) && io::compare_checksum(matrix()) != io::TrailingChecksum::right;
}

std::optional<std::uint64_t> FeaturesDirectory::known_store() const { return read_digest(file(kStoreDigest)); }

bool FeaturesDirectory::check_cutoffs(const fs::path& cutoffs) const {
  const std::uint64_t digest = io::file_checksum(cutoffs);
  const std::optional<std::uint64_t> known = read_digest(file(kCutoffsDigest));
  if (known && *known != digest) {
    throw core::UserError(fmt::format("{}: the cutoff times in {} have changed since this run began", folder().string(),
                                      cutoffs.string()),
                          kAnew);
  }
  if (!known) write_digest(file(kCutoffsDigest), digest);
  return known.has_value();
}

void FeaturesDirectory::check_store(const fs::path& store, std::uint64_t digest) {
  const std::optional<std::uint64_t> known = known_store();
  if (!known) {
    remove_parts(parts());
    fs::create_directories(parts());
  } else if (*known != digest) {
    throw core::UserError(
        fmt::format("{}: the store {} has changed since this run began", folder().string(), store.string()), kAnew);
  }
}

void FeaturesDirectory::remember_store(std::uint64_t digest) const { write_digest(file(kStoreDigest), digest); }

std::string earlier_now(const config::FeaturesJob& job) {
  const fs::path resolved = job.output / "config.resolved.yaml";
  std::error_code ignored;
  if (!fs::exists(resolved, ignored)) return {};
  try {
    const config::FeaturesJob before = config::RunFile(resolved).features_job();
    const bool same =
        before.features.cutoff.kind == config::CutoffOptions::Kind::now && config::differences(before, job).empty();
    return same ? before.features.cutoff.time : std::string();
  } catch (const core::UserError&) {
    return {};  // whoever enters the folder says what it holds
  }
}

}  // namespace gridmill::jobs
