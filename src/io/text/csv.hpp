#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "io/tables/import_options.hpp"
#include "io/tables/remarks.hpp"
#include "io/text/text_window.hpp"

namespace gridmill::io {

/// Some consecutive rows of a CSV file, as views into the reader's window: valid until its next `next`.
class CellBlock {
 public:
  [[nodiscard]] std::size_t n_rows() const { return n_columns_ == 0 ? 0 : cells_.size() / n_columns_; }
  [[nodiscard]] std::size_t n_columns() const { return n_columns_; }

  /// Returns the cell without blanks, quotes and doubled quotes; `scratch` holds it where it had doubled quotes.
  [[nodiscard]] std::string_view cell(std::size_t row, std::size_t column, std::string& scratch) const {
    const Cell& cell = cells_[row * n_columns_ + column];
    const std::string_view bytes(text_ + cell.begin, cell.size);
    return cell.doubled_quotes == 0 ? bytes : undouble(bytes, scratch);
  }

  /// Whether the cell is written in quotes.
  [[nodiscard]] bool is_quoted(std::size_t row, std::size_t column) const {
    const std::size_t begin = cells_[row * n_columns_ + column].begin;
    return begin > 0 && text_[begin - 1] == '"';
  }

 private:
  friend class CsvReader;

  struct Cell {
    std::uint32_t begin = 0;  // offset in the window
    std::uint32_t size : 31 = 0;
    std::uint32_t doubled_quotes : 1 = 0;
  };

  static std::string_view undouble(std::string_view bytes, std::string& scratch);

  const char* text_ = nullptr;
  std::size_t n_columns_ = 0;
  std::vector<Cell> cells_;  // n_rows x n_columns
};

/// Cuts a CSV file into cells in one pass and bounded memory (the window, at least 1 MiB, or the longest row).
///
/// Reads RFC 4180: quoted cells with delimiters, line feeds and doubled quotes in them; lines that end in CRLF, LF or
/// CR, also mixed; a UTF-8 byte order mark; a last line with or without an end. Beyond it: blanks around cells do not
/// count unless quoted, blank lines are skipped, a quote within an unquoted cell is a character like others. A column
/// whose name is empty is called "Unnamed: 2" after its position from 0, as in pandas.
/// Errors: UserError with file:line:column for what TextWindow names; an empty file or one with a header only (unless
/// it may be empty); rows with more or fewer cells than the first; a quote that is not closed or is followed by text;
/// columns with the same name; a first line that may hold names while the user names columns as if it did not.
class CsvReader {
 public:
  CsvReader(const std::filesystem::path& path, const ImportOptions& options);

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  /// Whether the name of a column is empty in the file.
  [[nodiscard]] bool is_nameless(std::size_t column) const { return !nameless_.empty() && nameless_[column]; }
  /// What is to be said of the first line.
  [[nodiscard]] const Remarks& remarks() const { return remarks_; }

  /// Reads the rows that follow, at most `max_rows`; returns null when there are none left.
  const CellBlock* next(std::size_t max_rows);

  /// Returns the place of a cell of the current block.
  [[nodiscard]] core::Location location(std::size_t row, std::size_t column) const;

 private:
  enum class Scan { row, blank_line, incomplete };

  char detect_delimiter(char decimal) const;
  void read_header(const ImportOptions& options);
  void find_first_row();
  bool has_header(const ImportOptions& options);
  bool guess_header(const ImportOptions& options);
  void look_ahead();
  [[nodiscard]] std::string first_cells() const;
  void take_names();
  void tell_twins_apart(std::set<std::string> given);
  Scan scan_row();
  bool take_line_end(const char*& at);
  bool scan_quoted(const char*& at);
  bool scan_unquoted(const char*& at);
  [[noreturn]] void refuse_row(const char* row_begin, std::size_t n_cells) const;
  [[nodiscard]] std::string hint_for_row(std::size_t n_cells) const;
  void use_window();

  TextWindow window_;
  char delimiter_ = ',';
  bool stops_cell_[256] = {};
  std::vector<std::string> names_;
  std::vector<bool> nameless_;  // by column; empty: all have names
  Remarks remarks_;
  CellBlock block_;
  const char* at_ = nullptr;     // where the next row begins
  const char* limit_ = nullptr;  // end of the window
  std::size_t header_line_ = 0;  // the line that fixed the number of cells
};

}  // namespace gridmill::io
