#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "features/definitions/feature.hpp"
#include "features/definitions/primitive.hpp"
#include "features/evaluation/evaluation.hpp"

namespace gridmill::features {

/// Says whether aggregating takes a group's entries in an order that pieces do not come in: by table position, over
/// more than one step.
[[nodiscard]] bool wants_sorted(const Feature& aggregation);

/// Says whether what is known of a piece of a group stays small: the primitive has a state for it. (Those of categories
/// may be as many as there are distinct ones.)
[[nodiscard]] bool is_summarized_small(const Feature& aggregation);

/// Says whether the aggregation needs no more than the numbers of each piece sorted, wherever they lie.
[[nodiscard]] bool is_made_of_sorted(const Feature& aggregation);

/// Returns about what a row of a group takes in a summary of the aggregation; 0 where summaries stay small [bytes].
[[nodiscard]] std::size_t kept_row_bytes(const Feature& aggregation);

/// What is known of one group after some pieces of it: the primitive's state, or, where it needs all entries at once,
/// the entries of its columns, or the numbers of each piece sorted.
class GroupSummary {
 public:
  GroupSummary() = default;

  /// Summarises one piece. `positions` in the table of its entries if the feature wants them sorted.
  static GroupSummary of(const Feature& aggregation, const AggregateInput& piece, std::vector<std::int64_t> positions);
  void merge(const Feature& aggregation, GroupSummary&& later);
  /// Returns what the primitive makes of the whole group; one entry an output, defaults not filled in. `kind` has
  /// columns like those of the pieces, without entries. Cost: entries are held once, and a column of them twice; sorted
  /// numbers are looked up.
  [[nodiscard]] std::vector<Column> finish(const Feature& aggregation, const AggregateInput& kind) &&;

  [[nodiscard]] Bytes to_bytes() const;
  /// Reads it back. Sorted numbers stay where they are.
  static GroupSummary from(KeptBytes kept);

 private:
  struct Entries {
    std::int64_t n = 0;
    std::vector<std::int64_t> positions;       // in the table, if they are to be sorted
    std::vector<std::vector<Column>> columns;  // by input, then by piece
  };

  struct Sorted {
    std::int64_t n_missing = 0;
    SortedRuns numbers;
  };

  std::variant<std::monostate, GroupState, Entries, Sorted> known_;
};

}  // namespace gridmill::features
