#include "jobs/run/changed_files.hpp"

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/files/file_descriptor.hpp"
#include "io/files/json.hpp"
#include "io/files/text_checksum.hpp"
#include "io/files/trailing_checksum.hpp"
#include "io/hdf5/hdf5.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

void refuse_changed(const fs::path& file, std::string hint) {
  throw core::UserError(
      core::Problem{{file.string()}, "has changed since gridmill wrote it: its checksum is another", std::move(hint)});
}

core::Value read_unchanged_json(const fs::path& file) {
  try {
    return io::read_json(file).value;
  } catch (const core::UserError& error) {
    core::Problem problem = error.problems().front();
    problem.hint = kMakeAgain;
    throw core::UserError(std::move(problem));
  }
}

void refuse_changed_config(const fs::path& file) {
  if (io::compare_checksum_line(file) == io::TrailingChecksum::wrong) {
    refuse_changed(file, "--overwrite starts anew; to run what it says, copy it to a config of your own");
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
