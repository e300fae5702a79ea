#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace gridmill::search {

/// What is to be tried next.
struct Proposal {
  std::vector<std::size_t> candidates;  // numbers in the list of all, in the order of the table's rows
  std::size_t n_resources = 0;          // what each is given; 0: not rationed
  std::size_t bracket = 0;              // see Rung
};

/// Decides which candidates are tried when, by what earlier rounds have shown. One object guides one table.
///
/// Deterministic: a proposal depends on what the strategy was made of and on the scores it was told, never on time.
class Strategy {
 public:
  virtual ~Strategy() = default;

  /// Returns the next round, or nothing: all is done. `scores`: of the candidates of the last proposal, in its order,
  /// their mean over the folds in the metric that chooses, greater is better, NaN where there is none; empty at first.
  virtual std::optional<Proposal> next(std::span<const double> scores) = 0;
};

/// Tries all candidates in one round: grids and random draws.
std::unique_ptr<Strategy> all_at_once(std::size_t n_candidates);

}  // namespace gridmill::search
