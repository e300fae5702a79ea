#include "staging/download.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "staging/digest.hpp"
#include "staging/persistence.hpp"

namespace gridmill::staging {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kProgress = 1U << 20U;  // [bytes] that count as one
constexpr std::uint64_t kToldOf = 8U << 20U;    // [bytes] of which something is said

/// A file that grows as its bytes come.
class GrowingFile {
 public:
  explicit GrowingFile(fs::path path)
      : path_(std::move(path)), file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    if (file_ < 0) fail();
    std::ifstream before(beside());
    std::getline(before, etag_);
    n_bytes_ = etag_.empty() ? 0 : static_cast<std::uint64_t>(::lseek(file_, 0, SEEK_END));
    if (etag_.empty()) begin("");
  }
  GrowingFile(const GrowingFile&) = delete;
  GrowingFile& operator=(const GrowingFile&) = delete;
  ~GrowingFile() { ::close(file_); }

  /// Forgets what came; from here on it is contents of that ETag.
  void begin(const std::string& etag) {
    if (::ftruncate(file_, 0) != 0) fail();
    n_bytes_ = 0;
    etag_ = etag;
    std::ofstream(beside()) << etag << '\n';
  }
  void append(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(n_bytes_));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail();
      n_bytes_ += static_cast<std::uint64_t>(n);
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  [[nodiscard]] std::uint64_t n_bytes() const { return n_bytes_; }
  [[nodiscard]] const std::string& etag() const { return etag_; }
  [[nodiscard]] Digests digests() const { return digests_of(file_, 0, n_bytes_, path_.string()); }

 private:
  [[nodiscard]] std::string beside() const { return path_.string() + ".etag"; }
  [[noreturn]] void fail() const {
    throw core::RunError(fmt::format("cannot write {}: {}", path_.string(), std::strerror(errno)),
                         "GRIDMILL_CACHE names the folder of all copies");
  }

  fs::path path_;
  int file_;
  std::uint64_t n_bytes_ = 0;
  std::string etag_;
};

/// Says whether a file is what the server says it has sent. What it says nothing of is believed: TLS has seen to it
/// that nothing was lost on the way.
bool is_what_was_sent(const Response& head, const Digests& digests) {
  const std::string ours = head.header("x-amz-meta-sha256");
  if (!ours.empty()) return ours == digests.sha256;
  const std::string theirs = head.header("x-amz-checksum-sha256");
  if (!theirs.empty() && theirs.find('-') == std::string::npos) return theirs == digests.sha256_base64;
  std::string etag = head.header("etag");
  std::erase(etag, '"');
  const bool is_md5 = etag.size() == 32 && etag.find_first_not_of("0123456789abcdef") == std::string::npos;
  const bool is_of_s3 = !head.header("x-amz-request-id").empty();  // other servers' ETags are anything
  const bool is_encrypted = head.header("x-amz-server-side-encryption").starts_with("aws:kms");
  return !is_md5 || !is_of_s3 || is_encrypted || etag == digests.md5;
}

/// What tells contents from others: the ETag, or where there is none the time of the last change.
std::string mark_of(const Response& head) {
  const std::string etag = head.header("etag");
  return etag.empty() ? head.header("last-modified") : etag;
}
bool is_etag(std::string_view mark) { return mark.starts_with('"') || mark.starts_with("W/"); }

/// How many bytes the whole file has, and where in it an answer begins.
struct Extent {
  std::optional<std::uint64_t> n_bytes;
  std::uint64_t begin = 0;
};

Extent extent_of(const Response& head) {
  const auto number = [](std::string_view text) { return std::strtoull(std::string(text).c_str(), nullptr, 10); };
  Extent extent;
  if (head.status == 206) {  // "bytes 100-199/1000"
    const std::string range = head.header("content-range");
    const std::size_t slash = range.find('/');
    extent.begin = number(std::string_view(range).substr(range.find_first_of("0123456789")));
    if (slash != std::string::npos) extent.n_bytes = number(std::string_view(range).substr(slash + 1));
  } else if (const std::string length = head.header("content-length"); !length.empty()) {
    if (head.header("content-encoding").empty()) extent.n_bytes = number(length);
  }
  return extent;
}

/// Gets one file.
class Download {
 public:
  Download(const core::Address& address, std::string known_etag, const fs::path& file, S3& s3,
           const std::function<void(std::string_view)>& say)
      : address_(address), known_(std::move(known_etag)), file_(file), s3_(s3), say_(say) {}

