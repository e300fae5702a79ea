#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/entity_data.hpp"
#include "features/columns/statistics.hpp"
#include "features/evaluation/evaluation.hpp"
#include "jobs/features/parts/parted_matrix.hpp"
#include "jobs/features/plan/features_plan.hpp"
#include "mpi/transport.hpp"

namespace gridmill::jobs {

/// Returns how the outputs of features are held in parts.
std::vector<core::ColumnType> stored_types(std::span<const features::FeatureRef> features);

/// Returns where the parts of a stage are or will be. `folder` holds the parts of all stages.
PartFiles stage_files(const FeaturesPlan& plan, std::size_t stage, const core::EntitySet& set,
                      const std::filesystem::path& folder, std::uint64_t fingerprint);

/// Returns the features that evaluating a stage deals with, of earlier stages those whose results it reads.
std::set<const features::Feature*> features_at_work(std::span<const features::Stage> stages, std::size_t which);

/// Returns how many rows to evaluate at a time within so much memory: whole blocks of statistics, at least one.
std::size_t slice_rows(double bytes_per_row, std::size_t memory_bytes);

/// What is known of each column of a part.
using PartStatistics = std::vector<features::ColumnStatistics>;
mpi::Bytes to_bytes(const PartStatistics& statistics);
PartStatistics statistics_from(std::span<const std::byte> bytes);

/// Reads a part that is there and returns what it holds.
PartStatistics summarise_part(const io::MatrixPart& part, std::span<const features::MatrixColumn> columns);

/// What trying some rows took, of processor time, and found.
struct TriedRows {
  double evaluate_s = 0;
  double write_s = 0;
  PartStatistics statistics;
};

/// Computes and writes the parts of one stage; those of earlier stages are read. One a thread.
class PartMaker {
 public:
  /// `stages`: the files of all stages; those before `stage` are written.
  PartMaker(const core::EntityData& data, const FeaturesPlan& plan, std::span<const PartFiles> stages,
            std::size_t stage, std::size_t memory_bytes);
  ~PartMaker();

  /// Makes the part, unless it is there already, whole and of the same fingerprint.
  /// Errors: those of the data, RunError when it cannot be written.
  PartStatistics make(std::size_t part);
  /// Returns the pieces of giant groups that the wanted parts need, in passes: see Evaluator::giant_pieces.
  [[nodiscard]] std::vector<std::vector<features::GroupPiece>> giant_pieces(const std::vector<bool>& wanted) const;
  /// Returns about what values set aside for aggregations that need all at once take on the disk [bytes]; 0 where it is
  /// more than the plan allows: none are set aside then.
  [[nodiscard]] double kept_bytes(const std::vector<std::vector<features::GroupPiece>>& passes) const;
  /// Summarises a piece for the parts to find, unless that is done already. `with_values`: also for aggregations that
  /// need all values at once. Errors: those of the data, RunError when it cannot be written.
  void summarize(const features::GroupPiece& piece, bool with_values);
  /// Returns the files of the stage's summaries, which nobody needs once its parts are there.
  [[nodiscard]] std::vector<std::filesystem::path> summary_files() const;
  /// Returns about what making parts takes in memory at a time [bytes]: of some slices from all over the stage, the
  /// largest. Cost: finds the rows below them.
  [[nodiscard]] std::size_t working_bytes() const;
  /// Returns how many rows are evaluated at a time.
  [[nodiscard]] std::size_t rows_at_a_time() const;
  /// Evaluates some rows of the stage, up to rows_at_a_time(), and writes them as the one part of `scratch`: to know
  /// how long it takes.
  TriedRows try_rows(std::size_t first, std::size_t n, const PartFiles& scratch);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gridmill::jobs
