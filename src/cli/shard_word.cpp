#include "cli/shard_word.hpp"

#include <charconv>
#include <cstddef>
#include <system_error>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::cli {

search::Shard shard_in(const std::string& word) {
  constexpr std::size_t kMost = 100'000;
  search::Shard shard{.number = 0, .n_shards = 0};
  const char* end = word.data() + word.size();
  const auto number = std::from_chars(word.data(), end, shard.number);
  const bool has_slash = number.ec == std::errc() && number.ptr != end && *number.ptr == '/';
  const auto n_shards = has_slash ? std::from_chars(number.ptr + 1, end, shard.n_shards) : number;
  const bool is_whole = has_slash && n_shards.ec == std::errc() && n_shards.ptr == end;
  if (is_whole && 1 <= shard.number && shard.number <= shard.n_shards && shard.n_shards <= kMost) return shard;
  throw core::UserError(
      fmt::format("gridmill search: --shard {}: must be N/M, the N-th of M shards, with 1 <= N <= M <= {}", word,
                  kMost),
      "--shard 3/8 is the third of eight");
}

}  // namespace gridmill::cli
