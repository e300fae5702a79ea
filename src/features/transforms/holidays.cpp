#include "features/transforms/holidays.hpp"

namespace gridmill::features::transforms {

std::vector<std::string> holiday_countries() { return {"US", "GB", "UK", "DE", "FR", "JP"}; }

}  // namespace gridmill::features::transforms
