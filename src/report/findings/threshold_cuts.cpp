#include "report/findings/threshold_cuts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gridmill::report {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<std::size_t> falling(std::span<const double> score) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < score.size(); ++i) {
    if (!std::isnan(score[i])) order.push_back(i);
  }
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return score[a] > score[b]; });
  return order;
}

}  // namespace

ThresholdCuts threshold_cuts(std::span<const double> score, const std::vector<bool>& positive, std::size_t most) {
  const std::vector<std::size_t> order = falling(score);
  ThresholdCuts cuts;
  for (const std::size_t row : order) ++(positive[row] ? cuts.n_positive : cuts.n_negative);
  cuts.threshold.push_back(std::numeric_limits<double>::infinity());
  cuts.true_positive.push_back(0);
  cuts.false_positive.push_back(0);
  const double step = std::max(1.0, static_cast<double>(order.size()) / static_cast<double>(most));
  double next = step;
  std::int64_t tp = 0;
  std::int64_t fp = 0;
  double pairs = 0;  // of a positive above a negative; ties count half
  double precision = 0;
  for (std::size_t i = 0; i < order.size();) {
    const double threshold = score[order[i]];
    const std::int64_t tp_before = tp;
    const std::int64_t fp_before = fp;
    for (; i < order.size() && score[order[i]] == threshold; ++i) ++(positive[order[i]] ? tp : fp);
    pairs += static_cast<double>(fp - fp_before) * (static_cast<double>(tp_before) + static_cast<double>(tp)) / 2;
    precision += static_cast<double>(tp - tp_before) * static_cast<double>(tp) / static_cast<double>(tp + fp);
    if (static_cast<double>(i) < next && i < order.size()) continue;
    next = static_cast<double>(i) + step;
    cuts.threshold.push_back(threshold);
    cuts.true_positive.push_back(tp);
    cuts.false_positive.push_back(fp);
  }
  const double n_pairs = static_cast<double>(cuts.n_positive) * static_cast<double>(cuts.n_negative);
  cuts.area = n_pairs > 0 ? pairs / n_pairs : kNaN;
  cuts.average_precision = cuts.n_positive > 0 ? precision / static_cast<double>(cuts.n_positive) : kNaN;
  return cuts;
}

}  // namespace gridmill::report
