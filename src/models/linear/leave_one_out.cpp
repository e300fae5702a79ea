#include "models/linear/leave_one_out.hpp"

namespace gridmill::models::linear {

void LeaveOneOut::look_at(core::Index row) {
  if (row_ == row) return;
  if (!spectrum_) {
    spectrum_.emplace(whole_.gram);
    products_ = spectrum_->vectors.t() * whole_.products;
  }
  arma::vec sample = -whole_.mean;
  samples_.add_to(row, 1.0, sample.memptr());
  sample_ = spectrum_->vectors.t() * sample;
  row_ = row;
}

std::optional<LeaveOneOut::Left> LeaveOneOut::fit(core::Index row, double alpha) {
  constexpr double kLeastRest = 1e-4;  // of what a sample's weight leaves to the others
  if (!suits_spectrum(whole_.gram, alpha)) return std::nullopt;
  look_at(row);
  const double weight = data_.weight.empty() ? 1.0 : data_.weight[row];
  const arma::vec inverse = spectrum_->inverse(alpha);
  const arma::vec reach = inverse % sample_;
  const double leverage = weight * (arma::dot(reach, sample_) + (fit_intercept_ ? 1 / whole_.weight : 0));
  if (!(1 - leverage >= kLeastRest)) return std::nullopt;
  const double error = data_.y[row] - whole_.target_mean - arma::dot(reach, products_);
  const double error_without = error / (1 - leverage);
  Left left{.prediction = data_.y[row] - error_without, .target_mean = whole_.target_mean};
  if (fit_intercept_) left.target_mean -= weight * error_without / whole_.weight;
  left.rotated = inverse % products_ - (weight * error_without) * reach;
  return left;
}

RidgeSolution LeaveOneOut::solution(const Left& left) const {
  RidgeSolution out{.coefficients = spectrum_->vectors * left.rotated};
  out.intercept = left.target_mean - arma::dot(whole_.mean, out.coefficients);
  return out;
}

}  // namespace gridmill::models::linear
