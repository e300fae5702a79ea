#pragma once

#include <cstddef>
#include <span>

namespace gridmill::models::svm {

/// Computes out_k = exp(-gamma max(0, norms_k + norm - 2 products_k)) for k < n: the rbf kernel of one sample with
/// others, each entry the double value (within 1 ulp, on any instruction set) rounded to float.
void rbf_entries(double gamma, double norm, const double* norms, const double* products, std::size_t n, float* out);

/// Computes values_k = exp(-gamma values_k) in place, in double.
void rbf_values(double gamma, double* values, std::size_t n);

/// Computes sums_r = sum over v of coefficients[v * stride + r] * kernel[v] for r < stride.
///
/// stride: a multiple of 8. The same bits on every instruction set: v runs upwards for each r.
void weighted_sums(const double* coefficients, std::size_t stride, const double* kernel, std::size_t n, double* sums);

/// Returns sum over v of coefficients[v] * kernel[v]; the same bits on every instruction set (eight partial sums).
double weighted_sum(const double* coefficients, const double* kernel, std::size_t n);

struct ScaledRow {
  double factor;
  const float* row;
};
/// Adds factor * row_k of the rows of each output o, rows[first[o]] to rows[first[o + 1]], to sums[o * stride + k] for
/// k < n; `fresh`: what was in sums counts as 0.
///
/// n: a multiple of 16. Multiplies and adds in one rounding where the processor does: the last bits differ between
/// processors.
void add_scaled(std::span<const ScaledRow> rows, std::span<const std::size_t> first, std::size_t n, bool fresh,
                double* sums, std::size_t stride);

/// The decision values of one pair of classes, value_k = own_k + other_k - rho, as votes.
struct VotesOfPair {
  const double* own;
  const double* other;
  double rho;
  double sensitivity;
  const double* error;  // of kernel entries: value_k may be wrong by sensitivity * error_k
  double* for_first;    // gets 1 more where value_k > 0
  double* for_second;   // where it is not
  double* doubt;        // gets 1 where value_k may have the wrong sign, or is NaN; else stays
};
/// n: a multiple of 8.
void count_votes(const VotesOfPair& pair, std::size_t n);

/// Adds factor * row_k to sums_k and returns the sum of row_k * weights_k, k < n; the same bits on every instruction
/// set.
double add_scaled_and_dot(double factor, const float* row, std::size_t n, const double* weights, double* sums);

/// Raises largest_k to |row_k| where that is greater, for k < n.
void raise_to_magnitudes(const float* row, std::size_t n, float* largest);

}  // namespace gridmill::models::svm
