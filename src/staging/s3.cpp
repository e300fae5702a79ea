#include "staging/s3.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <tuple>

#include <fmt/format.h>

#include "core/error.hpp"
#include "staging/digest.hpp"
#include "staging/persistence.hpp"
#include "staging/profile.hpp"
#include "staging/signature.hpp"

namespace gridmill::staging {

namespace {

constexpr std::int64_t kBeforeExpiry_s = 300;
constexpr std::uint64_t kLeastPart = 16U << 20U;  // [bytes]; smaller files go in one piece
constexpr std::uint64_t kMostParts = 9000;        // S3 takes 10,000

std::int64_t seconds_now() { return static_cast<std::int64_t>(std::time(nullptr)); }

/// Where a bucket is asked for.
struct Place {
  std::string scheme = "https";
  std::string host;
  std::string path;  // of the object, not encoded
};

Place place_of(const core::Address& object, const std::string& region) {
  std::string endpoint = variable("AWS_ENDPOINT_URL_S3");
  if (endpoint.empty()) endpoint = variable("AWS_ENDPOINT_URL");
  const std::string key = object.path.empty() ? "" : "/" + object.path;
  if (!endpoint.empty()) {
    const auto server = core::address_in(endpoint + "/x");
    if (!server || server->scheme == core::Address::Scheme::s3 || server->path != "x") {
      throw core::UserError(fmt::format("AWS_ENDPOINT_URL is '{}', no address of a server", endpoint),
                            "https://HOST or http://HOST:PORT");
    }
    return {.scheme = endpoint.substr(0, endpoint.find(':')),
            .host = server->host,
            .path = fmt::format("/{}{}", object.host, key.empty() ? "" : key)};
  }
  const std::string server = fmt::format("s3.{}.amazonaws.com{}", region, region.starts_with("cn-") ? ".cn" : "");
  // No certificate is good for a bucket with a point in its name as a part of the host.
  if (object.host.find('.') != std::string::npos)
    return {.host = server, .path = fmt::format("/{}{}", object.host, key)};
  return {.host = object.host + "." + server, .path = key.empty() ? "/" : key};
}

/// The MD5 of an object that was written in one piece, which S3 then takes as its ETag; else empty.
std::string plain_md5(const Response& response) {
  std::string etag = response.header("etag");
  std::erase(etag, '"');
  const bool is_other = response.header("x-amz-server-side-encryption").starts_with("aws:kms");
  const bool is_md5 = etag.size() == 32 && etag.find_first_not_of("0123456789abcdef") == std::string::npos;
  return is_md5 && !is_other ? etag : "";
}

/// How large the parts of a file are that is written in several.
std::uint64_t part_size(std::uint64_t n_bytes) { return std::max(kLeastPart, (n_bytes + kMostParts - 1) / kMostParts); }

}  // namespace

S3::S3() = default;

void S3::renew_credentials() {
  const bool is_good =
      credentials_ && (!credentials_->expires || *credentials_->expires - seconds_now() > kBeforeExpiry_s);
  if (!is_good) credentials_ = find_credentials(http_);
  if (region_.empty()) region_ = find_region(http_);
}

Response S3::once(const Call& call, const Taker& taker) {
  renew_credentials();
  const Place place = place_of(call.object, region_);
  const Signable signable{.method = call.method,
                          .host = place.host,
                          .path = encoded_path(place.path),
                          .query = call.query,
                          .headers = call.headers,
                          .payload_sha256 = call.payload_sha256.empty() ? sha256(call.body) : call.payload_sha256};
  const std::string query = query_text(call.query);
  return http_.send(
      {.method = call.method,
       .url = fmt::format("{}://{}{}{}{}", place.scheme, place.host, signable.path, query.empty() ? "" : "?", query),
       .headers = signed_headers(signable, *credentials_, region_, seconds_now()),
       .body = call.body,
       .file = call.file},
      taker);
}

Response S3::send(const Call& call) {
  Persistence persistence;
  bool moved = false;
  for (;;) {
    try {
      Response response = once(call);
      if (const auto region = wanted_region(response); region && !moved && *region != region_) {
        region_ = *region;
        moved = true;
        continue;
      }
      if (!passes(response) || !persistence.again()) return response;
    } catch (const TransferError& error) {
      if (error.passes() && persistence.again()) continue;
      throw core::RunError(fmt::format("{}: no answer from the server: {}", call.object.text(), error.what()),
                           "repeat the command when it can be reached");
    }
  }
}

Response S3::ask(const Call& call, const std::vector<long>& expected) {
  Response response = send(call);
  const bool is_expected = std::find(expected.begin(), expected.end(), response.status) != expected.end();
  // Not having the bucket is no answer to whether there is an object in it.
  if (!is_expected || element(response.body, "Code") == "NoSuchBucket") refuse_call(call.object, call.action, response);
  return response;
}

void S3::refuse_call(const core::Address& object, const std::string& action, const Response& response) const {
  refuse({.address = object.text(),
          .bucket = object.host,
          .action = action,
          .source = credentials_ ? credentials_->source : "nobody",
          .time = seconds_now()},
         response);
}

Response S3::get_once(const core::Address& object, const Headers& headers, const Taker& taker) {
  const Call call{.method = "GET", .object = object, .action = "s3:GetObject", .headers = headers};
  Response response = once(call, taker);
  const auto region = wanted_region(response);
  if (!region || *region == region_) return response;
  region_ = *region;
  return once(call, taker);
}

void S3::refuse_get(const core::Address& object, const Response& response) const {
  refuse_call(object, "s3:GetObject", response);
}

std::optional<SmallObject> S3::read(const core::Address& object) {
  const Response response = ask({.method = "GET", .object = object, .action = "s3:GetObject"}, {200, 404});
  if (response.status == 404) return std::nullopt;
  const auto written = http_time(response.header("last-modified"));
  const auto now = http_time(response.header("date"));
  return SmallObject{.bytes = response.body,
                     .etag = response.header("etag"),
                     .age_s = written && now ? std::optional(*now - *written) : std::nullopt};
}

std::string S3::write(const core::Address& object, std::string_view bytes) {
  return ask({.method = "PUT", .object = object, .action = "s3:PutObject", .body = std::string(bytes)}, {200})
      .header("etag");
}

bool S3::create(const core::Address& object, std::string_view bytes) {
  const Call call{.method = "PUT",
                  .object = object,
                  .action = "s3:PutObject",
                  .headers = {{"if-none-match", "*"}},
                  .body = std::string(bytes)};
  // 409: another one writes it at this very moment.
  return ask(call, {200, 409, 412}).status == 200;
}

std::string S3::write_file(const core::Address& object, int file, std::uint64_t n_bytes,
                           const std::function<void()>& before_part) {
  if (n_bytes > kLeastPart) return write_parts(object, file, n_bytes, before_part);
  const Digests digests = digests_of(file, 0, n_bytes, object.text());
  const Response response = ask({.method = "PUT",
                                 .object = object,
                                 .action = "s3:PutObject",
                                 .headers = {{"x-amz-meta-sha256", digests.sha256}},
                                 .file = FileSlice{file, 0, n_bytes},
                                 .payload_sha256 = digests.sha256},
                                {200});
  if (const std::string md5 = plain_md5(response); !md5.empty() && md5 != digests.md5) {
    throw core::RunError(fmt::format("{}: the server has received other bytes than were sent", object.text()),
                         "repeat the command");
  }
  return response.header("etag");
}

std::string S3::put_together(const core::Address& object, const std::string& upload, const std::string& parts,
                             std::uint64_t n_bytes) {
  const Call call{.method = "POST",
                  .object = object,
                  .action = "s3:PutObject",
                  .query = {{"uploadId", upload}},
                  .body = fmt::format("<CompleteMultipartUpload>{}</CompleteMultipartUpload>", parts)};
  for (Persistence persistence;;) {
    const Response done = ask(call, {200, 404});
    // Where only the answer was lost, and it was asked again, there is no such upload any more, but the object.
    if (done.status == 404) return etag_of(object, n_bytes);
    // An error may come after S3 has begun a good answer.
    const std::string code = element(done.body, "Code");
    if (code.empty()) return element(done.body, "ETag");
    if (persistence.again()) continue;
    throw core::RunError(fmt::format("{}: the parts were not put together: {}", object.text(), code),
                         "repeat the command");
  }
}

std::string S3::write_parts(const core::Address& object, int file, std::uint64_t n_bytes,
                            const std::function<void()>& before_part) {
  constexpr const char* kAction = "s3:PutObject";
  const std::string sha = digests_of(file, 0, n_bytes, object.text()).sha256;
  const Response begun = ask({.method = "POST",
                              .object = object,
                              .action = kAction,
                              .query = {{"uploads", ""}},
                              .headers = {{"x-amz-meta-sha256", sha}}},
                             {200});
  const std::string upload = element(begun.body, "UploadId");
  try {
    std::string parts;
    const std::uint64_t size = part_size(n_bytes);
    for (std::uint64_t at = 0, number = 1; at < n_bytes; at += size, ++number) {
      before_part();
      const FileSlice slice{file, at, std::min(size, n_bytes - at)};
      const Response part = ask({.method = "PUT",
                                 .object = object,
                                 .action = kAction,
                                 .query = {{"partNumber", fmt::to_string(number)}, {"uploadId", upload}},
                                 .file = slice,
                                 .payload_sha256 = digests_of(file, at, slice.n_bytes, object.text()).sha256},
                                {200});
      parts += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", number, part.header("etag"));
    }
    return put_together(object, upload, parts, n_bytes);
  } catch (...) {
    try {  // What is not put together is nowhere to be seen, but is paid for.
      std::ignore = once({.method = "DELETE", .object = object, .action = kAction, .query = {{"uploadId", upload}}});
    } catch (const std::exception&) {
      // The first reason is the one to tell.
    }
    throw;
  }
}

std::string S3::etag_of(const core::Address& object, std::uint64_t n_bytes) {
  for (const Listed& each : list(object.host, object.path)) {
    if (each.key == object.path && each.n_bytes == n_bytes) return each.etag;
  }
  throw core::RunError(fmt::format("{}: what was sent of it has been removed meanwhile", object.text()),
                       "repeat the command");
}

std::vector<Listed> S3::list(const std::string& bucket, const std::string& prefix) {
  const core::Address whole{.scheme = core::Address::Scheme::s3, .host = bucket, .path = {}, .query = {}};
  std::vector<Listed> all;
  std::string next;
  do {
    Call call{.method = "GET",
              .object = whole,
              .action = "s3:ListBucket",
              .query = {{"list-type", "2"}, {"prefix", prefix}, {"encoding-type", "url"}}};
    if (!next.empty()) call.query.emplace_back("continuation-token", next);
    ListedPage page = listed_page(ask(call, {200}).body);
    all.insert(all.end(), page.objects.begin(), page.objects.end());
    next = page.next;
  } while (!next.empty());
  return all;
}

void S3::remove(const core::Address& object) {
  ask({.method = "DELETE", .object = object, .action = "s3:DeleteObject"}, {200, 204, 404});
}

}  // namespace gridmill::staging
