#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/numbers.hpp"
#include "core/table.hpp"

namespace gridmill::io {

/// Entries of one column of a matrix, as they are computed: numbers, NaN = missing, those of type `integer` exact
/// beyond 2^53, too; booleans 0, 1, 2 = missing; codes, -1 = missing; times, the least int64 = missing; texts; places.
using CellValues =
    std::variant<core::Numbers, std::vector<std::uint8_t>, std::vector<std::int32_t>, std::vector<std::int64_t>,
                 std::vector<std::optional<std::string>>, std::vector<std::array<double, 2>>>;

/// Entries of a column as they stand in a part, which is how a store has them, and which of them are there.
struct StoredCells {
  std::vector<std::byte> bytes;  // all but texts
  std::vector<std::string> texts;
  std::vector<std::uint8_t> valid;  // columns with a mask
};

/// Returns entries of a column of that type as they are stored; numbers of type `integer` that are not finite are
/// missing.
StoredCells stored_as(core::ColumnType type, const CellValues& values);

/// Returns what `stored_as` was given.
CellValues values_of(core::ColumnType type, const StoredCells& stored);

}  // namespace gridmill::io
