#include "jobs/run/epoch.hpp"

#include <unistd.h>

#include <fstream>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/files/atomic_file.hpp"
#include "jobs/run/this_command.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

namespace {

struct Told {
  std::uint32_t number = 0;
  CommandIdentity command;
};

/// Returns the first line; empty where there is none.
std::string read_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

/// "gridmill epoch 3 0123abcd.4711.99 12.0 0 4712"
std::optional<Told> read_told(const fs::path& file) {
  std::ifstream in(file);
  std::string gridmill, word;
  Told entry;
  in >> gridmill >> word >> entry.number >> entry.command.launcher >> entry.command.slurm >> entry.command.n_requeued;
  if (!in || gridmill + " " + word + " " != kEpochHeading) return std::nullopt;
  return entry;
}

}  // namespace

Epoch::Epoch(fs::path file, std::uint32_t number, std::string line)
    : file_(std::move(file)), number_(number), line_(std::move(line)) {}

Epoch Epoch::raise(const fs::path& file) {
  const std::optional<Told> last = read_told(file);
  const std::uint32_t number = (last ? last->number : 0) + 1;
  const CommandIdentity command = CommandIdentity::of_this_process();
  std::string line = fmt::format("{}{} {} {} {} {}", kEpochHeading, number, command.launcher, command.slurm,
                                 command.n_requeued, ::getpid());
  io::write_file(file, line + "\n");
  return {file, number, std::move(line)};
}

void Epoch::check() const {
  const std::string now = read_line(file_);
  if (now == line_) return;
  const std::optional<Told> other = read_told(file_);
  throw core::RunError(other ? fmt::format("{}: launch {} has taken over this run; launch {}, which was taken for "
                                           "dead, writes nothing more",
                                           file_.parent_path().string(), other->number, number_)
                             : fmt::format("{}: it no longer says that launch {} works here, which therefore writes "
                                           "nothing more",
                                           file_.string(), number_),
                       "'gridmill status' says who works there");
}

bool is_of_this_command(const fs::path& epoch_file) {
  const std::optional<Told> last = read_told(epoch_file);
  return last && last->command.is_continued_by(CommandIdentity::of_this_process());
}

}  // namespace gridmill::jobs
