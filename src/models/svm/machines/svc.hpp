#pragma once

#include "models/family/model.hpp"

namespace gridmill::models::svm {

/// The support vector classifier: C-SVC, one-vs-one, with scikit-learn's SVC's meaning of every option.
///
/// Probabilities are those of CalibratedClassifierCV(SVC(...), method='sigmoid', cv=5, ensemble=False) on the
/// prepared samples: out-of-fold decision values of five stratified folds, one sigmoid a class; deterministic.
const Family& svc_family();

}  // namespace gridmill::models::svm
