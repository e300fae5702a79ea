#pragma once

#include <memory>
#include <vector>

#include "core/option.hpp"
#include "core/value.hpp"
#include "prepare/word_encoder.hpp"

namespace gridmill::prepare {

/// Returns `categories` and the options beside it, and where these do something.
const std::vector<core::OptionSpec>& category_options();
const std::vector<OptionUse>& category_option_uses();

/// Learns how names of categories become numbers; `params` has `categories` at another value than none.
///
/// ordinal: a code for each category of the training rows, in their order from 0; another word is -1.
/// one_hot: a feature for each; another word is 0 in all. With top_n or min_share the rare ones share the last feature.
/// frequency, count: the share or number of training rows; another word is 0.
/// target: see target_encoding.hpp.
/// A missing word is another word, unless missing is a category of its own, which comes last.
/// Source: scikit-learn 1.2.1's OrdinalEncoder(handle_unknown='use_encoded_value', unknown_value=-1) and
/// OneHotEncoder(handle_unknown='ignore', max_categories=top_n + 1, min_frequency=min_share), bit for bit.
/// Errors: UserError.
std::shared_ptr<const FittedEncoder> fit_categories(const core::Params& params, const WordLesson& lesson);

/// Reads what such an encoder's to_value wrote. Errors: UserError.
std::shared_ptr<const FittedEncoder> read_categories(const core::Value& saved);

}  // namespace gridmill::prepare
