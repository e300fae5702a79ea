#include "cli/on_aws.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cluster/head.hpp"
#include "cluster/work_folder.hpp"
#include "core/address.hpp"
#include "core/host.hpp"
#include "jobs/run/own_files.hpp"
#include "launch/hosts.hpp"
#include "launch/stop_signal.hpp"
#include "staging/digest.hpp"
#include "staging/s3.hpp"

namespace gridmill::cli {

namespace fs = std::filesystem;

namespace {

using core::ExitCode;

constexpr const char* kMark = "aws.job";  // in an output: it came from a cluster

/// A file that a job reads.
struct SentFile {
  fs::path path;  // below the folder of the command
  std::string sha256;
};

/// Returns a path as it is below the folder of the command. Errors: UserError where it is not.
fs::path below_here(const fs::path& path, const char* role) {
  const fs::path inside = path.lexically_normal();
  if (inside.is_relative() && !inside.empty() && *inside.begin() != "..") return inside;
  throw core::UserError(
      fmt::format("--on: the job {} {}, which lies outside this folder: the machines have a copy of what is in it",
                  role, path.string()),
      "name it relative to a folder that holds it, and give the command there; or put data at an s3:// address");
}

/// All files that a path stands for.
std::set<fs::path> files_below(const std::vector<fs::path>& paths) {
  std::set<fs::path> files;
  for (const fs::path& path : paths) {
    const fs::path inside = below_here(path, "reads");
    if (fs::is_directory(inside)) {
      for (const auto& entry : fs::recursive_directory_iterator(inside)) {
        const bool is_passing =
            entry.path().filename().string().starts_with('.') || entry.path().extension() == ".lock";
        if (entry.is_regular_file() && !is_passing) files.insert(entry.path());
      }
    } else {
      files.insert(inside);
    }
  }
  return files;
}

/// An open file, closed with its scope.
class ReadFile {
 public:
  explicit ReadFile(const fs::path& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (file_ < 0) {
      throw core::UserError(
          fmt::format("{}: cannot be read: {}", path.string(), std::generic_category().message(errno)));
    }
  }
  ~ReadFile() { ::close(file_); }
  ReadFile(const ReadFile&) = delete;
  ReadFile& operator=(const ReadFile&) = delete;

  [[nodiscard]] int number() const { return file_; }

 private:
  int file_;
};

std::vector<SentFile> digested(const std::set<fs::path>& files) {
  std::vector<SentFile> digested;
  for (const fs::path& path : files) {
    const ReadFile file(path);
    digested.push_back({path, staging::digests_of(file.number(), 0, fs::file_size(path), path.string()).sha256});
  }
  return digested;
}

/// Sends to the bucket what is not there. A file lies under its SHA-256, so that no two are mixed up.
void send(const std::vector<SentFile>& files, const std::string& bucket, const std::atomic<bool>& stop) {
  staging::S3 s3;
  for (const auto& [path, sha256] : files) {
    if (stop) throw core::RunError("stopped while files were sent", "the same command goes on");
    const core::Address object{
        .scheme = core::Address::Scheme::s3, .host = bucket, .path = "staging/" + sha256, .query = {}};
    if (!s3.list(bucket, object.path).empty()) continue;
    std::cerr << fmt::format("sending {} to {}", path.string(), object.text()) << std::endl;
    const ReadFile file(path);
    s3.write_file(object, file.number(), fs::file_size(path), [] {});
  }
}

/// Moves a file, also to another disk, over what is there.
void move_file(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error != std::errc::cross_device_link) {
    if (error) throw fs::filesystem_error("cannot move", from, to, error);
    return;
  }
  fs::copy_file(from, to, fs::copy_options::overwrite_existing);
  fs::remove(from);
}

/// One command, at work on a cluster.
class AwsJob {
 public:
  AwsJob(const config::AwsPlace& place, const AwsCommand& command)
      : place_(place), command_(command), folder_(place.name), head_(folder_, place.name, stop_.wanted()) {
    for (const fs::path& output : command.outputs) outputs_.push_back(below_here(output, "writes").string());
    const fs::path here = fs::current_path();
    work_ = fmt::format("{}-{}", plain(here.filename().string()),
                        staging::sha256(core::own_host_name() + ":" + here.string()).substr(0, kDigits));
    job_ = fmt::format("{}-{}", plain(outputs_.back()), staging::sha256(outputs_.back()).substr(0, kDigits));
  }

