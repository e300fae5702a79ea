#pragma once

#include <cstddef>
#include <vector>

#include "core/entity_data.hpp"
#include "features/evaluation/evaluation.hpp"
#include "golden_setting.hpp"

namespace gridmill::features {

/// Returns the rows of the answer to a setting: those it lists, or all that are known at its cutoff.
std::vector<Instance> instances_of(const GoldenSetting& setting, const core::EntityData& data,
                                   const Evaluator& evaluator);

/// Says whether two entries have the same bits, or are both missing. Categories made of texts have a dictionary of
/// those at hand: their labels count.
bool identical(const Column& a, std::size_t i, const Column& b, std::size_t j);

/// What an evaluator returns: by feature, by output.
using Columns = std::vector<std::vector<Column>>;

/// Expects `got` to have the shape and the entries of `want`, bit for bit; names the features that differ.
void expect_identical(const Columns& got, const Columns& want, const std::vector<FeatureRef>& features);

}  // namespace gridmill::features
