#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "models/scorer.hpp"
#include "search/evaluate.hpp"
#include "search/fit_record.hpp"

namespace gridmill::jobs {

/// Returns how many fits failed or were cut short.
std::size_t count_failed(std::span<const search::FitRecord> records);

/// Says whether any fit was scored in metric `id`: error_score stands for those that were not.
bool any_scored(const search::SearchPlan& plan, std::span<const search::FitRecord> records, std::size_t id);

/// Returns what is to be said of fits that failed or did not converge, and of scores that have no value, a sentence
/// each: how many, why, in which fold, and what helps where a fold holds rows of one class only. Records in any order.
std::vector<std::string> search_warnings(const search::SearchPlan& plan, const core::Dataset& data,
                                         std::span<const search::FitRecord> records);

/// Returns what to say where no candidate has a mean of the metric that chooses.
std::string no_best_words(const models::Scorer& chosen_by);

}  // namespace gridmill::jobs
