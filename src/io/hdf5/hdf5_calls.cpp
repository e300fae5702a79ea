#include "io/hdf5/hdf5_calls.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::io::hdf5::calls {
namespace {

static_assert(std::is_same_v<Id, hid_t>, "handles are HDF5 1.10's 64-bit ones");

/// Keeps the innermost description of the error stack: the library's outer ones only repeat the name of the call.
herr_t keep_reason(unsigned /*depth*/, const H5E_error2_t* entry, void* reason) {
  if (entry->desc != nullptr) *static_cast<std::string*>(reason) = entry->desc;
  return 0;
}

}  // namespace

void fail(std::string_view call) {
  std::string reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, nullptr, nullptr);
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, &keep_reason, &reason);
  // "file write failed: time = ..., errno = 28, error message = 'No space left on device', buf = 0x..."
  constexpr std::string_view kSystemMessage = "error message = '";
  if (const std::size_t at = reason.find(kSystemMessage); at != std::string::npos) {
    reason.erase(0, at + kSystemMessage.size());
    reason.erase(std::min(reason.find('\''), reason.size()));
  }
  throw Error(reason.empty() ? fmt::format("{} failed", call) : reason);
}

Library& library() {
  static Library instance;
  return instance;
}

void prepare_library() {
  library();
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Handle property_list(hid_t kind) { return {checked(H5Pcreate(kind), "H5Pcreate"), &H5Pclose}; }

Handle copy_of(hid_t type) { return {checked(H5Tcopy(type), "H5Tcopy"), &H5Tclose}; }

Handle text_type() {
  Handle type = copy_of(H5T_C_S1);
  checked(H5Tset_size(type.get(), H5T_VARIABLE), "H5Tset_size");
  checked(H5Tset_cset(type.get(), H5T_CSET_UTF8), "H5Tset_cset");
  return type;
}

Handle boolean_type() {
  Handle type(checked(H5Tenum_create(H5T_STD_I8LE), "H5Tenum_create"), &H5Tclose);
  const std::int8_t no = 0;
  const std::int8_t yes = 1;
  checked(H5Tenum_insert(type.get(), "FALSE", &no), "H5Tenum_insert");
  checked(H5Tenum_insert(type.get(), "TRUE", &yes), "H5Tenum_insert");
  return type;
}

Handle type_of(Element element) {
  switch (element) {
    case Element::float64: return copy_of(H5T_IEEE_F64LE);
    case Element::int64: return copy_of(H5T_STD_I64LE);
    case Element::int32: return copy_of(H5T_STD_I32LE);
    case Element::boolean: return boolean_type();
    case Element::text: return text_type();
    case Element::other: break;
  }
  GRIDMILL_ASSERT(false, "only known elements are made");
}

std::vector<hsize_t> sizes(const Shape& shape) { return {shape.begin(), shape.end()}; }

Handle space_of(const Shape& shape) {
  if (shape.empty()) return {checked(H5Screate(H5S_SCALAR), "H5Screate"), &H5Sclose};
  const std::vector<hsize_t> extent = sizes(shape);
  return {checked(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), "H5Screate_simple"),
          &H5Sclose};
}

Shape shape_of(hid_t space) {
  const int n_dimensions = checked(H5Sget_simple_extent_ndims(space), "H5Sget_simple_extent_ndims");
  std::vector<hsize_t> extent(static_cast<std::size_t>(n_dimensions));
  checked(H5Sget_simple_extent_dims(space, extent.data(), nullptr), "H5Sget_simple_extent_dims");
  return {extent.begin(), extent.end()};
}

void select(const Handle& space, const Shape& offset, const Shape& shape) {
  const std::vector<hsize_t> start = sizes(offset);
  const std::vector<hsize_t> count = sizes(shape);
  checked(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
          "H5Sselect_hyperslab");
}

void set_missing(const Handle& properties, const Handle& type, Element element, bool fill_true) {
  const double lowest = std::numeric_limits<double>::lowest();
  const std::int64_t least = std::numeric_limits<std::int64_t>::min() + 1;
  const std::int32_t none = -2;
  const std::int8_t yes = fill_true ? 1 : 0;
  const void* value = element == Element::float64 ? static_cast<const void*>(&lowest)
                      : element == Element::int64 ? static_cast<const void*>(&least)
                      : element == Element::int32 ? static_cast<const void*>(&none)
                                                  : static_cast<const void*>(&yes);
  if (element == Element::text) return;
  checked(H5Pset_fill_value(properties.get(), type.get(), value), "H5Pset_fill_value");
}

Handle new_object_properties(hid_t kind) {
  Handle properties = property_list(kind);
  checked(H5Pset_obj_track_times(properties.get(), 0), "H5Pset_obj_track_times");
  return properties;
}

void track_order(const Handle& properties) {
  checked(H5Pset_link_creation_order(properties.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
          "H5Pset_link_creation_order");
}

Element element_of(hid_t type) {
  const H5T_class_t kind = H5Tget_class(type);
  if (kind == H5T_ENUM) return H5Tget_size(type) == 1 ? Element::boolean : Element::other;
  if (kind == H5T_STRING) return H5Tis_variable_str(type) > 0 ? Element::text : Element::other;
  // Their bytes are read as they lie in the file: the same width is not enough.
  if (H5Tequal(type, H5T_IEEE_F64LE) > 0) return Element::float64;
  if (H5Tequal(type, H5T_STD_I64LE) > 0) return Element::int64;
  if (H5Tequal(type, H5T_STD_I32LE) > 0) return Element::int32;
  return Element::other;
}

std::string name_of(hid_t type) {
  const H5T_class_t kind = H5Tget_class(type);
  const std::size_t size = H5Tget_size(type);
  if (kind == H5T_STRING) return H5Tis_variable_str(type) > 0 ? "texts" : "texts of a fixed length";
  if (kind == H5T_ENUM) return size == 1 ? "bool" : "an enumeration";
  if (kind != H5T_INTEGER && kind != H5T_FLOAT) return "entries of another kind";
  const std::string_view word = kind == H5T_FLOAT ? "float" : H5Tget_sign(type) == H5T_SGN_NONE ? "uint" : "int";
  return fmt::format("{}{}{}", word, 8 * size, H5Tget_order(type) == H5T_ORDER_BE ? " (big-endian)" : "");
}

bool is_integer_up_to(hid_t type, std::size_t n_bytes) {
  return H5Tget_class(type) == H5T_INTEGER && H5Tget_size(type) <= n_bytes;
}

Handle exact_transfer() {
  // Infinities and what is no number are values as others.
  const H5T_conv_except_func_t stop = [](H5T_conv_except_t what, hid_t /*from*/, hid_t /*to*/, void* /*entry*/,
                                         void* /*into*/, void* /*ours*/) {
    const bool is_value = what == H5T_CONV_EXCEPT_PINF || what == H5T_CONV_EXCEPT_NINF || what == H5T_CONV_EXCEPT_NAN;
    return is_value ? H5T_CONV_UNHANDLED : H5T_CONV_ABORT;
  };
  Handle properties = property_list(H5P_DATASET_XFER);
  checked(H5Pset_type_conv_cb(properties.get(), stop, nullptr), "H5Pset_type_conv_cb");
  return properties;
}

}  // namespace gridmill::io::hdf5::calls
