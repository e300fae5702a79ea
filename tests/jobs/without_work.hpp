#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace gridmill {

/// summary.json without what the ranks measured, and the checksum over it.
inline nlohmann::json without_work(const std::filesystem::path& summary) {
  std::ifstream file(summary);
  nlohmann::json found = nlohmann::json::parse(file);
  EXPECT_EQ(found.erase("work"), 1U) << summary;
  found.erase("checksum");
  return found;
}

}  // namespace gridmill
