#pragma once

#include "models/family/model.hpp"

namespace gridmill::models::svm {

/// The support vector regression: epsilon-SVR, with scikit-learn's SVR's meaning of every option.
const Family& svr_family();

}  // namespace gridmill::models::svm
