#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "core/matrix.hpp"
#include "models/linear/logistic_loss.hpp"

namespace gridmill::models::linear {

/// What a logistic regression is asked for: least loss + (l1_ratio |w|_1 + (1 - l1_ratio) |w|^2 / 2) / C.
struct LogisticSetting {
  double inverse_C = 1;  // 0: no penalty
  double l1_ratio = 0;
  double tolerance = 0;
  std::int64_t max_steps = 0;
  double least_C = 0;             // of all that will be fitted to these rows; 0: unknown
  std::function<bool()> is_late;  // may be empty
};

struct LogisticSolution {
  core::Matrix coefficients;  // n_coefficients x n_functions, as LogisticLoss has them
  arma::vec intercepts;       // n_functions: at 0
  std::int64_t n_steps = 0;
  double gap = 0;  // what the last step was to gain, as a share of the loss where all coefficients are 0
  bool is_late = false;
};

/// Some training rows, made ready for logistic regressions by Newton's method.
///
/// A fit starts from the path: solutions, not exact ones, at the powers of ten from the least C of the search on. Where
/// they lie depends on the search and the rows alone, so that a fit does not depend on the fits before it.
class LogisticFold {
 public:
  explicit LogisticFold(LogisticLoss loss) : loss_(std::move(loss)) {}

  [[nodiscard]] LogisticSolution solve(const LogisticSetting& setting);
  [[nodiscard]] std::size_t bytes() const;
  /// Returns what one comes to take with one path: `n_coefficients` of all functions.
  [[nodiscard]] static std::size_t most_bytes(std::size_t n_rows, std::size_t n_coefficients);

 private:
  [[nodiscard]] core::Matrix start(const LogisticSetting& setting);

  LogisticLoss loss_;
  std::map<std::pair<double, double>, std::vector<core::Matrix>> paths_;  // by l1_ratio and least C
};

}  // namespace gridmill::models::linear
