#include <string>
#include <utility>
#include <vector>

#include "features/aggregations/vocabulary.hpp"
#include "features/primitive.hpp"

namespace gridmill::features {
namespace {

using namespace aggregations;

Primitive end(std::string name, std::string meaning) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{kAnything}},
          .stacks_on_itself = false,
          .needs_order = true};
}

Primitive is_monotonic(std::string name, std::string meaning) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{kNumber}},
          .output = kTruthNullable,
          .default_value = false,
          .stacks_on_itself = false,
          .needs_order = true};
}

Primitive num_zero_crossings() {
  return {.name = "num_zero_crossings",
          .meaning = "Number of changes of sign between successive values that are not 0.",
          .inputs = {{kNumber}},
          .output = kInteger,
          .needs_order = true};
}

Primitive num_peaks() {
  return {.name = "num_peaks",
          .meaning = "Number of values, or runs of equal values, greater than both neighbours.",
          .inputs = {{kNumber}},
          .output = kInteger,
          .default_value = 0,
          .stacks_on_itself = false,
          .needs_order = true};
}

Primitive max_consecutive(std::string name, std::string meaning) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{InputSlot{.type = LogicalType::integer, .tags = {}}},
                     {InputSlot{.type = LogicalType::real, .tags = {}}}},
          .output = kInteger,
          .default_value = 0,
          .arguments = {switch_argument("skipna", true, "whether missing values are left out; else one ends a run")},
          .stacks_on_itself = false,
          .needs_order = true};
}

Primitive num_consecutive_beside_mean(std::string name, std::string meaning) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{kNumber}},
          .output = kIntegerNullable,
          .default_value = 0,
          .arguments = {skipna()},
          .stacks_on_itself = false,
          .needs_order = true};
}

Primitive mean_of_last() {
  return {.name = "mean_of_last",
          .meaning = "Mean of the values of the last n rows.",
          .ours = true,
          .inputs = {{kNumber}},
          .output = kReal,
          .arguments = {count_argument("n", 3, "how many rows")},
          .stacks_on_itself = false,
          .needs_order = true};
}

}  // namespace

std::vector<Primitive> sequence_aggregations() {
  return {
      end("first", "Value of the first row, missing or not."),
      end("last", "Value of the last row, missing or not."),
      is_monotonic("is_monotonically_increasing", "Whether no value is less than the one before."),
      is_monotonic("is_monotonically_decreasing", "Whether no value is greater than the one before."),
      num_zero_crossings(),
      num_peaks(),
      max_consecutive("max_consecutive_negatives", "Greatest number of values below 0 in a row."),
      max_consecutive("max_consecutive_positives", "Greatest number of values above 0 in a row."),
      max_consecutive("max_consecutive_zeros", "Greatest number of zeros in a row."),
      num_consecutive_beside_mean("num_consecutive_greater_mean",
                                  "Greatest number of values above the group's mean in a row."),
      num_consecutive_beside_mean("num_consecutive_less_mean",
                                  "Greatest number of values below the group's mean in a row."),
      mean_of_last(),
  };
}

}  // namespace gridmill::features
