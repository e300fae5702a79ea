#include "search/nested.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::search {

namespace {

using core::Index;

FoldOptions outer_options(const core::Dataset& data, const FoldOptions& folds, const NestedOptions& options) {
  FoldOptions outer = folds;
  outer.n_folds = options.n_folds;
  outer.n_repeats = 1;
  if (folds.kind == FoldKind::leave_one_out) {
    outer.kind = data.task == core::Task::classification ? FoldKind::stratified : FoldKind::k_fold;
  }
  return outer;
}

/// What folds are made of, for some rows of the data: no features.
class LabelsOf {
 public:
  LabelsOf(const core::Dataset& data, const std::vector<Index>& rows) {
    for (const Index row : rows) y_.push_back(data.y[row]);
    if (!data.group.empty()) {
      for (const Index row : rows) group_.push_back(data.group[row]);
      std::vector<std::int64_t> labels = group_;  // to dense codes of the groups that occur
      std::sort(labels.begin(), labels.end());
      labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
      for (std::int64_t& code : group_) {
        code = std::lower_bound(labels.begin(), labels.end(), code) - labels.begin();
      }
    }
    part_.task = data.task;
    part_.classes = data.classes;
    part_.x = core::MatrixView(nullptr, 0, rows.size());
    part_.y = y_;
    part_.group = group_;
  }

  [[nodiscard]] const core::Dataset& part() const { return part_; }

 private:
  std::vector<double> y_;
  std::vector<std::int64_t> group_;
  core::Dataset part_;
};

std::vector<Index> rows_at(const std::vector<Index>& rows, const std::vector<Index>& places) {
  std::vector<Index> picked;
  picked.reserve(places.size());
  for (const Index place : places) picked.push_back(rows[place]);
  return picked;
}

Folds own_folds(const core::Dataset& data, const FoldOptions& options, const Fold& outer) {
  const LabelsOf labels(data, outer.train);
  Folds inner = make_folds(labels.part(), options);
  for (Fold& fold : inner.folds) {
    fold = {.train = rows_at(outer.train, fold.train), .test = rows_at(outer.train, fold.test)};
  }
  return inner;
}

/// Each other outer fold tests what is learnt from the rest.
std::vector<Fold> other_folds(const std::vector<Fold>& outer, std::size_t left_out) {
  std::vector<Fold> inner;
  for (std::size_t k = 0; k < outer.size(); ++k) {
    if (k == left_out) continue;
    Fold& fold = inner.emplace_back();
    fold.test = outer[k].test;
    const std::vector<Index>& rows = outer[left_out].train;
    std::set_difference(rows.begin(), rows.end(), fold.test.begin(), fold.test.end(), std::back_inserter(fold.train));
  }
  return inner;
}

}  // namespace

std::optional<core::Problem> nested_problem(const FoldOptions& folds, const NestedOptions& options) {
  const auto problem = [](std::string what, std::string hint) {
    return core::Problem{.where = {}, .what = "search.nested" + std::move(what), .hint = std::move(hint)};
  };
  if (folds.kind == FoldKind::predefined) {
    return problem(": predefined folds say which rows are tested together, but not how to split them once more",
                   "take another kind of folds, as cv: {kind: group}");
  }
  if (options.inner == InnerFolds::own) return std::nullopt;
  if (folds.kind == FoldKind::time_series) {
    return problem(
        ".inner: outer folds of a time series cannot be inner ones, as some would learn from what comes after "
        "their test rows",
        "leave 'inner' out");
  }
  if (options.n_folds < 3) {
    return problem(".inner: with two outer folds the other one is all there is to learn from and to test on",
                   "use at least 3 folds");
  }
  return std::nullopt;
}

OuterFolds make_outer_folds(const core::Dataset& data, const FoldOptions& folds, const NestedOptions& options) {
  Folds outer;
  try {
    outer = make_folds(data, outer_options(data, folds, options));
  } catch (const core::UserError& error) {
    throw core::UserError(fmt::format("search.nested: {}", error.what()), "use fewer outer folds");
  }
  OuterFolds result{.folds = {}, .warnings = std::move(outer.warnings)};
  for (std::size_t k = 0; k < outer.folds.size(); ++k) {
    std::vector<Fold> inner;
    if (options.inner == InnerFolds::outer) {
      inner = other_folds(outer.folds, k);
    } else {
      try {
        Folds own = own_folds(data, folds, outer.folds[k]);
        inner = std::move(own.folds);
        for (const std::string& warning : own.warnings) {
          result.warnings.push_back(fmt::format("outer fold {}: {}", k, warning));
        }
      } catch (const core::UserError& error) {
        throw core::UserError(fmt::format("search.nested: outer fold {}: {}", k, error.what()),
                              "use fewer folds in search.cv or search.nested");
      }
    }
    result.folds.push_back({.fold = outer.folds[k], .inner = std::move(inner)});
  }
  return result;
}

}  // namespace gridmill::search
