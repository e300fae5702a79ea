#include "staging/copies.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/glob.hpp"
#include "staging/download.hpp"

namespace gridmill::staging {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void cannot(std::string_view verb, const fs::path& file, const std::string& why) {
  throw core::RunError(fmt::format("cannot {} {}: {}", verb, file.string(), why),
                       "GRIDMILL_CACHE names the folder of all copies");
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) cannot("make", folder, error.message());
}

/// Held by who works on a copy.
class CopyLock {
 public:
  explicit CopyLock(const fs::path& file) : file_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (file_ < 0) cannot("write", file, std::strerror(errno));
    while (::flock(file_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  CopyLock(const CopyLock&) = delete;
  CopyLock& operator=(const CopyLock&) = delete;
  ~CopyLock() { ::close(file_); }

 private:
  int file_;
};

/// What came whole takes the place of what was there.
void publish(const fs::path& from, const fs::path& to) {
  const int file = ::open(from.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 || ::fsync(file) != 0) cannot("write", from, std::strerror(errno));
  ::close(file);
  make_folder(to.parent_path());
  std::error_code error;
  fs::rename(from, to, error);
  if (error) cannot("write", to, error.message());
}

}  // namespace

fs::path place_beside(const core::Address& address, std::string_view ending) {
  const fs::path folder = core::copies_folder();
  std::error_code ignored;
  if (!fs::exists(folder, ignored)) {
    make_folder(folder);
    fs::permissions(folder, fs::perms::owner_all, ignored);  // what is not for all there is not for all here
  }
  fs::path place = folder / "state" / core::copy_of(address).lexically_relative(folder);
  place += ending;
  make_folder(place.parent_path());
  return place;
}

std::optional<CopyRecord> look_at_file(const fs::path& file) {
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  return CopyRecord{.n_bytes = static_cast<std::uint64_t>(facts.st_size),
                    .changed = facts.st_mtim.tv_sec * kNanoseconds + facts.st_mtim.tv_nsec};
}

std::optional<CopyRecord> read_record(const core::Address& address) {
  std::ifstream in(place_beside(address, ".copy"));
  CopyRecord record;
  if (!(in >> record.n_bytes >> record.changed)) return std::nullopt;
  in.ignore(1);
  std::getline(in, record.etag);
  return record;
}

void write_record(const core::Address& address, const CopyRecord& record) {
  const fs::path place = place_beside(address, ".copy");
  const fs::path unfinished = place_beside(address, fmt::format(".{}.partial", ::getpid()));
  std::ofstream(unfinished) << record.n_bytes << ' ' << record.changed << ' ' << record.etag << '\n';
  std::error_code error;
  fs::rename(unfinished, place, error);
  if (error) cannot("write", place, error.message());
}

void remove_record(const core::Address& address) noexcept {
  try {
    std::error_code ignored;
    fs::remove(place_beside(address, ".copy"), ignored);
  } catch (const std::exception&) {
    // A record that stays tells of a file that is not there.
  }
}

bool fetch(const core::Address& address, S3& s3, const Say& say) {
  const fs::path copy = core::copy_of(address);
  const CopyLock lock(place_beside(address, ".lock"));
  const std::optional<CopyRecord> record = read_record(address);
  const std::optional<CopyRecord> now = look_at_file(copy);
  const bool is_good = record && now && record->n_bytes == now->n_bytes && record->changed == now->changed;
  const fs::path part = place_beside(address, ".part");
  const Downloaded came = download(address, is_good ? record->etag : "", part, s3, say);
  if (came.what == Downloaded::What::nothing) return false;
  if (came.what == Downloaded::What::same) return true;
  publish(part, copy);
  std::error_code ignored;
  fs::remove(place_beside(address, ".part.etag"), ignored);
  CopyRecord fresh = look_at_file(copy).value_or(CopyRecord{});
  fresh.etag = came.etag;
  write_record(address, fresh);
  return true;
}

void fetch_files(const core::Address& address, S3& s3, const Say& say) {
  const std::size_t slash = address.path.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : address.path.substr(0, slash + 1);
  const std::string name = address.path.substr(folder.size());
  const bool is_s3 = address.scheme == core::Address::Scheme::s3;
  if (!is_s3 && core::is_glob(name)) {
    throw core::UserError(fmt::format("{}: nobody lists the files of a web server, so '*' finds none", address.text()));
  }
  bool found = false;
  if (core::is_glob(name)) {
    for (const Listed& each : s3.list(address.host, folder + name.substr(0, name.find_first_of("*?")))) {
      const std::string_view rest = std::string_view(each.key).substr(folder.size());
      if (rest.find('/') != std::string_view::npos || !core::matches_glob(name, rest)) continue;
      core::Address one = address;
      one.path = each.key;
      found = fetch(one, s3, say) || found;
    }
  } else {
    found = fetch(address, s3, say);
  }
  if (!found) throw core::UserError(fmt::format("{}: there is no such {}", address.text(), is_s3 ? "object" : "file"));
}

}  // namespace gridmill::staging
