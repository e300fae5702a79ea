#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/table.hpp"
#include "io/hdf5/hdf5.hpp"
#include "io/store/matrix_part.hpp"

namespace gridmill::io {

/// Where the entries of a matrix's column are: a column of each of a list of parts.
struct MatrixColumnSource {
  std::size_t parts = 0;   // index into MatrixTable::parts
  std::size_t column = 0;  // of each of them
};

/// Parts that hold the same columns of all rows, in the order of the rows.
struct PartList {
  std::vector<std::filesystem::path> files;  // below the folder of the store
  std::vector<PartHeader> headers;
};

/// A column of the store: its name, type, tags and categories, and where its entries are.
struct MatrixTableColumn {
  core::Column column;  // with entries: they are written here; without: `source` has them
  MatrixColumnSource source;
  bool any_missing = false;                       // integer, boolean, text: it has a mask
  std::map<std::string, std::string> attributes;  // beside those of a store
};

/// Where the entries of a matrix's store are: in its own file, or in its parts, to which it refers.
enum class MatrixLayout { whole, over_parts };

/// A table over parts.
struct MatrixTable {
  std::string name;
  std::string source;
  std::size_t n_rows = 0;
  MatrixLayout layout = MatrixLayout::whole;
  std::vector<PartList> parts;
  std::vector<MatrixTableColumn> columns;
};

/// Writes a store (see store.hpp) of one table.
///
/// Whole: entries are copied from the parts, of which nothing is needed any more; memory: a column of a part.
/// Over parts: entries stay there; virtual datasets, which HDF5 1.10 and later read as if they were here. The store
/// names the parts, so that one that is gone or changed is missed:
///   /parts, /part_bytes, /part_checksums   text, int64, text: file names relative to the store's folder, their sizes,
///                                          the checksums they were written with
/// HDF5 itself, and so h5py, reads a part that is gone without a word; see hdf5::Group::create_virtual for what it
/// gives. Behind what HDF5 reads stands a checksum of the file's own bytes, so that a change of one is missed, too.
/// Errors: RunError naming the file; UserError naming a part that is damaged. Cost: O(columns x parts), and the bytes.
void write_matrix_store(const std::filesystem::path& path, const MatrixTable& table);

/// Refuses a store whose parts are not all there in their full size. Errors: UserError naming what is missing, with the
/// command that makes it again.
void check_parts(const hdf5::Group& root, const std::filesystem::path& store);

/// A file that a store's entries are in.
struct ListedPart {
  std::filesystem::path file;
  std::uintmax_t n_bytes = 0;
  std::string checksum;
};

/// Returns the parts of a store; of one that holds its entries itself none. Errors: UserError when it is damaged.
std::vector<ListedPart> listed_parts(const std::filesystem::path& store);

/// Reads a part whole and says whether its contents are what was written. Cost: reads the file.
bool is_whole(const ListedPart& part);

/// Refuses a store of which a part is damaged: reads all of them. Errors: UserError naming the part, with the command
/// that makes it again.
void check_part_contents(const std::filesystem::path& store);

}  // namespace gridmill::io
