#pragma once

#include "models/family/model.hpp"

namespace gridmill::models::linear {

/// Linear regression with absolute and squared penalties. Source: semantics as in scikit-learn 1.2.1's ElasticNet and,
/// with l1_ratio 1, Lasso.
const Family& elastic_net_family();

}  // namespace gridmill::models::linear
