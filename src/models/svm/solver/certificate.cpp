#include "models/svm/solver/certificate.hpp"

namespace gridmill::models::svm {

std::span<const Detail> certificate_details() {
  using Kind = Detail::Kind;
  static constexpr Detail kDetails[] = {
      {"iterations", Kind::integer, "Steps of the solver, over all pairs of classes."},
      {"gap", Kind::real, "Largest violation of the optimality conditions at the end; tol is compared with it."},
      {"converged", Kind::boolean, "Whether the gap came below tol for every pair of classes."},
      {"objective", Kind::real, "Value of the dual problem that was minimised, summed over pairs of classes."},
      {"n_support", Kind::integer, "Support vectors, summed over pairs of classes."},
      {"n_bounded", Kind::integer, "Those among them at their upper bound."},
  };
  return kDetails;
}

std::vector<double> details_of(const Certificate& certificate) {
  return {static_cast<double>(certificate.iterations), certificate.gap,
          static_cast<double>(certificate.converged),  certificate.objective,
          static_cast<double>(certificate.n_support),  static_cast<double>(certificate.n_bounded)};
}

}  // namespace gridmill::models::svm
