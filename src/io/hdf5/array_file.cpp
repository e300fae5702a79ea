#include "io/hdf5/array_file.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/files/atomic_file.hpp"
#include "io/files/trailing_checksum.hpp"
#include "io/hdf5/hdf5.hpp"

namespace gridmill::io {
namespace {

std::size_t n_entries(const std::vector<std::size_t>& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

std::size_t n_rows(const std::vector<std::size_t>& shape) { return shape.empty() ? 1 : shape.front(); }

hdf5::Element array_element_of(const Array::Values& values) {
  constexpr hdf5::Element kElements[] = {hdf5::Element::float64, hdf5::Element::int64, hdf5::Element::int32,
                                         hdf5::Element::boolean, hdf5::Element::text};
  return kElements[values.index()];
}

std::optional<Array::Values> values_of(hdf5::Element element, std::size_t n) {
  switch (element) {
    case hdf5::Element::float64: return std::vector<double>(n);
    case hdf5::Element::int64: return std::vector<std::int64_t>(n);
    case hdf5::Element::int32: return std::vector<std::int32_t>(n);
    case hdf5::Element::boolean: return std::vector<std::uint8_t>(n);
    case hdf5::Element::text: return std::vector<std::string>(n);
    case hdf5::Element::other: break;
  }
  return {};
}

/// Opens the groups along a path, making those that are not there.
hdf5::Group make_groups(hdf5::Group group, std::string_view path) {
  while (!path.empty()) {
    const std::string name(path.substr(0, path.find('/')));
    path.remove_prefix(std::min(name.size() + 1, path.size()));
    group = group.has(name) ? group.group(name) : group.create_group(name);
  }
  return group;
}

void write_array(const hdf5::Group& root, const std::string& path, const Array& array) {
  std::visit(
      [&](const auto& values) {
        GRIDMILL_ASSERT(values.size() == n_entries(array.shape), "an array has as many values as its shape says");
      },
      array.values);
  const std::size_t cut = path.rfind('/');
  const bool in_root = cut == std::string::npos;
  const hdf5::Group group = make_groups(root.group("."), in_root ? "" : std::string_view(path).substr(0, cut));
  const hdf5::Dataset dataset =
      group.create_dataset(in_root ? path : path.substr(cut + 1), array_element_of(array.values), array.shape);
  std::visit([&](const auto& values) { dataset.write_rows(0, n_rows(array.shape), std::span(values)); }, array.values);
  for (const auto& [name, value] : array.attributes) dataset.set_attribute(name, value);
}

Array read_array(const hdf5::Dataset& dataset, const std::string& path) {
  dataset.check_size();
  Array array{.shape = dataset.shape(), .values = {}, .attributes = dataset.attributes()};
  std::optional<Array::Values> values = values_of(dataset.element(), n_entries(array.shape));
  if (!values) throw hdf5::Error(fmt::format("{} holds another kind of data", path));
  array.values = *std::move(values);
  std::visit([&](auto& entries) { dataset.read_rows(0, n_rows(array.shape), std::span(entries)); }, array.values);
  return array;
}

void read_group(const hdf5::Group& group, const std::string& path, std::string_view without, ArrayFile& contents) {
  if (hdf5::Attributes attributes = group.attributes(); !attributes.empty()) {
    contents.groups.emplace(path, std::move(attributes));
  }
  for (const std::string& name : group.names()) {
    const std::string member = path.empty() ? name : path + "/" + name;
    if (member == without) continue;
    if (group.is_group(name)) {
      read_group(group.group(name), member, without, contents);
    } else {
      contents.arrays.emplace_back(member, read_array(group.dataset(name), member));
    }
  }
}

}  // namespace

const Array* ArrayFile::find(std::string_view path) const {
  const auto found = std::find_if(arrays.begin(), arrays.end(), [&](const auto& entry) { return entry.first == path; });
  return found == arrays.end() ? nullptr : &found->second;
}

void write_array_file(const std::filesystem::path& path, const ArrayFile& contents) {
  std::string image;
  try {
    // In memory first: the library does not recover from a disk that fills up, and AtomicFile reports it.
    hdf5::File file = hdf5::File::create_in_memory();
    const hdf5::Group root = file.root();
    for (const auto& [name, array] : contents.arrays) write_array(root, name, array);
    for (const auto& [name, attributes] : contents.groups) {
      const hdf5::Group group = make_groups(root.group("."), name);
      for (const auto& [key, value] : attributes) group.set_attribute(key, value);
    }
    image = file.image();
  } catch (const hdf5::Error& error) {
    throw core::RunError(fmt::format("cannot write {}: {}", path.string(), error.what()));
  }
  image += checksum_trailer(image);
  write_file(path, image);
}

namespace {

/// What `read` takes from the root of a file that is known to be whole, as far as it can be known.
template <class Read>
auto read_whole(const std::filesystem::path& path, Read read) {
  if (compare_checksum(path) == TrailingChecksum::wrong) {
    throw core::UserError(core::Problem{{path.string()}, "is damaged: it has changed since it was written", {}});
  }
  try {
    return read(hdf5::File::open(path).root());
  } catch (const hdf5::Error& error) {
    throw core::UserError(
        core::Problem{{path.string()}, fmt::format("is not a whole HDF5 file of arrays: {}", error.what()), {}});
  }
}

}  // namespace

ArrayAttributes read_root_attributes(const std::filesystem::path& path) {
  return read_whole(path, [](const hdf5::Group& root) { return root.attributes(); });
}

ArrayFile read_array_file(const std::filesystem::path& path, std::string_view without) {
  return read_whole(path, [&](const hdf5::Group& root) {
    ArrayFile contents;
    read_group(root, "", without, contents);
    return contents;
  });
}

}  // namespace gridmill::io
