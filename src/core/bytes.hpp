#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/error.hpp"

/// Plain values as bytes, for the same program on the same kind of machine to read back: each call takes what one call
/// has appended, from the front of what is left. What is taken beyond the end is our own bug: InternalError.
namespace gridmill::core {

using Bytes = std::vector<std::byte>;

/// Returns values as they stand in memory, to be hashed or written. Valid as long as they are.
template <class List>
std::string_view text_of(const List& values) {
  const std::span view(values);
  static_assert(std::is_trivially_copyable_v<typename decltype(view)::value_type>);
  return {reinterpret_cast<const char*>(view.data()), view.size_bytes()};
}

template <class T>
void append_value(const T& value, Bytes& bytes) {
  static_assert(std::is_trivially_copyable_v<T>);
  const auto raw = std::as_bytes(std::span(&value, 1));
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

template <class T>
void append_value(const T& value, std::string& bytes) {
  bytes += text_of(std::span(&value, 1));
}

/// Vectors, texts and spans of plain values: how many there are, then all of them.
template <class List>
void append_list(const List& values, Bytes& bytes) {
  const auto raw = std::as_bytes(std::span(values));
  append_value(values.size(), bytes);
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

template <class T>
T take_value(std::span<const std::byte>& bytes) {
  static_assert(std::is_trivially_copyable_v<T>);
  GRIDMILL_ASSERT(bytes.size() >= sizeof(T), "what was written is whole");
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  bytes = bytes.subspan(sizeof(T));
  return value;
}

template <class T>
std::vector<T> take_list(std::span<const std::byte>& bytes) {
  static_assert(std::is_trivially_copyable_v<T>);
  const auto n = take_value<std::size_t>(bytes);
  GRIDMILL_ASSERT(bytes.size() / sizeof(T) >= n, "what was written is whole");
  std::vector<T> values(n);
  if (n > 0) std::memcpy(static_cast<void*>(values.data()), bytes.data(), n * sizeof(T));
  bytes = bytes.subspan(n * sizeof(T));
  return values;
}

/// Takes a list of bytes without copying it; valid as long as what it is taken from.
inline std::span<const std::byte> take_bytes(std::span<const std::byte>& bytes) {
  const auto n = take_value<std::size_t>(bytes);
  GRIDMILL_ASSERT(bytes.size() >= n, "what was written is whole");
  const auto taken = bytes.first(n);
  bytes = bytes.subspan(n);
  return taken;
}

inline std::string take_text(std::span<const std::byte>& bytes) { return std::string(text_of(take_bytes(bytes))); }

/// Returns the value that stands `offset` bytes behind the beginning; there must be as many.
template <class T>
T value_at(std::string_view bytes, std::size_t offset) {
  static_assert(std::is_trivially_copyable_v<T>);
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

}  // namespace gridmill::core
