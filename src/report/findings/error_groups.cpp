#include "report/findings/error_groups.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

namespace gridmill::report {

std::vector<ErrorGroup> error_groups(std::span<const double> value, std::span<const std::size_t> group,
                                     std::span<const double> error, std::span<const double> residual) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  std::map<std::size_t, ErrorGroup> sums;
  std::map<std::size_t, double> squares;
  for (std::size_t i = 0; i < error.size(); ++i) {
    if (std::isnan(error[i])) continue;
    auto [found, is_new] = sums.try_emplace(group[i], ErrorGroup{.low = value[i], .high = value[i]});
    ErrorGroup& sum = found->second;
    sum.low = std::min(sum.low, value[i]);
    sum.high = std::max(sum.high, value[i]);
    sum.n += 1;
    sum.error += error[i];
    sum.residual += residual.empty() ? kNone : residual[i];
  }
  for (auto& [id, sum] : sums) {
    sum.error /= static_cast<double>(sum.n);
    sum.residual /= static_cast<double>(sum.n);
  }
  for (std::size_t i = 0; i < error.size(); ++i) {
    if (std::isnan(error[i])) continue;
    const double distance = error[i] - sums.at(group[i]).error;
    squares[group[i]] += distance * distance;
  }
  std::vector<ErrorGroup> all;
  for (auto& [id, sum] : sums) {
    const auto n = static_cast<double>(sum.n);
    sum.standard_error = sum.n > 1 ? std::sqrt(squares[id] / (n - 1) / n) : kNone;
    all.push_back(sum);
  }
  std::ranges::stable_sort(all, {}, [](const ErrorGroup& each) {
    const bool has_none = std::isnan(each.low);
    return std::tuple(has_none, has_none ? 0 : each.low);
  });
  return all;
}

}  // namespace gridmill::report
