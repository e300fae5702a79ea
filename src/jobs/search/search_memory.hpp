#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "config/search_config.hpp"
#include "core/dataset.hpp"
#include "models/family/model.hpp"
#include "search/plan.hpp"

namespace gridmill::jobs {

/// What preparing samples takes [bytes], of the setting that takes most; and the samples, as those that are fitted to
/// them see them.
struct PreparationMemory {
  core::Dataset shape;              // sizes alone: there are no values; the data itself where nothing is prepared
  std::size_t samples_bytes = 0;    // on each rank, as long as fits use them
  std::size_t learnt_bytes = 0;     // on each rank: words and terms that are remembered
  std::size_t preparing_bytes = 0;  // on each rank, for a time, while no fit is at work

  /// Returns what each rank takes, one fit's share left out.
  [[nodiscard]] std::size_t bytes_a_rank() const { return samples_bytes + learnt_bytes; }
};

/// Foretells it for the candidates of a plan. Deterministic: the same on all ranks.
PreparationMemory preparation_memory(const search::SearchPlan& plan, const core::Dataset& data);

/// What a search is going to take on this node.
class SearchMemory {
 public:
  /// All must outlive it.
  SearchMemory(const config::SearchJob& job, const core::Dataset& data, const search::SearchPlan& plan,
               const PreparationMemory& preparation)
      : job_(job), data_(data), plan_(plan), preparation_(preparation) {}

  /// Returns how much [bytes] the ranks of this node may use together for what fits share, beside the data, what is
  /// prepared of it, the program itself and the lists of candidates, folds and results; at least 1.
  [[nodiscard]] std::size_t for_fits(std::size_t n_ranks) const;
  /// Returns what the fits will keep. `resources`: what they will be given.
  [[nodiscard]] models::MemoryUse of_fits(const models::Resources& resources) const;
  /// Returns all that the node's ranks take when fits keep so much, the refitted model included (`use`: of the fits).
  [[nodiscard]] std::size_t whole(std::size_t n_ranks, const models::MemoryUse& use, std::size_t bytes_of_fits) const;

  /// Returns what to say where `memory_limit` is less than the search can keep to, with the least that works.
  [[nodiscard]] std::optional<std::string> warning(const models::Resources& resources) const;
  /// Refuses a search that takes more than the machine has, however it is done; `data_words`: what it is of. Errors:
  /// UserError with what it takes.
  void check(const models::Resources& resources, const std::string& data_words) const;

 private:
  [[nodiscard]] std::size_t base(std::size_t n_ranks) const;
  [[nodiscard]] std::size_t paused() const;
  [[nodiscard]] std::size_t drawn_bytes() const;

  const config::SearchJob& job_;
  const core::Dataset& data_;
  const search::SearchPlan& plan_;
  const PreparationMemory& preparation_;
};

/// Returns how much memory [bytes] the ranks of this node may use together, data included.
std::size_t memory_limit_here(const config::SearchJob& job);

}  // namespace gridmill::jobs
