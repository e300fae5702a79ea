#include "features/aggregations/time_spans.hpp"

#include <cmath>

namespace gridmill::features::aggregations {

double EntropyOfGaps::operator()(std::size_t group) const {
  const TimeSpan& span = groups[group];
  if (span.n < 2 || span.least == span.greatest) return kNaN;
  const std::int64_t* times = input.columns[0]->times().data();
  const Slice entries = slice(input, group);
  const auto whole = static_cast<double>(span.greatest - span.least);
  double entropy = 0;
  std::int64_t before = span.least;
  for (std::size_t i = entries.begin; i < entries.end; ++i) {
    if (times[i] == core::kMissingTime) continue;
    const double share = static_cast<double>(times[i] - before) / whole;
    if (share > 0 && share < 1) entropy -= share * std::log(share);
    before = times[i];
  }
  return entropy;
}

}  // namespace gridmill::features::aggregations
