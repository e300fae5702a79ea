#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "core/error.hpp"
#include "search/folds.hpp"

namespace gridmill::search {

/// Which splits choose a candidate within an outer fold.
enum class InnerFolds {
  own,    // those the search makes, made of the outer fold's training rows
  outer,  // the other outer folds: a model that serves two of them is fitted once
};

/// Nested cross-validation: the whole search again within each outer fold, judged on rows it has not seen.
struct NestedOptions {
  std::size_t n_folds = 5;
  InnerFolds inner = InnerFolds::own;
};

/// One outer fold.
struct OuterFold {
  Fold fold;                // the search within learns from `train`, and its choice is judged on `test`
  std::vector<Fold> inner;  // splits of `fold.train`, in positions of the data
};

struct OuterFolds {
  std::vector<OuterFold> folds;
  std::vector<std::string> warnings;
};

/// Returns what no data can make possible about these options, a Problem without a place; or nothing.
std::optional<core::Problem> nested_problem(const FoldOptions& folds, const NestedOptions& options);

/// Returns the splits of cross_val_score(GridSearchCV(..., cv=inner), cv=outer): outer folds are of the search's kind
/// (leave_one_out: of k_fold or stratified ones) with its shuffle and seed, not repeated.
/// Requires: there is no nested_problem. Errors: UserError as make_folds, naming the outer fold.
OuterFolds make_outer_folds(const core::Dataset& data, const FoldOptions& folds, const NestedOptions& options);

}  // namespace gridmill::search
