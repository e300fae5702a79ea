#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <hdf5.h>

#include "io/hdf5/hdf5.hpp"

/// What the files that call the library share; no others include it.
namespace gridmill::io::hdf5::calls {

/// Throws an Error with the library's own reason.
[[noreturn]] void fail(std::string_view call);

template <class Result>
Result checked(Result result, std::string_view call) {
  if (result < 0) fail(call);
  return result;
}

/// The library's own clean-up at exit reads freed memory (1.10.8) when a file could not be closed, as on a full disk:
/// the program would end by a signal instead of its exit code. So it is closed here, unless that has happened.
struct Library {
  bool has_broken_file = false;

  Library() { H5dont_atexit(); }
  ~Library() {
    if (!has_broken_file) H5close();
  }
};

Library& library();
/// To be called before the library's first use in a thread: it prints its error stack unless told not to.
void prepare_library();

Handle property_list(hid_t kind);
Handle new_object_properties(hid_t kind);
void track_order(const Handle& properties);

Handle text_type();
/// The type of an element, the same in the file and in memory (little-endian both).
Handle type_of(Element element);
/// Entries of another width, sign or byte order than those that we write are `other`.
Element element_of(hid_t type);
/// Returns a type as NumPy calls it: "uint64", "float32", ">i4"-like ones as "int32 (big-endian)".
std::string name_of(hid_t type);
/// Says whether integers of a type are read as signed ones of so many bytes.
bool is_integer_up_to(hid_t type, std::size_t n_bytes);
/// Properties of a transfer in which what the memory's type does not hold exactly is an error, not rounded or clamped.
Handle exact_transfer();

std::vector<hsize_t> sizes(const Shape& shape);
Handle space_of(const Shape& shape);
Shape shape_of(hid_t space);
/// Selects `shape` from `offset` on.
void select(const Handle& space, const Shape& offset, const Shape& shape);
/// Sets what a virtual dataset reads as where a file is missing.
void set_missing(const Handle& properties, const Handle& type, Element element, bool fill_true);

}  // namespace gridmill::io::hdf5::calls
