#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "jobs/search/out_of_fold.hpp"
#include "jobs/search/search_data.hpp"
#include "models/family/model.hpp"
#include "report/findings/drift.hpp"
#include "report/findings/error_groups.hpp"

namespace gridmill::jobs {

/// Errors of rows by what they are.
struct ErrorsBy {
  std::string feature;  // empty: by their order in the data, which is that of their time where they have one
  std::vector<report::ErrorGroup> groups;
  std::vector<std::string> names;  // by group, of a feature that holds names; empty: groups are ranges of values
};

/// What the features of rows tell beside the scores.
struct RowFindings {
  struct FeatureDrift {
    std::string feature;
    report::Drift drift;
  };
  std::vector<FeatureDrift> drift;    // from the training to the held-out rows; the greatest distances first
  std::vector<ErrorsBy> out_of_fold;  // by their order, then by the features that explain most of the errors
  std::vector<ErrorsBy> held_out;
};

/// How much the model makes of each feature, as far as it is known.
struct KnownImportance {
  std::span<const std::string> features;
  std::span<const double> values;
};

/// Looks at rows whose predictions are known: where features have other values than before, and in which groups of rows
/// the predictions err. An error is 1 or 0 for a class, and the distance to the label for a number; weights count for
/// nothing.
///
/// Errors are told by the twelve features that the model makes most of, where that is known, else by all; of these by
/// the eight that explain most of the errors' variance, in groups of about equal size. Rows beyond 5,000 are looked at
/// in part, drawn evenly, features beyond 2,000 not at all. Of sparse data nothing is told but errors by order.
/// Deterministic.
RowFindings find_in_rows(const SearchData& data, const std::optional<OutOfFold>& out_of_fold,
                         const std::optional<models::Prediction>& held_out, const KnownImportance& importance);

}  // namespace gridmill::jobs
