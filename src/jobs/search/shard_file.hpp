#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

#include "search/shard.hpp"

namespace gridmill::jobs {

/// What `shard.json` tells of a run directory that holds a shard of a search.
struct ShardFile {
  /// How a shard has ended.
  struct Done {
    std::size_t n_fits = 0;
    std::size_t n_failed = 0;
  };

  search::Shard shard;
  std::optional<Done> done;  // none: there is work left
};

/// Returns what the folder's shard.json tells; nothing where there is none: it holds a whole search.
/// Errors: UserError naming the file when it has changed since it was written.
std::optional<ShardFile> read_shard_file(const std::filesystem::path& folder);

/// Writes it, whole or not at all. Errors: RunError.
void write_shard_file(const std::filesystem::path& folder, const ShardFile& file);

}  // namespace gridmill::jobs
