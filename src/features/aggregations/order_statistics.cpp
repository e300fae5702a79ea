#include <vector>

#include "features/aggregations/vocabulary.hpp"
#include "features/primitive.hpp"

namespace gridmill::features {
namespace {

using namespace aggregations;

Primitive median() {
  return {.name = "median",
          .meaning = "Median of the values: of an even number, the mean of the two in the middle.",
          .inputs = {{kNumber}},
          .output = kUntypedNumber};
}

Primitive median_count() {
  return {.name = "median_count",
          .meaning = "Number of values equal to the median.",
          .inputs = {{kNumber}},
          .output = kIntegerNullable,
          .default_value = 0,
          .arguments = {skipna()},
          .stacks_on_itself = false};
}

Primitive quantile() {
  return {.name = "quantile",
          .meaning = "Value below which a share of the values lies, interpolated between neighbours.",
          .ours = true,
          .inputs = {{kNumber}},
          .output = kReal,
          .arguments = {number_argument("q", 0.5, {.low = 0, .high = 1}, "the share")}};
}

Primitive iqr() {
  return {.name = "iqr",
          .meaning = "Interquartile range: quantile 0.75 less quantile 0.25.",
          .ours = true,
          .inputs = {{kNumber}},
          .output = kReal,
          .stacks_on_itself = false};
}

}  // namespace

std::vector<Primitive> order_statistics() { return {median(), median_count(), quantile(), iqr()}; }

}  // namespace gridmill::features
