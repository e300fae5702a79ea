#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "models/svm/solver/smo_passes.hpp"

namespace gridmill::models::svm {

/// The variables of a problem, or of a part of it, by slot, and how two of them move.
///
/// F = y G is kept instead of the gradient G: signs then leave all inner loops, and since multiplying by +-1 is
/// exact, every comparison comes out as in libsvm. Real is the type of F; alphas are double in any case.
/// Slots that hold no variable have upper = 0.
template <typename Real>
struct Variables {
  std::vector<double> y;        // +1 or -1
  std::vector<double> upper;    // > 0
  std::vector<double> alpha;    // in [0, upper]
  std::vector<Real> f;          // padded
  std::vector<Real> diagonal;   // padded
  Bits rises{0};                // y alpha may grow: I_up
  Bits falls{0};                // y alpha may shrink: I_low
  std::vector<Window> windows;  // where in a row the slots are

  [[nodiscard]] std::size_t size() const { return y.size(); }
  [[nodiscard]] PassView<Real> view();

  /// Returns those at `kept`, side by side, with fresh bounds and with `shift` taken from F.
  template <typename Other>
  [[nodiscard]] Variables<Other> part(std::span<const std::size_t> kept, double shift) const;

  /// Returns all of them, bits included, with `shift` taken from F.
  template <typename Other>
  [[nodiscard]] Variables<Other> as(double shift) const;

  /// Sets the bits of one variable, or of all, from alpha.
  void update_bounds(std::size_t k);
  void update_all_bounds();

  [[nodiscard]] bool is_at_upper(std::size_t k) const { return alpha[k] >= upper[k]; }
  [[nodiscard]] bool is_free(std::size_t k) const { return alpha[k] > 0 && alpha[k] < upper[k]; }
  /// Returns the curvature of the objective as y alpha of i grows and that of j shrinks; `kernel`: of the two.
  [[nodiscard]] double curvature(std::size_t i, std::size_t j, float kernel) const;

  /// By how much y alpha of the pair changed.
  struct Step {
    double i, j;
  };
  /// Minimises over the pair, libsvm's way; `kernel`: of the two.
  Step move(std::size_t i, std::size_t j, float kernel);

  /// Sets aside those at a bound that the extremes of F say will stay there (libsvm's be_shrunk): their bits are
  /// cleared. Returns how many are not set aside.
  std::size_t set_aside(const Extremes& extremes);
  /// Says whether a slot is set aside, or holds no variable.
  [[nodiscard]] bool is_aside(std::size_t k) const { return !rises.test(k) && !falls.test(k); }

 private:
  void move_together(std::size_t i, std::size_t j, double curve);
  void move_apart(std::size_t i, std::size_t j, double curve);
};

extern template struct Variables<double>;
extern template struct Variables<float>;

}  // namespace gridmill::models::svm
