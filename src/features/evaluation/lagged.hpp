#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/entity_data.hpp"
#include "core/entity_set.hpp"
#include "core/value.hpp"
#include "features/columns/column.hpp"
#include "features/definitions/feature.hpp"
#include "features/evaluation/column_reader.hpp"
#include "features/evaluation/evaluation.hpp"
#include "features/evaluation/lag_kind.hpp"
#include "features/evaluation/view.hpp"
#include "features/evaluation/visibility.hpp"

namespace gridmill::features {

/// The link of a row without a group: it comes before and after none.
inline constexpr std::int64_t kInNoSeries = -2;

/// Returns which row a feature takes its value from, if it is that of a row before, and that row can be found without
/// looking at what counts at each cutoff: with many cutoffs one row is looked at for each, not the whole table.
std::optional<LagKind> lag_of(const Feature& feature, const core::EntitySet& set, const EvaluationOptions& options);

/// Returns the rows before those of `view`, at the same cutoffs, as far as they are there and known: `links` says for
/// each entry of `view` which, -1 for none, kInNoSeries where the row has no group. A row that does not count at its
/// own cutoff comes after those that do. Cost: reads times and groups of the whole table.
View lagged(const View& view, const LagKind& kind, const core::EntityData& data, const ColumnReader& reader,
            const Visibility& visibility);

/// Puts the argument fill_value of a lag where there is no link.
void fill_where_none(std::span<const std::int64_t> links, const core::Params& arguments, Column& column);

}  // namespace gridmill::features
