#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "core/matrix.hpp"

namespace gridmill::search {

enum class FoldKind {
  stratified,        // StratifiedKFold; the default of classifiers
  k_fold,            // KFold; the default of regressors
  group,             // GroupKFold
  stratified_group,  // StratifiedGroupKFold
  time_series,       // TimeSeriesSplit
  predefined,        // PredefinedSplit on Dataset::test_fold
  leave_one_out,     // LeaveOneOut
};

struct FoldOptions {
  FoldKind kind = FoldKind::stratified;
  std::size_t n_folds = 5;
  bool shuffle = false;
  std::uint32_t seed = 0;          // of the shuffle (random_state)
  std::size_t n_repeats = 1;       // > 1: RepeatedStratifiedKFold / RepeatedKFold
  std::size_t gap = 0;             // time_series: samples left out between train and test
  std::size_t test_size = 0;       // time_series: 0 = n_samples / (n_folds + 1)
  std::size_t max_train_size = 0;  // time_series: 0 = no limit
};

/// One split: ascending positions, disjoint.
struct Fold {
  std::vector<core::Index> train;
  std::vector<core::Index> test;
};

struct Folds {
  std::vector<Fold> folds;
  std::vector<std::string> warnings;  // "the smallest class ('3') has 2 samples, fewer than 5 folds"
};

/// Returns the splits scikit-learn 1.2.1 makes of the same data, in its order.
///
/// Errors: UserError where scikit-learn raises (names the number of samples, class or group), where the kind
/// has no such form (groups are never shuffled, only stratified and k_fold repeat), where the data lacks the
/// column it needs, and where a split would leave nothing to train on or to test.
/// Deterministic: depends on the targets, groups or test folds and the options only.
/// Cost: memory of n_splits x n_samples positions (leave_one_out: n_samples squared).
Folds make_folds(const core::Dataset& data, const FoldOptions& options);

/// Returns train / held-out positions as scikit-learn's train_test_split(test_size=fraction, stratify=y,
/// random_state=seed) chooses them (not stratified for regression), each ascending.
///
/// Range: 0 < fraction < 1. Errors: UserError where scikit-learn raises: a class with one sample, or fewer
/// samples on either side than classes.
Fold split_holdout(const core::Dataset& data, double fraction, std::uint32_t seed);

}  // namespace gridmill::search
