#pragma once

#include <filesystem>

#include "config/source.hpp"

namespace gridmill::config {

/// Everything `gridmill import` needs to know (section `import`), checked and with all defaults filled in.
struct ImportJob {
  SourceOptions source;         // `table` is the table's name in the store; empty: from the file's name
  std::filesystem::path store;  // the store to write (.h5)

  friend bool operator==(const ImportJob&, const ImportJob&) = default;
};

}  // namespace gridmill::config
