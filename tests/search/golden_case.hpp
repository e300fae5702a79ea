#pragma once

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/dataset.hpp"
#include "core/error.hpp"
#include "core/numpy_random.hpp"
#include "core/value.hpp"
#include "search/folds.hpp"

namespace gridmill::search {

inline std::string golden_path(const std::string& name) {
  return std::string(GRIDMILL_SOURCE_DIR) + "/tests/search/golden/" + name;
}

/// Lines of a golden CSV file without its header, split at commas.
inline std::vector<std::vector<std::string>> golden_lines(const std::string& name) {
  std::ifstream file(golden_path(name));
  std::vector<std::vector<std::string>> lines;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::vector<std::string>& out = lines.emplace_back();
    for (std::string field; std::getline(fields, field, ',');) out.push_back(field);
  }
  return lines;
}

inline nlohmann::json golden_json(const std::string& name) {
  std::ifstream file(golden_path(name));
  return nlohmann::json::parse(file);
}

/// Keeps JSON's difference between whole numbers and reals, as Python does.
inline core::Value value_from(const nlohmann::json& json) {
  if (json.is_null()) return {};
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  core::ValueList list;
  for (const auto& entry : json) list.push_back(value_from(entry));
  return list;
}

/// The data and options that golden/make_golden.py's Case draws from the same seed.
struct GoldenCase {
  explicit GoldenCase(std::uint32_t the_seed) : seed(the_seed) {
    core::NumpyRandom random(seed);
    const std::int64_t n_classes = random.integer(2, 11);
    k = random.integer(2, 11);
    const std::int64_t n = random.integer(20, 250);
    const std::int64_t n_groups = random.integer(2, 120);
    const auto lesser_of_two = [&](std::int64_t end) {
      const std::int64_t first = random.integer(0, end);
      return std::min(first, random.integer(0, end));
    };
    for (std::int64_t i = 0; i < n; ++i) y.push_back(static_cast<double>(lesser_of_two(n_classes)));
    for (std::int64_t i = 0; i < n; ++i) group.push_back(lesser_of_two(n_groups));
    for (std::int64_t i = 0; i < n; ++i) test_fold.push_back(random.integer(-1, k));
    gap = random.integer(0, 5);
    test_size = random.integer(0, 10);
    max_train_size = random.integer(0, 30);
    fraction = random.uniform(0.05, 0.6);
    for (std::int64_t code = 0; code < n_classes; ++code) classes.push_back(std::to_string(code));
  }

  [[nodiscard]] core::Dataset data(core::Task task = core::Task::classification) const {
    core::Dataset data;
    data.task = task;
    data.x = core::MatrixView(y.data(), 1, y.size());
    data.y = y;
    data.group = group;
    data.test_fold = test_fold;
    if (task == core::Task::classification) data.classes = classes;
    return data;
  }

  std::uint32_t seed;
  std::int64_t k;
  std::vector<double> y;
  std::vector<std::int64_t> group;
  std::vector<std::int64_t> test_fold;
  std::int64_t gap;
  std::int64_t test_size;
  std::int64_t max_train_size;
  double fraction;
  std::vector<std::string> classes;
};

/// FNV-1a over 32-bit words; each list ends with a mark.
class Digest {
 public:
  void add(const std::vector<core::Index>& rows) {
    for (const core::Index row : rows) add(row);
    add(0xFFFFFFFFU);
  }

  void add(const Fold& fold) {
    add(fold.train);
    add(fold.test);
  }

  [[nodiscard]] std::string text() const {
    std::ostringstream out;
    out << std::hex;
    out.width(16);
    out.fill('0');
    out << hash_;
    return out.str();
  }

 private:
  void add(std::uint32_t word) { hash_ = (hash_ ^ word) * 0x100000001B3U; }

  std::uint64_t hash_ = 0xCBF29CE484222325U;
};

}  // namespace gridmill::search
