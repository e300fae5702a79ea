#include "search/folds.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/fold_numbers.hpp"
#include "core/numpy_random.hpp"
#include "search/fold_assignment.hpp"

namespace gridmill::search {

namespace {

using core::Index;
using core::UserError;

std::vector<Index> positions(std::size_t begin, std::size_t end) {
  std::vector<Index> rows;
  rows.reserve(end - begin);
  for (std::size_t i = begin; i < end; ++i) rows.push_back(static_cast<Index>(i));
  return rows;
}

template <class IsTest>
Fold split_by(std::size_t n_samples, IsTest is_test) {
  Fold fold;
  for (std::size_t i = 0; i < n_samples; ++i) {
    (is_test(i) ? fold.test : fold.train).push_back(static_cast<Index>(i));
  }
  return fold;
}

void append(std::vector<Fold>& folds, const FoldOf& fold_of, std::size_t n_folds) {
  for (std::size_t k = 0; k < n_folds; ++k) {
    folds.push_back(split_by(fold_of.size(), [&](std::size_t i) { return fold_of[i] == k; }));
  }
}

bool counts_folds(FoldKind kind) { return kind != FoldKind::predefined && kind != FoldKind::leave_one_out; }

bool shuffles(FoldKind kind) {
  return kind == FoldKind::stratified || kind == FoldKind::k_fold || kind == FoldKind::stratified_group;
}

bool repeats(FoldKind kind) { return kind == FoldKind::stratified || kind == FoldKind::k_fold; }

void check(std::size_t n_samples, const FoldOptions& options) {
  if (options.n_repeats == 0) throw UserError("the number of repeats must be at least 1, not 0");
  if (options.shuffle && !shuffles(options.kind)) throw UserError("folds of this kind are never shuffled");
  if (options.n_repeats > 1 && !repeats(options.kind)) {
    throw UserError("only stratified and k_fold folds can be repeated");
  }
  if (!counts_folds(options.kind)) return;
  if (options.n_folds < 2) throw UserError(fmt::format("at least 2 folds are needed, not {}", options.n_folds));
  if (options.n_folds > n_samples) {
    throw UserError(fmt::format("cannot make {} folds of {} samples", options.n_folds, n_samples));
  }
}

void check_groups(const core::Dataset& data) {
  if (data.group.empty()) throw UserError("group folds need a group column", "name it in the config's data section");
}

/// One round of a kind that partitions the samples.
FoldOf assign(const core::Dataset& data, const FoldOptions& options, const std::optional<ClassCounts>& classes,
              core::NumpyRandom* shuffler) {
  switch (options.kind) {
    case FoldKind::stratified: return assign_stratified(*classes, options.n_folds, shuffler);
    case FoldKind::stratified_group: return assign_stratified_groups(*classes, data.group, options.n_folds, shuffler);
    case FoldKind::group: return assign_groups(data.group, options.n_folds);
    default: return assign_k_fold(data.n_samples(), options.n_folds, shuffler);
  }
}

Folds partitions(const core::Dataset& data, const FoldOptions& options) {
  const bool by_group = options.kind == FoldKind::group || options.kind == FoldKind::stratified_group;
  const bool by_class = options.kind == FoldKind::stratified || options.kind == FoldKind::stratified_group;
  if (by_group) check_groups(data);
  Folds result;
  std::optional<ClassCounts> classes;
  if (by_class) {
    classes.emplace(data);
    const std::string warning = classes->check(options.n_folds);
    if (!warning.empty()) result.warnings.push_back(warning);
  }
  core::NumpyRandom random(options.seed);
  const bool shuffled = options.shuffle || options.n_repeats > 1;
  for (std::size_t round = 0; round < options.n_repeats; ++round) {
    append(result.folds, assign(data, options, classes, shuffled ? &random : nullptr), options.n_folds);
  }
  return result;
}

Folds time_series(std::size_t n_samples, const FoldOptions& options) {
  const std::size_t n_folds = options.n_folds;
  if (n_folds + 1 > n_samples) {
    throw UserError(
        fmt::format("cannot make {} time series folds of {} samples: they need {}", n_folds, n_samples, n_folds + 1));
  }
  const std::size_t test_size = options.test_size > 0 ? options.test_size : n_samples / (n_folds + 1);
  const bool fits =
      test_size < n_samples && options.gap < n_samples - test_size && test_size * n_folds < n_samples - options.gap;
  if (!fits) {
    throw UserError(
        fmt::format("{} time series folds of {} test samples and a gap of {} leave nothing to train on "
                    "of {} samples",
                    n_folds, test_size, options.gap, n_samples));
  }
  Folds result;
  for (std::size_t k = n_folds; k > 0; --k) {
    const std::size_t test_begin = n_samples - k * test_size;
    const std::size_t train_end = test_begin - options.gap;
    const bool cut = options.max_train_size > 0 && options.max_train_size < train_end;
    result.folds.push_back({.train = positions(cut ? train_end - options.max_train_size : 0, train_end),
                            .test = positions(test_begin, test_begin + test_size)});
  }
  return result;
}

Folds predefined(const core::Dataset& data) {
  if (data.test_fold.empty()) {
    throw UserError("predefined folds need a column that gives each sample's test fold",
                    "name it in the config's data section; -1 means never tested");
  }
  std::vector<std::int64_t> ids(data.test_fold.begin(), data.test_fold.end());
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  ids.erase(std::remove(ids.begin(), ids.end(), -1), ids.end());
  if (ids.empty()) throw UserError("the test fold column is -1 everywhere: no sample would ever be tested");
  Folds result;
  for (const std::int64_t id : ids) {
    Fold fold = split_by(data.n_samples(), [&](std::size_t i) { return data.test_fold[i] == id; });
    if (fold.train.empty())
      throw UserError(fmt::format("test fold {} holds all samples: none is left to train on", id));
    result.folds.push_back(std::move(fold));
  }
  return result;
}

Folds leave_one_out(std::size_t n_samples) {
  if (n_samples < 2) throw UserError(fmt::format("leave-one-out needs at least 2 samples, not {}", n_samples));
  Folds result;
  result.folds.reserve(n_samples);
  for (std::size_t k = 0; k < n_samples; ++k) {
    result.folds.push_back(split_by(n_samples, [&](std::size_t i) { return i == k; }));
  }
  return result;
}

}  // namespace

FoldOf assign_k_fold(std::size_t n_samples, std::size_t n_folds, core::NumpyRandom* shuffler) {
  return core::k_fold_numbers(n_samples, n_folds, shuffler);
}

namespace {

Folds folds_of_kind(const core::Dataset& data, const FoldOptions& options) {
  switch (options.kind) {
    case FoldKind::time_series: return time_series(data.n_samples(), options);
    case FoldKind::predefined: return predefined(data);
    case FoldKind::leave_one_out: return leave_one_out(data.n_samples());
    default: return partitions(data, options);
  }
}

}  // namespace

Folds make_folds(const core::Dataset& data, const FoldOptions& options) {
  check(data.n_samples(), options);
  Folds result = folds_of_kind(data, options);
  for (std::size_t k = 0; k < result.folds.size(); ++k) {
    const Fold& fold = result.folds[k];
    if (!fold.train.empty() && !fold.test.empty()) continue;
    throw UserError(fmt::format("fold {} of {} would {} no samples", k, result.folds.size(),
                                fold.test.empty() ? "test" : "train on"),
                    "use fewer folds, or another kind");
  }
  return result;
}

}  // namespace gridmill::search
