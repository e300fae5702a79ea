#include "models/svm/kernels/kernel_memory.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "models/svm/kernels/kernel_options.hpp"
#include "models/svm/kernels/kernel_rows.hpp"
#include "models/svm/kernels/pair_products.hpp"
#include "models/svm/kernels/problem_memory.hpp"

namespace gridmill::models::svm {

namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20U;

/// Takes bytes as long as there are some.
class Budget {
 public:
  explicit Budget(std::size_t limit) : left_(limit == 0 ? std::numeric_limits<std::size_t>::max() : limit) {}

  /// Takes `bytes` if they leave a reserve.
  bool take(std::size_t bytes, std::size_t reserve) {
    if (reserve > left_ || bytes > left_ - reserve) return false;
    force(bytes);
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
  std::size_t taken_ = 0;
};

/// What one rank keeps for copies of rows, which the solver comes back to: on a node less than half a matrix.
std::size_t wanted_copies(std::size_t gram_bytes, std::size_t n_ranks) {
  const std::size_t share = std::clamp(gram_bytes / 10 * 4 / n_ranks, 8 * kMiB, 1024 * kMiB);
  return std::min(share, std::max(gram_bytes, kMiB));
}

/// The least for rows that are computed: those read once, and the two asked for last.
std::size_t least_cache(std::size_t gram_bytes, std::size_t n_samples) {
  const std::size_t rows = 4 * (padded(n_samples) + 16) * sizeof(float);
  return std::min(gram_bytes, std::max(kMiB, rows));
}

/// What a solve holds of each variable, and what it leaves to the next: bounds, gradients and states, first steps, the
/// ends of a chain.
std::size_t solver_bytes(std::size_t n_samples) { return 256 * n_samples; }

/// One matrix for two ranks: those of a node work through one kernel after the other, and wait for the last readers
/// of a matrix where there is no second. Small ones are cheap enough to have one for each.
std::size_t wanted_grams(std::size_t gram_bytes, std::size_t n_ranks) {
  constexpr std::size_t kSmall = 32 * kMiB;
  return std::max((n_ranks + 1) / 2, std::min(n_ranks, kSmall / std::max<std::size_t>(1, gram_bytes)));
}

}  // namespace

KernelWork kernel_work(std::span<const Candidate> candidates) {
  if (candidates.empty()) return {.shared = true, .own_kernel = true, .own_samples = true};
  KernelWork work;
  for (const auto& [params, is_prepared] : candidates) {
    if (is_prepared) {
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
  const std::size_t samples = n_samples * n_features * sizeof(double);  // centred, and prepared ones
  const std::size_t rows = n_ranks * least_cache(gram, n_samples);
  const bool owns = work.own_kernel || work.own_samples;
  KernelMemory plan{.copy_bytes = ProblemMemory::least_copy_bytes(n_samples)};
  Budget budget(limit);
  budget.force(n_ranks * (plan.copy_bytes + ProblemMemory::product_bytes(n_samples) + solver_bytes(n_samples) +
                          (work.own_samples ? 2 * samples : samples)));
  plan.least_bytes = budget.taken() + (owns ? rows : std::min(rows, gram));
  if (work.shared) plan.n_shared_grams = budget.take(gram, owns ? rows : 0) ? 1 : 0;
  const bool shares_rows = work.shared && plan.n_shared_grams == 0;
  if (owns) plan.own_grams = budget.take(n_ranks * gram, shares_rows ? rows : 0);
  const bool needs_cache = shares_rows || (owns && !plan.own_grams);
  const std::size_t reserve = needs_cache ? rows : 0;
  // A few features are multiplied again in the time in which their products are read.
  constexpr std::size_t kFewFeatures = 16;
  const bool products_pay = n_features > kFewFeatures;
  if (products_pay && (work.shared || work.own_kernel)) {
    plan.shared_products = (plan.n_shared_grams > 0 || plan.own_grams) && budget.take(products, reserve);
  }
  if (products_pay && work.own_samples) plan.own_products = plan.own_grams && budget.take(n_ranks * products, reserve);
  // Where rows are computed most of the memory is better spent on keeping them.
  const std::size_t for_copies = (budget.left() - std::min(budget.left(), reserve)) / (needs_cache ? 8 : 1);
  const std::size_t wanted = std::max(plan.copy_bytes, wanted_copies(gram, n_ranks));
  const std::size_t more_copies = std::min(wanted - plan.copy_bytes, for_copies / n_ranks);
  budget.force(n_ranks * more_copies);
  plan.copy_bytes += more_copies;
  while (plan.n_shared_grams > 0 && plan.n_shared_grams < wanted_grams(gram, n_ranks) && budget.take(gram, reserve)) {
    ++plan.n_shared_grams;
  }
  if (needs_cache) {
    const std::size_t least = rows / n_ranks;
    plan.cache_bytes = std::clamp(budget.left() / n_ranks, least, std::max(gram, least));
    budget.force(n_ranks * plan.cache_bytes);
  } else if (!plan.own_grams) {
    plan.own_grams = budget.left() >= n_ranks * gram;  // may be taken instead of waiting; not planned for
  }
  plan.bytes = budget.taken();
  return plan;
}

KernelMemory plan_kernel_memory(const core::Dataset& data, const Resources& resources) {
  // Of sparse samples, as many features as their entries would fill.
  const std::size_t n_samples = data.n_samples();
  const std::size_t n_features =
      n_samples == 0 ? 0 : (data.feature_bytes() / sizeof(double) + n_samples - 1) / n_samples;
  return plan_kernel_memory(kernel_work(resources.candidates), n_samples, n_features, resources.memory_bytes,
                            resources.n_ranks_on_node());
}

MemoryUse kernel_memory_use(const core::Dataset& data, const Resources& resources) {
  const KernelMemory plan = plan_kernel_memory(data, resources);
  return {.bytes = plan.bytes,
          .least_bytes = plan.least_bytes,
          .model_bytes = 2 * data.feature_bytes(),  // its support vectors, and once more as they are made and saved
          .words = plan.describe(kernel_work(resources.candidates), resources.n_ranks_on_node())};
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
