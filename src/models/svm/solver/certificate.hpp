#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/family/model.hpp"

namespace gridmill::models::svm {

/// How well a fit solves its problem. Counters are sums over its sub-problems (one-vs-one pairs), `gap` is their
/// largest final KKT violation (the quantity libsvm compares with tol).
struct Certificate {
  std::int64_t iterations = 0;
  double gap = 0;
  bool converged = false;
  double objective = 0;
  std::int64_t n_support = 0;
  std::int64_t n_bounded = 0;
};

/// Returns how the families of support vector machines declare it.
std::span<const Detail> certificate_details();
/// Returns its numbers in the order of certificate_details.
std::vector<double> details_of(const Certificate& certificate);

}  // namespace gridmill::models::svm
