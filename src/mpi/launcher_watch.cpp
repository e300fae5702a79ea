#include "mpi/launcher_watch.hpp"

#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "core/host.hpp"
#include "mpi/session.hpp"

namespace gridmill::mpi {

namespace fs = std::filesystem;

namespace {

std::string_view environment(const char* name) {
  const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread starts
  return text == nullptr ? std::string_view() : std::string_view(text);
}

/// Returns the number that a text begins with; 0: none.
template <class Number>
Number leading_number(std::string_view text) {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool is_named(const fs::path& path, std::string_view beginning) {
  return path.filename().string().starts_with(beginning);
}

/// Returns the process that has started another one, or has taken it in; 0: not known.
pid_t parent_of(pid_t process) {
  std::ifstream status(fmt::format("/proc/{}/status", process));
  pid_t parent = 0;
  for (std::string word; parent == 0 && status >> word;) {
    if (word == "PPid:") status >> parent;
  }
  return parent;
}

std::uint32_t family_of(std::uint32_t job) { return job >> 16U; }

/// Calls `each` with the members of a folder.
template <class Each>
void for_each_member(const fs::path& folder, Each each) {
  std::error_code error;
  fs::directory_iterator at(folder, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) each(at->path());
}

/// Where Open MPI keeps its folders.
fs::path temporary_folder() {
  for (const char* name : {"TMPDIR", "TEMP", "TMP"}) {
    if (!environment(name).empty()) return environment(name);
  }
  return "/tmp";
}

}  // namespace

bool has_own_launcher() { return !environment(kLauncherVariable).empty(); }

pid_t own_launcher() {
  const std::string_view text = environment(kLauncherVariable);
  const std::size_t space = text.find(' ');
  const bool is_here = space != std::string_view::npos && text.substr(space + 1) == core::own_host_name();
  return is_here ? leading_number<pid_t>(text) : 0;
}

int blamed_signal() { return leading_number<int>(environment(kBlamedSignalVariable)); }

pid_t keeper_process() {
  if (!launched_as_rank()) return 0;
  const pid_t launcher = own_launcher();
  return launcher > 0 ? launcher : ::getppid();
}

bool descends_from(pid_t process, pid_t ancestor) {
  while (process > 1 && process != ancestor) process = parent_of(process);
  return process == ancestor;
}

JobTraces JobTraces::of_this_rank() {
  JobTraces traces{.folder = environment("OMPI_MCA_orte_jobfam_session_dir"),
                   .family = family_of(leading_number<std::uint32_t>(environment("PMIX_NAMESPACE")))};
  // It is going to be removed with all that is in it.
  if (!is_named(traces.folder, "pid.") || !is_named(traces.folder.parent_path(), "ompi.")) traces.folder.clear();
  return traces;
}

JobTraces JobTraces::of_mpirun(pid_t mpirun) {
  JobTraces traces;
  const std::string number = fmt::format("pid.{}", mpirun);
  for_each_member(temporary_folder(), [&](const fs::path& member) {
    std::error_code ignored;
    if (is_named(member, "ompi.") && fs::exists(member / number, ignored)) traces.folder = member / number;
  });
  std::ifstream contact(traces.folder / "contact.txt");
  std::uint32_t job = 0;
  if (!traces.folder.empty() && contact >> job) traces.family = family_of(job);
  return traces;
}

void JobTraces::remove() const {
  std::error_code ignored;
  if (!folder.empty()) {
    fs::remove_all(folder, ignored);
    fs::remove(folder.parent_path(), ignored);  // refuses while other jobs have folders in it
  }
  if (family == 0) return;
  // vader_segment.HOST.UID.JOB.RANK, the job's number in hexadecimal digits.
  const std::string of_family = fmt::format(".{}.{:x}", ::getuid(), family);
  for_each_member("/dev/shm", [&](const fs::path& file) {
    const std::string name = file.filename().string();
    const std::size_t at = name.find(of_family);
    const bool is_one = is_named(file, "vader_segment.") && at != std::string::npos &&
                        name.find('.', at + of_family.size()) == at + of_family.size() + 4;
    if (is_one) fs::remove(file, ignored);
  });
}

LauncherWatch::LauncherWatch() {
  if (!launched_as_rank()) return;
  launcher_ = ::getppid();
  // Our own launcher takes in the ranks of an mpirun that has died.
  too_late_ = launcher_ == own_launcher();
  traces_ = JobTraces::of_this_rank();
}

bool LauncherWatch::has_died() const { return launcher_ != 0 && (too_late_ || ::getppid() != launcher_); }

}  // namespace gridmill::mpi
