#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

#include "core/error.hpp"

/// Plain values as bytes, for the same program to read back: each call takes what one call has appended.
namespace gridmill::features {

template <class T>
void append_value(const T& value, std::vector<std::byte>& bytes) {
  static_assert(std::is_trivially_copyable_v<T>);
  const auto raw = std::as_bytes(std::span(&value, 1));
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

template <class T>
void append_list(const std::vector<T>& values, std::vector<std::byte>& bytes) {
  static_assert(std::is_trivially_copyable_v<T>);
  append_value(values.size(), bytes);
  const auto raw = std::as_bytes(std::span(values));
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

template <class T>
T take_value(std::span<const std::byte>& bytes) {
  GRIDMILL_ASSERT(bytes.size() >= sizeof(T), "what was written is whole");
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  bytes = bytes.subspan(sizeof(T));
  return value;
}

template <class T>
std::vector<T> take_list(std::span<const std::byte>& bytes) {
  const auto n = take_value<std::size_t>(bytes);
  GRIDMILL_ASSERT(bytes.size() / sizeof(T) >= n, "what was written is whole");
  std::vector<T> values(n);
  if (n > 0) std::memcpy(static_cast<void*>(values.data()), bytes.data(), n * sizeof(T));
  bytes = bytes.subspan(n * sizeof(T));
  return values;
}

}  // namespace gridmill::features
