#include "jobs/run/own_files.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "config/resolved.hpp"
#include "core/error.hpp"
#include "io/files/json.hpp"
#include "io/store/store_format.hpp"
#include "jobs/run/epoch.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

namespace {

constexpr const char* kResolved = "config.resolved.yaml";
constexpr const char* kLock = "lock";
constexpr const char* kSummary = "summary.json";
constexpr const char* kModel = "pipeline.json";

// What families call the files of their models, beside which pipeline.json stands.
constexpr std::array<std::string_view, 2> kModelFiles{"model.libsvm", "model.json"};

// In the order in which they are removed: "finished" is said no longer, then the rest; that it is ours stands to the
// end.
constexpr std::array kSearchFiles{kSummary,   kReport,          kShard,       kPredictedDigest, kPredicted,
                                  kRunConfig, "cv_results.csv", "results.h5", "best",           kParts,
                                  kEvents,    "journal",        kEpoch,       kResolved};
constexpr std::array kFeaturesFiles{kSummary,       kReport,       "features.json", "features.h5",
                                    "features.csv", "parts",       kStoreDigest,    kCutoffsDigest,
                                    kEvents,        kTasksJournal, kEpoch,          kResolved};

std::span<const char* const> names_of(RunKind kind) {
  if (kind == RunKind::search) return kSearchFiles;
  return kFeaturesFiles;
}

std::string_view what_is(RunKind kind) { return kind == RunKind::search ? "a search" : "features"; }

bool is_there(const fs::path& file) {
  std::error_code ignored;
  return fs::symlink_status(file, ignored).type() != fs::file_type::not_found;
}

/// The first bytes of a regular file; nothing of what is none.
std::string beginning(const fs::path& file, std::size_t n_bytes) {
  std::error_code ignored;
  std::string bytes;
  if (!fs::is_regular_file(file, ignored)) return bytes;
  bytes.resize(n_bytes);
  std::ifstream in(file, std::ios::binary);
  in.read(bytes.data(), static_cast<std::streamsize>(n_bytes));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

/// Says whether a text is eight hexadecimal digits and, each after a blank, one number or more; the end of the line.
bool names_holder(std::string_view text) {
  if (text.find_first_not_of("0123456789abcdef") != 8 || text.back() != '\n') return false;
  text = text.substr(8, text.size() - 9);
  if (text.empty()) return false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_not_of("0123456789", 1), text.size());
    if (text.front() != ' ' || end == 1) return false;
    text.remove_prefix(end);
  }
  return true;
}

/// A killed run leaves its lock: an empty file, or a line that says who held it: "0123abcd 4711 4710".
bool is_own_lock(const fs::path& file) {
  constexpr std::size_t kLongest = 64;  // [bytes]
  std::error_code ignored;
  if (fs::symlink_status(file, ignored).type() != fs::file_type::regular) return false;
  const std::string holder = beginning(file, kLongest);
  return holder.empty() || names_holder(holder);
}

/// Says whether `inner` is the file or lies in the folder `outer`.
bool is_at_or_in(const fs::path& inner, const fs::path& outer) {
  std::error_code ignored;
  if (is_same_file(inner, outer)) return true;
  if (!fs::is_directory(outer, ignored)) return false;
  for (fs::path above = fs::weakly_canonical(inner, ignored); above.has_relative_path(); above = above.parent_path()) {
    if (is_same_file(above, outer)) return true;
  }
  return false;
}

void check_inputs(const fs::path& folder, RunKind kind, std::span<const fs::path> inputs) {
  for (const char* name : names_of(kind)) {
    const fs::path file = folder / name;
    if (!is_there(file)) continue;
    for (const fs::path& input : inputs) {
      if (!is_at_or_in(input, file)) continue;
      throw core::UserError(fmt::format("{}: is what the job reads, and would be replaced by what it writes as {}",
                                        input.string(), file.string()),
                            "choose another output");
    }
  }
}

