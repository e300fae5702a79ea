#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/table.hpp"

namespace gridmill::io {

/// What the codes of a column stand for: labels, or (without labels) the n whole numbers from `first` on.
struct CodeMeaning {
  std::shared_ptr<const std::vector<std::string>> labels;
  std::int64_t first = 0;
  std::size_t n = 0;

  [[nodiscard]] std::size_t size() const { return labels ? labels->size() : n; }
  [[nodiscard]] std::vector<std::string> texts() const;
  friend bool operator==(const CodeMeaning& a, const CodeMeaning& b);
};

/// Returns the row of its type's array in which a column stands, and the number of such rows.
struct PartPlace {
  std::size_t row = 0;
  std::size_t n_rows = 0;
};
PartPlace part_place(std::span<const core::ColumnType> types, std::size_t column);
/// The same in /valid; for columns that have a mask.
PartPlace part_mask_place(std::span<const core::ColumnType> types, std::size_t column);
bool has_mask(core::ColumnType type);
std::size_t count_of(std::span<const core::ColumnType> types, core::ColumnType type);
/// Returns the number of columns that have a mask.
std::size_t n_masks(std::span<const core::ColumnType> types);
/// Returns the bytes of an entry on the disk, with its mask; of texts a guess.
std::size_t stored_width(core::ColumnType type);

}  // namespace gridmill::io
