#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/dataset.hpp"

namespace gridmill::config {

/// Returns the word for what a model or a metric is for.
std::string_view task_text(core::Task task);

/// Returns "did you mean 'roc_auc'? known: ..." for what a metric among `known` is called elsewhere ("auc", "mcc"),
/// also for one that is only near to it; or nothing.
std::optional<std::string> hint_for_metric_word(std::string word, std::span<const std::string> known);

}  // namespace gridmill::config
