#include "io/hdf5.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include <hdf5.h>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::io::hdf5 {
namespace {

static_assert(std::is_same_v<Id, hid_t>, "handles are HDF5 1.10's 64-bit ones");

/// Keeps the innermost description of the error stack: the library's outer ones only repeat the name of the call.
herr_t keep_reason(unsigned /*depth*/, const H5E_error2_t* entry, void* reason) {
  if (entry->desc != nullptr) *static_cast<std::string*>(reason) = entry->desc;
  return 0;
}

[[noreturn]] void fail(std::string_view call) {
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

Library& library() {
  static Library instance;
  return instance;
}

/// To be called before the library's first use in a thread: it prints its error stack unless told not to.
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

/// The type of an element, the same in the file and in memory (little-endian both).
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

/// Memory and file space of rows [first, first + n).
std::pair<Handle, Handle> select_rows(hid_t dataset, std::size_t first, std::size_t n) {
  Handle in_file(checked(H5Dget_space(dataset), "H5Dget_space"), &H5Sclose);
  Shape shape = shape_of(in_file.get());
  if (shape.empty()) {
    GRIDMILL_ASSERT(first == 0 && n == 1, "a scalar is one row");
    return {space_of(shape), std::move(in_file)};
  }
  GRIDMILL_ASSERT(first + n <= shape.front(), "rows lie within the dataset");
  std::vector<hsize_t> offset(shape.size(), 0);
  offset.front() = first;
  shape.front() = n;
  const std::vector<hsize_t> count = sizes(shape);
  checked(H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, offset.data(), nullptr, count.data(), nullptr),
          "H5Sselect_hyperslab");
  return {space_of(shape), std::move(in_file)};
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
  const std::size_t size = H5Tget_size(type);
  if (kind == H5T_FLOAT) return size == 8 ? Element::float64 : Element::other;
  if (kind == H5T_ENUM) return size == 1 ? Element::boolean : Element::other;
  if (kind == H5T_STRING) return H5Tis_variable_str(type) > 0 ? Element::text : Element::other;
  if (kind == H5T_INTEGER && size == 8) return Element::int64;
  if (kind == H5T_INTEGER && size == 4) return Element::int32;
  return Element::other;
}

}  // namespace

Handle::~Handle() {
  // An error here follows one that is already on its way.
  if (id_ >= 0 && close_(id_) < 0) library().has_broken_file = true;
}

Handle::Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}

Handle& Handle::operator=(Handle&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(close_, other.close_);
  return *this;
}

void Handle::close() {
  if (id_ < 0 || close_(std::exchange(id_, -1)) >= 0) return;
  library().has_broken_file = true;
  fail("closing");
}

void Node::set_attribute(const std::string& name, const Attribute& value) const {
  const Element element = std::holds_alternative<std::int64_t>(value) ? Element::int64
                          : std::holds_alternative<double>(value)     ? Element::float64
                                                                      : Element::text;
  const Handle type = type_of(element);
  const Handle space = space_of({});
  const Handle attribute(
      checked(H5Acreate2(handle_.get(), name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT), "H5Acreate"),
      &H5Aclose);
  if (const auto* text = std::get_if<std::string>(&value)) {
    const char* bytes = text->c_str();
    checked(H5Awrite(attribute.get(), type.get(), &bytes), "H5Awrite");
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    checked(H5Awrite(attribute.get(), type.get(), integer), "H5Awrite");
  } else {
    checked(H5Awrite(attribute.get(), type.get(), &std::get<double>(value)), "H5Awrite");
  }
}

bool Node::has_attribute(const std::string& name) const {
  return checked(H5Aexists(handle_.get(), name.c_str()), "H5Aexists") > 0;
}

Attribute Node::attribute(const std::string& name) const {
  const Handle attribute(checked(H5Aopen(handle_.get(), name.c_str(), H5P_DEFAULT), "H5Aopen"), &H5Aclose);
  const Handle stored(checked(H5Aget_type(attribute.get()), "H5Aget_type"), &H5Tclose);
  const Handle space(checked(H5Aget_space(attribute.get()), "H5Aget_space"), &H5Sclose);
  if (H5Sget_simple_extent_npoints(space.get()) != 1) throw Error("attribute " + name + " is not a single value");
  const H5T_class_t kind = H5Tget_class(stored.get());
  if (kind == H5T_INTEGER) {
    std::int64_t value = 0;
    checked(H5Aread(attribute.get(), H5T_NATIVE_INT64, &value), "H5Aread");
    return value;
  }
  if (kind == H5T_FLOAT) {
    double value = 0;
    checked(H5Aread(attribute.get(), H5T_NATIVE_DOUBLE, &value), "H5Aread");
    return value;
  }
  if (kind != H5T_STRING || H5Tis_variable_str(stored.get()) <= 0)
    throw Error("attribute " + name + " has another type");
  const Handle type = text_type();
  char* bytes = nullptr;
  checked(H5Aread(attribute.get(), type.get(), &bytes), "H5Aread");
  std::string text(bytes == nullptr ? "" : bytes);
  checked(H5free_memory(bytes), "H5free_memory");
  return text;
}

Attributes Node::attributes() const {
  std::vector<std::string> names;
  const auto collect = [](hid_t, const char* name, const H5A_info_t*, void* into) -> herr_t {
    static_cast<std::vector<std::string>*>(into)->emplace_back(name);
    return 0;
  };
  hsize_t position = 0;
  checked(H5Aiterate2(handle_.get(), H5_INDEX_NAME, H5_ITER_INC, &position, collect, &names), "H5Aiterate");
  Attributes all;
  for (const std::string& name : names) {
    try {
      all.emplace(name, attribute(name));
    } catch (const Error&) {
      // Attributes of other programs are not ours to understand.
    }
  }
  return all;
}

