#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/features_config.hpp"
#include "core/entity_data.hpp"
#include "core/table.hpp"
#include "features/definitions/feature.hpp"
#include "features/evaluation/evaluation.hpp"

namespace gridmill::jobs {

/// The tag of the label's column in features.h5.
inline constexpr const char* kLabelTag = "label";

/// What labels are for.
enum class LabelUse {
  learn,  // they are there, and not known at the cutoff
  score,  // of new rows: those that are known by now, maybe none
};

/// Returns the columns of which no feature may be made, by table: the column that the label is, or that its condition
/// is about. Not where the table says of each row when it is known (secondary_time_index) and rows have cutoff times of
/// their own.
/// Errors: UserError for names that the store does not have, and columns that are none to learn: index, key, time
/// index.
std::map<std::string, std::vector<std::string>> columns_hidden_by_label(const config::FeaturesOptions& options,
                                                                        const core::EntityData& data);

/// Leaves out features that show the label of their own row as it is known: a column with a secondary time, and what is
/// made of this row's entry of it alone. Those of other rows, known before the cutoff, stay.
void leave_out_own_label(const config::FeaturesOptions& options, const core::EntityData& data,
                         std::vector<features::FeatureRef>& made);

/// Returns the label of each instance, a column tagged as label, and tells in `warnings` what is to be known of it.
///
/// A column as it stands; an aggregation over all rows there are or, if it looks forward, over those after the cutoff
/// (with include_cutoff_time: false, those of the very cutoff, too) up to the window's end, and missing where the
/// window ends after the last time of all tables: what comes then nobody knows. A condition of a missing value is
/// missing. Errors: UserError where no instance has a label, where most have one that is known at the cutoff time.
///
/// To score, an aggregation is missing, too, where nothing after the cutoff is known of any table, and there is no
/// column where the store has not what it is made of. No errors then.
std::optional<core::Column> label_of(const config::FeaturesOptions& options, const core::EntityData& data,
                                     const features::EvaluationOptions& evaluation,
                                     std::span<const features::Instance> instances, LabelUse use,
                                     std::vector<std::string>& warnings);

}  // namespace gridmill::jobs
