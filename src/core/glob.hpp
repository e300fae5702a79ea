#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace gridmill::core {

/// Says whether a name matches a pattern in which `*` stands for any letters, also none, and `?` for one.
[[nodiscard]] inline bool matches_glob(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t after_star = 0;  // where in the name the rest of the pattern is tried next
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      after_star = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++after_star;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

/// Says whether a name is a pattern.
[[nodiscard]] inline bool is_glob(std::string_view name) { return name.find_first_of("*?") != std::string_view::npos; }

/// Returns the files that a path means, in the order of their names: those that match where its last part is a pattern,
/// none if none does; else, and where a file has that very name, the path itself.
[[nodiscard]] inline std::vector<std::filesystem::path> files_matching(const std::filesystem::path& path) {
  std::error_code ignored;
  const std::string pattern = path.filename().string();
  if (!is_glob(pattern) || std::filesystem::exists(path, ignored)) return {path};
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (matches_glob(pattern, name) && !entry.is_directory(ignored)) files.push_back(path.parent_path() / name);
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// Returns a name for what files of a pattern have in common: "sales" for "sales-*".
[[nodiscard]] inline std::string without_glob(std::string name) {
  std::erase_if(name, [](char c) { return c == '*' || c == '?'; });
  const std::size_t first = name.find_first_not_of("-_. ");
  if (first == std::string::npos) return "table";
  return name.substr(first, name.find_last_not_of("-_. ") - first + 1);
}

}  // namespace gridmill::core
