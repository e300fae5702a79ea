#include "io/import_options.hpp"

#include <filesystem>

namespace gridmill::io {

std::string table_name_of(const std::string& path) {
  const std::string file = std::filesystem::path(path).filename().string();
  const std::string stem = file.substr(0, file.find('.', 1));
  return stem.empty() ? "table" : stem;
}

}  // namespace gridmill::io