  ExitCode act() {
    stop_.expect_orderly_end();
    const auto outputs = cluster::read_outputs(folder_.outputs());
    if (!outputs) {
      throw core::UserError(fmt::format("--on: cluster '{}' is not up", place_.name),
                            fmt::format("gridmill cluster up {}", command_.place_file.string()));
    }
    try {
      return begin(*outputs);
    } catch (const core::RunError&) {
      if (!stop_.wanted()) throw;
      return leave();
    } catch (const fs::filesystem_error& error) {
      throw core::RunError(fmt::format("files of the job cannot be read or written here: {}", error.what()),
                           "nothing is lost: the same command goes on");
    }
  }

 private:
  static constexpr std::size_t kDigits = 8;

  /// A word for the name of a folder.
  static std::string plain(std::string word) {
    std::ranges::replace_if(
        word, [](unsigned char letter) { return std::isalnum(letter) == 0 && letter != '-' && letter != '_'; }, '-');
    return word;
  }

  ExitCode begin(const cluster::Outputs& outputs) {
    using Phase = cluster::JobState::Phase;
    refuse_other_results();
    const std::vector<SentFile> files = digested(files_below(command_.inputs));
    const std::string key = key_of(files);
    const cluster::JobState state = this_state();
    const bool is_same = state.key == key;
    if (state.phase == Phase::running) {
      if (!is_same) refuse_second_job();
      say("the job is running already; Ctrl-C leaves it alone");
      return follow();
    }
    const bool is_unheard = state.phase == Phase::ended && !state.is_seen && state.code.has_value();
    if (is_unheard && is_same) {
      say("the job has ended meanwhile");
      return follow();
    }
    if (state.phase == Phase::ended && state.code == 0 && is_same && !command_.begins_anew) {
      return follow();  // told again, brought again
    }
    if (is_unheard) say("an earlier job, of another command or other data, has ended there; this is a new one");
    send(files, outputs.bucket, stop_.wanted());
    fetch(files, outputs.bucket);
    std::vector<std::string> started{"start", work_, job_, std::to_string(place_.workers.max), key};
    started.insert(started.end(), command_.arguments.begin(), command_.arguments.end());
    (void)head_.must(started);
    say(fmt::format("begun on cluster '{}'; Ctrl-C leaves it alone, the same command follows it again", place_.name));
    return follow();
  }

  /// What the job is given: its words, and its files.
  [[nodiscard]] std::string key_of(const std::vector<SentFile>& files) const {
    std::string all;
    for (const std::string& word : command_.arguments) all += word + "\n";
    for (const SentFile& file : files) all += file.sha256 + " " + file.path.string() + "\n";
    return staging::sha256(all);
  }

  [[noreturn]] void refuse_second_job() const {
    throw core::UserError(
        fmt::format("{}: another job works on it on cluster '{}': another command, config or data", outputs_.back(),
                    place_.name),
        fmt::format("wait for it, end it by 'gridmill cluster stop {}', or name another folder with --output",
                    command_.place_file.string()));
  }

  /// Has the head take exactly these files from the bucket.
  void fetch(const std::vector<SentFile>& files, const std::string& bucket) {
    constexpr std::size_t kFilesAtOnce = 200;  // a command has at most 128 KiB
    (void)head_.must({"turn", work_, job_});
    for (std::size_t first = 0; first < files.size(); first += kFilesAtOnce) {
      std::vector<std::string> fetched{"fetch", work_, job_, bucket};
      for (std::size_t i = first; i < std::min(files.size(), first + kFilesAtOnce); ++i) {
        fetched.push_back(files[i].sha256);
        fetched.push_back(files[i].path.string());
      }
      (void)head_.must(fetched);
    }
    (void)head_.must({"prune", work_, job_});
  }

  cluster::JobState this_state() const {
    const std::string text = head_.must({"state", work_, job_});
    if (auto state = cluster::job_state_in(text)) return *state;
    throw core::RunError(fmt::format("the head of cluster '{}' says what is not understood: {}", place_.name, text));
  }

  /// What was begun here is not mixed with what comes from there, nor replaced by it.
  void refuse_other_results() const {
    const std::vector<std::string> came = marked_files(outputs_.back());
    for (const std::string& output : outputs_) {
      const bool is_folder = fs::is_directory(output) && !fs::is_empty(output);
      if (is_folder && !fs::exists(fs::path(output) / kMark)) {
        throw core::UserError(
            fmt::format("{}: holds a run that was begun here, not on cluster '{}'", output, place_.name),
            "go on here without --on, name another folder with --output, or remove this one");
      }
      const std::string inside = fs::path(output).lexically_relative(outputs_.back()).string();
      const bool came_from_there = std::ranges::find(came, inside) != came.end();
      const bool is_own = jobs::is_own_store(output) || jobs::is_own_predictions(output);
      if (fs::is_regular_file(output) && !came_from_there && !(command_.begins_anew && is_own)) {
        throw core::UserError(
            fmt::format("{}: is there, and did not come from cluster '{}': its own would take its place", output,
                        place_.name),
            is_own ? "--overwrite has it replaced; or name another file, or remove this one"
                   : "name another file, or remove this one: gridmill has not written it");
      }
    }
  }

