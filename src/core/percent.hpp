#pragma once

#include <string>

namespace gridmill::core {

/// Returns a share of [0, 1] as people write it: "100 %", "37 %", "2.5 %", "0.031 %". Only all is 100 % and only
/// nothing is 0 %.
std::string percent_text(double share);

}  // namespace gridmill::core
