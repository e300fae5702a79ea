#include "models/linear/samples.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace gridmill::models::linear {

namespace {

constexpr std::size_t kSums = 8;
using Sums = std::array<double, kSums>;

double total(const Sums& sums) {
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

}  // namespace

double product(std::span<const double> sample, const double* coefficients) {
  using Lanes = double __attribute__((vector_size(kSums * sizeof(double))));  // eight sums, whatever the processor has
  Lanes lanes{};
  const std::size_t whole = sample.size() / kSums * kSums;
  for (std::size_t j = 0; j < whole; j += kSums) {
    Lanes x;
    Lanes w;
    std::memcpy(&x, sample.data() + j, sizeof x);
    std::memcpy(&w, coefficients + j, sizeof w);
    lanes += x * w;
  }
  Sums sums;
  std::memcpy(sums.data(), &lanes, sizeof sums);
  for (std::size_t j = whole; j < sample.size(); ++j) sums[j - whole] += sample[j] * coefficients[j];
  return total(sums);
}

double product(const core::SparseSample& sample, const double* coefficients) {
  Sums sums{};
  for (std::size_t e = 0; e < sample.value.size(); ++e) {
    const std::size_t j = sample.feature[e];
    sums[j % kSums] += sample.value[e] * coefficients[j];
  }
  return total(sums);
}

void Samples::add_to(core::Index row, double factor, double* out) const {
  if (is_sparse_) {
    const core::SparseSample sample = sparse(row);
    for (std::size_t e = 0; e < sample.value.size(); ++e) out[sample.feature[e]] += factor * sample.value[e];
  } else {
    const std::span<const double> sample = dense(row);
    for (std::size_t j = 0; j < sample.size(); ++j) out[j] += factor * sample[j];
  }
}

double Samples::value(core::Index row, std::size_t feature) const {
  if (!is_sparse_) return dense(row)[feature];
  const core::SparseSample sample = sparse(row);
  const auto at = std::ranges::lower_bound(sample.feature, static_cast<core::Index>(feature));
  if (at == sample.feature.end() || *at != feature) return 0;
  return sample.value[static_cast<std::size_t>(at - sample.feature.begin())];
}

}  // namespace gridmill::models::linear
