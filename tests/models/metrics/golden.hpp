#pragma once

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace gridmill::models {

/// Reads tests/models/golden/metrics/<name>, written by make_golden.py beside it.
inline nlohmann::json golden(const std::string& name) {
  std::ifstream file(GRIDMILL_SOURCE_DIR "/tests/models/golden/metrics/" + name);
  return nlohmann::json::parse(file);
}

inline double number(const nlohmann::json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

inline std::vector<double> numbers(const nlohmann::json& list) {
  std::vector<double> out;
  for (const nlohmann::json& value : list) out.push_back(number(value));
  return out;
}

/// NaN equals NaN; else |ours - golden| <= tolerance * |golden|; 0 asks for the same number with the same sign.
inline testing::AssertionResult agrees(double ours, double golden, double tolerance) {
  const bool near = std::abs(ours - golden) <= tolerance * std::abs(golden);
  const bool same_sign = tolerance > 0 || std::signbit(ours) == std::signbit(golden);
  if (std::isnan(golden) ? std::isnan(ours) : near && same_sign) return testing::AssertionSuccess();
  return testing::AssertionFailure() << std::hexfloat << ours << " is not " << golden << std::defaultfloat << " ("
                                     << ours << ", " << golden << ")";
}

inline testing::AssertionResult agree(const std::vector<double>& ours, const std::vector<double>& golden,
                                      double tolerance) {
  if (ours.size() != golden.size()) {
    return testing::AssertionFailure() << ours.size() << " numbers are not " << golden.size();
  }
  for (std::size_t i = 0; i < ours.size(); ++i) {
    if (auto result = agrees(ours[i], golden[i], tolerance); !result) return result << " at " << i;
  }
  return testing::AssertionSuccess();
}

}  // namespace gridmill::models
