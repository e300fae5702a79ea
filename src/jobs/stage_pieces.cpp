#include "jobs/stage_pieces.hpp"

#include <utility>

#include <fmt/format.h>

#include "io/checksum.hpp"

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

std::optional<features::Bytes> StagePieces::find(const features::GroupPiece& piece,
                                                 const features::SplitAggregation& aggregation) const {
  const auto place = places_.find(aggregation);
  if (place == places_.end()) return {};
  const auto [at, is_new] = open_.try_emplace(id_of(piece));
  if (is_new) at->second = open(piece);
  if (!at->second) return {};
  std::optional<features::Bytes> summary = at->second->read(place->second);
  return summary && !summary->empty() ? summary : std::nullopt;
}

void StagePieces::remove() const {
  if (folder_.empty()) return;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    if (entry.path().filename().string().starts_with(prefix())) files.push_back(entry.path());
  }
  for (const std::filesystem::path& each : files) std::filesystem::remove(each);
}

}  // namespace gridmill::jobs
