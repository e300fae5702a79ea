#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/svm/kernels/aligned_memory.hpp"

namespace gridmill::models::svm {

/// One bit a variable, in whole bytes, with what vector loads may touch beyond the end.
class Bits {
 public:
  explicit Bits(std::size_t n) : bytes_(padded(n) / 8 + 8, 0) {}

  [[nodiscard]] bool test(std::size_t k) const { return ((static_cast<unsigned>(bytes_[k / 8]) >> (k % 8)) & 1U) != 0; }
  void assign(std::size_t k, bool value) {
    const auto mask = static_cast<std::uint8_t>(1U << (k % 8));
    bytes_[k / 8] = static_cast<std::uint8_t>(value ? bytes_[k / 8] | mask : bytes_[k / 8] & ~mask);
  }
  [[nodiscard]] const std::uint8_t* data() const { return bytes_.data(); }

 private:
  std::vector<std::uint8_t> bytes_;
};

constexpr std::size_t kNoVariable = SIZE_MAX;

/// Variables that lie side by side in a row of the kernel matrix: `slot`, `slot` + 1, ... at `column`, `column` + 1,
/// ... All three are multiples of 16.
struct Window {
  std::size_t slot;
  std::size_t column;
  std::size_t size;
};

/// What the passes over all variables read. Arrays have one entry a slot; slots that hold no variable have no bits set.
/// Real: double; or float, below 2^24 slots, for passes that take half the time and need not be libsvm's to the bit.
template <typename Real>
struct PassView {
  Real* f;                          // y times the gradient
  const std::uint8_t* rises;        // bits of I_up
  const std::uint8_t* falls;        // bits of I_low
  const Real* diagonal;             // kernel of each variable with itself
  bool unit_diagonal;               // all 1: need not be read
  std::span<const Window> windows;  // where in a row the variables are; together all slots, in order
};

/// The least F of I_up with its last index (none: kNoVariable), and the greatest F of I_low.
struct Extremes {
  double least;
  std::size_t index;
  double greatest;
};

/// Finds the extremes of F.
Extremes scan(const PassView<double>& view);
Extremes scan(const PassView<float>& view);

/// Adds step_i row_i + step_j row_j to F and finds the extremes of the result, in one pass.
/// The same bits on every instruction set: products and sums are rounded one by one, as in libsvm.
Extremes update_and_scan(const PassView<double>& view, const float* row_i, double step_i, const float* row_j,
                         double step_j);
Extremes update_and_scan(const PassView<float>& view, const float* row_i, double step_i, const float* row_j,
                         double step_j);

/// Returns the last k of I_low with F_k > F_i and the greatest (F_k - F_i)^2 / curvature, or kNoVariable.
/// The same on every instruction set.
std::size_t find_partner(const PassView<double>& view, const float* row_i, std::size_t i);
std::size_t find_partner(const PassView<float>& view, const float* row_i, std::size_t i);

/// The direction of the last step: steps conjugate to it undo nothing of what it has gained.
struct LastDirection {
  float* products;   // kernel matrix times the direction, by slot
  double curvature;  // of the objective along it; > 0
};

/// The least curvature that a conjugate direction may have left of that of its pair: else it is all rounding.
constexpr float kLeastConjugate = 1e-3F;

/// The same for steps made conjugate to `last`, which lowers the curvature: to kLeastConjugate of it at most.
std::size_t find_partner(const PassView<float>& view, const float* row_i, std::size_t i, const LastDirection& last);

/// Turns `products` into row_i - row_j + factor products, adds step times that to F and finds the extremes of the
/// result. The same bits on every instruction set.
Extremes turn_and_scan(const PassView<float>& view, const float* row_i, const float* row_j, double factor, double step,
                       float* products);

/// libsvm's TAU: what a curvature that is not positive counts as.
constexpr double kSmallestCurvature = 1e-12;

}  // namespace gridmill::models::svm
