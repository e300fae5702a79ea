#include "staging/folder_mirror.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "staging/claim.hpp"

namespace gridmill::staging {

namespace fs = std::filesystem;

namespace {

constexpr const char* kSummaryName = "summary.json";

core::Address in_folder(const core::Address& folder, const std::string& name) {
  core::Address file = folder;
  file.path += "/" + name;
  return file;
}

/// A file as it is now, held open: what replaces it under its name is another one.
class OpenFile {
 public:
  explicit OpenFile(const fs::path& path)
      : facts_(look_at_file(path)), file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  OpenFile(OpenFile&& other) noexcept : facts_(other.facts_), file_(std::exchange(other.file_, -1)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (file_ >= 0) ::close(file_);
  }

  [[nodiscard]] bool is_there() const { return file_ >= 0 && facts_.has_value(); }
  [[nodiscard]] int get() const { return file_; }
  [[nodiscard]] const CopyRecord& facts() const { return *facts_; }

 private:
  std::optional<CopyRecord> facts_;
  int file_;
};

bool is_same_as_sent(const core::Address& address, const CopyRecord& now) {
  const std::optional<CopyRecord> sent = read_record(address);
  return sent && sent->n_bytes == now.n_bytes && sent->changed == now.changed;
}

void send(const core::Address& address, const OpenFile& file, S3& s3, const std::function<void()>& may_go_on) {
  if (!file.is_there() || is_same_as_sent(address, file.facts())) return;
  may_go_on();
  CopyRecord record = file.facts();
  record.etag = s3.write_file(address, file.get(), record.n_bytes, may_go_on);
  write_record(address, record);
}

/// Names below a folder, of regular files; those that `skips` are left out, with all below them.
std::set<std::string> names_below(const fs::path& folder, bool (*skips)(const std::string& name)) {
  std::set<std::string> names;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error); !error && at != fs::recursive_directory_iterator();
       at.increment(error)) {
    if (skips(at->path().filename().string())) {
      at.disable_recursion_pending();
      continue;
    }
    std::error_code ignored;
    if (at->is_regular_file(ignored)) names.insert(at->path().lexically_relative(folder).string());
  }
  return names;
}

/// Locks, what is unfinished, and folders of passing work.
bool stays_here(const std::string& name) { return name.starts_with('.') || name == "lock" || name.ends_with(".work"); }

/// Names of files below a folder that were once the same there and here.
std::set<std::string> recorded_below(const core::Address& folder) {
  constexpr std::string_view kEnding = ".copy";
  std::set<std::string> names;
  for (std::string name : names_below(place_beside(folder, ""), [](const std::string&) { return false; })) {
    if (!name.ends_with(kEnding)) continue;
    name.resize(name.size() - kEnding.size());
    names.insert(std::move(name));
  }
  return names;
}

/// Grows only at its end; a beginning of it is a whole one of an earlier time.
bool is_journal(std::string_view name) {
  const std::string_view file = name.substr(name.rfind('/') + 1);
  return file == "journal" || file == "tasks.journal";
}
bool is_summary(std::string_view name) { return name.substr(name.rfind('/') + 1) == kSummaryName; }

}  // namespace

std::size_t pull_folder(const core::Address& folder, S3& s3, const Say& say) {
  const fs::path copy = core::copy_of(folder);
  const bool was_here = fs::is_directory(copy);
  std::set<std::string> there;
  for (const Listed& each : s3.list(folder.host, folder.path + "/")) {
    const std::string name = each.key.substr(folder.path.size() + 1);
    if (name.starts_with(kClaims) || name.empty() || name.ends_with('/')) continue;
    there.insert(name);
    const core::Address file = in_folder(folder, name);
    const std::optional<CopyRecord> record = read_record(file);
    // What is gone here though it was the same has been removed by a job that could not say so any more.
    if (record && record->etag == each.etag && (was_here || fs::exists(core::copy_of(file)))) continue;
    fetch(file, s3, say);
  }
  for (const std::string& name : recorded_below(folder)) {
    if (there.contains(name)) continue;
    std::error_code ignored;
    fs::remove(core::copy_of(in_folder(folder, name)), ignored);
    remove_record(in_folder(folder, name));
  }
  return there.size();
}

void push_folder(const core::Address& folder, S3& s3, const std::function<void()>& may_go_on) {
  const fs::path copy = core::copy_of(folder);
  std::map<std::string, OpenFile> last;  // journals and summaries, as they are before all else is looked at
  for (const std::string& name : names_below(copy, stays_here)) {
    if (is_journal(name) || is_summary(name)) last.emplace(name, copy / name);
  }
  const std::set<std::string> here = names_below(copy, stays_here);
  const std::set<std::string> sent = recorded_below(folder);
  const auto remove = [&](const std::string& name) {
    may_go_on();
    s3.remove(in_folder(folder, name));
    remove_record(in_folder(folder, name));
  };
  // Whoever sees what comes next is not to take it for finished.
  for (const std::string& name : sent) {
    if (!is_summary(name)) continue;
    const auto now = look_at_file(copy / name);
    if (!now || !is_same_as_sent(in_folder(folder, name), *now)) remove(name);
  }
  for (const std::string& name : here) {
    if (!is_journal(name) && !is_summary(name)) send(in_folder(folder, name), OpenFile(copy / name), s3, may_go_on);
  }
  for (const auto& [name, file] : last) {
    if (is_journal(name)) send(in_folder(folder, name), file, s3, may_go_on);
  }
  for (const std::string& name : sent) {
    if (!here.contains(name) && !is_summary(name)) remove(name);
  }
  for (const auto& [name, file] : last) {
    if (is_summary(name) && file.is_there() && look_at_file(copy / name) == file.facts()) {
      send(in_folder(folder, name), file, s3, may_go_on);
    }
  }
}

void push_file(const core::Address& file, S3& s3) {
  send(file, OpenFile(core::copy_of(file)), s3, [] {});
}

}  // namespace gridmill::staging
