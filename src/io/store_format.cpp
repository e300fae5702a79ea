#include "io/store_format.hpp"

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/file_descriptor.hpp"
#include "io/store.hpp"
#include "io/store_schema.hpp"
#include "io/trailing_checksum.hpp"

namespace gridmill::io {

using core::ColumnType;

namespace {

[[noreturn]] void refuse(const std::filesystem::path& path, std::string what, std::string hint = {}) {
  throw core::UserError(core::Problem{{path.string()}, std::move(what), std::move(hint)});
}

void check_format(const std::filesystem::path& path, const hdf5::Group& root) {
  if (!root.has_attribute("format") || text_attribute(root, "format") != kStoreFormat) {
    refuse(path, "is an HDF5 file, but not a store of gridmill");
  }
  if (const std::int64_t version = integer_attribute(root, "format_version"); version != kStoreFormatVersion) {
    refuse(path,
           fmt::format("is a store of format version {}; this gridmill reads version {}", version, kStoreFormatVersion),
           "import it again with this version");
  }
}

constexpr const char* kMakeAgain = "make it again with: gridmill features";

std::string hint_for_damage(const std::filesystem::path& path, std::string otherwise) {
  const std::string command = command_that_mends(path);
  return command.empty() ? otherwise : command + " makes it again, and keeps what is whole";
}

}  // namespace

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

hdf5::File open_store(const std::filesystem::path& path) {
  char begin[8] = {};
  const std::size_t got = FileDescriptor::open_input(path).read(begin);
  if (!hdf5::has_signature({begin, got})) {
    refuse(path, "is not an HDF5 file, so not a store", "make a store from text with: gridmill import");
  }
  const TrailingChecksum checksum = compare_checksum(path);
  if (checksum == TrailingChecksum::wrong) {
    refuse(path, "is damaged: it has changed since it was written", hint_for_damage(path, kMakeAgain));
  }
  try {
    hdf5::File file = hdf5::File::open(path);
    const hdf5::Group root = file.root();
    check_format(path, root);
    if (checksum == TrailingChecksum::none && root.has("parts")) {
      refuse(path, "has no checksum at its end: it was cut short or changed, or written by an earlier gridmill",
             hint_for_damage(path, kMakeAgain));
    }
    return file;
  } catch (const hdf5::Error& error) {
    refuse_damaged(path, error.what());
  }
}

void refuse_damaged(const std::filesystem::path& path, std::string_view reason) {
  refuse(path, fmt::format("is damaged or cut short: {}", reason), hint_for_damage(path, "import it again"));
}

std::string command_that_mends(const std::filesystem::path& store) {
  const std::filesystem::path config = store.parent_path() / "config.resolved.yaml";
  std::error_code ignored;
  const bool is_of_a_run = store.filename() == kMatrixFile && std::filesystem::exists(config, ignored);
  return is_of_a_run ? fmt::format("'gridmill features {}'", config.string()) : std::string();
}

}  // namespace gridmill::io
