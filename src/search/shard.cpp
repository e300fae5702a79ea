#include "search/shard.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace gridmill::search {

namespace {

/// The bundles of a family, as they are dealt.
struct Deal {
  double whole = 0;       // cost of all
  double dealt = 0;       // of those before
  std::size_t first = 0;  // shard that the first stretch falls to, from 0
};

}  // namespace

std::string Shard::text() const { return fmt::format("{} of {}", number, n_shards); }

std::vector<std::size_t> shards_of(const SearchPlan& plan, std::span<const Bundle> bundles, std::size_t n_shards) {
  std::map<const models::Family*, Deal> deals;
  for (const Bundle& bundle : bundles) {
    // Families of few bundles are not to meet in the same shards.
    const std::size_t n_before = deals.size();
    deals.try_emplace(&family_of(plan, bundle), Deal{.first = n_before % n_shards}).first->second.whole += bundle.cost;
  }
  std::vector<std::size_t> shards;
  shards.reserve(bundles.size());
  for (const Bundle& bundle : bundles) {
    Deal& deal = deals[&family_of(plan, bundle)];
    const double middle = deal.whole > 0 ? (deal.dealt + bundle.cost / 2) / deal.whole : 0;
    deal.dealt += bundle.cost;
    const auto stretch = static_cast<std::size_t>(middle * static_cast<double>(n_shards));
    shards.push_back(1 + (deal.first + std::min(stretch, n_shards - 1)) % n_shards);
  }
  return shards;
}

}  // namespace gridmill::search
