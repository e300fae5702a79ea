#include "io/hdf5/hdf5_walk.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <optional>
#include <span>
#include <string>

namespace gridmill::io::hdf5 {
namespace {

constexpr std::size_t kDeepestGroup = 32;
constexpr std::size_t kRowsAtOnce = 1024;

/// Calls `visit` for each dataset below a group; reads all attributes of groups.
void walk(const Group& group, std::size_t depth, const std::function<void(const Dataset&)>& visit) {
  if (depth == kDeepestGroup) throw Error("groups lie in each other without end");
  (void)group.attributes();
  for (const std::string& name : group.names()) {
    if (group.is_group(name)) {
      walk(group.group(name), depth + 1, visit);
    } else {
      visit(group.dataset(name));
    }
  }
}

bool is_plain(const Dataset& dataset) { return dataset.entry_bytes() > 0 && dataset.file_offset(); }

std::size_t n_entries(const Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

template <class Entry>
void read_rows(const Dataset& dataset, const Shape& shape) {
  const std::size_t n_rows = shape.empty() ? 1 : shape.front();
  const std::size_t row = n_rows == 0 ? 0 : n_entries(shape) / n_rows;
  for (std::size_t first = 0; first < n_rows; first += kRowsAtOnce) {
    std::vector<Entry> entries(row * std::min(kRowsAtOnce, n_rows - first));
    dataset.read_rows(first, std::min(kRowsAtOnce, n_rows - first), std::span<Entry>(entries));
  }
}

void read(const Dataset& dataset) {
  (void)dataset.attributes();
  dataset.check_size();
  const Shape shape = dataset.shape();
  if (is_plain(dataset)) return;
  switch (dataset.element()) {
    case Element::float64: read_rows<double>(dataset, shape); break;
    case Element::int64: read_rows<std::int64_t>(dataset, shape); break;
    case Element::int32: read_rows<std::int32_t>(dataset, shape); break;
    case Element::boolean: read_rows<std::uint8_t>(dataset, shape); break;
    case Element::text: read_rows<std::string>(dataset, shape); break;
    case Element::other:  // narrower numbers are read as these
      if (!dataset.unfit_for(Element::int64)) return read_rows<std::int64_t>(dataset, shape);
      if (!dataset.unfit_for(Element::float64)) return read_rows<double>(dataset, shape);
      break;  // which we do not read either
  }
}

}  // namespace

std::vector<FilePiece> plain_pieces(const Group& root) {
  std::vector<FilePiece> pieces;
  walk(root, 0, [&](const Dataset& dataset) {
    if (!is_plain(dataset)) return;
    pieces.push_back({.offset = *dataset.file_offset(), .n_bytes = dataset.entry_bytes() * n_entries(dataset.shape())});
  });
  return pieces;
}

void read_everything(const Group& root) { walk(root, 0, &read); }

}  // namespace gridmill::io::hdf5
