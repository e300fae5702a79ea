#pragma once

#include <string>
#include <vector>

#include "prepare/step.hpp"

namespace gridmill::prepare {

/// Returns the step `keep_features`: the features that have most to say in the training rows (see feature_scores.hpp);
/// the last of all steps.
///
/// A whole number is how many are kept, a number up to 1 the share of them, rounded down, at least one. Of features
/// with equal scores those behind are kept; one without a score comes last. Errors of fit: UserError if there are fewer
/// features. Source: scikit-learn 1.2.1's SelectKBest(f_classif | f_regression | mutual_info_classif | ...), for
/// variance SelectKBest(lambda x, y: numpy.nanvar(x, axis=0)); for importance, where of equals those in front are kept,
/// SelectFromModel(model, threshold=-inf, max_features=n).
const StepKind& keep_features_kind();

/// Says whether features are chosen by what the candidate's model makes of them.
bool keeps_by_model(const core::Params& params);

/// Returns what is wrong with a share or a measure, in a sentence each.
std::vector<std::string> check_keep_features(const core::Params& params);

}  // namespace gridmill::prepare
