#include "search/family_shares.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

namespace gridmill::search {

namespace {

models::MemoryUse use_of(const FamilyShare& share, const core::Dataset& data, models::Resources resources) {
  resources.candidates = share.candidates;
  resources.memory_bytes = share.memory_bytes;
  return share.family->memory_use(data, resources);
}

models::MemoryUse sum_of(const std::vector<FamilyShare>& shares) {
  models::MemoryUse sum;
  for (const FamilyShare& share : shares) {
    sum.bytes += share.use.bytes;
    sum.least_bytes += share.use.least_bytes;
    sum.model_bytes = std::max(sum.model_bytes, share.use.model_bytes);  // of one family
    if (share.use.words.empty()) continue;
    const std::string whose = shares.size() > 1 ? fmt::format("{}: ", share.family->name()) : "";
    sum.words += (sum.words.empty() ? "" : "; ") + whose + share.use.words;
  }
  return sum;
}

/// Cuts down what does not fit together.
void cut(std::vector<FamilyShare>& shares, std::size_t limit) {
  const models::MemoryUse sum = sum_of(shares);
  const double rest = limit > sum.least_bytes ? static_cast<double>(limit - sum.least_bytes) : 0;
  const double wanted = static_cast<double>(sum.bytes) - static_cast<double>(sum.least_bytes);
  for (FamilyShare& share : shares) {
    const double more = static_cast<double>(share.use.bytes) - static_cast<double>(share.use.least_bytes);
    const double part = wanted > 0 ? std::min(rest, wanted) * more / wanted : 0;
    share.memory_bytes = std::max<std::size_t>(1, share.use.least_bytes + static_cast<std::size_t>(part));
  }
}

}  // namespace

std::vector<FamilyShare> shares_of(const SearchPlan& plan, const core::Dataset& data,
                                   const models::Resources& for_all) {
  models::Resources resources = for_all;
  resources.n_folds = plan.folds.size();
  std::vector<FamilyShare> shares;
  for (const models::Family* family : plan.families) {
    FamilyShare& share = shares.emplace_back();
    share.family = family;
    share.candidates = told_candidates(plan, *family);
    share.memory_bytes = resources.memory_bytes;
    share.use = use_of(share, data, resources);
  }
  if (shares.size() == 1 || resources.memory_bytes == 0) return shares;
  cut(shares, resources.memory_bytes);
  for (FamilyShare& share : shares) share.use = use_of(share, data, resources);
  return shares;
}

models::MemoryUse memory_use(const SearchPlan& plan, const core::Dataset& data, const models::Resources& resources) {
  return sum_of(shares_of(plan, data, resources));
}

}  // namespace gridmill::search
