#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "search/plan.hpp"

namespace gridmill::search {

/// One of the shares into which a search is cut to be done apart, by jobs that do not know of each other.
struct Shard {
  std::size_t number = 1;  // in [1, n_shards]
  std::size_t n_shards = 1;

  /// Returns "3 of 8".
  [[nodiscard]] std::string text() const;

  friend bool operator==(const Shard&, const Shard&) = default;
};

/// Returns the number of the shard that each bundle falls to, in [1, n_shards].
///
/// Of each family a shard gets a stretch of the bundles as they are ordered, all stretches of about equal cost: bundles
/// that share work stay together, and every shard has some of each family, whose costs do not compare. There may be
/// more shards than bundles; some get none then.
/// Deterministic: depends on the plan and the bundles only.
std::vector<std::size_t> shards_of(const SearchPlan& plan, std::span<const Bundle> bundles, std::size_t n_shards);

}  // namespace gridmill::search
