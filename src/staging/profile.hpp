#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace gridmill::staging {

/// The settings of a section of an INI file as AWS's programs write them: names in lower case.
using ProfileSettings = std::map<std::string, std::string>;

/// Returns the section [`name`] of a text; empty where there is none.
ProfileSettings section_of(std::string_view text, std::string_view name);

/// The profile that AWS's programs would take.
struct Profile {
  std::string name;
  bool is_named = false;              // by AWS_PROFILE
  std::filesystem::path credentials;  // the files, whether they are there or not
  std::filesystem::path config;
  ProfileSettings settings;  // of both files
};

/// Reads it. Files that are not there, or cannot be read, say nothing.
Profile read_profile();

/// Returns a variable of the environment; empty: it is not set.
std::string variable(const char* name);

}  // namespace gridmill::staging
