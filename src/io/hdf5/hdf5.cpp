#include "io/hdf5/hdf5.hpp"

#include <algorithm>
#include <utility>

#include <hdf5.h>

#include "core/error.hpp"
#include "io/hdf5/hdf5_calls.hpp"

namespace gridmill::io::hdf5 {

using namespace calls;

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
  if (H5Sget_simple_extent_npoints(space.get()) != 1)
    throw ForeignAttribute("attribute " + name + " is not a single value");
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
    throw ForeignAttribute("attribute " + name + " has another type");
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
    } catch (const ForeignAttribute&) {
      // What other programs say there is not ours to understand.
    }
  }
  return all;
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
  if (layout.chunk_rows > 0 && shape.front() > 0) {
    std::vector<hsize_t> chunk = sizes(shape);
    chunk.front() = std::min<hsize_t>(layout.chunk_rows, chunk.front());
    checked(H5Pset_chunk(properties.get(), static_cast<int>(chunk.size()), chunk.data()), "H5Pset_chunk");
  }
  if (layout.fill_true) {
    const std::int8_t yes = 1;
    checked(H5Pset_fill_value(properties.get(), type.get(), &yes), "H5Pset_fill_value");
  }
  if (layout.placed) {
    checked(H5Pset_alloc_time(properties.get(), H5D_ALLOC_TIME_EARLY), "H5Pset_alloc_time");
    checked(H5Pset_fill_time(properties.get(), H5D_FILL_TIME_NEVER), "H5Pset_fill_time");
  }
  const Handle space = space_of(shape);
  return Dataset({checked(H5Dcreate2(handle_.get(), name.c_str(), type.get(), space.get(), H5P_DEFAULT,
                                     properties.get(), H5P_DEFAULT),
                          "H5Dcreate"),
                  &H5Dclose});
}

Dataset Group::create_virtual(const std::string& name, Element element, const Shape& shape, std::size_t n_sources,
                              std::span<const VirtualPiece> pieces, bool fill_true) const {
  const Handle properties = new_object_properties(H5P_DATASET_CREATE);
  const Handle type = type_of(element);
  set_missing(properties, type, element, fill_true);
  const Handle space = space_of(shape);
  for (const VirtualPiece& piece : pieces) {
    Shape source = shape;
    source.front() = piece.n;
    Shape offset(shape.size(), 0);
    offset.front() = piece.first;
    select(space, offset, source);
    source.insert(source.begin(), n_sources);
    const Handle there = space_of(source);
    offset.front() = 0;
    offset.insert(offset.begin(), piece.row);
    source.front() = 1;
    select(there, offset, source);
    checked(H5Pset_virtual(properties.get(), space.get(), piece.file.c_str(), piece.dataset.c_str(), there.get()),
            "H5Pset_virtual");
  }
  checked(H5Sselect_all(space.get()), "H5Sselect_all");
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
  // Of each file the library would keep up to 32 MiB of texts and structure, and dozens of parts are open at a time.
  constexpr std::size_t kKept = std::size_t{1} << 20;  // [bytes]
  const Handle access = property_list(H5P_FILE_ACCESS);
  H5AC_cache_config_t cache{};
  cache.version = H5AC__CURR_CACHE_CONFIG_VERSION;
  checked(H5Pget_mdc_config(access.get(), &cache), "H5Pget_mdc_config");
  cache.set_initial_size = true;
  cache.initial_size = cache.min_size = cache.max_size = kKept;
  checked(H5Pset_mdc_config(access.get(), &cache), "H5Pset_mdc_config");
  return File({checked(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), "H5Fopen"), &H5Fclose});
}

Group File::root() const { return Group({checked(H5Gopen2(handle_.get(), "/", H5P_DEFAULT), "H5Gopen"), &H5Gclose}); }

void File::flush() const { checked(H5Fflush(handle_.get(), H5F_SCOPE_LOCAL), "H5Fflush"); }

std::string File::image() const {
  flush();
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
