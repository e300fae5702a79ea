#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/table.hpp"
#include "io/hdf5.hpp"

namespace gridmill::io {

// What the writer and the reader of stores agree on beside what store.hpp says.

constexpr std::string_view kStoreFormat = "gridmill store";

/// Returns what the entries of a column are in the file.
hdf5::Element element_of(core::ColumnType type);

/// Returns the name under which a table or column stands in the file: HDF5 splits paths at '/', and '.' is the group
/// itself.
std::string link_name(const std::string& name);

/// Opens a store for reading. Errors: UserError naming the file when it is missing, not a store, damaged at its
/// beginning, or of another format version.
hdf5::File open_store(const std::filesystem::path& path);

/// Throws the UserError for a store that holds what no writer of ours wrote.
[[noreturn]] void refuse_damaged(const std::filesystem::path& path, std::string_view reason);

}  // namespace gridmill::io
