#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <vector>

#include "core/value.hpp"

namespace gridmill::models {

/// Reads the mapping that Model::state wrote. All errors are UserError naming the folder and the entry.
class SavedState {
 public:
  SavedState(const core::Value& state, std::filesystem::path folder);

  [[nodiscard]] const core::Value& at(std::string_view name) const;
  [[nodiscard]] bool boolean(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;
  [[nodiscard]] std::vector<std::size_t> counts(std::string_view name) const;
  [[nodiscard]] std::vector<double> numbers(std::string_view name) const;
  [[noreturn]] void fail(std::string_view name, std::string_view expected) const;

 private:
  const core::Value& state_;
  std::filesystem::path folder_;
};

}  // namespace gridmill::models
