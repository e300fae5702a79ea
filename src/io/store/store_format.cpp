#include "io/store/store_format.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/files/file_descriptor.hpp"
#include "io/files/trailing_checksum.hpp"
#include "io/files/trial.hpp"
#include "io/hdf5/hdf5_walk.hpp"
#include "io/store/store.hpp"
#include "io/store/store_schema.hpp"

namespace gridmill::io {

using core::ColumnType;

namespace {

constexpr const char* kFormatAttribute = "format";

[[noreturn]] void refuse_store(const std::filesystem::path& path, std::string what, std::string hint = {}) {
  throw core::UserError(core::Problem{{path.string()}, std::move(what), std::move(hint)});
}

void check_format(const std::filesystem::path& path, const hdf5::Group& root) {
  if (!root.has_attribute(kFormatAttribute) || text_attribute(root, kFormatAttribute) != kStoreFormat) {
    refuse_store(path, "is an HDF5 file, but not a store of gridmill");
  }
  if (const std::int64_t version = integer_attribute(root, "format_version"); version != kStoreFormatVersion) {
    refuse_store(
        path,
        fmt::format("is a store of format version {}; this gridmill reads version {}", version, kStoreFormatVersion),
        "import it again with this version");
  }
}

constexpr const char* kMakeAgain = "make it again with: gridmill features";

std::string hint_for_damage(const std::filesystem::path& path, std::string otherwise) {
  const std::string command = command_that_mends(path);
  return command.empty() ? otherwise : command + " makes it again, and keeps what is whole";
}

const char* make_again(const std::filesystem::path& path) {
  return path.filename() == kMatrixFile ? kMakeAgain : "import it again";
}

/// Lets the library read what it may not bear, where that does no harm. What it cannot read there it is not asked for
/// here: the memory that a damaged file claims has a limit in the child only.
void try_library(const std::filesystem::path& path, std::uint64_t n_bytes) {
  constexpr std::uint64_t kBytesASecond = 20'000'000;
  const auto seconds = static_cast<unsigned>(2 + std::min<std::uint64_t>(n_bytes / kBytesASecond, 3600));
  const auto read = [&] {
    const hdf5::Group root = hdf5::File::open(path).root();
    if (root.has_attribute(kFormatAttribute)) hdf5::read_everything(root);  // another program's is refused by its root
  };
  const TrialOutcome outcome = try_apart(read, seconds);
  const std::string hint = hint_for_damage(path, make_again(path));
  switch (outcome.end) {
    case TrialEnd::by_itself: return;
    case TrialEnd::by_an_error: refuse_store(path, fmt::format("is damaged or cut short: {}", outcome.reason), hint);
    case TrialEnd::by_a_crash: refuse_store(path, "is damaged: the HDF5 library crashes on it", hint);
    case TrialEnd::out_of_time:
      refuse_store(path, "is damaged: the HDF5 library does not come to an end with it", hint);
  }
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

void StoreFile::require_unchanged(const hdf5::Dataset& dataset, std::size_t first, std::size_t n) const {
  const std::optional<std::uint64_t> offset = dataset.file_offset();
  const hdf5::Shape shape = dataset.shape();
  if (!offset || shape.empty()) return;
  const std::size_t row_bytes =
      std::accumulate(shape.begin() + 1, shape.end(), dataset.entry_bytes(), std::multiplies<>());
  if (!bytes.is_right(*offset + first * row_bytes, n * row_bytes)) throw hdf5::Error(kChangedBytes);
}

StoreFile open_store(const std::filesystem::path& path) {
  char begin[8] = {};
  const std::size_t got = FileDescriptor::open_input(path).read(begin);
  if (!hdf5::has_signature({begin, got})) {
    refuse_store(path, "is not an HDF5 file, so not a store", "make a store from text with: gridmill import");
  }
  CheckedFile bytes(path);
  if (bytes.state() == TrailingChecksum::wrong) {
    refuse_store(path, "is damaged: it has changed since it was written", hint_for_damage(path, make_again(path)));
  }
  if (bytes.state() == TrailingChecksum::none) try_library(path, bytes.descriptor().size());
  try {
    hdf5::File file = hdf5::File::open(path);
    const hdf5::Group root = file.root();
    check_format(path, root);
    if (bytes.state() == TrailingChecksum::none && root.has_attribute(kHasChecksums)) {
      refuse_store(
          path, "is damaged or cut short: the checksums at its end are gone",
          hint_for_damage(path, fmt::format("{}; or, if you changed it on purpose, remove the attribute '{}' of '/'",
                                            make_again(path), kHasChecksums)));
    }
    if (bytes.state() == TrailingChecksum::none && root.has("parts")) {
      refuse_store(path, "has no checksum at its end: it was cut short or changed, or written by an earlier gridmill",
                   hint_for_damage(path, kMakeAgain));
    }
    return {.bytes = std::move(bytes), .library = std::move(file)};
  } catch (const hdf5::Error& error) {
    refuse_unreadable(path, error);
  }
}

std::string_view name_of(hdf5::Element element) {
  switch (element) {
    case hdf5::Element::float64: return "float64";
    case hdf5::Element::int64: return "int64";
    case hdf5::Element::int32: return "int32";
    case hdf5::Element::boolean: return "bool";
    case hdf5::Element::text: return "texts of any length";
    case hdf5::Element::other: break;
  }
  GRIDMILL_ASSERT(false, "columns have known elements");
}

void refuse_unreadable(const std::filesystem::path& path, const hdf5::Error& error) {
  if (dynamic_cast<const hdf5::ForeignEntries*>(&error) != nullptr) {
    refuse_store(path, error.what(), "write it as that, or change the column's attribute 'type' to what it holds");
  }
  refuse_store(path, fmt::format("is damaged or cut short: {}", error.what()),
               hint_for_damage(path, "import it again"));
}

std::string command_that_mends(const std::filesystem::path& store) {
  const std::filesystem::path config = store.parent_path() / "config.resolved.yaml";
  std::error_code ignored;
  const bool is_of_a_run = store.filename() == kMatrixFile && std::filesystem::exists(config, ignored);
  return is_of_a_run ? fmt::format("'gridmill features {}'", config.string()) : std::string();
}

}  // namespace gridmill::io
