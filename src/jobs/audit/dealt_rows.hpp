#pragma once

#include <string>
#include <vector>

#include "config/search_config.hpp"
#include "core/dataset.hpp"
#include "core/table.hpp"
#include "jobs/audit/finding.hpp"

namespace gridmill::jobs {

/// Says whether folds, or the hold-out, deal single rows at random, whatever belongs together.
bool deals_folds(const config::SearchJob& job);
bool deals_rows(const config::SearchJob& job);

/// Finds what a model is told by rows that are dealt at random: the future, where rows have times; and rows of the same
/// entity, where its labels are alike.
///
/// `table`: the rows that are learnt from and held out, with all columns of their source; `data`: the same rows, in the
/// same order. `time`: the column they are sorted by; empty: none. A time of rows is a store's time index, or else a
/// column of times in whose order the rows stand, or that is called so. An entity is data.group, or else an index or
/// key, or a column that is no feature or is called an id, of which most values stand in several rows and say much of
/// the label.
std::vector<Finding> find_dealt_rows(const config::SearchJob& job, const core::Table& table, const core::Dataset& data,
                                     const std::string& time);

}  // namespace gridmill::jobs
