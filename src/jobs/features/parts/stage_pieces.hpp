#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "features/evaluation/evaluation.hpp"
#include "io/files/piece_file.hpp"

namespace gridmill::jobs {

/// Summaries of the pieces of giant groups that one stage needs, a file a piece beside the parts of the stage. They
/// are made before the parts, each a task, and go when the parts are there. Not for several threads.
class StagePieces final : public features::KnownSummaries {
 public:
  /// `fingerprint`: of all that values depend on.
  StagePieces(std::filesystem::path folder, std::size_t stage, std::uint64_t fingerprint)
      : folder_(std::move(folder)), stage_(stage), fingerprint_(fingerprint) {}

  /// Says which aggregations a piece of a relationship is summarised for.
  void set_aggregations(core::RelationshipId relationship, std::vector<features::SplitAggregation> aggregations);
  [[nodiscard]] const std::vector<features::SplitAggregation>& aggregations(core::RelationshipId relationship) const;

  /// Says whether the file is there, whole.
  [[nodiscard]] bool has(const features::GroupPiece& piece) const;
  /// Writes the file: a summary an aggregation, empty where none was made. Errors: RunError naming it.
  void write(const features::GroupPiece& piece, const std::vector<features::Bytes>& summaries) const;
  /// Returns what the file holds, if it is there, not damaged and not empty.
  [[nodiscard]] std::optional<features::KeptBytes> find(const features::GroupPiece& piece,
                                                        const features::SplitAggregation& aggregation) const override;

  /// Returns the files that are there, of earlier runs, too.
  [[nodiscard]] std::vector<std::filesystem::path> files() const;

 private:
  [[nodiscard]] std::string prefix() const;
  [[nodiscard]] std::filesystem::path file(std::uint64_t id) const;
  [[nodiscard]] std::uint64_t id_of(const features::GroupPiece& piece) const;
  [[nodiscard]] std::optional<io::PieceFile> open(const features::GroupPiece& piece) const;

  std::filesystem::path folder_;
  std::size_t stage_;
  std::uint64_t fingerprint_;
  std::map<core::RelationshipId, std::vector<features::SplitAggregation>> aggregations_;
  std::map<features::SplitAggregation, std::size_t> places_;
  mutable std::map<std::uint64_t, std::optional<io::PieceFile>> open_;  // by piece; nothing: not there
};

}  // namespace gridmill::jobs
