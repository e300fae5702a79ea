#include "models/family/class_weights.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

#include <fmt/format.h>

#include "core/class_label.hpp"
#include "core/hint.hpp"

namespace gridmill::models {

std::vector<double> class_weights(const core::Value& rule, const core::Dataset& data,
                                  std::span<const core::Index> train) {
  std::vector<double> weights(data.classes.size(), 1.0);
  if (rule.is_text()) {  // balanced
    std::vector<std::size_t> count(weights.size(), 0);
    for (const core::Index row : train) ++count[static_cast<std::size_t>(data.y[row])];
    const auto present = static_cast<double>(std::ranges::count_if(count, [](std::size_t n) { return n > 0; }));
    for (std::size_t c = 0; c < count.size(); ++c) {
      if (count[c] > 0) weights[c] = static_cast<double>(train.size()) / (present * static_cast<double>(count[c]));
    }
  } else if (rule.is_mapping()) {
    for (const auto& [label, value] : rule.mapping()) {
      const auto at = core::find_class(data.classes, label);
      if (!at) throw FitError(fmt::format("class_weight names class '{}', which the data does not have", label));
      weights[*at] = value.number();
    }
  }
  return weights;
}

std::vector<std::string> check_class_weights(const core::Value& rule) {
  std::vector<std::string> problems;
  if (!rule.is_mapping()) return problems;
  for (const auto& [label, weight] : rule.mapping()) {
    if (weight.is_number() && weight.number() >= 0 && std::isfinite(weight.number())) continue;
    problems.push_back(
        fmt::format("class_weight of class '{}' must be a number >= 0, not {}", label, weight.python_repr()));
  }
  return problems;
}

std::vector<DataProblem> check_class_weights(const core::Value& rule, const core::Dataset& data) {
  std::vector<DataProblem> problems;
  if (!rule.is_mapping()) return problems;
  for (const auto& [label, weight] : rule.mapping()) {
    if (core::find_class(data.classes, label)) continue;
    problems.push_back(
        {.option = "class_weight",
         .what = fmt::format("class_weight names the class '{}', which '{}' does not have", label, data.target_name),
         .hint = core::hint_for(label, data.classes)});
  }
  return problems;
}

}  // namespace gridmill::models
