#include "search/holdout.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/numpy_random.hpp"
#include "search/fold_assignment.hpp"

namespace gridmill::search {

namespace {

using core::Index;
using core::NumpyRandom;
using core::UserError;
using Counts = std::vector<std::size_t>;

struct Sizes {
  std::size_t train;
  std::size_t test;
};

Sizes sizes_of(std::size_t n_samples, double fraction) {
  if (!(fraction > 0 && fraction < 1)) {
    throw UserError(fmt::format("the held-out fraction must lie between 0 and 1, not be {}", fraction));
  }
  const auto test = static_cast<std::size_t>(std::ceil(fraction * static_cast<double>(n_samples)));
  if (test >= n_samples) {
    throw UserError(fmt::format("holding out {} of {} samples leaves none to train on", fraction, n_samples));
  }
  return {.train = n_samples - test, .test = test};
}

/// The distinct values, greatest first.
std::vector<double> distinct_descending(std::vector<double> values) {
  std::sort(values.begin(), values.end(), std::greater<>());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

/// scikit-learn's _approximate_mode: shares `n_draws` among classes in proportion to their counts; what rounding
/// leaves goes to the largest remainders, chosen at random where these are equal.
Counts share_out(const Counts& counts, std::size_t n_draws, NumpyRandom& random) {
  const auto total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::size_t{0}));
  Counts shares;
  std::vector<double> remainder;
  for (const std::size_t count : counts) {
    const double exact = static_cast<double>(count) / total * static_cast<double>(n_draws);
    shares.push_back(static_cast<std::size_t>(std::floor(exact)));
    remainder.push_back(exact - std::floor(exact));
  }
  std::size_t left = n_draws - std::accumulate(shares.begin(), shares.end(), std::size_t{0});
  for (const double value : distinct_descending(remainder)) {
    if (left == 0) break;
    Counts tied;
    for (std::size_t c = 0; c < counts.size(); ++c) {
      if (remainder[c] == value) tied.push_back(c);
    }
    const Counts order = random.permutation(tied.size());
    const std::size_t n_chosen = std::min(left, tied.size());
    for (std::size_t i = 0; i < n_chosen; ++i) ++shares[tied[order[i]]];
    left -= n_chosen;
  }
  return shares;
}

void check(const ClassCounts& classes, const Sizes& sizes) {
  const auto least = std::min_element(classes.count.begin(), classes.count.end());
  if (*least < 2) {
    const auto& name = classes.name[static_cast<std::size_t>(least - classes.count.begin())];
    throw UserError(fmt::format("cannot hold out a stratified part: class '{}' has only 1 sample, 2 are needed", name));
  }
  const std::size_t n_classes = classes.count.size();
  if (std::min(sizes.train, sizes.test) < n_classes) {
    throw UserError(
        fmt::format("a stratified split into {} training and {} held-out samples is too small for {} "
                    "classes",
                    sizes.train, sizes.test, n_classes));
  }
}

Fold split_stratified(const ClassCounts& classes, const Sizes& sizes, NumpyRandom& random) {
  const Counts n_train = share_out(classes.count, sizes.train, random);
  Counts remaining;
  for (std::size_t c = 0; c < n_train.size(); ++c) remaining.push_back(classes.count[c] - n_train[c]);
  const Counts n_test = share_out(remaining, sizes.test, random);

  std::vector<std::vector<Index>> members(classes.count.size());
  for (std::size_t i = 0; i < classes.code_of.size(); ++i) members[classes.code_of[i]].push_back(static_cast<Index>(i));
  Fold fold;
  for (std::size_t c = 0; c < members.size(); ++c) {
    const Counts order = random.permutation(members[c].size());
    for (std::size_t i = 0; i < n_train[c]; ++i) fold.train.push_back(members[c][order[i]]);
    for (std::size_t i = 0; i < n_test[c]; ++i) fold.test.push_back(members[c][order[n_train[c] + i]]);
  }
  return fold;
}

Fold split_plain(std::size_t n_samples, const Sizes& sizes, NumpyRandom& random) {
  const Counts order = random.permutation(n_samples);
  Fold fold;
  for (std::size_t i = 0; i < n_samples; ++i) {
    (i < sizes.test ? fold.test : fold.train).push_back(static_cast<Index>(order[i]));
  }
  return fold;
}

/// The first rows, and those behind.
Fold split_in_two(std::size_t n_samples, std::size_t n_first) {
  Fold fold;
  for (std::size_t i = 0; i < n_samples; ++i) {
    (i < n_first ? fold.train : fold.test).push_back(static_cast<Index>(i));
  }
  return fold;
}

Fold split_groups(const core::Dataset& data, double share, NumpyRandom& random) {
  if (data.group.empty()) throw UserError("data.holdout: {groups: ...} needs groups", "name their column: data.group");
  std::vector<std::int64_t> codes(data.group.begin(), data.group.end());
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  const auto n_test = static_cast<std::size_t>(std::ceil(share * static_cast<double>(codes.size())));
  if (n_test >= codes.size()) {
    throw UserError(fmt::format("holding out {} of {} group{} leaves none to train on", share, codes.size(),
                                codes.size() == 1 ? "" : "s"));
  }
  const Counts order = random.permutation(codes.size());
  std::vector<std::int64_t> held_out;
  for (std::size_t i = 0; i < n_test; ++i) held_out.push_back(codes[order[i]]);
  std::sort(held_out.begin(), held_out.end());
  Fold fold;
  for (std::size_t i = 0; i < data.n_samples(); ++i) {
    const bool is_out = std::binary_search(held_out.begin(), held_out.end(), data.group[i]);
    (is_out ? fold.test : fold.train).push_back(static_cast<Index>(i));
  }
  return fold;
}

/// In the order in which scikit-learn has them.
Fold deal(const core::Dataset& data, double share, bool stratified, NumpyRandom& random) {
  const Sizes sizes = sizes_of(data.n_samples(), share);
  if (!stratified) return split_plain(data.n_samples(), sizes, random);
  const ClassCounts classes(data);
  check(classes, sizes);
  Fold fold = split_stratified(classes, sizes, random);
  random.shuffle(std::span(fold.train));
  random.shuffle(std::span(fold.test));
  return fold;
}

bool is_stratified(const core::Dataset& data, const HoldoutOptions& options, RowOrder order) {
  if (options.kind == HoldoutOptions::Kind::stratified) return true;
  const bool by_default = options.kind == HoldoutOptions::Kind::share && order == RowOrder::kept;
  return by_default && data.task == core::Task::classification;
}

}  // namespace

Fold hold_out(const core::Dataset& data, const HoldoutOptions& options, RowOrder order, std::uint32_t seed,
              std::size_t n_before) {
  using Kind = HoldoutOptions::Kind;
  const std::size_t n = data.n_samples();
  NumpyRandom random(seed);
  if (options.kind == Kind::after) return split_in_two(n, n_before);
  if (!options.any()) {
    Fold all = split_in_two(n, n);
    if (order == RowOrder::shuffled) random.shuffle(std::span(all.train));
    return all;
  }
  if (options.kind == Kind::last) return split_in_two(n, sizes_of(n, options.share).train);
  if (options.kind == Kind::groups) return split_groups(data, options.share, random);
  Fold fold = deal(data, options.share, is_stratified(data, options, order), random);
  if (order == RowOrder::shuffled) return fold;
  std::sort(fold.train.begin(), fold.train.end());
  std::sort(fold.test.begin(), fold.test.end());
  return fold;
}

Fold split_holdout(const core::Dataset& data, double fraction, std::uint32_t seed) {
  (void)sizes_of(data.n_samples(), fraction);  // refuses 0, which hold_out takes for none
  return hold_out(data, {.share = fraction}, RowOrder::kept, seed);
}

}  // namespace gridmill::search
