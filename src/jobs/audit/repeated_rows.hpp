#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "config/search_config.hpp"
#include "core/dataset.hpp"
#include "jobs/audit/finding.hpp"
#include "search/folds.hpp"

namespace gridmill::jobs {

/// Rows that stand, feature by feature and with their label, among the rows that a model learns from.
struct RepeatedRows {
  std::size_t n_tested = 0;    // rows that folds test or that are held out; 0: none were looked at
  std::size_t n_repeated = 0;  // of them
  std::vector<Finding> findings = {};
};

/// Counts them where folds test rows, and among held-out ones. Rows that are tested by those before them may repeat
/// these, and are not looked at.
///
/// A finding: at least one in a hundred, and more than features of few values make by chance, as their labels show,
/// too. Cost: hashes each row and sorts the hashes; more only where rows are repeated.
RepeatedRows find_repeated_rows(const config::SearchJob& job, const core::Dataset& data,
                                std::span<const search::Fold> folds, const std::optional<core::Dataset>& held_out);

}  // namespace gridmill::jobs
