#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace gridmill::features::transforms {

/// Reads a length of time as pandas writes fixed ones: "6h", "2D", "90min", "1H30min", "h" [ns]. Units: D, H or h, T or
/// min, S or s, L or ms, U or us, N or ns, and W or w (7 days). Returns nothing for other text, and for 0 or less.
std::optional<std::int64_t> read_time_offset(std::string_view text);

}  // namespace gridmill::features::transforms
