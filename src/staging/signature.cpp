#include "staging/signature.hpp"

#include <algorithm>
#include <cctype>
#include <map>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "staging/digest.hpp"

namespace gridmill::staging {

namespace {

std::string encoded(std::string_view text, std::string_view kept) {
  std::string out;
  for (const char c : text) {
    const bool stays = std::isalnum(static_cast<unsigned char>(c)) != 0 || kept.find(c) != std::string_view::npos;
    out += stays ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string in_lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

}  // namespace

std::string encoded_path(std::string_view text) { return encoded(text, "-._~/"); }
std::string encoded_query(std::string_view text) { return encoded(text, "-._~"); }

std::string query_text(std::vector<std::pair<std::string, std::string>> query) {
  for (auto& [name, value] : query) {
    name = encoded_query(name);
    value = encoded_query(value);
  }
  std::sort(query.begin(), query.end());
  std::string text;
  for (const auto& [name, value] : query) text += fmt::format("{}{}={}", text.empty() ? "" : "&", name, value);
  return text;
}

Headers signed_headers(const Signable& request, const Credentials& credentials, std::string_view region,
                       std::int64_t time) {
  const std::string moment = fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(static_cast<std::time_t>(time)));
  const std::string day = moment.substr(0, 8);
  Headers headers = request.headers;
  headers.emplace_back("x-amz-content-sha256", request.payload_sha256);
  headers.emplace_back("x-amz-date", moment);
  if (!credentials.session_token.empty()) headers.emplace_back("x-amz-security-token", credentials.session_token);

  std::map<std::string, std::string> signed_by_name{{"host", request.host}};
  for (const auto& [name, value] : headers) signed_by_name[in_lower_case(name)] = value;
  std::string lines;
  std::string names;
  for (const auto& [name, value] : signed_by_name) {
    lines += fmt::format("{}:{}\n", name, value);
    names += (names.empty() ? "" : ";") + name;
  }
  const std::string canonical = fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, request.path,
                                            query_text(request.query), lines, names, request.payload_sha256);
  const std::string scope = fmt::format("{}/{}/s3/aws4_request", day, region);
  const std::string to_sign = fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", moment, scope, sha256(canonical));
  std::string key = "AWS4" + credentials.secret_key;
  for (const std::string_view part :
       {std::string_view(day), region, std::string_view("s3"), std::string_view("aws4_request")}) {
    key = hmac_sha256(key, part);
  }
  headers.emplace_back("Authorization",
                       fmt::format("AWS4-HMAC-SHA256 Credential={}/{},SignedHeaders={},Signature={}",
                                   credentials.access_key, scope, names, hexadecimal(hmac_sha256(key, to_sign))));
  return headers;
}

}  // namespace gridmill::staging
