#pragma once

#include <limits>
#include <string>
#include <utility>

namespace gridmill::models {

/// The value of a metric, and a sentence where there is something to say about it: why it is NaN (scikit-learn
/// raises or warns), or what scikit-learn warns of although the value is a number.
struct Score {
  double value = 0;
  std::string why;

  static Score undefined(std::string reason) { return {std::numeric_limits<double>::quiet_NaN(), std::move(reason)}; }
};

inline constexpr const char* kWeightsSumToZero = "the sample weights sum to zero";

}  // namespace gridmill::models
