#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "staging/http.hpp"

namespace gridmill::staging {

/// An object as a list of S3 tells of it.
struct Listed {
  std::string key;
  std::string etag;  // with its quotation marks
  std::uint64_t n_bytes = 0;
};

/// A page of a list.
struct ListedPage {
  std::vector<Listed> objects;
  std::string next;  // token of the page behind it; empty: this is the last
};

/// Returns the text of the first element of a name; empty where there is none. Enough for S3's answers, which have no
/// attributes and do not nest elements of one name.
std::string element(std::string_view xml, std::string_view name);

/// Reads the answer of ListObjectsV2 with encoding-type=url.
ListedPage listed_page(std::string_view xml);

/// Returns the seconds since 1970 of a header like "Sun, 06 Nov 1994 08:49:37 GMT".
std::optional<std::int64_t> http_time(const std::string& text);

/// What was asked for when S3 refused it.
struct Asked {
  std::string address;  // as the user knows it
  std::string bucket;
  std::string action;  // what the identity must be allowed to do: "s3:GetObject"
  std::string source;  // of the credentials
  std::int64_t time;   // here, seconds since 1970
};

/// Says in words why S3 has refused. Errors: UserError for what is not there, not allowed or signed with unknown keys;
/// RunError for what time brings: credentials that have expired, a wrong clock, a server that fails.
[[noreturn]] void refuse(const Asked& asked, const Response& response);

/// The region that S3 wants to be asked in; nothing: it has no other wish.
std::optional<std::string> wanted_region(const Response& response);

}  // namespace gridmill::staging
