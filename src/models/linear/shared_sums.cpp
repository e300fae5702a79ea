#include "models/linear/shared_sums.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "models/family/model.hpp"

namespace gridmill::models::linear {

namespace {

/// A difference of sums has lost some digits where less than this share of a variance is left.
constexpr double kLeastShare = 1e-3;
/// Below this share of the features' squares a penalty shows what rounding left of a difference of sums.
constexpr double kSmallPenalty = 1e-7;

bool keeps_digits(const NormalEquations& part, const NormalEquations& whole) {
  if (!(part.target_squares >= kLeastShare * whole.target_squares)) return false;
  for (std::size_t j = 0; j < part.gram.n_rows; ++j) {
    if (!(part.gram(j, j) >= kLeastShare * whole.gram(j, j))) return false;
  }
  return true;
}

void require_numbers(const NormalEquations& equations) {
  if (!(equations.weight > 0)) throw FitError("all training samples have weight 0");
  if (equations.gram.is_finite() && equations.products.is_finite() && equations.mean.is_finite()) return;
  throw FitError("the products of features are beyond what a double holds; scale the features");
}

}  // namespace

SharedSums::SharedSums(const core::Dataset& data) : data_(data), all_rows_(data.n_samples()) {
  std::iota(all_rows_.begin(), all_rows_.end(), core::Index{0});
}

bool SharedSums::take(const core::PreparedSamples& prepared) {
  const bool is_other = prepared.key != prepared_.key;
  prepared_ = prepared;
  return is_other;
}

void SharedSums::forget() { prepared_ = {}; }

const SharedSums::Whole& SharedSums::whole(bool fit_intercept) {
  std::unique_ptr<Whole>& place = whole_.at(fit_intercept ? 1 : 0);
  if (place == nullptr) {
    const Samples own(data_, {});
    place = std::make_unique<Whole>();
    place->shift = shift_of(data_, own, all_rows_, fit_intercept);
    place->sums = sums_of(data_, own, all_rows_, place->shift);
    place->equations = normal_equations(place->sums, place->shift, fit_intercept);
  }
  return *place;
}

const NormalEquations& SharedSums::whole_equations(bool fit_intercept) { return whole(fit_intercept).equations; }

SharedSums::Rounding SharedSums::rounding_for(std::span<const core::Index> train, double penalty, bool fit_intercept) {
  if (!are_own() || 2 * train.size() <= data_.n_samples()) return Rounding::least;
  const double most = whole_equations(fit_intercept).gram.diag().max();
  return penalty >= kSmallPenalty * most ? Rounding::small : Rounding::least;
}

std::optional<NormalEquations> SharedSums::difference(std::span<const core::Index> train, bool fit_intercept) {
  const std::vector<core::Index> out = other_rows(train, data_.n_samples());
  if (!are_own() || train.size() + out.size() != data_.n_samples() || out.size() >= train.size()) return std::nullopt;
  const Whole& all = whole(fit_intercept);
  if (out.empty()) return all.equations;
  WeightedSums sums = all.sums;
  sums -= sums_of(data_, samples(), out, all.shift);
  NormalEquations equations = normal_equations(std::move(sums), all.shift, fit_intercept);
  if (!keeps_digits(equations, all.equations)) return std::nullopt;
  return equations;
}

NormalEquations SharedSums::equations(std::span<const core::Index> train, bool fit_intercept, Rounding rounding) {
  std::optional<NormalEquations> found;
  if (rounding == Rounding::small) found = difference(train, fit_intercept);
  if (!found) {
    const Shift shift = shift_of(data_, samples(), train, fit_intercept);
    found = normal_equations(sums_of(data_, samples(), train, shift), shift, fit_intercept);
  }
  require_numbers(*found);
  return std::move(*found);
}

}  // namespace gridmill::models::linear
