#include "staging/s3_answer.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::staging {

namespace {

std::string unescaped(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kNames{
      {{"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}}};
  std::string out;
  while (!text.empty()) {
    const auto* name =
        std::find_if(kNames.begin(), kNames.end(), [&](const auto& each) { return text.starts_with(each.first); });
    const bool is_quote = text.starts_with("&#34;");
    out += is_quote ? '"' : name == kNames.end() ? text.front() : name->second;
    text.remove_prefix(is_quote ? 5 : name == kNames.end() ? 1 : name->first.size());
  }
  return out;
}

/// "a%20b" -> "a b"
std::string decoded(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::strtol(text.substr(i + 1, 2).c_str(), nullptr, 16));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::string difference_of_clocks(const Asked& asked, const Response& response) {
  const auto there = http_time(response.header("date"));
  if (!there) return "too much";
  const std::int64_t difference = asked.time - *there;
  const std::int64_t minutes = (std::abs(difference) + 30) / 60;
  return fmt::format("{} minutes {}", minutes, difference > 0 ? "fast" : "slow");
}

std::string may_not(const Asked& asked, std::string_view code) {
  return fmt::format("{}: S3 does not allow it ({}): the credentials of {} lack the permission {}", asked.address, code,
                     asked.source, asked.action);
}

/// What its user can change.
void refuse_request(const Asked& asked, const Response& response, const std::string& code) {
  if (code == "NoSuchBucket") {
    throw core::UserError(fmt::format("{}: there is no bucket '{}'", asked.address, asked.bucket), "aws s3 ls");
  }
  if (code == "NoSuchKey" || (code.empty() && response.status == 404)) {
    throw core::UserError(fmt::format("{}: there is no such object", asked.address));
  }
  if (code == "InvalidAccessKeyId") {
    throw core::UserError(fmt::format("{}: S3 does not know the access key of {}", asked.address, asked.source),
                          "it may have been deleted, or belong to another kind of server");
  }
  if (code == "SignatureDoesNotMatch") {
    throw core::UserError(
        fmt::format("{}: the secret key of {} does not belong to its access key", asked.address, asked.source));
  }
  if (response.status == 403) {
    throw core::UserError(may_not(asked, code.empty() ? "403" : code),
                          asked.action == "s3:GetObject"
                              ? "or there is no such object: without s3:ListBucket S3 does not say"
                              : "let whoever cares for the account give it");
  }
}

/// What time brings.
void refuse_for_now(const Asked& asked, const Response& response, const std::string& code) {
  if (code == "ExpiredToken" || code == "TokenRefreshRequired") {
    throw core::RunError(fmt::format("{}: the credentials of {} have expired", asked.address, asked.source),
                         "get new ones and repeat the command");
  }
  if (code == "InvalidToken") {
    throw core::RunError(fmt::format("{}: the session token of {} is not valid", asked.address, asked.source),
                         "get new credentials and repeat the command");
  }
  if (code == "RequestTimeTooSkewed" || code == "RequestExpired") {
    throw core::RunError(fmt::format("{}: the clock of this machine is {}, so S3 refuses what it signs", asked.address,
                                     difference_of_clocks(asked, response)),
                         "set the clock (timedatectl set-ntp true) and repeat the command");
  }
}

}  // namespace

std::string element(std::string_view xml, std::string_view name) {
  const std::string begin = fmt::format("<{}>", name);
  const std::size_t first = xml.find(begin);
  if (first == std::string_view::npos) return {};
  const std::size_t end = xml.find(fmt::format("</{}>", name), first);
  if (end == std::string_view::npos) return {};
  return unescaped(xml.substr(first + begin.size(), end - first - begin.size()));
}

ListedPage listed_page(std::string_view xml) {
  constexpr std::string_view kBegin = "<Contents>";
  ListedPage page;
  if (element(xml, "IsTruncated") == "true") page.next = element(xml, "NextContinuationToken");
  for (std::size_t at = 0; (at = xml.find(kBegin, at)) != std::string_view::npos; at += kBegin.size()) {
    const std::string_view object = xml.substr(at, xml.find("</Contents>", at) - at);
    page.objects.push_back({.key = decoded(element(object, "Key")),
                            .etag = element(object, "ETag"),
                            .n_bytes = std::strtoull(element(object, "Size").c_str(), nullptr, 10)});
  }
  return page;
}

std::optional<std::int64_t> http_time(const std::string& text) {
  std::tm time{};
  return strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S", &time) == nullptr ? std::nullopt
                                                                           : std::optional<std::int64_t>(timegm(&time));
}

std::optional<std::string> wanted_region(const Response& response) {
  if (response.is_good()) return std::nullopt;
  std::string region = response.header("x-amz-bucket-region");
  if (region.empty()) region = element(response.body, "Region");
  return region.empty() ? std::nullopt : std::optional(region);
}

void refuse(const Asked& asked, const Response& response) {
  const std::string code = element(response.body, "Code");
  refuse_for_now(asked, response, code);
  refuse_request(asked, response, code);
  std::string words = element(response.body, "Message");
  if (!words.empty()) words = ": " + words;
  throw core::RunError(fmt::format("{}: the server answers {}{}{}", asked.address, response.status,
                                   code.empty() ? "" : " " + code, words),
                       response.status >= 500 ? "repeat the command a little later" : "");
}

}  // namespace gridmill::staging
