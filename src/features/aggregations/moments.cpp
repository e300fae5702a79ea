#include <vector>

#include "features/aggregations/vocabulary.hpp"
#include "features/primitive.hpp"

namespace gridmill::features {
namespace {

using namespace aggregations;

Primitive sum() {
  return {.name = "sum",
          .meaning = "Sum of the values; 0 if all are missing.",
          .inputs = {{kNumber}},
          .output = kUntypedNumber,
          .default_value = 0,
          .stacks_on_itself = false,
          .never_on = {"count"},
          .by_default = true};
}

Primitive mean() {
  return {.name = "mean",
          .meaning = "Mean of the values.",
          .inputs = {{kNumber}},
          .output = kUntypedNumber,
          .arguments = {skipna()},
          .by_default = true};
}

Primitive std() {
  return {.name = "std",
          .meaning = "Standard deviation of the sample (n - 1); missing for fewer than two values.",
          .inputs = {{kNumber}},
          .output = kUntypedNumber,
          .stacks_on_itself = false,
          .by_default = true};
}

Primitive variance() {
  return {.name = "variance",
          .meaning = "Variance of the sample (n - 1); missing for fewer than two values.",
          .inputs = {{kNumber}},
          .output = kReal,
          .stacks_on_itself = false};
}

Primitive skew() {
  return {.name = "skew",
          .meaning = "Unbiased skewness; missing for fewer than three values, 0 if all are equal.",
          .inputs = {{kNumber}},
          .output = kUntypedNumber,
          .stacks_on_itself = false,
          .by_default = true};
}

Primitive kurtosis() {
  return {.name = "kurtosis",
          .meaning = "Kurtosis; missing if all values are equal.",
          .inputs = {{InputSlot{.type = LogicalType::integer, .tags = Tag::numeric}},
                     {InputSlot{.type = LogicalType::real, .tags = Tag::numeric}}},
          .output = kReal,
          .default_value = 0,
          .arguments = {switch_argument("fisher", true, "whether 3 is subtracted: 0 for a normal distribution"),
                        switch_argument("bias", true, "whether the bias of a small sample is left in"),
                        {.name = "nan_policy",
                         .kinds = {core::Kind::text},
                         .default_value = "propagate",
                         .range = {},
                         .choices = {"propagate", "omit"},
                         .meaning = "a missing value makes the result missing (propagate) or is left out (omit)"}},
          .stacks_on_itself = false};
}

Primitive coefficient_of_variation() {
  return {.name = "coefficient_of_variation",
          .meaning = "Standard deviation of the sample, as a fraction of the mean's amount; missing if the mean is 0.",
          .ours = true,
          .inputs = {{kNumber}},
          .output = kReal,
          .stacks_on_itself = false};
}

}  // namespace

std::vector<Primitive> moment_aggregations() {
  return {sum(), mean(), std(), variance(), skew(), kurtosis(), coefficient_of_variation()};
}

}  // namespace gridmill::features
