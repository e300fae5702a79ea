#include "io/store/part_layout.hpp"

#include <algorithm>

namespace gridmill::io {

using core::ColumnType;

std::size_t count_of(std::span<const ColumnType> types, ColumnType type) {
  return static_cast<std::size_t>(std::count(types.begin(), types.end(), type));
}

std::size_t n_masks(std::span<const ColumnType> types) {
  return static_cast<std::size_t>(std::count_if(types.begin(), types.end(), has_mask));
}

std::vector<std::string> CodeMeaning::texts() const {
  if (labels) return *labels;
  std::vector<std::string> all(n);
  for (std::size_t i = 0; i < n; ++i) all[i] = std::to_string(first + static_cast<std::int64_t>(i));
  return all;
}

bool operator==(const CodeMeaning& a, const CodeMeaning& b) {
  if ((a.labels == nullptr) != (b.labels == nullptr)) return false;
  if (a.labels == nullptr) return a.first == b.first && a.n == b.n;
  return a.labels == b.labels || *a.labels == *b.labels;
}

bool has_mask(ColumnType type) {
  return type == ColumnType::integer || type == ColumnType::boolean || type == ColumnType::text;
}

std::size_t stored_width(ColumnType type) {
  switch (type) {
    case ColumnType::boolean: return 2;
    case ColumnType::categorical: return 4;
    case ColumnType::integer: return 9;
    case ColumnType::latlong: return 16;
    case ColumnType::text: return 32;  // their lengths are not known before
    default: return 8;
  }
}

PartPlace part_place(std::span<const ColumnType> types, std::size_t column) {
  return {.row = count_of(types.first(column), types[column]), .n_rows = count_of(types, types[column])};
}

PartPlace part_mask_place(std::span<const ColumnType> types, std::size_t column) {
  return {.row = n_masks(types.first(column)), .n_rows = n_masks(types)};
}

}  // namespace gridmill::io
