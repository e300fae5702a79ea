#pragma once

#include "models/family/model.hpp"

namespace gridmill::models::linear {

/// Linear regression with a squared penalty. Source: semantics as in scikit-learn 1.2.1's Ridge, solved exactly.
const Family& ridge_family();

}  // namespace gridmill::models::linear
