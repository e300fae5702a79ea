#include "config/xgboost_words.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace gridmill::config {

namespace {

struct XgboostWord {
  std::string_view theirs;
  std::string_view ours;
};

/// Names of XGBoost's parameters that its scikit-learn interface, whose names are ours, calls otherwise.
constexpr std::array kNames{
    XgboostWord{"alpha", "reg_alpha"},
    XgboostWord{"eta", "learning_rate"},
    XgboostWord{"lambda", "reg_lambda"},
    XgboostWord{"min_split_loss", "gamma"},
    XgboostWord{"num_boost_round", "n_estimators"},
    XgboostWord{"num_round", "n_estimators"},
    XgboostWord{"num_rounds", "n_estimators"},
    XgboostWord{"num_trees", "n_estimators"},
    XgboostWord{"reg_gamma", "gamma"},
    XgboostWord{"seed", "random_state"},
};

}  // namespace

std::optional<std::string> hint_for_xgboost_word(std::string_view word, std::span<const core::OptionSpec> options) {
  // Other models do not have it, and mean other things by these words.
  if (core::find_option(options, "reg_lambda") == nullptr) return std::nullopt;
  const auto name = std::ranges::find(kNames, word, &XgboostWord::theirs);
  if (name == kNames.end() || core::find_option(options, name->ours) == nullptr) return std::nullopt;
  return fmt::format("did you mean '{}'? XGBoost calls it {}, too", name->ours, word);
}

}  // namespace gridmill::config
