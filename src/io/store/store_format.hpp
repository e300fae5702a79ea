#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/table.hpp"
#include "io/files/trailing_checksum.hpp"
#include "io/hdf5/hdf5.hpp"

namespace gridmill::io {

// What the writer and the reader of stores agree on beside what store.hpp says.

/// Attribute of the root of stores that end in checksums: where they are not there, the store was cut short or changed.
constexpr const char* kHasChecksums = "checksums";
constexpr std::string_view kStoreFormat = "gridmill store";
constexpr const char* kOrigin = "origin";                // dataset of what the store is made of
constexpr std::string_view kMatrixFile = "features.h5";  // the store in the folder of a features job

/// The tag of a category whose values have an order; its column says so by its logical type.
constexpr std::string_view kOrdinalTag = "ordinal";

/// Returns what the entries of a column are in the file.
hdf5::Element element_of(core::ColumnType type);

/// Returns the name under which a table or column stands in the file: HDF5 splits paths at '/', and '.' is the group
/// itself.
std::string link_name(const std::string& name);

/// What an Error says of entries whose bytes have changed since the checksums were made.
constexpr const char* kChangedBytes = "its bytes have changed since it was written";

/// A store that is open: its bytes, which know whether they are right, and the library's view of them.
struct StoreFile {
  CheckedFile bytes;
  hdf5::File library;

  /// Refuses rows [first, first + n) of a dataset if their bytes have changed. Errors: hdf5::Error.
  void require_unchanged(const hdf5::Dataset& dataset, std::size_t first, std::size_t n) const;
};

/// Opens a store for reading. All that says how it is to be read is compared with its checksums before the library sees
/// it; entries are when they are read. A store without checksums (of an earlier gridmill, or another program) is first
/// read by a child process, which may crash or never end.
/// Errors: UserError naming the file when it is missing, not a store, damaged, or of another format version.
StoreFile open_store(const std::filesystem::path& path);

/// Returns the command that makes a features job's store again; empty for another one.
std::string command_that_mends(const std::filesystem::path& store);

/// Returns how NumPy calls the entries of datasets.
std::string_view name_of(hdf5::Element element);

/// Throws the UserError for a store that holds what no writer of ours wrote: damage, or entries of another type.
[[noreturn]] void refuse_unreadable(const std::filesystem::path& path, const hdf5::Error& error);

}  // namespace gridmill::io
