#pragma once

#include <functional>

namespace gridmill::prepare {

/// Returns a place where `f` is least, found downhill from `a` and `b`; some place where f is not a number or infinite.
///
/// Cost: some 20 to 40 calls of `f`; 1500 at most.
/// Source: scipy 1.10.1, optimize.brent(f, brack=(a, b)), step for step (R. Brent, Algorithms for Minimization without
/// Derivatives, 1973).
double brent(const std::function<double(double)>& f, double a, double b);

}  // namespace gridmill::prepare
