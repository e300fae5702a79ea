#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/svm/solver/problem_rows.hpp"

namespace gridmill::models::svm {

/// The kernel matrix of some variables of a problem, side by side: copies of rows, each made when it is first used.
class PartRows {
 public:
  /// `kept`: slots of the problem, ascending. Uses the memory of `whole` for parts: one part at a time.
  PartRows(ProblemRows& whole, std::vector<std::size_t> kept);

  [[nodiscard]] const std::vector<std::size_t>& kept() const { return kept_; }
  /// Returns the entries of the variable at kept()[k] with those kept; valid until the second next call.
  const float* row(std::size_t k);
  /// As ProblemRows has them.
  [[nodiscard]] bool takes_guesses(std::size_t k) const {
    return whole_->takes_guesses(kept_[k]) && whole_->part_copies().find(k) == nullptr;
  }
  void expect(std::size_t k) { whole_->expect(kept_[k]); }
  [[nodiscard]] std::size_t foresight() const { return whole_->foresight(); }
  [[nodiscard]] static std::size_t column(std::size_t k) { return k; }

 private:
  ProblemRows* whole_;
  std::vector<std::size_t> kept_;
  Bits is_kept_;
  std::vector<std::uint32_t> columns_;  // of those kept in a whole row; empty unless they are few
};

}  // namespace gridmill::models::svm
