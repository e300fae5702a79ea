#include "models/linear/ridge_systems.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

namespace gridmill::models::linear {

namespace {

/// Products of all pairs of rows are kept up to this many rows.
constexpr std::size_t kMostRows = 4096;

}  // namespace

bool RidgeSystems::are_too_many(std::size_t n_rows) const {
  return sums_.samples().is_sparse() && std::min(n_rows, sums_.samples().n_features()) > kLargestSparseGram;
}

std::shared_ptr<RidgeSystem> RidgeSystems::get(std::span<const core::Index> train, double alpha, bool fit_intercept) {
  const std::string intercept = fit_intercept ? " with intercept" : "";
  if (are_too_many(train.size())) {
    return systems_.get(train, "sparse" + intercept, [&]() -> std::shared_ptr<RidgeSystem> {
      return std::make_shared<SparseRidge>(sums_.data(), sums_.samples(), train, fit_intercept);
    });
  }
  if (sums_.samples().n_features() > train.size()) {
    return systems_.get(train, "dual" + intercept, [&]() -> std::shared_ptr<RidgeSystem> {
      return std::make_shared<DualRidge>(sums_.data(), sums_.samples(), train, fit_intercept,
                                         products(train, fit_intercept));
    });
  }
  const SharedSums::Rounding rounding = sums_.rounding_for(train, alpha, fit_intercept);
  const std::string way = rounding == SharedSums::Rounding::least ? "exact" : "difference";
  return systems_.get(train, way + intercept, [&]() -> std::shared_ptr<RidgeSystem> {
    return std::make_shared<PrimalRidge>(sums_.equations(train, fit_intercept, rounding));
  });
}

/// Returns the products of pairs of training rows, of those of all rows where that pays; else nothing.
core::Matrix RidgeSystems::products(std::span<const core::Index> train, bool fit_intercept) {
  const std::size_t n = sums_.data().n_samples();
  if (!sums_.are_own() || n > kMostRows || n > 2 * train.size()) return {};
  core::Matrix& all = fit_intercept ? centred_products_ : products_;
  if (all.empty()) {
    std::vector<core::Index> rows(n);
    std::iota(rows.begin(), rows.end(), core::Index{0});
    const Shift shift = shift_of(sums_.data(), sums_.samples(), rows, fit_intercept);
    all = products_of_rows(sums_.samples(), rows, shift.x);
  }
  const arma::uvec places = arma::conv_to<arma::uvec>::from(std::vector<core::Index>(train.begin(), train.end()));
  return all.submat(places, places);
}

}  // namespace gridmill::models::linear
