#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/table.hpp"
#include "io/files/file_descriptor.hpp"
#include "io/files/trailing_checksum.hpp"
#include "io/store/part_layout.hpp"
#include "io/store/stored_cells.hpp"

namespace gridmill::io {

/// Where the rows of a column lie in a file: its entries, and which of them are there if it has a mask.
struct ColumnPieces {
  FilePiece entries;
  std::optional<FilePiece> valid;
};

/// Which rows of which matrix a part holds.
struct PartHeader {
  std::uint64_t fingerprint = 0;  // of all that its values depend on
  std::size_t first_row = 0;
  std::size_t n_rows = 0;
  std::vector<core::ColumnType> types;  // of the columns; `integer` holds whole numbers or missing

  friend bool operator==(const PartHeader&, const PartHeader&) = default;
};

/// A part of a matrix: some rows of all its columns, in a file of its own.
///
///   /                 attributes: format "gridmill matrix part", format_version, fingerprint, first_row, n_rows, types
///   /double, /integer, /boolean, /categorical, /datetime, /text, /latlong
///                     one array a type that occurs, columns of the type x rows (x 2 for latlong), in the matrix's
///                     order
///   /valid            boolean, integer, boolean and text columns x rows: in that order
///   /meanings         int64, categorical columns x 3: labels' number or -1, first number, how many
///   /labels/<number>  text
/// Behind what HDF5 reads stand checksums, see trailing_checksum.hpp. Equal contents are equal bytes.
class MatrixPartWriter {
 public:
  /// Rows are written in portions of a multiple of this many, but for the last.
  static constexpr std::size_t kRowQuantum = 256;

  /// Errors of all members: RunError naming the file.
  MatrixPartWriter(const std::filesystem::path& path, PartHeader header);
  ~MatrixPartWriter();

  /// Writes rows [first, first + n) of all columns, which begin at a whole block.
  void write(std::size_t first, std::span<const CellValues* const> columns);
  /// Gives the codes in rows [first, first + n) of a categorical column, which are written, new numbers: code c becomes
  /// codes[c]. For columns of which more labels turn up as they are written.
  void recode(std::size_t column, std::size_t first, std::size_t n, std::span<const std::int32_t> codes);
  /// Makes the file appear; `meanings` by categorical column.
  void finish(std::span<const CodeMeaning> meanings);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Reads a part. Errors of all members: UserError naming the file when it is damaged.
class MatrixPart {
 public:
  /// Opens the file if it is a whole part with that header: all of it is read and its checksum compared. Otherwise, and
  /// if it is not there, returns nothing.
  static std::optional<MatrixPart> open_whole(const std::filesystem::path& path, const PartHeader& header);
  /// Opens it without reading what is in it.
  explicit MatrixPart(const std::filesystem::path& path);
  ~MatrixPart();
  MatrixPart(MatrixPart&&) noexcept;
  MatrixPart& operator=(MatrixPart&&) noexcept;

  [[nodiscard]] const PartHeader& header() const;
  /// Returns the hash that stands for its contents; they are compared as they are read.
  [[nodiscard]] std::string checksum() const;
  /// Reads rows [first, first + n) of a column, counted from the first of the part.
  [[nodiscard]] CellValues read(std::size_t column, std::size_t first, std::size_t n) const;
  /// Returns all rows of a column as they stand in the file.
  [[nodiscard]] StoredCells stored(std::size_t column) const;
  /// Returns where all rows of a column lie in `file`, once these bytes have been compared. Not for texts.
  [[nodiscard]] ColumnPieces pieces(std::size_t column) const;
  [[nodiscard]] const FileDescriptor& file() const;
  /// Returns what the codes stand for, by categorical column.
  [[nodiscard]] std::vector<CodeMeaning> meanings() const;

 private:
  friend std::optional<std::string> checksum_of_whole_part(const std::filesystem::path& path);
  struct State;
  std::unique_ptr<State> state_;
};

/// Reads all of a part and returns the checksum it was written with; nothing if its contents have another one now, or
/// it is no part, or it is not there.
std::optional<std::string> checksum_of_whole_part(const std::filesystem::path& path);

}  // namespace gridmill::io
