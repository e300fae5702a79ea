#pragma once

#include <optional>
#include <vector>

#include "config/features_config.hpp"
#include "jobs/features/parts/feature_parts.hpp"
#include "jobs/features/plan/features_plan.hpp"
#include "jobs/features/result/features_facts.hpp"
#include "jobs/features/result/features_result.hpp"
#include "jobs/features/result/run_pass.hpp"

namespace gridmill::jobs {

/// Columns of a correlation task, each way.
constexpr std::size_t kCorrelatedColumns = 48;

/// Counts the groups that are taken piece by piece. Collective; valid on rank 0.
GiantCount count_giants(const PassContext& context, const core::EntityData& data, const FeaturesPlan& plan,
                        const std::vector<PartFiles>& stages);

/// Summarises the pieces of giant groups that the parts of a stage need which are not there yet, for compute_stage to
/// find. Collective; false on every rank: stopped.
bool summarize_pieces(const PassContext& context, const core::EntityData& data, const FeaturesPlan& plan,
                      const std::vector<PartFiles>& stages, std::size_t stage, std::size_t memory_bytes);

/// Computes the parts of one stage; then the pieces go. Collective; valid on rank 0: statistics by part. Nothing:
/// stopped.
std::optional<std::vector<PartStatistics>> compute_stage(const PassContext& context, const core::EntityData& data,
                                                         const FeaturesPlan& plan, const std::vector<PartFiles>& stages,
                                                         std::size_t stage, std::size_t memory_bytes);

/// Writes the encoded columns of one part, unless they are there already, whole.
PartStatistics encode_part(const PartFiles& rows, const PartFiles& encoded,
                           const std::vector<features::EncodedColumn>& encoding, std::size_t part);

/// Writes the encoded columns of each part. Collective; as compute_stage.
std::optional<std::vector<PartStatistics>> encode_parts(const PassContext& context, const PartFiles& rows,
                                                        const PartFiles& encoded,
                                                        const std::vector<features::EncodedColumn>& encoding);

/// Says which of the result's columns stay when those highly correlated with one before them go. Collective; valid on
/// every rank. Nothing: stopped.
std::optional<std::vector<bool>> find_correlated(const PassContext& context, const FeaturesResult& result,
                                                 const config::SelectOptions& select,
                                                 const std::vector<const PartFiles*>& lists);

/// Fills in the mutual information of each column with the target's. Collective; valid on every rank; false: stopped.
bool find_mutual_information(const PassContext& context, FeaturesResult& result, const features::Column& target,
                             const std::vector<const PartFiles*>& lists);

/// Replaces the statistics of all ranks by those of rank 0. Collective.
void share_statistics(mpi::Transport& transport, PartStatistics& statistics, PartedMatrix& matrix);

}  // namespace gridmill::jobs
