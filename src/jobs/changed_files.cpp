#include "jobs/changed_files.hpp"

#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/array_file.hpp"
#include "io/file_descriptor.hpp"
#include "io/hdf5.hpp"
#include "io/json.hpp"
#include "io/text_checksum.hpp"
#include "io/trailing_checksum.hpp"
#include "jobs/model_files.hpp"
#include "jobs/result_checksums.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

namespace {

constexpr const char* kMakeAgain =
    "remove it and repeat the command, which makes it again; or --overwrite to start anew";

[[noreturn]] void refuse_changed(const fs::path& file, std::string hint) {
  throw core::UserError(
      core::Problem{{file.string()}, "has changed since gridmill wrote it: its checksum is another", std::move(hint)});
}

/// Reads a JSON file of a run, with the hint that fits there.
core::Value read_own(const fs::path& file) {
  try {
    return io::read_json(file).value;
  } catch (const core::UserError& error) {
    core::Problem problem = error.problems().front();
    problem.hint = kMakeAgain;
    throw core::UserError(std::move(problem));
  }
}

}  // namespace

void refuse_changed_config(const fs::path& file) {
  if (io::compare_checksum_line(file) == io::TrailingChecksum::wrong) {
    refuse_changed(file, "--overwrite starts anew; to run what it says, copy it to a config of your own");
  }
}

void refuse_changed_files(const RunDirectory& directory) {
  (void)read_own(directory.summary());
  refuse_changed_config(directory.resolved_config());
  switch (io::compare_checksum(directory.results())) {
    case io::TrailingChecksum::wrong: refuse_changed(directory.results(), kMakeAgain);
    case io::TrailingChecksum::none: break;
    case io::TrailingChecksum::right: {
      const io::ArrayAttributes known = io::read_root_attributes(directory.results());
      const auto csv = known.find(kCsvChecksum);
      if (csv != known.end() &&
          csv->second != io::ArrayAttributes::mapped_type(io::checksum_text(directory.cv_results())))
        refuse_changed(directory.cv_results(), kMakeAgain);
    }
  }
  if (fs::exists(directory.best())) (void)load_pipeline(directory.best());
}

void refuse_changed_files(const FeaturesDirectory& directory, bool with_csv) {
  refuse_changed_config(directory.file("config.resolved.yaml"));
  (void)read_own(directory.definitions());
  const core::Value summary = read_own(directory.summary());
  if (!with_csv || !summary.is_mapping()) return;
  for (const auto& [name, value] : summary.mapping()) {
    if (name == kCsvChecksum && value != core::Value(io::checksum_text(directory.csv()))) {
      refuse_changed(directory.csv(), kMakeAgain);
    }
  }
}

void note_unchecked(const fs::path& file, Observer& observer) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return;  // a pipe is read once; what is missing is told elsewhere
  char begin[8] = {};
  const std::size_t got = io::FileDescriptor::open_input(file).read(begin);
  if (!io::hdf5::has_signature({begin, got}) || io::has_checksum(file)) return;
  observer.note(
      fmt::format("{} has no checksum, as another program or an earlier gridmill writes it: what is in it is "
                  "taken as it is; gridmill import makes one that is checked",
                  file.string()));
}

}  // namespace gridmill::jobs
