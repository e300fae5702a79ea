#include "core/address.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

namespace gridmill::core {

namespace fs = std::filesystem;

namespace {

struct SchemeName {
  Address::Scheme scheme;
  std::string_view name;
};
constexpr std::array kSchemes{SchemeName{Address::Scheme::s3, "s3"}, SchemeName{Address::Scheme::https, "https"},
                              SchemeName{Address::Scheme::http, "http"}};
constexpr std::size_t kLongestQuery = 200;  // a folder of copies is named after it

/// "s3://", "https://", "file://": a word and then "://". A path may look so, too, but nobody means one.
std::string_view scheme_of(std::string_view text) {
  const std::size_t end = text.find("://");
  if (end == std::string_view::npos || end == 0) return {};
  const std::string_view scheme = text.substr(0, end);
  const bool is_word = std::isalpha(static_cast<unsigned char>(scheme.front())) != 0 &&
                       std::all_of(scheme.begin(), scheme.end(), [](unsigned char c) {
                         return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.';
                       });
  return is_word ? scheme : std::string_view();
}

std::string_view name_of(Address::Scheme scheme) {
  return std::find_if(kSchemes.begin(), kSchemes.end(), [&](const SchemeName& each) { return each.scheme == scheme; })
      ->name;
}

/// Takes a text apart, whether its parts are good or not.
std::optional<Address> taken_apart(std::string_view text) {
  const std::string_view scheme = scheme_of(text);
  const auto* known =
      std::find_if(kSchemes.begin(), kSchemes.end(), [&](const SchemeName& each) { return each.name == scheme; });
  if (known == kSchemes.end()) return std::nullopt;
  std::string_view rest = text.substr(scheme.size() + 3);
  Address address{.scheme = known->scheme, .host = {}, .path = {}, .query = {}};
  if (address.scheme != Address::Scheme::s3) {
    rest = rest.substr(0, rest.find('#'));
    const std::size_t mark = rest.find('?');
    if (mark != std::string_view::npos) address.query = rest.substr(mark + 1);
    rest = rest.substr(0, mark);
  }
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  address.host = rest.substr(0, slash);
  address.path = rest.substr(std::min(slash + 1, rest.size()));
  if (address.path.ends_with('/')) address.path.pop_back();
  return address;
}

/// Names of folders here, so that no copy lies outside of its place.
bool has_odd_part(std::string_view path) {
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == ".." || part.find('\0') != std::string_view::npos) return true;
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
}

bool is_bucket_name(std::string_view name) {
  const auto fits = [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-' || c == '.';
  };
  return name.size() >= 3 && name.size() <= 63 && std::all_of(name.begin(), name.end(), fits) &&
         std::isalnum(static_cast<unsigned char>(name.front())) != 0 && name.find("..") == std::string_view::npos;
}

bool is_host_name(std::string_view name) {
  return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '.' || c == ':' || c == '[' || c == ']';
  });
}

/// Whoever reads such an address has what it opens; and it is written down in results.
bool holds_secret(const Address& address) {
  constexpr std::array<std::string_view, 4> kSigns{"X-Amz-Signature=", "Signature=", "sig=", "token="};
  return address.host.find('@') != std::string::npos ||
         std::any_of(kSigns.begin(), kSigns.end(), [&](std::string_view sign) {
           return address.query.starts_with(sign) || address.query.find("&" + std::string(sign)) != std::string::npos;
         });
}

std::optional<std::string> problem_with(const Address& address) {
  const bool is_s3 = address.scheme == Address::Scheme::s3;
  if (holds_secret(address)) {
    // Not even this sentence repeats it.
    return fmt::format("an address of '{}' holds a password or a signature; what is in a path is written into results",
                       address.host.substr(address.host.find('@') + 1));
  }
  const std::string text = address.text();
  if (is_s3 && !is_bucket_name(address.host))
    return fmt::format("'{}': '{}' is no name of a bucket", text, address.host);
  if (!is_host_name(address.host)) return fmt::format("'{}': '{}' is no name of a host", text, address.host);
  if (address.path.empty()) {
    return fmt::format("'{}' names a {}, and no file or folder in it", text, is_s3 ? "bucket" : "host");
  }
  if (has_odd_part(address.path)) {
    return fmt::format("'{}': a part of the name is empty, '.' or '..', which no file can be called here", text);
  }
  if (address.query.size() > kLongestQuery) {
    return fmt::format("an address of '{}' has {} letters behind '?', more than {}", address.host, address.query.size(),
                       kLongestQuery);
  }
  if (copies_folder().empty()) {
    return fmt::format("'{}' needs a folder for its copy, and none of GRIDMILL_CACHE, XDG_CACHE_HOME and HOME is set",
                       text);
  }
  return std::nullopt;
}

