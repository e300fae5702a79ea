#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "search/fit_record.hpp"

namespace gridmill::search {

/// Returns the records as bytes, for other ranks of the job and for the journal; every bit of every number is kept.
///
/// Portable between machines with the same byte order and word size (all our targets), and between builds of one
/// format version.
std::string encode(std::span<const FitRecord> records);

/// Returns the records that `encode` wrote.
/// Errors: RunError if the bytes are not such, are cut short, or are of another format version.
std::vector<FitRecord> decode(std::string_view bytes);

/// Says whether `bytes` begin as those that `encode` of this version writes.
bool has_known_format(std::string_view bytes);

}  // namespace gridmill::search
