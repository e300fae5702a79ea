#include "jobs/run/output_file.hpp"

#include <unistd.h>

#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/files/atomic_file.hpp"
#include "jobs/run/own_files.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void refuse_output(const fs::path& place, std::string what, std::string hint = {}) {
  throw core::UserError(core::Problem{{place.string()}, std::move(what), std::move(hint)});
}

constexpr const char* kElsewhere = "choose another with --output";

void check_inputs(const OutputFile& output) {
  for (const fs::path& input : output.inputs) {
    if (input.empty() || !is_same_file(output.file, input)) continue;
    refuse_output(output.file, fmt::format("is what the command reads ({}), and is not replaced", input.string()),
                  kElsewhere);
  }
}

std::string_view name_of(OutputKind kind) {
  switch (kind) {
    case OutputKind::store: return "store";
    case OutputKind::predictions: return "predictions";
    case OutputKind::report: return "report";
  }
  GRIDMILL_ASSERT(false, "unknown kind of output");
}

/// Of CSV nothing tells who wrote it: where a run remembers what it has predicted there it is ours; elsewhere, if it is
/// just what would be written now.
bool may_be_own_predictions(const OutputFile& output) {
  std::error_code ignored;
  const bool is_of_run =
      output.file.filename() == kPredicted && fs::exists(output.file.parent_path() / kPredictedDigest, ignored);
  if (is_of_run || output.header.empty()) return is_own_predictions(output.file);
  return begins_with(output.file, output.header);
}

bool is_own(const OutputFile& output) {
  std::error_code ignored;
  if (fs::file_size(output.file, ignored) == 0) return true;  // holds nothing of anybody's
  switch (output.kind) {
    case OutputKind::store: return is_own_store(output.file);
    case OutputKind::predictions: return may_be_own_predictions(output);
    case OutputKind::report: return is_own_report(output.file);
  }
  GRIDMILL_ASSERT(false, "unknown kind of output");
}

void check_replaced(const OutputFile& output) {
  std::error_code ignored;
  const fs::file_type type = fs::symlink_status(output.file, ignored).type();
  if (type == fs::file_type::not_found) return;
  if (fs::is_directory(output.file)) refuse_output(output.file, "is a folder; the output must be a file");
  if (output.if_exists == IfExists::refuse) {
    refuse_output(output.file, "exists already", "--overwrite to replace it, or choose another with --output");
  }
  if (!fs::is_regular_file(output.file, ignored)) refuse_output(output.file, "is no regular file", kElsewhere);
  if (is_own(output)) return;
  refuse_output(output.file,
                output.kind == OutputKind::predictions
                    ? std::string("is not replaced: it does not begin with the header of these predictions")
                    : fmt::format("is not replaced: gridmill did not write it (it holds no {})", name_of(output.kind)),
                "remove it yourself if nobody needs it, or choose another with --output");
}

}  // namespace

void prepare_output_file(const OutputFile& output) {
  check_inputs(output);
  const fs::path& file = output.file;
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  check_replaced(output);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) refuse_output(folder, fmt::format("the output folder cannot be made: {}", error.message()));
  if (!fs::is_directory(folder)) refuse_output(folder, "the output folder is a file");
  if (access(folder.c_str(), W_OK | X_OK) != 0) refuse_output(folder, "the output folder is not writable");
  io::remove_abandoned(file);
}

}  // namespace gridmill::jobs