/// A query as the name of a folder, and back.
std::string query_folder(std::string_view query) {
  std::string name = "?";
  for (const char c : query) name += c == '/' ? std::string("%2F") : std::string(1, c);
  return name;
}
std::string query_in(std::string_view folder) {
  std::string query(folder.substr(1));
  for (std::size_t at = 0; (at = query.find("%2F", at)) != std::string::npos; ++at) query.replace(at, 3, "/");
  return query;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing changes it meanwhile
  return value == nullptr ? "" : value;
}

/// The address of what comes after the folder of all copies: "s3/bucket/key".
std::optional<Address> address_at(std::string_view place) {
  const std::size_t slash = place.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = taken_apart(fmt::format("{}://{}", place.substr(0, slash), place.substr(slash + 1)));
  if (!address || address->scheme == Address::Scheme::s3) return address;
  // taken_apart has taken the folder of a query for the query itself.
  std::string_view rest = place.substr(slash + 1);
  const std::size_t host = std::min(rest.find('/'), rest.size());
  Address web{.scheme = address->scheme, .host = std::string(rest.substr(0, host)), .path = {}, .query = {}};
  rest = rest.substr(std::min(host + 1, rest.size()));
  if (rest.starts_with('?')) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    web.query = query_in(rest.substr(0, end));
    rest = rest.substr(std::min(end + 1, rest.size()));
  }
  web.path = rest;
  return web;
}

}  // namespace

std::string Address::text() const {
  return fmt::format("{}://{}{}{}{}{}", name_of(scheme), host, path.empty() ? "" : "/", path, query.empty() ? "" : "?",
                     query);
}

std::optional<Address> address_in(std::string_view text) {
  auto address = taken_apart(text);
  if (!address || problem_with(*address)) return std::nullopt;
  return address;
}

fs::path copies_folder() {
  std::string folder = environment("GRIDMILL_CACHE");
  if (folder.empty()) {
    const std::string cache = environment("XDG_CACHE_HOME");
    const std::string home = environment("HOME");
    if (!cache.empty()) folder = cache + "/gridmill";
    if (cache.empty() && !home.empty()) folder = home + "/.cache/gridmill";
  }
  if (folder.empty()) return {};
  fs::path absolute = fs::absolute(folder).lexically_normal();
  return absolute.has_filename() ? absolute : absolute.parent_path();
}

fs::path copy_of(const Address& address) {
  fs::path place = copies_folder() / name_of(address.scheme) / address.host;
  if (!address.query.empty()) place /= query_folder(address.query);
  return place / address.path;
}

std::optional<Address> address_of(const fs::path& path) {
  const std::string folder = copies_folder().string() + "/";
  if (folder == "/" || path.is_relative()) return std::nullopt;
  std::string place = path.lexically_normal().string();
  if (place.ends_with('/')) place.pop_back();
  if (!place.starts_with(folder)) return std::nullopt;
  auto address = address_at(std::string_view(place).substr(folder.size()));
  return address && !address->path.empty() ? address : std::nullopt;
}

std::string told_path(const fs::path& path) {
  const auto address = address_of(path);
  return address ? address->text() : path.string();
}

std::string with_addresses(std::string_view text) {
  std::string told(text);
  const std::string folder = copies_folder().string();
  if (folder.empty() || told.find(folder) == std::string::npos) return told;
  for (const SchemeName& each : kSchemes) {
    const std::string place = fmt::format("{}/{}/", folder, each.name);
    for (std::size_t at = 0; (at = told.find(place, at)) != std::string::npos;) {
      told.replace(at, place.size(), fmt::format("{}://", each.name));
    }
  }
  return told;
}

std::optional<std::string> problem_with_path(std::string_view text) {
  if (scheme_of(text).empty()) return std::nullopt;
  const auto address = taken_apart(text);
  if (address) return problem_with(*address);
  return fmt::format("'{}' is an address of a kind that gridmill does not know", text);
}

}  // namespace gridmill::core
