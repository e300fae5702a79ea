#pragma once

#include "models/family/model.hpp"

namespace gridmill::models::svm {

/// The one-class machine, which learns where samples lie and tells inliers (class 1) from outliers (class -1), with
/// scikit-learn's OneClassSVM's meaning of every option.
///
/// The labels are not learnt from, only scored; the target must have the classes -1 and 1. `cv: N` deals rows as
/// scikit-learn does for outlier detectors: k_fold. Solved by our own solver, on shared kernel matrices.
const Family& one_class_family();

}  // namespace gridmill::models::svm
