#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace gridmill::io {

using ArrayAttributes = std::map<std::string, std::variant<std::int64_t, double, std::string>>;

/// An n-dimensional array in C order; a shape without dimensions is a single value.
struct Array {
  /// uint8 holds booleans, 0 or 1.
  using Values = std::variant<std::vector<double>, std::vector<std::int64_t>, std::vector<std::int32_t>,
                              std::vector<std::uint8_t>, std::vector<std::string>>;
  std::vector<std::size_t> shape;
  Values values;  // as many as the product of the shape
  ArrayAttributes attributes;

  friend bool operator==(const Array&, const Array&) = default;
};

/// Returns a list of values as an array of one dimension.
template <class Entry>
Array list_array(std::vector<Entry> values) {
  const std::size_t n = values.size();
  return {.shape = {n}, .values = std::move(values), .attributes = {}};
}

/// Arrays in groups: what results.h5 holds. A path is "group/subgroup/name", without a slash in front.
struct ArrayFile {
  std::vector<std::pair<std::string, Array>> arrays;  // by path, each once, in the order in which readers list them
  std::map<std::string, ArrayAttributes> groups;      // attributes of groups by path; "" is the root

  /// Returns the array at `path`, or null.
  [[nodiscard]] const Array* find(std::string_view path) const;
};

/// Writes an HDF5 file that appears whole or not at all; equal contents are equal bytes. Text has no NUL in it.
/// Memory: the file once more. Errors: RunError naming the file.
void write_array_file(const std::filesystem::path& path, const ArrayFile& contents);

/// Returns the attributes of its root. Errors: as `read_array_file`.
ArrayAttributes read_root_attributes(const std::filesystem::path& path);

/// Reads it back. Errors: UserError naming the file when it is missing, not HDF5, damaged, or holds other kinds of
/// data. `without`: the path of a group that is passed over, as it may be large; empty: none.
ArrayFile read_array_file(const std::filesystem::path& path, std::string_view without = {});

}  // namespace gridmill::io
