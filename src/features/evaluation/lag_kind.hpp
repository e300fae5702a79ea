#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "features/definitions/feature.hpp"

namespace gridmill::features {

/// Which row before a row is meant: so many before it, or the last one whose time is exactly so long before.
struct LagKind {
  std::int64_t rows = 0;
  std::optional<Window> time;  // instead of `rows`
  std::string group_by;        // column whose value is the same in both; empty: any row of the table

  friend bool operator==(const LagKind&, const LagKind&) = default;
};

}  // namespace gridmill::features
