#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gridmill::core {

/// A file or folder that is not on this machine: "s3://bucket/folder/x.csv", "https://host/x.csv".
///
/// Each has a place here for its copy, whose name follows from the address alone. So all that reads and writes files
/// sees paths of this machine, on every rank the same; what is there comes and goes before and after a job.
struct Address {
  enum class Scheme { s3, https, http };

  Scheme scheme = Scheme::s3;
  std::string host;   // of S3: the bucket
  std::string path;   // without the slash in front; of S3: the key
  std::string query;  // of https and http; empty: none

  /// Returns it as a user writes it.
  [[nodiscard]] std::string text() const;

  friend bool operator==(const Address&, const Address&) = default;
};

/// Returns the address that a text is; nothing: it is none, or none that is understood (problem_with_path).
std::optional<Address> address_in(std::string_view text);

/// Returns the folder of all copies: $GRIDMILL_CACHE, else $XDG_CACHE_HOME/gridmill, else $HOME/.cache/gridmill, as an
/// absolute path; empty where none of them is set.
std::filesystem::path copies_folder();

/// Returns where the copy of an address lies, whether it is there or not. The folder of all copies must not be empty.
std::filesystem::path copy_of(const Address& address);

/// Returns the address that a path is the copy of; nothing: it is no copy.
std::optional<Address> address_of(const std::filesystem::path& path);

/// Returns a path as the user knows it: the address where it is a copy's.
std::string told_path(const std::filesystem::path& path);

/// Returns the text with each name of a copy replaced by its address: for words to the user.
std::string with_addresses(std::string_view text);

/// Returns why a text that looks like an address cannot be used as a path ("gs://x"); nothing: it can, or is none.
std::optional<std::string> problem_with_path(std::string_view text);

/// What can be used.
inline constexpr const char* kAddressHint = "known are s3://BUCKET/KEY, https://HOST/FILE and paths of this machine";

}  // namespace gridmill::core
