#pragma once

#include <vector>

#include "io/files/trailing_checksum.hpp"
#include "io/hdf5/hdf5.hpp"

/// What concerns all of an HDF5 file, whatever is in it.
namespace gridmill::io::hdf5 {

/// Returns where the entries of those datasets lie that are numbers in one piece: all else in the file says how it is
/// to be read. Errors: Error, also when groups lie more than 32 deep.
std::vector<FilePiece> plain_pieces(const Group& root);

/// Reads all names, attributes and datasets that are not numbers in one piece, so that what the library does not bear
/// shows itself. Memory: 1,024 rows of a dataset. Errors: as `plain_pieces`.
void read_everything(const Group& root);

}  // namespace gridmill::io::hdf5
