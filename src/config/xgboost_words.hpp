#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/option.hpp"

namespace gridmill::config {

/// Returns "did you mean 'learning_rate'? XGBoost calls it eta, too" for XGBoost's own name of one of `options`, if
/// they are those of boosted trees; nothing for another word.
std::optional<std::string> hint_for_xgboost_word(std::string_view word, std::span<const core::OptionSpec> options);

}  // namespace gridmill::config
