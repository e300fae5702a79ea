#include <optional>
#include <string>
#include <vector>

#include "features/aggregations/vocabulary.hpp"
#include "features/primitive.hpp"

namespace gridmill::features {
namespace {

using namespace aggregations;

core::OptionSpec threshold() {
  return number_argument("threshold", 10, {}, "the number to compare with, itself not counted");
}

std::vector<core::OptionSpec> range_arguments() {
  return {number_argument("lower", 0, {}, "least number of the range"),
          number_argument("upper", 1, {}, "greatest number of the range"), skipna()};
}

core::OptionSpec n_deviations() {
  return number_argument("n", 1, core::Range::at_least(0), "how many standard deviations (of the population)");
}

Primitive count() {
  return {.name = "count",
          .meaning = "Number of rows.",
          .inputs = {{kIndex}},
          .output = kIntegerNullable,
          .default_value = 0,
          .stacks_on_itself = false,
          .by_default = true,
          .counts_rows = true};
}

Primitive extreme(std::string name, std::string meaning) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{kNumber}},
          .output = kUntypedNumber,
          .stacks_on_itself = false,
          .by_default = true};
}

Primitive extreme_count(std::string name, std::string meaning, ValueType output) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{kNumber}},
          .output = output,
          .arguments = {skipna()}};
}

Primitive max_min_delta() {
  return {.name = "max_min_delta",
          .meaning = "Greatest value less the least.",
          .inputs = {{kNumber}},
          .output = kUntypedNumber,
          .default_value = 0,
          .arguments = {skipna()},
          .stacks_on_itself = false};
}

Primitive count_beside_mean(std::string name, std::string meaning) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{kNumber}},
          .output = kIntegerNullable,
          .arguments = {skipna()},
          .stacks_on_itself = false};
}

Primitive count_where(std::string name, std::string meaning, ValueType output,
                      std::vector<core::OptionSpec> arguments) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{kNumber}},
          .output = output,
          .default_value = 0,
          .arguments = std::move(arguments),
          .stacks_on_itself = false};
}

}  // namespace

std::vector<Primitive> counting_aggregations() {
  return {
      count(),
      extreme("max", "Greatest value."),
      extreme("min", "Least value."),
      extreme_count("max_count", "Number of values equal to the greatest.", kUntypedNumber),
      extreme_count("min_count", "Number of values equal to the least.", kIntegerNullable),
      max_min_delta(),
      count_beside_mean("count_above_mean", "Number of values greater than the mean."),
      count_beside_mean("count_below_mean", "Number of values less than the mean."),
      count_where("count_greater_than", "Number of values greater than a threshold.", kInteger, {threshold()}),
      count_where("count_less_than", "Number of values less than a threshold.", kInteger, {threshold()}),
      count_where("count_inside_range", "Number of values in a range, bounds included.", kIntegerNullable,
                  range_arguments()),
      count_where("count_outside_range", "Number of values outside of a range, bounds excluded.", kIntegerNullable,
                  range_arguments()),
      count_where("count_inside_nth_std", "Number of values at most n standard deviations away from the mean.",
                  kInteger, {n_deviations()}),
      count_where("count_outside_nth_std", "Number of values more than n standard deviations away from the mean.",
                  kInteger, {n_deviations()}),
  };
}

}  // namespace gridmill::features
