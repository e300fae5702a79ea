#include "features/transforms/text_parts.hpp"

#include <algorithm>
#include <cstddef>

#include "features/transforms/characters.hpp"
#include "features/transforms/domain_lists.hpp"

namespace gridmill::features::transforms {

namespace {

std::string_view without_space_around(std::string_view text) {
  const std::u32string characters = to_characters(text);
  std::size_t n_before = 0;
  while (n_before < characters.size() && is_space(characters[n_before])) ++n_before;
  std::size_t n_after = 0;
  while (n_after + n_before < characters.size() && is_space(characters[characters.size() - 1 - n_after])) ++n_after;
  // Bytes of the white space left out, from either end.
  const auto bytes = [&characters](std::size_t from, std::size_t n) {
    return to_utf8(std::u32string_view(characters).substr(from, n)).size();
  };
  text.remove_prefix(bytes(0, n_before));
  text.remove_suffix(bytes(characters.size() - n_after, n_after));
  return text;
}

bool begins_with(std::string_view text, std::size_t at, std::string_view beginning) {
  return text.substr(std::min(at, text.size())).starts_with(beginning);
}

/// The host from `at` on: up to a colon, slash, question mark or line feed. Nothing if it is empty.
std::optional<std::string> host_from(std::string_view url, std::size_t at) {
  const std::size_t end = std::min(url.find_first_of(":/?\n", at), url.size());
  if (end <= at) return std::nullopt;
  return std::string(url.substr(at, end - at));
}

/// The host behind an optional "www." at `at`.
std::optional<std::string> host_behind_www(std::string_view url, std::size_t at) {
  if (begins_with(url, at, "www.")) {
    if (auto host = host_from(url, at + 4)) return host;
  }
  return host_from(url, at);
}

/// The host behind an optional "user@" at `at`; the user holds no slash or line feed.
std::optional<std::string> host_behind_user(std::string_view url, std::size_t at) {
  const std::size_t end = url.find_first_of("@/\n", at);
  if (end != std::string_view::npos && end > at && url[end] == '@') {
    if (auto host = host_behind_www(url, end + 1)) return host;
  }
  return host_behind_www(url, at);
}

/// End of a capitalised word (A-Z, then at least one a-z) at `at`, or `at` if there is none.
std::size_t end_of_name(std::string_view text, std::size_t at) {
  const auto is = [text](std::size_t i, bool (*kind)(char32_t)) {
    return i < text.size() && kind(static_cast<unsigned char>(text[i]));
  };
  std::size_t end = at;
  if (!is(at, is_upper_ascii) || !is(at + 1, is_lower_ascii)) return at;
  for (end = at + 1; is(end, is_lower_ascii);) ++end;
  return end;
}

/// Whether a regular expression's $ holds: at the end, or before a line feed that ends the text.
bool is_end(std::string_view text, std::size_t at) {
  return at == text.size() || (at + 1 == text.size() && text[at] == '\n');
}

/// End of "Title. " at `at`, or `at`.
std::size_t end_of_title(std::string_view text, std::size_t at) {
  const std::size_t end = end_of_name(text, at);
  return end > at && begins_with(text, end, ". ") ? end + 2 : at;
}

std::string without_titles(std::string_view text) {
  std::string rest;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = end_of_title(text, i);
    if (end == i) rest += text[i++];
    i = std::max(i, end);
  }
  return rest;
}

/// Whether the text is just a title and a name.
bool is_title_and_name(std::string_view text) {
  const std::size_t title = end_of_title(text, 0);
  const std::size_t end = end_of_name(text, title);
  return title > 0 && end > title && is_end(text, end);
}

/// Leaves out commas and white space around.
std::string cleaned(std::string_view text) {
  std::string name(text);
  std::erase(name, ',');
  return std::string(without_space_around(name));
}

/// End of " Name" or " Name-Name" (or with a slash) that ends the text, at `at`, or `at`.
std::size_t end_of_last_name(std::string_view text, std::size_t at) {
  if (text[at] != ' ') return at;
  std::size_t end = end_of_name(text, at + 1);
  if (end == at + 1) return at;
  if (is_end(text, end)) return end;
  if (end >= text.size() || (text[end] != '/' && text[end] != '-')) return at;
  const std::size_t second = end + 1;
  end = end_of_name(text, second);
  return end > second && is_end(text, end) ? end : at;
}

}  // namespace