/// Says whether a file of a run directory begins as the one of that name that we write; what is empty, and a CSV file
/// of features, may be anybody's. Somebody may have put a file of his own there later.
bool begins_as_ours(std::string_view name, const fs::path& file) {
  constexpr std::size_t kLooked = 65536;  // [bytes]
  constexpr std::string_view kHdf5 = "\x89HDF\r\n\x1a\n";
  const bool is_of_folder = name == "best" || name == "parts";
  std::error_code ignored;
  if (fs::is_directory(file, ignored) || is_of_folder) return fs::is_directory(file, ignored) == is_of_folder;
  const std::string bytes = beginning(file, kLooked);
  if (bytes.empty()) return true;
  if (name.ends_with(".json") || name == kEvents) return bytes.starts_with('{');
  if (name.ends_with(".h5")) return bytes.starts_with(kHdf5);
  if (name == kReport) return is_own_report(file);
  if (name == kPredicted) return is_own_predictions(file);
  if (name == kTasksJournal) return bytes.starts_with("GMJOURNL");
  if (name == kEpoch) return bytes.starts_with(kEpochHeading);
  if (name == kRunConfig) return bytes.starts_with(kRunConfigHeading);
  if (name == "cv_results.csv") return bytes.substr(0, bytes.find('\n')).find("mean_fit_time,") != std::string::npos;
  if (name.ends_with(".digest")) return bytes.size() == 17 && bytes.find_first_not_of("0123456789abcdef") == 16;
  return true;
}

[[noreturn]] void refuse_foreign(const fs::path& folder, const fs::path& file) {
  throw core::UserError(fmt::format("{}: holds {}, which gridmill did not write and does not replace", folder.string(),
                                    file.filename().string()),
                        "choose another output, or move it away");
}

/// Says whether a pipeline.json begins as ours do, whatever has become of the rest of it.
bool is_own_pipeline(const fs::path& file) {
  constexpr std::size_t kFirstEntry = 64;  // [bytes] in which its first entry stands
  const std::string bytes = beginning(file, kFirstEntry);
  return bytes.starts_with('{') && bytes.find("\"format_version\"") != std::string::npos;
}

/// Returns the names of the model's own files, as its pipeline.json lists them.
std::vector<std::string> model_files(const fs::path& best) {
  std::vector<std::string> names;
  try {
    const core::Value root = io::read_json(best / kModel).value;
    for (const auto& [key, value] : root.is_mapping() ? root.mapping() : core::ValueMapping{}) {
      if (key != "files" || !value.is_mapping()) continue;
      for (const auto& [name, checksum] : value.mapping()) names.push_back(name);
    }
  } catch (const core::UserError&) {
    // Damaged, which is no reason to keep the model.
  }
  if (names.empty()) names.assign(kModelFiles.begin(), kModelFiles.end());  // earlier versions listed none
  std::erase_if(names, [](const std::string& name) { return fs::path(name).filename() != name; });
  return names;
}

/// Refuses files of others in `best/` that the model's would replace: what our pipeline.json does not list is not ours.
void check_own_model(const fs::path& best) {
  if (!is_there(best)) return;
  std::vector<std::string> own;
  if (is_there(best / kModel)) {
    if (!is_own_pipeline(best / kModel)) refuse_foreign(best, best / kModel);
    own = model_files(best);
  }
  for (const std::string_view name : kModelFiles) {
    if (is_there(best / name) && std::find(own.begin(), own.end(), name) == own.end())
      refuse_foreign(best, best / name);
  }
}

/// Refuses what lies in a run directory under a name of ours, but is not as we write it.
void check_own(const fs::path& folder, RunKind kind) {
  for (const char* name : names_of(kind)) {
    if (is_there(folder / name) && !begins_as_ours(name, folder / name)) refuse_foreign(folder, folder / name);
  }
  if (kind == RunKind::search) check_own_model(folder / "best");
}

void remove_file(const fs::path& file) {
  std::error_code error;
  fs::remove(file, error);
  if (error) throw core::UserError(fmt::format("{}: cannot be removed: {}", file.string(), error.message()));
}

/// A folder itself: what a link leads to belongs to somebody else.
bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(fs::symlink_status(path, ignored));
}

void remove_if_empty(const fs::path& folder) {
  std::error_code ignored;
  fs::remove(folder, ignored);  // refuses one that holds anything
}

