#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/features_config.hpp"
#include "core/entity_set.hpp"
#include "jobs/features/parts/parted_matrix.hpp"
#include "jobs/features/plan/features_plan.hpp"
#include "jobs/run/observer.hpp"

namespace gridmill::jobs {

/// How many groups are too large for one task, and their pieces.
struct GiantCount {
  std::size_t n_groups = 0;
  std::size_t n_pieces = 0;
  double kept_bytes = 0;                      // about what values of them take on the disk at a time
  std::map<core::TableId, std::size_t> rows;  // in pieces, by the children's table, of each row once
};

/// A planned job and what it is given.
struct FeaturesSituation {
  const config::FeaturesJob& job;
  const FeaturesPlan& plan;
  const core::EntitySet& set;
  std::span<const PartFiles> stages;
  std::size_t n_ranks = 1;
  std::size_t n_ranks_on_node = 1;
  std::size_t memory_per_rank = 0;   // [bytes]
  std::size_t resident = 0;          // what a rank takes before it evaluates anything [bytes]
  std::vector<std::size_t> working;  // what making parts takes at a time, by stage [bytes]
  std::size_t labels = 0;            // label_bytes
  GiantCount giants;
  std::size_t n_encoded = 0;  // columns of 0 and 1 that categories become, as far as is known before
};

/// Returns the memory that this process has now [bytes]; 0 where /proc does not tell.
std::size_t resident_bytes();

/// Returns what the labels of all categories take that features are made of, each once [bytes]. Reads them.
std::size_t label_bytes(const FeaturesPlan& plan, const core::EntityData& data);

/// Returns what `--dry-run` and the start of a run say: rows, cutoff, features of each kind, bytes, passes, memory.
std::vector<Fact> features_facts(const FeaturesSituation& of);

/// Returns what to say when a rank may need more memory than memory_limit leaves it; nothing if not.
std::optional<std::string> memory_warning(const FeaturesSituation& of);

/// Returns the bytes that parts take on the disk; texts by a guess.
std::size_t stored_bytes(const PartFiles& files);

/// Throws a RunError if so many bytes do not fit into `available` ones in the folder.
void check_free_space(std::uintmax_t needed, std::uintmax_t available, const std::filesystem::path& folder);

}  // namespace gridmill::jobs
