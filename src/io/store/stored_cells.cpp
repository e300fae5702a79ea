#include "io/store/stored_cells.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace gridmill::io {
namespace {

using core::ColumnType;

constexpr std::uint8_t kMissingBoolean = 2;

template <class Entry>
void append(std::vector<std::byte>& bytes, const std::vector<Entry>& entries) {
  const auto raw = std::as_bytes(std::span(entries));
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

void store_integers(const core::Numbers& numbers, StoredCells& stored) {
  std::vector<std::int64_t> integers(numbers.size());
  stored.valid.resize(numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const bool is_number = std::isfinite(numbers[i]);
    stored.valid[i] = is_number ? 1 : 0;
    integers[i] = is_number ? numbers.integer(i) : 0;
  }
  append(stored.bytes, integers);
}

void store_booleans(const std::vector<std::uint8_t>& booleans, StoredCells& stored) {
  std::vector<std::uint8_t> values(booleans.size());
  stored.valid.resize(booleans.size());
  for (std::size_t i = 0; i < booleans.size(); ++i) {
    values[i] = booleans[i] == 1 ? 1 : 0;
    stored.valid[i] = booleans[i] == kMissingBoolean ? 0 : 1;
  }
  append(stored.bytes, values);
}

template <class Entry>
std::vector<Entry> entries_of(const std::vector<std::byte>& bytes) {
  std::vector<Entry> entries(bytes.size() / sizeof(Entry));
  std::copy(bytes.begin(), bytes.end(), std::as_writable_bytes(std::span(entries)).begin());
  return entries;
}

}  // namespace

StoredCells stored_as(ColumnType type, const CellValues& values) {
  StoredCells stored;
  if (type == ColumnType::integer) {
    store_integers(std::get<core::Numbers>(values), stored);
  } else if (type == ColumnType::boolean) {
    store_booleans(std::get<std::vector<std::uint8_t>>(values), stored);
  } else if (type == ColumnType::text) {
    for (const auto& text : std::get<std::vector<std::optional<std::string>>>(values)) {
      stored.texts.push_back(text.value_or(""));
      stored.valid.push_back(text ? 1 : 0);
    }
  } else if (type == ColumnType::real) {
    append<double>(stored.bytes, std::get<core::Numbers>(values));
  } else if (type == ColumnType::categorical) {
    append(stored.bytes, std::get<std::vector<std::int32_t>>(values));
  } else if (type == ColumnType::datetime) {
    append(stored.bytes, std::get<std::vector<std::int64_t>>(values));
  } else {
    append(stored.bytes, std::get<std::vector<std::array<double, 2>>>(values));
  }
  return stored;
}

CellValues values_of(ColumnType type, const StoredCells& stored) {
  switch (type) {
    case ColumnType::real: return core::Numbers(entries_of<double>(stored.bytes));
    case ColumnType::categorical: return entries_of<std::int32_t>(stored.bytes);
    case ColumnType::datetime: return entries_of<std::int64_t>(stored.bytes);
    case ColumnType::latlong: return entries_of<std::array<double, 2>>(stored.bytes);
    case ColumnType::boolean: {
      auto booleans = entries_of<std::uint8_t>(stored.bytes);
      for (std::size_t i = 0; i < booleans.size(); ++i)
        booleans[i] = stored.valid[i] != 0 ? booleans[i] : kMissingBoolean;
      return booleans;
    }
    case ColumnType::integer: {
      return core::Numbers::of(entries_of<std::int64_t>(stored.bytes), stored.valid);
    }
    default: {
      std::vector<std::optional<std::string>> texts(stored.texts.size());
      for (std::size_t i = 0; i < texts.size(); ++i) {
        if (stored.valid[i] != 0) texts[i] = stored.texts[i];
      }
      return texts;
    }
  }
}

}  // namespace gridmill::io
