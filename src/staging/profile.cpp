#include "staging/profile.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace gridmill::staging {

namespace fs = std::filesystem;

namespace {

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlanks);
  return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string contents(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  if (in.is_open()) text << in.rdbuf();
  return text.str();
}

fs::path file_of(const char* name, const char* usual) {
  const std::string given = variable(name);
  return given.empty() ? fs::path(variable("HOME")) / ".aws" / usual : fs::path(given);
}

}  // namespace

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing changes it meanwhile
  return value == nullptr ? "" : value;
}

ProfileSettings section_of(std::string_view text, std::string_view name) {
  ProfileSettings settings;
  bool is_inside = false;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const bool is_nested = line.starts_with(' ') || line.starts_with('\t');
    const std::string_view entry = without_blanks(line);
    if (entry.empty() || entry.front() == '#' || entry.front() == ';') continue;
    if (entry.front() == '[') {
      is_inside = without_blanks(entry.substr(1, entry.find(']') - 1)) == name;
      continue;
    }
    const std::size_t equals = entry.find('=');
    if (!is_inside || is_nested || equals == std::string_view::npos) continue;
    std::string key(without_blanks(entry.substr(0, equals)));
    std::transform(key.begin(), key.end(), key.begin(), [](unsigned char c) { return std::tolower(c); });
    settings[key] = without_blanks(entry.substr(equals + 1));
  }
  return settings;
}

Profile read_profile() {
  Profile profile{.name = variable("AWS_PROFILE"),
                  .is_named = !variable("AWS_PROFILE").empty(),
                  .credentials = file_of("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
                  .config = file_of("AWS_CONFIG_FILE", "config"),
                  .settings = {}};
  if (profile.name.empty()) profile.name = "default";
  profile.settings = section_of(contents(profile.credentials), profile.name);
  const std::string config = contents(profile.config);
  profile.settings.merge(section_of(config, "profile " + profile.name));
  if (profile.name == "default") profile.settings.merge(section_of(config, "default"));
  return profile;
}

}  // namespace gridmill::staging
