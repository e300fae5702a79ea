#pragma once

#include <string>
#include <vector>

namespace gridmill::features::transforms {

/// Returns the names by which countries with known holidays are called: US, GB, UK, DE, FR, JP.
std::vector<std::string> holiday_countries();

}  // namespace gridmill::features::transforms
