#include "io/tables/import_options.hpp"

#include <filesystem>

namespace gridmill::io {

std::vector<std::string> ImportOptions::named_columns() const {
  std::vector<std::string> names = used;
  names.insert(names.end(), keys.begin(), keys.end());
  names.insert(names.end(), ignore.begin(), ignore.end());
  for (const auto& [name, type] : types) names.push_back(name);
  for (const auto& [name, how] : time_formats) names.push_back(name);
  for (const auto& [name, parts] : made_times) names.insert(names.end(), parts.begin(), parts.end());
  std::erase(names, std::string());
  return names;
}

std::string table_name_of(const std::string& path) {
  const std::string file = std::filesystem::path(path).filename().string();
  const std::string stem = file.substr(0, file.find('.', 1));
  return stem.empty() ? "table" : stem;
}

}  // namespace gridmill::io
