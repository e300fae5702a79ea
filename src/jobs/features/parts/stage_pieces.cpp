#include "jobs/features/parts/stage_pieces.hpp"

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "features/evaluation/group_summary.hpp"
#include "io/files/checksum.hpp"

namespace gridmill::jobs {

std::string StagePieces::prefix() const { return fmt::format("pieces-{}-", stage_); }

void StagePieces::set_aggregations(core::RelationshipId relationship,
                                   std::vector<features::SplitAggregation> aggregations) {
  for (std::size_t i = 0; i < aggregations.size(); ++i) places_.emplace(aggregations[i], i);
  aggregations_[relationship] = std::move(aggregations);
}

const std::vector<features::SplitAggregation>& StagePieces::aggregations(core::RelationshipId relationship) const {
  return aggregations_.at(relationship);
}

std::uint64_t StagePieces::id_of(const features::GroupPiece& piece) const {
  return io::checksum(fmt::format("{:016x} {} {} {} {} {} {}", fingerprint_, stage_, piece.relationship, piece.row,
                                  piece.cutoff, piece.piece, piece.n_pieces));
}

std::filesystem::path StagePieces::file(std::uint64_t id) const {
  return folder_ / fmt::format("{}{:016x}", prefix(), id);
}

std::optional<io::PieceFile> StagePieces::open(const features::GroupPiece& piece) const {
  const auto known = aggregations_.find(piece.relationship);
  if (known == aggregations_.end()) return {};
  const std::uint64_t id = id_of(piece);
  return io::PieceFile::open(file(id), id, known->second.size());
}

bool StagePieces::has(const features::GroupPiece& piece) const {
  const auto opened = open(piece);
  return opened && opened->is_whole();
}

void StagePieces::write(const features::GroupPiece& piece, const std::vector<features::Bytes>& summaries) const {
  const std::uint64_t id = id_of(piece);
  io::PieceFile::write(file(id), id, summaries);
}

std::optional<features::KeptBytes> StagePieces::find(const features::GroupPiece& piece,
                                                     const features::SplitAggregation& aggregation) const {
  const auto place = places_.find(aggregation);
  if (place == places_.end()) return {};
  const auto [at, is_new] = open_.try_emplace(id_of(piece));
  if (is_new) at->second = open(piece);
  if (!at->second) return {};
  if (features::is_made_of_sorted(*aggregation.feature)) {
    const auto mapped = at->second->map(place->second);
    if (!mapped || mapped->bytes.empty()) return {};
    return features::KeptBytes{.bytes = mapped->bytes, .owner = mapped->mapping};
  }
  auto summary = at->second->read(place->second);
  if (!summary || summary->empty()) return {};
  return features::KeptBytes::of(*std::move(summary));
}

std::vector<std::filesystem::path> StagePieces::files() const {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  std::filesystem::directory_iterator at(folder_, error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    if (at->path().filename().string().starts_with(prefix())) files.push_back(at->path());
  }
  return files;
}

}  // namespace gridmill::jobs