  /// The files that came from there, as they are called in that folder.
  static std::vector<std::string> marked_files(const fs::path& output) {
    std::vector<std::string> files;
    std::ifstream mark(output / kMark);
    std::string line;
    std::getline(mark, line);  // the cluster
    while (std::getline(mark, line)) files.push_back(line);
    return files;
  }

  /// Passes on what the job says until it has ended, over as many connections as it takes.
  ExitCode follow() {
    constexpr std::chrono::seconds kPause{3};
    constexpr int kMostFailures = 100;
    std::array<std::uintmax_t, 2> heard{0, 0};
    for (int failures = 0; !stop_.wanted(); ++failures) {
      const int code = head_.listen({"follow", work_, job_, std::to_string(heard[0]), std::to_string(heard[1])},
                                    [&](launch::Stream stream, std::string_view bytes) {
                                      heard[stream == launch::Stream::out ? 0 : 1] += bytes.size();
                                      (stream == launch::Stream::out ? std::cout : std::cerr) << bytes << std::flush;
                                      failures = 0;
                                    });
      if (stop_.wanted()) break;
      if (code != cluster::kNoConnection) return take_results(code);
      if (failures >= kMostFailures) throw core::RunError("the head does not answer any more", kGoesOn);
      if (failures == 0) say("the head does not answer; trying again");
      for (auto left = kPause; left.count() > 0 && !stop_.wanted(); --left)
        std::this_thread::sleep_for(std::chrono::seconds(1));
    }
    return leave();
  }

  ExitCode take_results(int code) {
    const fs::path coming = fmt::format(".{}.coming", job_);
    fs::remove_all(coming);
    fs::create_directory(coming);
    head_.unpack(work_, outputs_, coming);
    std::set<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(coming)) {
      if (!entry.is_directory()) files.insert(entry.path().lexically_relative(coming));
    }
    mark_outputs(files);
    for (const fs::path& file : files) {
      if (file.has_parent_path()) fs::create_directories(file.parent_path());
      move_file(coming / file, file);
    }
    fs::remove_all(coming);
    (void)head_.must({"seen", work_, job_});
    for (const ExitCode each : {ExitCode::done, ExitCode::incomplete, ExitCode::bad_input, ExitCode::internal_error,
                                ExitCode::stopped, ExitCode::interrupted}) {
      if (static_cast<int>(each) == code) return each;
    }
    throw core::RunError(fmt::format("the job ended with exit code {}", code),
                         "what is finished is kept: the same command goes on");
  }

  /// Notes in each folder which files came from there, before they do; in that of the job also those that have a place
  /// elsewhere, as a store. Those that came before into the folder, and are no more, go.
  void mark_outputs(const std::set<fs::path>& files) const {
    for (const std::string& output : outputs_) {
      std::vector<std::string> now;
      for (const fs::path& file : files) {
        const fs::path inside = file.lexically_relative(output);
        const bool is_within = !inside.empty() && *inside.begin() != ".." && inside != ".";
        const bool is_elsewhere =
            output == outputs_.back() && std::ranges::find(outputs_, file.string()) != outputs_.end();
        if (is_within || is_elsewhere) now.push_back(inside.string());
      }
      if (now.empty()) continue;
      for (const std::string& before : marked_files(output)) {
        const bool is_within = !before.starts_with("..");
        if (is_within && std::ranges::find(now, before) == now.end()) fs::remove(fs::path(output) / before);
      }
      fs::create_directories(output);
      std::ofstream(fs::path(output) / kMark) << fmt::format("{}\n{}\n", place_.name, fmt::join(now, "\n"));
    }
  }

  ExitCode leave() {
    say(fmt::format("the job goes on; {}, 'gridmill cluster stop {}' stops it", kGoesOn, command_.place_file.string()));
    return stop_.code();
  }

  static void say(const std::string& sentence) { std::cerr << sentence << std::endl; }

  static constexpr const char* kGoesOn = "the same command follows it again";

  const config::AwsPlace& place_;
  const AwsCommand& command_;
  launch::StopSignal stop_;
  cluster::WorkFolder folder_;
  cluster::Head head_;
  std::vector<std::string> outputs_;
  std::string work_;  // folder on the head
  std::string job_;
};

}  // namespace

ExitCode work_on_aws(const config::AwsPlace& place, const AwsCommand& command) { return AwsJob(place, command).act(); }

}  // namespace gridmill::cli
