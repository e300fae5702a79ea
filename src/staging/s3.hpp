#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/address.hpp"
#include "staging/credentials.hpp"
#include "staging/http.hpp"
#include "staging/s3_answer.hpp"

namespace gridmill::staging {

/// A small object as it was read.
struct SmallObject {
  std::string bytes;
  std::string etag;
  std::optional<std::int64_t> age_s;  // since it was written, by the server's own clock
};

/// S3, or a server that speaks as it does (AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL), asked with what find_credentials
/// finds: once, and again when it is about to expire. For one thread.
///
/// What fails for reasons that pass is tried again (Persistence); S3's hint of a bucket's region is followed.
/// Errors of all: as find_credentials; as refuse; RunError when no answer comes.
class S3 {
 public:
  S3();

  /// Sends a request for an object's bytes, once. Headers such as Range are the caller's; the answer may have any
  /// status. Errors: as find_credentials; TransferError.
  Response get_once(const core::Address& object, const Headers& headers, const Taker& taker);
  /// Says why an answer to it is none to use.
  [[noreturn]] void refuse_get(const core::Address& object, const Response& response) const;

  /// Reads an object into memory; nothing: there is none.
  std::optional<SmallObject> read(const core::Address& object);
  /// Writes an object, which appears whole or not at all. Returns its ETag. The server compares its checksum with what
  /// it was sent.
  std::string write(const core::Address& object, std::string_view bytes);
  /// Writes an object unless there is one; false: there is one.
  bool create(const core::Address& object, std::string_view bytes);
  /// The same as `write` of the first `n_bytes` bytes of an open file: in parts where it is large, `before_part` being
  /// called before each.
  std::string write_file(const core::Address& object, int file, std::uint64_t n_bytes,
                         const std::function<void()>& before_part);
  /// Returns all objects whose key begins so, by key.
  std::vector<Listed> list(const std::string& bucket, const std::string& prefix);
  /// Removes an object; one that is not there is no error.
  void remove(const core::Address& object);

 private:
  struct Call {
    std::string method;
    const core::Address& object;
    std::string action;  // that must be allowed
    std::vector<std::pair<std::string, std::string>> query = {};
    Headers headers = {};
    std::string body = {};
    std::optional<FileSlice> file = std::nullopt;
    std::string payload_sha256 = {};
  };

  Response once(const Call& call, const Taker& taker = {});
  Response send(const Call& call);
  /// Sends until there is an answer that does not pass; one that is none of `expected` is refused.
  Response ask(const Call& call, const std::vector<long>& expected);
  [[noreturn]] void refuse_call(const core::Address& object, const std::string& action, const Response& response) const;
  void renew_credentials();
  /// Returns the ETag of an object of that size. Errors: as S3; RunError where there is none.
  std::string etag_of(const core::Address& object, std::uint64_t n_bytes);
  /// Makes an object of the parts that were sent; returns its ETag.
  std::string put_together(const core::Address& object, const std::string& upload, const std::string& parts,
                           std::uint64_t n_bytes);
  std::string write_parts(const core::Address& object, int file, std::uint64_t n_bytes,
                          const std::function<void()>& before_part);

  Http http_;
  std::optional<Credentials> credentials_;
  std::string region_;
};

}  // namespace gridmill::staging
