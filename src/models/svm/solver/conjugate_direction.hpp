#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/svm/solver/smo_passes.hpp"
#include "models/svm/solver/smo_variables.hpp"

namespace gridmill::models::svm {

/// Where the last steps have led, while they met no bound: a new pair of variables moves together with all that have
/// moved before, so that the new direction is conjugate to the last, as with conjugate gradients. One such step costs
/// little more than that of a pair, and where the problem is ill-conditioned half as many are needed.
///
/// Source: Torres-Barrán, Alaíz, Dorronsoro: Faster SVM training via conjugate SMO (Pattern Recognition 2021). Theirs
/// follows a direction to the bound; here the pair alone moves when a bound is in the way.
class ConjugateDirection {
 public:
  /// From now on it is one of these variables, which must stay where they are; there is none as yet. The alphas of
  /// those that move are kept here until `end`.
  void take(Variables<float>& variables);

  /// Says whether there is a direction.
  [[nodiscard]] explicit operator bool() const { return !moving_.empty(); }
  [[nodiscard]] LastDirection last() { return {products_.data(), curvature_}; }

  /// Takes the step of a pair that has already moved, by `step` and -`step`, and met no bound, as the first direction.
  Extremes begin(std::size_t i, std::size_t j, const float* row_i, const float* row_j, double curvature, double step);
  /// Moves along the pair's direction made conjugate to the last, to the least objective there. Returns false, with
  /// nothing moved and the direction to be ended, if a bound is in the way or the curvature is lost in rounding;
  /// `curvature`: of the pair alone.
  bool turn(std::size_t i, std::size_t j, const float* row_i, const float* row_j, double curvature, Extremes& extremes);
  /// Gives the alphas back; there is no direction any more.
  void end();

 private:
  [[nodiscard]] std::size_t place(std::size_t variable);
  [[nodiscard]] bool stays_inside(double factor, double step, std::size_t place_i, std::size_t place_j);

  static constexpr std::uint32_t kNone = UINT32_MAX;

  Variables<float>* variables_ = nullptr;
  PassView<float> view_{};
  std::vector<float> products_;          // kernel matrix times the direction, padded
  double curvature_ = 0;                 // along it
  std::vector<std::uint32_t> place_of_;  // by variable, in what follows
  std::vector<std::size_t> moving_;      // variables
  std::vector<double> change_;           // of their alphas, by unit of the direction
  std::vector<double> alpha_, next_, upper_;
};

}  // namespace gridmill::models::svm
