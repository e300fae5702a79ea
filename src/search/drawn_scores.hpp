#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "models/scorer.hpp"
#include "search/tested_rows.hpp"

namespace gridmill::search {

/// Scores candidates again and again on rows that count as often as they were drawn. Scores are of all rows together,
/// as the metric defines them, weights included.
class DrawnScores {
 public:
  virtual ~DrawnScores() = default;

  /// Returns a candidate's score. `times`: m, how often each entry counts, a whole number; at least one is not 0.
  /// NaN where the metric has no value.
  [[nodiscard]] virtual double score(std::size_t candidate, std::span<const double> times) const = 0;

  /// Returns how many entries it scores in a second, about.
  [[nodiscard]] virtual double rate() const = 0;

  /// Returns what each entry gives, if the metric rises with their weighted sum; else nothing.
  [[nodiscard]] virtual std::vector<double> gains(std::size_t /*candidate*/) const { return {}; }
};

/// Returns the quickest way to score by a metric; null for one of which draws tell nothing: an extreme. `rows` must
/// outlive it.
std::unique_ptr<DrawnScores> drawn_scores(const TestedRows& rows, const models::Scorer& scorer);

}  // namespace gridmill::search
