#pragma once

#include <string>

#include "search/shard.hpp"

namespace gridmill::cli {

/// Reads "3/8", the word of --shard. Errors: UserError if it is no shard, or one of too many.
search::Shard shard_in(const std::string& word);

}  // namespace gridmill::cli
