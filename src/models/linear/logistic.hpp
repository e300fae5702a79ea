#pragma once

#include "models/family/model.hpp"

namespace gridmill::models::linear {

/// Logistic regression of two classes or more. Source: semantics as in scikit-learn 1.2.1's LogisticRegression with a
/// solver that leaves the intercept unpenalised (lbfgs, newton-cg, saga), run to the end.
const Family& logistic_family();

}  // namespace gridmill::models::linear
