#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "staging/credentials.hpp"
#include "staging/http.hpp"

namespace gridmill::staging {

/// A request to S3 as it is signed.
struct Signable {
  std::string method;
  std::string host;                                        // with the port, if it is not the usual one
  std::string path;                                        // encoded, as it is sent: "/bucket/a%20key"
  std::vector<std::pair<std::string, std::string>> query;  // not encoded, in any order
  Headers headers;                                         // to be signed, too
  std::string payload_sha256;                              // of the body, hexadecimal digits
};

/// Returns the headers of a request that signs it (AWS signature, version 4, service s3): those given, x-amz-date,
/// x-amz-content-sha256, x-amz-security-token where there is one, and Authorization. `time`: seconds since 1970.
/// Source: "Authenticating Requests: Using the Authorization Header", Amazon S3 API reference.
Headers signed_headers(const Signable& request, const Credentials& credentials, std::string_view region,
                       std::int64_t time);

/// Encodes a text as S3 does in paths ("/" stays) and in queries ("/" does not).
std::string encoded_path(std::string_view text);
std::string encoded_query(std::string_view text);
/// Returns "a=b&c=d", encoded and sorted; empty for none.
std::string query_text(std::vector<std::pair<std::string, std::string>> query);

}  // namespace gridmill::staging
