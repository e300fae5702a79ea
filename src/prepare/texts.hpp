#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/option.hpp"
#include "core/value.hpp"
#include "prepare/word_encoder.hpp"

namespace gridmill::prepare {

/// Returns `text` and the options beside it, and where these do something.
const std::vector<core::OptionSpec>& text_options();
const std::vector<OptionUse>& text_option_uses();

/// Returns what is wrong with the combination of those options; empty: nothing.
std::string check_text(const core::Params& params);

/// Learns how texts become numbers; `params` has `text` at another value than none.
///
/// counts: how often each term of the training rows occurs, terms in order of their code points. tfidf: the same times
/// the inverse share of training rows that have the term, of length 1. hashing: terms are dealt to features by a hash,
/// which learns nothing. A missing text has no terms.
/// Source: scikit-learn 1.2.1's CountVectorizer, TfidfVectorizer and HashingVectorizer.
/// Errors: UserError if no term is left.
std::shared_ptr<const FittedEncoder> fit_text(const core::Params& params, const WordLesson& lesson);

/// Reads what such an encoder's to_value wrote. Errors: UserError.
std::shared_ptr<const FittedEncoder> read_text(const core::Value& saved);

}  // namespace gridmill::prepare
