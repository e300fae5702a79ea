#include "core/percent.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace gridmill::core {

std::string percent_text(double share) {
  const double percent = 100 * share;
  if (percent <= 0 || percent >= 100) return percent > 0 ? "100 %" : "0 %";
  if (percent < 0.01) return "under 0.01 %";
  if (percent < 9.95) return fmt::format("{:.2g} %", percent);
  if (percent < 99.5) return fmt::format("{:.0f} %", percent);
  return fmt::format("{:.1f} %", std::min(percent, 99.9));
}

}  // namespace gridmill::core