Shape Dataset::shape() const {
  const Handle space(checked(H5Dget_space(handle_.get()), "H5Dget_space"), &H5Sclose);
  return shape_of(space.get());
}

Element Dataset::element() const {
  const Handle type(checked(H5Dget_type(handle_.get()), "H5Dget_type"), &H5Tclose);
  return element_of(type.get());
}

std::optional<std::uint64_t> Dataset::file_offset() const {
  const haddr_t offset = H5Dget_offset(handle_.get());
  return offset == HADDR_UNDEF ? std::nullopt : std::optional<std::uint64_t>(offset);
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
  checked(H5Dread(handle_.get(), type.get(), in_memory.get(), in_file.get(), H5P_DEFAULT, values), "H5Dread");
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
  std::vector<char*> pointers(values.size(), nullptr);
  read(first, n, Element::text, pointers.data());
  for (std::size_t i = 0; i < pointers.size(); ++i) {
    values[i] = pointers[i] == nullptr ? "" : pointers[i];
    H5free_memory(pointers[i]);
  }
}

std::vector<std::string> Group::names() const {
  std::vector<std::string> names;
  const auto collect = [](hid_t, const char* name, const H5L_info_t*, void* into) -> herr_t {
    static_cast<std::vector<std::string>*>(into)->emplace_back(name);
    return 0;
  };
  if (H5Literate(handle_.get(), H5_INDEX_CRT_ORDER, H5_ITER_INC, nullptr, collect, &names) < 0) {
    // Files of other programs need not keep the order.
    names.clear();
    checked(H5Literate(handle_.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, collect, &names), "H5Literate");
  }
  return names;
}

bool Group::has(const std::string& name) const {
  return checked(H5Lexists(handle_.get(), name.c_str(), H5P_DEFAULT), "H5Lexists") > 0;
}

bool Group::is_group(const std::string& name) const {
  const Handle object(checked(H5Oopen(handle_.get(), name.c_str(), H5P_DEFAULT), "H5Oopen"), &H5Oclose);
  return H5Iget_type(object.get()) == H5I_GROUP;
}

Group Group::create_group(const std::string& name) const {
  const Handle properties = new_object_properties(H5P_GROUP_CREATE);
  track_order(properties);
  return Group(
      {checked(H5Gcreate2(handle_.get(), name.c_str(), H5P_DEFAULT, properties.get(), H5P_DEFAULT), "H5Gcreate"),
       &H5Gclose});
}

Group Group::group(const std::string& name) const {
  return Group({checked(H5Gopen2(handle_.get(), name.c_str(), H5P_DEFAULT), "H5Gopen"), &H5Gclose});
}

Dataset Group::create_dataset(const std::string& name, Element element, const Shape& shape, Layout layout) const {
  const Handle properties = new_object_properties(H5P_DATASET_CREATE);
  const Handle type = type_of(element);
  if (layout.chunk_rows > 0) {
    std::vector<hsize_t> chunk = sizes(shape);
    chunk.front() = std::max<hsize_t>(1, std::min<hsize_t>(layout.chunk_rows, chunk.front()));
    checked(H5Pset_chunk(properties.get(), static_cast<int>(chunk.size()), chunk.data()), "H5Pset_chunk");
  }
  if (layout.fill_true) {
    const std::int8_t yes = 1;
    checked(H5Pset_fill_value(properties.get(), type.get(), &yes), "H5Pset_fill_value");
  }
  const Handle space = space_of(shape);
  return Dataset({checked(H5Dcreate2(handle_.get(), name.c_str(), type.get(), space.get(), H5P_DEFAULT,
                                     properties.get(), H5P_DEFAULT),
                          "H5Dcreate"),
                  &H5Dclose});
}

Dataset Group::dataset(const std::string& name) const {
  return Dataset({checked(H5Dopen2(handle_.get(), name.c_str(), H5P_DEFAULT), "H5Dopen"), &H5Dclose});
}

namespace {

Id create_file(const std::string& path, const Handle& access) {
  const Handle properties = property_list(H5P_FILE_CREATE);
  track_order(properties);
  checked(H5Pset_obj_track_times(properties.get(), 0), "H5Pset_obj_track_times");
  return checked(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, properties.get(), access.get()), "H5Fcreate");
}

}  // namespace

File File::create(const std::filesystem::path& path) {
  prepare_library();
  return File({create_file(path.string(), property_list(H5P_FILE_ACCESS)), &H5Fclose});
}

File File::create_in_memory() {
  prepare_library();
  constexpr std::size_t kGrowth = std::size_t{1} << 20;  // [bytes]
  const Handle access = property_list(H5P_FILE_ACCESS);
  checked(H5Pset_fapl_core(access.get(), kGrowth, 0), "H5Pset_fapl_core");
  return File({create_file("in memory", access), &H5Fclose});
}

File File::open(const std::filesystem::path& path) {
  prepare_library();
  return File({checked(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), "H5Fopen"), &H5Fclose});
}

Group File::root() const { return Group({checked(H5Gopen2(handle_.get(), "/", H5P_DEFAULT), "H5Gopen"), &H5Gclose}); }

std::string File::image() const {
  checked(H5Fflush(handle_.get(), H5F_SCOPE_LOCAL), "H5Fflush");
  const ssize_t size = checked(H5Fget_file_image(handle_.get(), nullptr, 0), "H5Fget_file_image");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  checked(H5Fget_file_image(handle_.get(), bytes.data(), bytes.size()), "H5Fget_file_image");
  return bytes;
}

bool has_signature(std::string_view first_bytes) {
  using namespace std::string_view_literals;
  return first_bytes.substr(0, 8) == "\x89HDF\r\n\x1a\n"sv;
}

}  // namespace gridmill::io::hdf5
