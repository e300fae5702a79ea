#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/table.hpp"

namespace gridmill::core {

/// Distinct words, one after the other in memory that somebody else owns.
struct WordList {
  std::span<const std::uint64_t> start;  // size() + 1 places in `bytes`; empty: no word
  std::span<const char> bytes;           // UTF-8

  [[nodiscard]] std::size_t size() const { return start.empty() ? 0 : start.size() - 1; }
  [[nodiscard]] std::string_view operator[](std::size_t i) const {
    return {bytes.data() + start[i], static_cast<std::size_t>(start[i + 1] - start[i])};
  }
};

/// A column of words, one a row. A cheap value: the arrays belong to somebody else.
struct Words {
  std::string name;
  ColumnType type = ColumnType::categorical;  // as which it is read; text: sentences, not names of categories
  WordList list;                              // sorted: numbers by value, else by code point
  std::span<const std::int32_t> codes;        // n_rows: places in `list`; kMissingCode = missing
};

}  // namespace gridmill::core
