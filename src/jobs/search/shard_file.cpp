#include "jobs/search/shard_file.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "io/files/atomic_file.hpp"
#include "io/files/json.hpp"
#include "jobs/run/changed_files.hpp"
#include "jobs/run/own_files.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

namespace {

std::optional<std::size_t> count_in(const core::Value& root, std::string_view name) {
  if (!root.is_mapping()) return std::nullopt;
  for (const auto& [key, value] : root.mapping()) {
    if (key == name && value.is_integer() && value.integer() >= 0) return static_cast<std::size_t>(value.integer());
  }
  return std::nullopt;
}

}  // namespace

std::optional<ShardFile> read_shard_file(const fs::path& folder) {
  const fs::path path = folder / kShard;
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return std::nullopt;
  const core::Value root = read_unchanged_json(path);
  const auto number = count_in(root, "shard");
  const auto n_shards = count_in(root, "shards");
  if (!number || !n_shards || *number == 0 || *number > *n_shards) {
    refuse_changed(path, "--overwrite starts the shard anew");
  }
  ShardFile file{.shard = {.number = *number, .n_shards = *n_shards}, .done = std::nullopt};
  if (const auto n_fits = count_in(root, "n_fits")) {
    file.done = {.n_fits = *n_fits, .n_failed = count_in(root, "n_failed").value_or(0)};
  }
  return file;
}

void write_shard_file(const fs::path& folder, const ShardFile& file) {
  const auto count = [](std::size_t n) { return core::Value(static_cast<std::int64_t>(n)); };
  core::ValueMapping mapping{
      {"format_version", 1}, {"shard", count(file.shard.number)}, {"shards", count(file.shard.n_shards)}};
  if (file.done) {
    mapping.emplace_back("n_fits", count(file.done->n_fits));
    mapping.emplace_back("n_failed", count(file.done->n_failed));
  }
  io::write_file(folder / kShard, io::to_sealed_json(mapping));
}

}  // namespace gridmill::jobs
