#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/value.hpp"

namespace gridmill::jobs {

/// What is to be doubted in a result: each with its reason and what helps.
class Checks {
 public:
  void bad(const std::string& what, const std::string& why, const std::string& cure);
  void warning(const std::string& what, const std::string& why, const std::string& cure);
  void note(const std::string& what, const std::string& why, const std::string& cure);
  /// Sentences that a job has said; what helps stands behind the last semicolon.
  void sentences(std::span<const std::string> all);

  /// The worst first: mappings `level` (bad, warning, note), `what`, `why`, `cure`.
  [[nodiscard]] core::ValueList list() &&;

 private:
  enum class Level { bad, warning, note };
  void add(Level level, const std::string& what, const std::string& why, const std::string& cure);

  std::vector<std::pair<Level, core::Value>> all_;
};

}  // namespace gridmill::jobs
