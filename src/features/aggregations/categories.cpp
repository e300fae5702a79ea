#include <cstddef>
#include <vector>

#include "features/aggregations/vocabulary.hpp"
#include "features/primitive.hpp"

namespace gridmill::features {
namespace {

using namespace aggregations;

std::size_t n_of(const core::Params& arguments) { return static_cast<std::size_t>(arguments.at("n").integer()); }

Primitive mode() {
  return {.name = "mode",
          .meaning = "Most frequent value; of several, the first in the order of the categories.",
          .inputs = {{kCategory}},
          .by_default = true};
}

Primitive num_unique() {
  return {.name = "num_unique",
          .meaning = "Number of distinct values.",
          .inputs = {{kCategory}},
          .output = kIntegerNullable,
          .stacks_on_itself = false,
          .by_default = true};
}

Primitive n_most_common() {
  return {.name = "n_most_common",
          .meaning = "The n most frequent values; of equally frequent ones, the first in the order of the categories.",
          .inputs = {{kCategory}},
          .arguments = {count_argument("n", 3, "how many values")},
          .n_outputs = n_of};
}

Primitive n_most_common_frequency() {
  return {.name = "n_most_common_frequency",
          .meaning = "How often each of the n most frequent values occurs.",
          .inputs = {{kCategory}},
          .output = kCategorical,
          .arguments = {count_argument("n", 3, "how many values"),
                        switch_argument("skipna", true, "whether missing is not a value of its own")},
          .n_outputs = n_of};
}

Primitive average_count_per_unique() {
  return {.name = "average_count_per_unique",
          .meaning = "How often a distinct value occurs on average.",
          .inputs = {{kCategory}},
          .output = kReal,
          .default_value = 0,
          .arguments = {switch_argument("skipna", true, "whether missing is not a value of its own")}};
}

Primitive percent_unique() {
  return {.name = "percent_unique",
          .meaning = "Number of distinct values, as a fraction of the number of rows.",
          .inputs = {{kCategory}},
          .output = kReal,
          .default_value = 0,
          .arguments = {switch_argument("skipna", true, "whether missing is not a value of its own")}};
}

Primitive entropy() {
  return {.name = "entropy",
          .meaning = "Entropy of the values' frequencies.",
          .inputs = {{kCategory}},
          .output = kUntypedNumber,
          .arguments = {switch_argument("dropna", false, "whether missing is not a value of its own"),
                        {.name = "base",
                         .kinds = {core::Kind::null, core::Kind::real},
                         .default_value = {},
                         .range = core::Range::positive(),
                         .choices = {},
                         .meaning = "base of the logarithm; null: natural"}},
          .stacks_on_itself = false};
}

Primitive is_unique() {
  return {.name = "is_unique",
          .meaning = "Whether no value occurs twice; missing is a value of its own.",
          .inputs = {{kCategory}},
          .output = kTruthNullable,
          .default_value = false,
          .stacks_on_itself = false};
}

Primitive has_no_duplicates() {
  return {.name = "has_no_duplicates",
          .meaning = "Whether no value occurs twice.",
          .inputs = {{kCategory}, {kNumber}},
          .output = kTruthNullable,
          .default_value = true,
          .arguments = {switch_argument("skipna", true, "whether missing is not a value of its own")},
          .stacks_on_itself = false};
}

Primitive count_distinct_over_count() {
  return {.name = "count_distinct_over_count",
          .meaning = "Number of distinct values, as a fraction of the number of values that are not missing.",
          .ours = true,
          .inputs = {{kCategory}, {kNumber}},
          .output = kReal,
          .stacks_on_itself = false};
}

}  // namespace

std::vector<Primitive> category_aggregations() {
  return {mode(),           num_unique(), n_most_common(), n_most_common_frequency(), average_count_per_unique(),
          percent_unique(), entropy(),    is_unique(),     has_no_duplicates(),       count_distinct_over_count()};
}

}  // namespace gridmill::features
