#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Parts of addresses, URLs, names and paths: what Featuretools' regular expressions find, without running any. Nothing
/// if there is no such part.
namespace gridmill::features::transforms {

/// What stands between the first @ and the next, white space around the address left out.
std::optional<std::string> email_domain(std::string_view address);

/// The host without protocol, user and www.
std::optional<std::string> url_domain(std::string_view url);
/// http or https.
std::optional<std::string> url_protocol(std::string_view url);
/// The last of the common top-level domains that stand behind a point anywhere in the host.
std::optional<std::string> url_top_level_domain(std::string_view url);

/// Of "Lee, Dr. Ann" or "Dr. Ann Lee"; names of A-Z, a-z only.
std::optional<std::string> first_name(std::string_view full_name);
std::optional<std::string> last_name(std::string_view full_name);
std::optional<std::string> name_title(std::string_view full_name);

/// ".txt" of "a/b.TXT"; letters only.
std::optional<std::string> file_extension(std::string_view path);

/// The first n characters.
std::string first_characters(std::string_view text, int n);

}  // namespace gridmill::features::transforms
