#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/table.hpp"
#include "io/hdf5.hpp"

namespace gridmill::io {

// What the writer and the reader of stores agree on beside what store.hpp says.

constexpr std::string_view kStoreFormat = "gridmill store";
constexpr const char* kOrigin = "origin";        // dataset of what the store is made of
constexpr std::string_view kMatrixFile = "features.h5";  // the store in the folder of a features job

/// Returns what the entries of a column are in the file.
hdf5::Element element_of(core::ColumnType type);

/// Returns the name under which a table or column stands in the file: HDF5 splits paths at '/', and '.' is the group
/// itself.
std::string link_name(const std::string& name);

/// Opens a store for reading. One over parts has a checksum of its own, which is compared.
/// Errors: UserError naming the file when it is missing, not a store, damaged (so far as a look at its beginning, or
/// the checksum, tells), or of another format version.
hdf5::File open_store(const std::filesystem::path& path);

/// Returns the command that makes a features job's store again; empty for another one.
std::string command_that_mends(const std::filesystem::path& store);

/// Throws the UserError for a store that holds what no writer of ours wrote.
[[noreturn]] void refuse_damaged(const std::filesystem::path& path, std::string_view reason);

}  // namespace gridmill::io
