#include <string>
#include <utility>
#include <vector>

#include "features/aggregations/vocabulary.hpp"
#include "features/primitive.hpp"

namespace gridmill::features {
namespace {

using namespace aggregations;

Primitive percent_true() {
  return {.name = "percent_true",
          .meaning = "Number of true values, as a fraction of the number of rows.",
          .inputs = {{kBooleanNullable}, {kBoolean}},
          .output = kReal,
          .by_default = true};
}

Primitive num_true() {
  return {.name = "num_true",
          .meaning = "Number of true values.",
          .inputs = {{kBoolean}, {kBooleanNullable}},
          .output = kIntegerNullable,
          .default_value = 0};
}

Primitive over_all(std::string name, std::string meaning) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{kBoolean}, {kBooleanNullable}},
          .output = kTruth,
          .stacks_on_itself = false};
}

Primitive run(std::string name, std::string meaning, ValueType output) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{kBoolean}},
          .output = output,
          .default_value = 0,
          .stacks_on_itself = false,
          .needs_order = true};
}

}  // namespace

std::vector<Primitive> boolean_aggregations() {
  return {
      percent_true(),
      num_true(),
      over_all("any", "Whether some value is true."),
      over_all("all", "Whether no value is false."),
      run("max_consecutive_true", "Greatest number of true values in a row.", kInteger),
      run("max_consecutive_false", "Greatest number of false values in a row.", kInteger),
      run("num_true_since_last_false", "Number of true values after the last false one; missing if none is false.",
          kIntegerNullable),
      run("num_false_since_last_true", "Number of false values after the last true one; missing if none is true.",
          kIntegerNullable),
  };
}

}  // namespace gridmill::features
