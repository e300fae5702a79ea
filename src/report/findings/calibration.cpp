#include "report/findings/calibration.hpp"

#include <algorithm>
#include <cmath>

namespace gridmill::report {

std::vector<CalibrationBin> calibration(std::span<const double> probability, const std::vector<bool>& positive,
                                        std::size_t n_bins) {
  std::vector<CalibrationBin> bins(n_bins);
  for (std::size_t i = 0; i < probability.size(); ++i) {
    if (std::isnan(probability[i])) continue;
    const double place = std::ceil(probability[i] * static_cast<double>(n_bins)) - 1;  // a border belongs to the lower range
    CalibrationBin& bin = bins[static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(n_bins - 1)))];
    bin.predicted += probability[i];
    bin.observed += positive[i] ? 1 : 0;
    ++bin.n;
  }
  std::erase_if(bins, [](const CalibrationBin& bin) { return bin.n == 0; });
  for (CalibrationBin& bin : bins) {
    bin.predicted /= static_cast<double>(bin.n);
    bin.observed /= static_cast<double>(bin.n);
  }
  return bins;
}

}  // namespace gridmill::report
