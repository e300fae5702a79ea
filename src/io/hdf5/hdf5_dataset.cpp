#include "io/hdf5/hdf5.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <hdf5.h>

#include "core/error.hpp"
#include "io/hdf5/hdf5_calls.hpp"

namespace gridmill::io::hdf5 {

using namespace calls;

namespace {

/// Memory and file space of rows [first, first + n).
std::pair<Handle, Handle> select_rows(hid_t dataset, std::size_t first, std::size_t n) {
  Handle in_file(checked(H5Dget_space(dataset), "H5Dget_space"), &H5Sclose);
  Shape shape = shape_of(in_file.get());
  if (shape.empty()) {
    GRIDMILL_ASSERT(first == 0 && n == 1, "a scalar is one row");
    return {space_of(shape), std::move(in_file)};
  }
  GRIDMILL_ASSERT(first + n <= shape.front(), "rows lie within the dataset");
  Shape offset(shape.size(), 0);
  offset.front() = first;
  shape.front() = n;
  select(in_file, offset, shape);
  return {space_of(shape), std::move(in_file)};
}

/// Memory and file space of columns [first, first + n) of rows [row, row + n_rows).
std::pair<Handle, Handle> select_block(hid_t dataset, std::size_t row, std::size_t n_rows, std::size_t first,
                                       std::size_t n) {
  Handle in_file(checked(H5Dget_space(dataset), "H5Dget_space"), &H5Sclose);
  Shape shape = shape_of(in_file.get());
  GRIDMILL_ASSERT(shape.size() > 1 && row + n_rows <= shape[0] && first + n <= shape[1], "a block lies in the dataset");
  Shape offset(shape.size(), 0);
  offset[0] = row;
  offset[1] = first;
  shape[0] = n_rows;
  shape[1] = n;
  select(in_file, offset, shape);
  return {space_of(shape), std::move(in_file)};
}

/// Texts that the library has allocated.
void take_texts(std::span<char* const> pointers, std::span<std::string> texts) {
  for (std::size_t i = 0; i < pointers.size(); ++i) {
    texts[i] = pointers[i] == nullptr ? "" : pointers[i];
    H5free_memory(pointers[i]);
  }
}

}  // namespace

Shape Dataset::shape() const {
  const Handle space(checked(H5Dget_space(handle_.get()), "H5Dget_space"), &H5Sclose);
  return shape_of(space.get());
}

Element Dataset::element() const {
  const Handle type(checked(H5Dget_type(handle_.get()), "H5Dget_type"), &H5Tclose);
  return element_of(type.get());
}

std::optional<std::string> Dataset::unfit_for(Element wanted) const {
  const Handle type(checked(H5Dget_type(handle_.get()), "H5Dget_type"), &H5Tclose);
  if (element_of(type.get()) == wanted) return std::nullopt;
  std::string name = name_of(type.get());
  if (wanted == Element::float64) {
    const bool is_narrow = H5Tget_class(type.get()) == H5T_FLOAT && H5Tget_size(type.get()) <= sizeof(double);
    if (is_narrow || is_integer_up_to(type.get(), sizeof(std::int32_t))) return std::nullopt;
    return name;
  }
  const std::size_t width = wanted == Element::int64   ? sizeof(std::int64_t)
                            : wanted == Element::int32 ? sizeof(std::int32_t)
                                                       : 0;
  if (!is_integer_up_to(type.get(), width)) return name;
  const bool is_unsigned = H5Tget_sign(type.get()) == H5T_SGN_NONE;
  if (!is_unsigned || H5Tget_size(type.get()) < width || all_are_read(wanted)) return std::nullopt;
  return fmt::format("{} that reach beyond 2^{}", name, 8 * width - 1);
}

/// Says whether reading its entries as integers comes to an end; no row is kept.
bool Dataset::all_are_read(Element wanted) const {
  constexpr std::size_t kRowsAtOnce = 1024;
  check_size();
  const Shape extent = shape();
  const std::size_t n_rows = extent.empty() ? 1 : extent.front();
  std::size_t row = 1;
  for (std::size_t i = 1; i < extent.size(); ++i) row *= extent[i];
  std::vector<std::int64_t> entries(std::min(kRowsAtOnce, n_rows) * row);  // wide enough for narrower ones, too
  try {
    for (std::size_t first = 0; first < n_rows; first += kRowsAtOnce) {
      read(first, std::min(kRowsAtOnce, n_rows - first), wanted, entries.data());
    }
  } catch (const Error&) {
    return false;
  }
  return true;
}

std::optional<std::uint64_t> Dataset::file_offset() const {
  const haddr_t offset = H5Dget_offset(handle_.get());
  return offset == HADDR_UNDEF ? std::nullopt : std::optional<std::uint64_t>(offset);
}

std::size_t Dataset::entry_bytes() const {
  switch (element()) {
    case Element::float64:
    case Element::int64: return 8;
    case Element::int32: return 4;
    case Element::boolean: return 1;
    case Element::text:
    case Element::other: return 0;
  }
  return 0;
}

void Dataset::check_size() const {
  constexpr std::uint64_t kBestRatio = 1032;  // deflate shrinks no more
  constexpr std::uint64_t kReferenceBytes = 16;
  const Handle properties(checked(H5Dget_create_plist(handle_.get()), "H5Dget_create_plist"), &H5Pclose);
  if (H5Pget_layout(properties.get()) == H5D_VIRTUAL) return;  // its parts are checked
  const std::uint64_t bytes = element() == Element::text ? kReferenceBytes : std::max<std::size_t>(entry_bytes(), 1);
  std::uint64_t left = kBestRatio * H5Dget_storage_size(handle_.get()) / bytes;
  for (const std::size_t extent : shape()) {
    if (extent == 0) return;
    left /= extent;
  }
  if (left == 0) throw Error("a dataset claims more entries than its bytes can hold");
}

void Dataset::write(std::size_t first, std::size_t n, Element element, const void* values) const {
  if (n == 0) return;
  const auto [in_memory, in_file] = select_rows(handle_.get(), first, n);
  const Handle type = type_of(element);
  checked(H5Dwrite(handle_.get(), type.get(), in_memory.get(), in_file.get(), H5P_DEFAULT, values), "H5Dwrite");
}

void Dataset::read(std::size_t first, std::size_t n, Element element, void* values) const {
  if (n == 0) return;
  const auto [in_memory, in_file] = select_rows(handle_.get(), first, n);
  const Handle type = type_of(element);
  const Handle exact = exact_transfer();
  checked(H5Dread(handle_.get(), type.get(), in_memory.get(), in_file.get(), exact.get(), values), "H5Dread");
}

void Dataset::write_rows(std::size_t first, std::size_t n, std::span<const double> values) const {
  write(first, n, Element::float64, values.data());
}
void Dataset::write_rows(std::size_t first, std::size_t n, std::span<const std::int64_t> values) const {
  write(first, n, Element::int64, values.data());
}
void Dataset::write_rows(std::size_t first, std::size_t n, std::span<const std::int32_t> values) const {
  write(first, n, Element::int32, values.data());
}
void Dataset::write_rows(std::size_t first, std::size_t n, std::span<const std::uint8_t> values) const {
  write(first, n, Element::boolean, values.data());
}
void Dataset::write_rows(std::size_t first, std::size_t n, std::span<const std::string> values) const {
  std::vector<const char*> pointers(values.size());
  std::transform(values.begin(), values.end(), pointers.begin(), [](const std::string& text) { return text.c_str(); });
  write(first, n, Element::text, pointers.data());
}

void Dataset::read_rows(std::size_t first, std::size_t n, std::span<double> values) const {
  read(first, n, Element::float64, values.data());
}
void Dataset::read_rows(std::size_t first, std::size_t n, std::span<std::int64_t> values) const {
  read(first, n, Element::int64, values.data());
}
void Dataset::read_rows(std::size_t first, std::size_t n, std::span<std::int32_t> values) const {
  read(first, n, Element::int32, values.data());
}
void Dataset::read_rows(std::size_t first, std::size_t n, std::span<std::uint8_t> values) const {
  read(first, n, Element::boolean, values.data());
}
void Dataset::read_rows(std::size_t first, std::size_t n, std::span<std::string> values) const {
  // The library makes each text by itself first.
  constexpr std::size_t kRowsAtOnce = 4096;
  const std::size_t width = n == 0 ? 0 : values.size() / n;  // a row may have several
  for (std::size_t done = 0; done < n; done += kRowsAtOnce) {
    const std::size_t n_rows = std::min(kRowsAtOnce, n - done);
    std::vector<char*> pointers(n_rows * width, nullptr);
    read(first + done, n_rows, Element::text, pointers.data());
    take_texts(pointers, values.subspan(done * width, n_rows * width));
  }
}
std::vector<std::string> Dataset::read_texts(std::size_t row, std::size_t first, std::size_t n) const {
  std::vector<char*> pointers(n, nullptr);
  read_block(row, 1, first, n, pointers.data());
  std::vector<std::string> texts(n);
  take_texts(pointers, texts);
  return texts;
}

void Dataset::write_block(std::size_t row, std::size_t n_rows, std::size_t first, std::size_t n,
                          const void* values) const {
  if (n == 0 || n_rows == 0) return;
  const auto [in_memory, in_file] = select_block(handle_.get(), row, n_rows, first, n);
  const Handle type = type_of(element());
  checked(H5Dwrite(handle_.get(), type.get(), in_memory.get(), in_file.get(), H5P_DEFAULT, values), "H5Dwrite");
}

void Dataset::read_block(std::size_t row, std::size_t n_rows, std::size_t first, std::size_t n, void* values) const {
  if (n == 0 || n_rows == 0) return;
  const auto [in_memory, in_file] = select_block(handle_.get(), row, n_rows, first, n);
  const Handle type = type_of(element());
  checked(H5Dread(handle_.get(), type.get(), in_memory.get(), in_file.get(), H5P_DEFAULT, values), "H5Dread");
}

}  // namespace gridmill::io::hdf5
