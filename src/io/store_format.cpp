#include "io/store_format.hpp"

#include "core/error.hpp"

namespace gridmill::io {

using core::ColumnType;

hdf5::Element element_of(ColumnType type) {
  switch (type) {
    case ColumnType::integer:
    case ColumnType::datetime: return hdf5::Element::int64;
    case ColumnType::real:
    case ColumnType::latlong: return hdf5::Element::float64;
    case ColumnType::boolean: return hdf5::Element::boolean;
    case ColumnType::categorical: return hdf5::Element::int32;
    case ColumnType::text:
    case ColumnType::key: return hdf5::Element::text;
  }
  GRIDMILL_ASSERT(false, "every column type has an element");
}

std::string link_name(const std::string& name) {
  if (name == "." || name == "..") return "_" + name;
  std::string link = name;
  for (std::size_t at = link.find('/'); at != std::string::npos; at = link.find('/', at)) link.replace(at, 1, "\u2215");
  return link;
}

}  // namespace gridmill::io
