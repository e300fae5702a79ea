#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "search/plan.hpp"

namespace gridmill::jobs {

/// What identifies a trial: its result is the same wherever it stands in a list.
using FitKey = std::uint64_t;

/// Names trials and bundles of a plan by what they are: the hyperparameters (which say how the data is prepared), the
/// rows that are trained on and tested, in their order, and what the seed comes from. Two searches on the same data
/// that judge alike give equal trials equal keys.
class FitKeys {
 public:
  /// `plan`, which may grow, must outlive it.
  explicit FitKeys(const search::SearchPlan& plan) : plan_(plan) {}

  FitKey of(search::Trial trial);
  FitKey of(const search::Bundle& bundle);
  /// Names a candidate, whatever rows it learns from.
  FitKey of_candidate(std::size_t candidate);

 private:
  const search::SearchPlan& plan_;
  std::vector<std::optional<std::uint64_t>> candidates_;  // checksums by candidate id, made when first asked for
  std::vector<std::optional<std::uint64_t>> folds_;       // by fold id
};

}  // namespace gridmill::jobs
