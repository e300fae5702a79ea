#include "models/svm/kernel_memory.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "models/preprocessing.hpp"
#include "models/svm/kernel_options.hpp"
#include "models/svm/kernel_rows.hpp"
#include "models/svm/pair_products.hpp"

namespace gridmill::models::svm {

namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20U;

/// Takes bytes as long as there are some beside a reserve.
class Budget {
 public:
  Budget(std::size_t limit, std::size_t reserve)
      : left_(limit == 0 ? std::numeric_limits<std::size_t>::max() : limit), reserve_(reserve) {}

  bool take(std::size_t bytes) {
    if (reserve_ > left_ || bytes > left_ - reserve_) return false;
    left_ -= bytes;
    taken_ += bytes;
    return true;
  }
  /// Takes what cannot be done without.
  void force(std::size_t bytes) {
    left_ -= std::min(left_, bytes);
    taken_ += bytes;
  }
  [[nodiscard]] std::size_t left() const { return left_; }
  [[nodiscard]] std::size_t taken() const { return taken_; }

 private:
  std::size_t left_;
  std::size_t reserve_;
  std::size_t taken_ = 0;
};

/// One matrix for two ranks: those of a node work through one kernel after the other, and wait for the last readers
/// of a matrix where there is no second. Small ones are cheap enough to have one for each.
std::size_t wanted_grams(std::size_t gram_bytes, std::size_t n_ranks) {
  constexpr std::size_t kSmall = 32 * kMiB;
  return std::max((n_ranks + 1) / 2, std::min(n_ranks, kSmall / std::max<std::size_t>(1, gram_bytes)));
}

}  // namespace

KernelWork kernel_work(std::span<const core::Params> candidates) {
  if (candidates.empty()) return {.shared = true, .own_kernel = true, .own_samples = true};
  KernelWork work;
  for (const core::Params& params : candidates) {
    if (preprocessing_of(params) != PreprocessingOptions{}) {
      work.own_samples = true;
    } else if (kernel_options(params, common_options()).depends_on_fold()) {
      work.own_kernel = true;
    } else {
      work.shared = true;
    }
  }
  return work;
}

KernelMemory plan_kernel_memory(const KernelWork& work, std::size_t n_samples, std::size_t n_features,
                                std::size_t limit, std::size_t n_ranks) {
  const std::size_t gram = Gram::bytes(n_samples);
  const std::size_t products = PairProducts::bytes(n_samples);
  KernelMemory plan;
  const std::size_t least_cache = std::min(gram, kMiB);
  Budget budget(limit, n_ranks * least_cache);
  // Copies on the node are less than half a matrix: rows that the solver comes back to.
  plan.copy_bytes = std::clamp(std::min(gram / 10 * 4, budget.left() / 8) / n_ranks, 8 * kMiB, 1024 * kMiB);
  plan.copy_bytes = std::min(plan.copy_bytes, std::max(gram, kMiB));
  const std::size_t samples = n_samples * n_features * sizeof(double);  // centred, and preprocessed ones
  budget.force(n_ranks * (plan.copy_bytes + samples + (work.own_samples ? samples : 0)));
  if (work.shared) plan.n_shared_grams = budget.take(gram) ? 1 : 0;
  if (work.own_kernel || work.own_samples) plan.own_grams = budget.take(n_ranks * gram);
  // A few features are multiplied again in the time in which their products are read.
  constexpr std::size_t kFewFeatures = 16;
  const bool products_pay = n_features > kFewFeatures;
  if (products_pay && (work.shared || work.own_kernel)) {
    plan.shared_products = (plan.n_shared_grams > 0 || plan.own_grams) && budget.take(products);
  }
  if (products_pay && work.own_samples) plan.own_products = plan.own_grams && budget.take(n_ranks * products);
  while (plan.n_shared_grams > 0 && plan.n_shared_grams < wanted_grams(gram, n_ranks) && budget.take(gram)) {
    ++plan.n_shared_grams;
  }
  const bool needs_cache =
      (work.shared && plan.n_shared_grams == 0) || ((work.own_kernel || work.own_samples) && !plan.own_grams);
  if (needs_cache) {
    plan.cache_bytes = std::clamp(budget.left() / n_ranks, least_cache, std::max(gram, least_cache));
    budget.force(n_ranks * plan.cache_bytes);
  } else if (!plan.own_grams) {
    plan.own_grams = budget.left() >= n_ranks * gram;  // may be taken instead of waiting; not planned for
  }
  plan.bytes = budget.taken();
  return plan;
}

namespace {

std::size_t n_ranks(const Resources& resources) {
  return resources.memory == nullptr ? 1 : resources.memory->n_sharers();
}

}  // namespace

KernelMemory plan_kernel_memory(const core::Dataset& data, const Resources& resources) {
  // Of sparse samples, as many features as their entries would fill.
  const std::size_t n_samples = data.n_samples();
  const std::size_t n_features =
      n_samples == 0 ? 0 : (data.feature_bytes() / sizeof(double) + n_samples - 1) / n_samples;
  return plan_kernel_memory(kernel_work(resources.candidates), n_samples, n_features, resources.memory_bytes,
                            n_ranks(resources));
}

MemoryUse kernel_memory_use(const core::Dataset& data, const Resources& resources) {
  const KernelMemory plan = plan_kernel_memory(data, resources);
  return {.bytes = plan.bytes, .words = plan.describe(kernel_work(resources.candidates), n_ranks(resources))};
}

std::string KernelMemory::describe(const KernelWork& work, std::size_t n_ranks) const {
  const auto per_rank = [&](const char* what) {
    return n_ranks == 1 ? fmt::format("one {}", what) : fmt::format("one {} a rank", what);
  };
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (shared_products) add(n_ranks == 1 ? "products of pairs" : "products of pairs shared");
  if (work.shared && n_shared_grams > 0) {
    add(fmt::format("{} kernel matri{}{}", n_shared_grams, n_shared_grams == 1 ? "x" : "ces",
                    n_ranks == 1 ? "" : fmt::format(" shared by {} ranks", n_ranks)));
  }
  const bool has_own = work.own_kernel || work.own_samples;
  if (has_own && own_grams) {
    add(per_rank(own_products ? "kernel matrix of a fold with its products" : "kernel matrix of a fold"));
  }
  if (cache_bytes > 0) add(fmt::format("rows computed on demand, {} MiB a rank kept", cache_bytes / kMiB));
  return text;
}

}  // namespace gridmill::models::svm
