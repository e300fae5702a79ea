#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <vector>

#include "core/matrix.hpp"
#include "core/sparse.hpp"
#include "models/linear/samples.hpp"

namespace gridmill::models::linear {

/// The name of the file that all linear models write.
constexpr std::string_view kModelFile = "model.json";

/// One linear function of the features or several: coefficients and intercept of each.
struct LinearFunctions {
  core::Matrix coefficients;  // n_features x n_functions
  arma::vec intercepts;       // n_functions

  [[nodiscard]] std::size_t n_features() const { return coefficients.n_rows; }
  [[nodiscard]] std::size_t n_functions() const { return coefficients.n_cols; }

  /// Returns how large the coefficients of each feature are, those of all functions together.
  [[nodiscard]] std::vector<double> weights() const {
    const arma::vec sums = arma::sum(arma::abs(coefficients), 1);
    return {sums.begin(), sums.end()};
  }
  /// Returns function k at a sample. Deterministic: the same bits for both forms of a sample.
  template <typename Sample>
  [[nodiscard]] double at(const Sample& sample, std::size_t k) const {
    return product(sample, coefficients.colptr(k)) + intercepts[k];
  }
  [[nodiscard]] double at(const Samples& samples, core::Index row, std::size_t k) const {
    return samples.product(row, coefficients.colptr(k)) + intercepts[k];
  }
};

/// Writes them as JSON: {"format": "gridmill linear model", "format_version": 1, "model": "ridge", "n_features": 3,
/// "coefficients": [[...]], "intercepts": [...]}, a row of coefficients for each function; numbers read back bit for
/// bit. Errors: RunError.
void write_functions(const LinearFunctions& functions, std::string_view family, const std::filesystem::path& folder);

/// Reads what write_functions wrote. Errors: UserError naming the file and what is wrong with it: it cannot be read, is
/// no JSON, lacks an entry, is of another family, has another number of features or functions than expected, or holds
/// what is no finite number.
LinearFunctions read_functions(std::string_view family, std::size_t n_features, std::size_t n_functions,
                               const std::filesystem::path& folder);

}  // namespace gridmill::models::linear
