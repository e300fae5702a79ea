#include "jobs/run/run_folder.hpp"

#include <unistd.h>

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/files/atomic_file.hpp"
#include "mpi/agree.hpp"
#include "mpi/failure.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

namespace {

/// The folders of that path that are not there yet, the innermost first.
std::vector<fs::path> missing_folders(fs::path folder) {
  std::vector<fs::path> missing;
  std::error_code error;
  while (!folder.empty() && !fs::exists(folder, error) && !error) {
    if (folder.has_filename()) missing.push_back(folder);
    folder = folder.parent_path();
  }
  return missing;
}

}  // namespace

RunFolder::RunFolder(fs::path folder, const RunClaim& claim, Observer& observer) : folder_(std::move(folder)) {
  check_run_folder(folder_, claim.kind, claim.if_other == IfOther::overwrite, claim.inputs);
  try {
    make();
    lock_.emplace(file("lock"), observer);
    io::remove_abandoned_in(folder_);
  } catch (...) {
    remove_empty();
    throw;
  }
}

RunFolder::~RunFolder() {
  lock_.reset();
  remove_empty();
}

const Epoch& RunFolder::raise_epoch() { return epoch_.emplace(Epoch::raise(file(kEpoch))); }

void RunFolder::check_epoch() const {
  if (epoch_) epoch_->check();
}

void RunFolder::remove_earlier_run() const {
  if (const auto kind = run_kind(folder_)) remove_run(folder_, *kind);
}

void RunFolder::make() {
  made_ = missing_folders(folder_);
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) {
    throw core::UserError(fmt::format("{}: the output folder cannot be made: {}", folder_.string(), error.message()));
  }
  if (!fs::is_directory(folder_)) {
    throw core::UserError(fmt::format("{}: the output is a file, not a folder", folder_.string()));
  }
  if (access(folder_.c_str(), W_OK | X_OK) != 0) {
    throw core::UserError(fmt::format("{}: the output folder is not writable", folder_.string()));
  }
}

void RunFolder::remove_empty() const {
  std::error_code ignored;
  for (const fs::path& folder : made_) fs::remove(folder, ignored);  // refuses one that holds anything
}

IfOther settled_if_other(IfOther if_other, const fs::path& folder, mpi::Session& session) {
  if (if_other == IfOther::refuse) return if_other;
  bool goes_on = false;
  mpi::run_together(session.transport(), [&] {
    if (session.place().rank == 0) goes_on = is_of_this_command(folder / kEpoch);
  });
  return mpi::agree(session.transport(), goes_on) ? IfOther::refuse : if_other;
}

}  // namespace gridmill::jobs