std::optional<std::string> email_domain(std::string_view address) {
  address = without_space_around(address);
  const std::size_t at = address.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  address.remove_prefix(at + 1);
  return std::string(address.substr(0, address.find('@')));
}

std::optional<std::string> url_domain(std::string_view url) {
  for (const std::string_view protocol : {"https://", "http://"}) {
    if (!url.starts_with(protocol)) continue;
    if (auto host = host_behind_user(url, protocol.size())) return host;
  }
  return host_behind_user(url, 0);
}

std::optional<std::string> url_protocol(std::string_view url) {
  if (url.starts_with("https:")) return "https";
  if (url.starts_with("http:")) return "http";
  return std::nullopt;
}

std::optional<std::string> url_top_level_domain(std::string_view url) {
  const std::optional<std::string> host = url_domain(url);
  if (!host) return std::nullopt;
  std::optional<std::string> last;
  for (std::size_t i = 0; i < host->size(); ++i) {
    if ((*host)[i] != '.') continue;
    const auto domains = top_level_domains();
    const auto found = std::find_if(domains.begin(), domains.end(),
                                    [&](std::string_view domain) { return begins_with(*host, i + 1, domain); });
    if (found == domains.end()) continue;
    last = std::string(*found);
    i += found->size();
  }
  return last;
}

std::optional<std::string> first_name(std::string_view full_name) {
  if (is_title_and_name(full_name)) return std::nullopt;
  const std::string name = without_titles(full_name);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const std::size_t end = end_of_name(name, i);
    if (end > i && end < name.size() && name[end] == ' ') return cleaned(name.substr(i, end - i));
    if (end > i && i == 0 && is_end(name, end)) return cleaned(name.substr(0, end));
    if (!begins_with(name, i, ", ")) continue;
    const std::size_t last = end_of_name(name, i + 2);
    if (last > i + 2 && is_end(name, last)) return cleaned(name.substr(i, last - i));
  }
  return std::nullopt;
}

std::optional<std::string> last_name(std::string_view full_name) {
  const std::size_t comma = full_name.find(',', 1);
  if (comma != std::string_view::npos && full_name.substr(0, comma).find('\n') == std::string_view::npos) {
    return cleaned(without_titles(full_name.substr(0, comma + 1)));
  }
  if (is_title_and_name(full_name)) return cleaned(without_titles(full_name));
  for (std::size_t i = 0; i < full_name.size(); ++i) {
    const std::size_t end = end_of_last_name(full_name, i);
    if (end > i) return cleaned(without_titles(full_name.substr(i, end - i)));
  }
  return std::nullopt;
}

std::optional<std::string> name_title(std::string_view full_name) {
  for (std::size_t i = 0; i < full_name.size(); ++i) {
    const std::size_t end = end_of_title(full_name, i);
    if (end > i) return std::string(full_name.substr(i, end - i - 2));
  }
  return std::nullopt;
}

std::optional<std::string> file_extension(std::string_view path) {
  const auto is_letter = [](char c) {
    const char32_t character = static_cast<unsigned char>(c);
    return is_upper_ascii(character) || is_lower_ascii(character) || c == '|';
  };
  const std::string_view text = path.ends_with('\n') ? path.substr(0, path.size() - 1) : path;
  const std::size_t point = text.rfind('.');
  if (point == std::string_view::npos || point + 1 == text.size()) return std::nullopt;
  std::string extension(text.substr(point));
  if (!std::all_of(extension.begin() + 1, extension.end(), is_letter)) return std::nullopt;
  for (char& c : extension) c = static_cast<char>(lower(static_cast<unsigned char>(c)));
  return extension;
}

std::string first_characters(std::string_view text, int n) {
  std::string_view rest = text;
  for (int k = 0; k < n && !rest.empty(); ++k) take_character(rest);
  return std::string(text.substr(0, text.size() - rest.size()));
}

}  // namespace gridmill::features::transforms
