#pragma once

#include "models/family/model.hpp"

namespace gridmill::models::svm {

/// The classifier and the regression in which nu bounds the share of margin errors from above and that of support
/// vectors from below, with scikit-learn's NuSVC's and NuSVR's meaning of every option.
///
/// Trained by libsvm itself, each fit for itself: no kernel matrix is shared, no iterations are told, samples take no
/// weights, there are no probabilities, and a fit knows no time limit (libsvm ends after its own number of steps): a
/// search that asks for these is refused. Sparse samples stay sparse.
/// Where nu x samples / 2 is a whole number, rounding decides which of the equally good biases is found.
const Family& nu_svc_family();
const Family& nu_svr_family();

}  // namespace gridmill::models::svm