/// "rows-0001.h5", "stage-0-0001.h5", "encoded-0001.h5", summaries of pieces, fits; what a kill left of them.
bool is_part_name(const std::string& name) {
  constexpr std::array<std::string_view, 5> kBeginnings{"rows-", "stage-", "encoded-", "pieces-", "fit-"};
  const bool is_unfinished = name.starts_with('.') && name.ends_with(".partial");
  return is_unfinished || std::any_of(kBeginnings.begin(), kBeginnings.end(),
                                      [&](std::string_view beginning) { return name.starts_with(beginning); });
}

}  // namespace

std::optional<RunKind> run_kind(const fs::path& folder) {
  constexpr std::size_t kLine = 256;  // [bytes]
  const auto command = config::resolved_by(beginning(folder / kResolved, kLine));
  if (command) return *command == "search" ? RunKind::search : RunKind::features;
  if (beginning(folder / "journal", 8) == "GMJOURNL") return RunKind::search;
  return std::nullopt;
}

void check_run_folder(const fs::path& folder, RunKind kind, bool may_remove, std::span<const fs::path> inputs) {
  check_inputs(folder, kind, inputs);
  const fs::path lock = folder / kLock;
  if (is_there(lock) && !is_own_lock(lock)) refuse_foreign(folder, lock);
  const std::optional<RunKind> there = run_kind(folder);
  if (there == kind) {
    if (may_remove || !is_there(folder / kSummary)) check_own(folder, kind);
    return;
  }
  if (there) {
    check_inputs(folder, *there, inputs);
    if (may_remove) return check_own(folder, *there);
    throw core::UserError(fmt::format("{}: holds {}, not {}", folder.string(), what_is(*there), what_is(kind)),
                          "choose another output, or --overwrite to start anew (what gridmill wrote there is removed)");
  }
  for (const char* name : names_of(kind)) {
    if (is_there(folder / name)) refuse_foreign(folder, folder / name);
  }
}

void remove_run(const fs::path& folder, RunKind kind) {
  for (const std::string_view name : names_of(kind)) {
    const fs::path file = folder / name;
    if (name == "best") {
      remove_model(file);
    } else if (name == "parts") {
      remove_parts(file);
    } else {
      remove_file(file);
    }
  }
}

void remove_parts(const fs::path& parts) {
  if (!is_folder(parts)) return;
  std::error_code error;
  std::vector<fs::path> own;
  for (fs::directory_iterator at(parts, error); !error && at != fs::directory_iterator(); at.increment(error)) {
    if (is_part_name(at->path().filename().string())) own.push_back(at->path());
  }
  for (const fs::path& file : own) remove_file(file);
  remove_if_empty(parts);
}

void remove_model(const fs::path& best) {
  if (!is_folder(best) || !is_own_pipeline(best / kModel)) return;
  for (const std::string& name : model_files(best)) remove_file(best / name);
  remove_file(best / kModel);
  remove_if_empty(best);
}

bool is_own_store(const fs::path& file) {
  constexpr std::size_t kRootGroup = 65536;  // [bytes] in which the attributes of the root group stand
  const std::string bytes = beginning(file, kRootGroup);
  return bytes.starts_with("\x89HDF\r\n\x1a\n") && bytes.find(io::kStoreFormat) != std::string::npos;
}

bool is_own_predictions(const fs::path& file) {
  constexpr std::size_t kLongestHeader = std::size_t{1} << 20U;  // [bytes]
  const std::string bytes = beginning(file, kLongestHeader);
  const std::string header = "," + bytes.substr(0, bytes.find('\n')) + ",";
  return header.find(",prediction,") != std::string::npos;
}

bool begins_with(const fs::path& file, const std::string& bytes) {
  return !bytes.empty() && beginning(file, bytes.size()) == bytes;
}

bool is_own_report(const fs::path& file) {
  constexpr std::size_t kHead = 2048;  // [bytes] in which a page says who made it
  const std::string bytes = beginning(file, kHead);
  return bytes.starts_with("<!doctype html>") &&
         bytes.find("<meta name=\"generator\" content=\"gridmill\">") != std::string::npos;
}

bool is_same_file(const fs::path& a, const fs::path& b) {
  std::error_code error;
  return fs::equivalent(a, b, error) && !error;
}

}  // namespace gridmill::jobs
