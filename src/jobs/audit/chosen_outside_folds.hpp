#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "config/features_config.hpp"
#include "jobs/audit/finding.hpp"

namespace gridmill::jobs {

/// Finds that features were chosen by what they tell of the label in all rows, those that folds test included.
/// `target`: what is learnt.
std::optional<Finding> find_chosen_outside_folds(const config::SelectOptions& select, const std::string& target);

/// The same for a matrix of features, by the config that lies beside it; nothing for other data, and for a config that
/// cannot be read.
std::optional<Finding> find_chosen_outside_folds(const std::filesystem::path& matrix, const std::string& target);

}  // namespace gridmill::jobs