  Downloaded run() {
    for (;;) {
      const std::uint64_t before = file_.n_bytes();
      std::string why;
      try {
        Response response = ask();
        if (response.status == 304) return {.what = Downloaded::What::same};
        if (response.is_good()) {
          if (is_whole(response)) return {.what = Downloaded::What::whole, .etag = file_.etag()};
          why = damaged_;
        } else if (response.status == 412 || response.status == 416) {  // it has changed meanwhile
          file_.begin("");
          why = "it changes all the time";
        } else if (is_absent(response)) {
          return {.what = Downloaded::What::nothing};
        } else if (!passes(response)) {
          refuse_answer(response);
        } else {
          why = fmt::format("the server answers {}", response.status);
        }
      } catch (const TransferError& error) {
        if (!error.passes()) give_up(error.what());
        why = error.what();
      }
      if (file_.n_bytes() >= before + kProgress) persistence_.reset();
      if (!persistence_.again()) give_up(why);
    }
  }

 private:
  [[nodiscard]] bool is_s3() const { return address_.scheme == core::Address::Scheme::s3; }

  Response ask() {
    Headers headers;
    if (file_.etag().empty()) file_.begin("");  // nobody knows what its bytes are of
    if (file_.n_bytes() > 0) {
      headers = {{"Range", fmt::format("bytes={}-", file_.n_bytes())},
                 {is_s3() ? "If-Match" : "If-Range", file_.etag()}};
    } else if (!known_.empty()) {
      headers = {{is_etag(known_) ? "If-None-Match" : "If-Modified-Since", known_}};
    }
    if (is_s3()) headers.emplace_back("x-amz-checksum-mode", "ENABLED");
    has_begun_ = false;
    const Taker taker = [this](const Response& head, std::string_view bytes) { take(head, bytes); };
    if (is_s3()) return s3_.get_once(address_, headers, taker);
    return web_.send({.url = address_.text(), .headers = headers, .follows = true}, taker);
  }

  void take(const Response& head, std::string_view bytes) {
    if (!has_begun_) begin(head);
    file_.append(bytes);
  }

  void begin(const Response& head) {
    has_begun_ = true;
    const Extent extent = extent_of(head);
    if (head.status != 206 || extent.begin != file_.n_bytes()) file_.begin(mark_of(head));
    // What begins elsewhere than was asked for is of no use.
    if (head.status == 206 && extent.begin != file_.n_bytes())
      throw TransferError("it sends another part than asked for", true);
    if (extent.n_bytes && *extent.n_bytes >= kToldOf && !told_) {
      say_(fmt::format("fetching {} ({} MB)", address_.text(), *extent.n_bytes / 1'000'000));
      told_ = true;
    }
  }

  /// Looks at a file of which the last byte seems to have come; forgets it if that is not so.
  bool is_whole(const Response& head) {
    if (!has_begun_) begin(head);  // it has no bytes
    const Extent extent = extent_of(head);
    damaged_ = fmt::format("{} bytes came", file_.n_bytes());
    bool whole = !extent.n_bytes || *extent.n_bytes == file_.n_bytes();
    if (whole) {
      damaged_ = "what came has another checksum than what lies there";
      whole = is_what_was_sent(head, file_.digests());
    }
    if (!whole) file_.begin("");
    return whole;
  }

  [[nodiscard]] bool is_absent(const Response& response) const {
    return response.status == 404 && element(response.body, "Code") != "NoSuchBucket";
  }

  [[noreturn]] void refuse_answer(const Response& response) const {
    if (is_s3()) s3_.refuse_get(address_, response);
    const bool is_closed = response.status == 401 || response.status == 403;
    throw core::UserError(fmt::format("{}: the server answers {}{}", address_.text(), response.status,
                                      is_closed ? ": not for everybody" : ""));
  }

  [[noreturn]] void give_up(const std::string& why) const {
    throw core::RunError(fmt::format("{}: cannot be fetched: {}", address_.text(), why),
                         "repeat the command: what has come is kept");
  }

  const core::Address& address_;
  std::string known_;
  GrowingFile file_;
  S3& s3_;
  const std::function<void(std::string_view)>& say_;
  Http web_;
  Persistence persistence_;
  bool has_begun_ = false;
  bool told_ = false;
  std::string damaged_;
};

}  // namespace

Downloaded download(const core::Address& address, const std::string& known_etag, const fs::path& file, S3& s3,
                    const std::function<void(std::string_view)>& say) {
  return Download(address, known_etag, file, s3, say).run();
}

}  // namespace gridmill::staging
