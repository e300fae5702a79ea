#include "io/text/csv.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/text/cell.hpp"
#include "io/text/first_line.hpp"

namespace gridmill::io {
namespace {

constexpr std::array<char, 4> kDelimiters = {',', ';', '\t', '|'};
constexpr std::size_t kSniffedLines = 20;
constexpr std::size_t kRowsLookedAt = 50;
constexpr std::size_t kCellsLookedAt = 1 << 16;

using DelimiterCounts = std::array<std::size_t, kDelimiters.size()>;

std::string made_up_name(std::size_t column) { return fmt::format("c{}", column); }

bool is_made_up_name(const std::string& name, std::size_t n_columns) {
  const std::optional<std::int64_t> column = name.starts_with('c') ? parse_integer(name.substr(1)) : std::nullopt;
  return column && *column >= 0 && static_cast<std::size_t>(*column) < n_columns &&
         name == made_up_name(static_cast<std::size_t>(*column));
}

/// How often each delimiter stands outside quotes, line by line, over the first lines of a text.
std::vector<DelimiterCounts> count_delimiters(std::string_view text) {
  std::vector<DelimiterCounts> lines(1);
  bool quoted = false;
  bool blank = true;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n' || c == '\r') {
      if (!blank && lines.size() == kSniffedLines) break;
      if (!blank) lines.emplace_back();
      blank = true;
      continue;
    }
    blank = blank && c == ' ';
    for (std::size_t i = 0; i < kDelimiters.size(); ++i) lines.back()[i] += c == kDelimiters[i] ? 1U : 0U;
  }
  if (blank && lines.size() > 1) lines.pop_back();
  return lines;
}

}  // namespace

std::string_view CellBlock::undouble(std::string_view bytes, std::string& scratch) {
  scratch.clear();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    scratch += bytes[i];
    if (bytes[i] == '"') ++i;
  }
  return scratch;
}

CsvReader::CsvReader(const std::filesystem::path& path, const ImportOptions& options)
    : window_(path, options.encoding) {
  delimiter_ = options.delimiter.value_or('\0');
  if (!options.delimiter) delimiter_ = detect_delimiter(options.decimal);
  stops_cell_[static_cast<unsigned char>(delimiter_)] = true;
  stops_cell_[static_cast<unsigned char>('\n')] = true;
  stops_cell_[static_cast<unsigned char>('\r')] = true;
  use_window();
  read_header(options);
}

char CsvReader::detect_delimiter(char decimal) const {
  std::vector<DelimiterCounts> lines = count_delimiters(window_.text());
  // The window may end within the last line.
  if (!window_.at_end() && lines.size() > 1 && lines.size() < kSniffedLines) lines.pop_back();
  std::size_t best = 0;
  std::pair<bool, std::size_t> best_score{false, 0};
  for (std::size_t i = 0; i < kDelimiters.size(); ++i) {
    const std::size_t first = lines.front()[i];
    if (first == 0 || kDelimiters[i] == decimal) continue;
    const bool even = std::all_of(lines.begin(), lines.end(), [&](const auto& line) { return line[i] == first; });
    if (std::pair(even, first) > best_score) {
      best_score = {even, first};
      best = i;
    }
  }
  return kDelimiters[best];
}

void CsvReader::use_window() {
  block_.text_ = window_.text().data();
  at_ = block_.text_;
  limit_ = at_ + window_.text().size();
}

void CsvReader::find_first_row() {
  Scan found = scan_row();
  while (found != Scan::row) {
    if (found == Scan::blank_line) {
      if (at_ == limit_ && window_.at_end()) {
        throw core::UserError(core::Problem{{window_.location(0).file}, "is empty", {}});
      }
    } else {
      window_.refill();
      use_window();
    }
    found = scan_row();
  }
  block_.n_columns_ = block_.cells_.size();
  header_line_ = window_.location(block_.cells_.front().begin).line;
}

void CsvReader::read_header(const ImportOptions& options) {
  find_first_row();
  const bool named = has_header(options);
  if (named) {
    take_names();
  } else {
    remarks_.names_are_made_up = true;
    for (std::size_t i = 0; i < block_.n_columns_; ++i) names_.push_back(made_up_name(i));
  }
  block_.cells_.clear();
  if (!named) at_ = block_.text_;
  const std::string_view rest(at_, static_cast<std::size_t>(limit_ - at_));
  if (!options.may_be_empty && window_.at_end() && rest.find_first_not_of(" \r\n") == std::string_view::npos) {
    throw core::UserError(core::Problem{
        {window_.location(0).file}, "has a header but no rows", "set header: no if its first line is data"});
  }
}

bool CsvReader::has_header(const ImportOptions& options) {
  if (options.header != Header::automatic) return options.header == Header::yes;
  std::set<std::string> cells;
  std::string scratch;
  for (std::size_t i = 0; i < block_.n_columns_; ++i) cells.emplace(block_.cell(0, i, scratch));
  // A row may hold some number that is also the name of a column, but hardly all of them.
  std::size_t n_numbers = 0;
  std::size_t n_numbers_there = 0;
  for (const std::string& name : options.named_columns()) {
    const bool is_number = parse_real(name).has_value();
    if (!is_number && cells.contains(name)) return true;
    n_numbers += is_number ? 1U : 0U;
    n_numbers_there += is_number && cells.contains(name) ? 1U : 0U;
  }
  return (n_numbers > 0 && n_numbers_there == n_numbers) || guess_header(options);
}

/// Nothing that the user names stands in the first line.
bool CsvReader::guess_header(const ImportOptions& options) {
  look_ahead();
  const FirstLine line = judge_first_line(block_, MissingWords(options.missing), options.decimal);
  block_.cells_.resize(block_.n_columns_);
  const std::vector<std::string> named = options.named_columns();
  const bool made_up = !named.empty() && std::all_of(named.begin(), named.end(), [&](const std::string& name) {
    return is_made_up_name(name, block_.n_columns_);
  });
  const core::Location where{.file = window_.location(0).file, .line = header_line_};
  if (made_up && line.names && !line.certain) {
    throw core::UserError(core::Problem{
        where,
        fmt::format("'{}' is a column without a header, but this line may be one: {}", named.front(), first_cells()),
        "set header: true if it names the columns, header: false if it is a row"});
  }
  if (!line.certain && line.names) {
    remarks_.warnings.push_back(
        fmt::format("{}: the names of the columns are taken from this line: {}; if it is a row, set header: false",
                    where.text(), first_cells()));
  } else if (!line.names && !made_up) {
    remarks_.notes.push_back(fmt::format(
        "{}: this line is taken for a row, and the columns are called c0, c1, ...; if it names them, set header: true",
        where.text()));
  }
  return line.names;
}

/// "'country', '2019', '2020', ..."
std::string CsvReader::first_cells() const {
  constexpr std::size_t kShown = 4;
  std::string text;
  std::string scratch;
  for (std::size_t i = 0; i < std::min(block_.n_columns_, kShown); ++i) {
    text += fmt::format("{}'{}'", i == 0 ? "" : ", ", block_.cell(0, i, scratch));
  }
  return block_.n_columns_ > kShown ? text + ", ..." : text;
}

/// Adds some of the rows that follow the first, as far as the window holds them.
void CsvReader::look_ahead() {
  const char* const after_first = at_;
  for (std::size_t n = 1; n < kRowsLookedAt && n * block_.n_columns_ < kCellsLookedAt && at_ < limit_; ++n) {
    if (scan_row() == Scan::incomplete) break;
  }
  at_ = after_first;
}

void CsvReader::take_names() {
  std::string scratch;
  std::set<std::string> given;
  for (std::size_t i = 0; i < block_.n_columns_; ++i) given.emplace(block_.cell(0, i, scratch));
  for (std::size_t i = 0; i < block_.n_columns_; ++i) {
    names_.emplace_back(block_.cell(0, i, scratch));
    if (!names_.back().empty()) continue;
    nameless_.resize(block_.n_columns_);
    nameless_[i] = true;
    const std::string name = fmt::format("Unnamed: {}", i);
    names_.back() = name;
    // A file that pandas wrote, read and wrote again has a column of that name already.
    for (int twin = 1; !given.insert(names_.back()).second; ++twin) names_.back() = fmt::format("{}.{}", name, twin);
  }
  tell_twins_apart(given);
}

/// Calls a second 'a' 'a.1', as pandas does: by the first number that makes a name of its own.
void CsvReader::tell_twins_apart(std::set<std::string> given) {
  constexpr std::size_t kTold = 3;
  std::set<std::string> seen;
  std::size_t n_twins = 0;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (seen.insert(names_[i]).second) continue;
    const std::string name = names_[i];
    for (int twin = 1; !given.insert(names_[i]).second; ++twin) names_[i] = fmt::format("{}.{}", name, twin);
    seen.insert(names_[i]);
    if (++n_twins > kTold) continue;
    remarks_.notes.push_back(fmt::format("{}: another column is called '{}' already; this one is called '{}'",
                                         window_.location(block_.cells_[i].begin).text(), name, names_[i]));
  }
  if (n_twins > kTold) {
    remarks_.notes.push_back(fmt::format("{}: {} more columns are renamed so",
                                         window_.location(block_.cells_[0].begin).file, n_twins - kTold));
  }
}

const CellBlock* CsvReader::next(std::size_t max_rows) {
  // Whatever has been handed out is done with: forget it, and its lines.
  const auto done = static_cast<std::size_t>(at_ - block_.text_);
  window_.drop(done, window_.line_ends({block_.text_, done}));
  use_window();
  block_.cells_.clear();
  std::size_t n_rows = 0;
  while (n_rows < max_rows) {
    const Scan found = scan_row();
    if (found == Scan::row) {
      ++n_rows;
    } else if (found == Scan::incomplete) {
      if (n_rows > 0) break;
      window_.refill();
      use_window();
    } else if (at_ == limit_ && window_.at_end()) {
      break;
    }
  }
  return n_rows == 0 ? nullptr : &block_;
}

CsvReader::Scan CsvReader::scan_row() {
  const char* const row_begin = at_;
  const std::size_t n_cells = block_.cells_.size();
  const char* at = at_;
  const auto incomplete = [&] {
    block_.cells_.resize(n_cells);
    at_ = row_begin;
    return Scan::incomplete;
  };
  while (true) {
    while (at < limit_ && (*at == ' ' || (*at == '\t' && delimiter_ != '\t'))) ++at;
    const bool whole = at < limit_ && *at == '"' ? scan_quoted(at) : scan_unquoted(at);
    if (!whole) return incomplete();
    if (at == limit_ || *at == '\n' || *at == '\r') break;
    ++at;  // the delimiter
  }
  const char* const row_end = at;
  if (!take_line_end(at)) return incomplete();
  at_ = at;
  const std::size_t found = block_.cells_.size() - n_cells;
  const bool is_empty = found == 1 && block_.cells_.back().size == 0;
  if (is_empty && std::find(row_begin, row_end, '"') == row_end) {  // "" is a cell of its own
    block_.cells_.resize(n_cells);
    return Scan::blank_line;
  }
  if (block_.n_columns_ != 0 && found != block_.n_columns_) refuse_row(row_begin, found);
  return Scan::row;
}

/// Takes CRLF, LF or CR; false when the window ends within it.
bool CsvReader::take_line_end(const char*& at) {
  if (at == limit_) return true;
  if (*at == '\r') {
    if (at + 1 == limit_ && !window_.at_end()) return false;
    const bool alone = at + 1 == limit_ || at[1] != '\n';
    if (alone) window_.count_carriage_returns();
    at += alone ? 1 : 2;
  } else {
    ++at;
  }
  return true;
}

bool CsvReader::scan_unquoted(const char*& at) {
  const char* const begin = at;
  while (!stops_cell_[static_cast<unsigned char>(*at)]) ++at;  // a line feed stands behind the window
  if (at >= limit_ && !window_.at_end()) return false;
  const char* end = at;
  while (end > begin && (end[-1] == ' ' || end[-1] == '\t')) --end;
  block_.cells_.push_back(
      {static_cast<std::uint32_t>(begin - block_.text_), static_cast<std::uint32_t>(end - begin) & 0x7FFFFFFFU, 0});
  return true;
}

bool CsvReader::scan_quoted(const char*& at) {
  const char* const begin = at + 1;
  const char* end = begin;
  std::uint32_t doubled = 0;
  while (true) {
    end = static_cast<const char*>(std::memchr(end, '"', static_cast<std::size_t>(limit_ - end)));
    if (end == nullptr) {
      if (!window_.at_end()) return false;
      window_.fail(static_cast<std::size_t>(begin - 1 - block_.text_), "the quote that begins here is never closed");
    }
    if (end + 1 == limit_ && !window_.at_end()) return false;
    if (end + 1 == limit_ || end[1] != '"') break;
    doubled = 1;
    end += 2;
  }
  block_.cells_.push_back({static_cast<std::uint32_t>(begin - block_.text_),
                           static_cast<std::uint32_t>(end - begin) & 0x7FFFFFFFU, doubled & 1U});
  at = end + 1;
  while (at < limit_ && (*at == ' ' || (*at == '\t' && delimiter_ != '\t'))) ++at;
  if (at == limit_) return window_.at_end();
  if (!stops_cell_[static_cast<unsigned char>(*at)]) {
    window_.fail(static_cast<std::size_t>(at - block_.text_), "text after a closing quote",
                 "double the quotes that belong to the cell: \"a \"\"word\"\" in quotes\"");
  }
  return true;
}

void CsvReader::refuse_row(const char* row_begin, std::size_t n_cells) const {
  core::Location where = window_.location(static_cast<std::size_t>(row_begin - block_.text_));
  where.column = 0;
  throw core::UserError(core::Problem{where,
                                      fmt::format("{} {}, expected {} as in line {}", n_cells,
                                                  n_cells == 1 ? "cell" : "cells", block_.n_columns_, header_line_),
                                      hint_for_row(n_cells)});
}

std::string CsvReader::hint_for_row(std::size_t n_cells) const {
  const std::string name = delimiter_ == '\t' ? "tab" : fmt::format("'{}'", delimiter_);
  if (n_cells < block_.n_columns_) {
    return n_cells > 1 ? "" : fmt::format("the cells are cut at {}; set delimiter if that is wrong", name);
  }
  if (n_cells == block_.n_columns_ + 1) {
    return block_.cells_.back().size == 0
               ? fmt::format("the line ends with {}, as line {} does not: add it there or take it off here", name,
                             header_line_)
               : fmt::format("quote cells that contain {}, or give the first column a name in line {} if it lacks one",
                             name, header_line_);
  }
  return fmt::format("quote cells that contain {}", name);
}

core::Location CsvReader::location(std::size_t row, std::size_t column) const {
  return window_.location(block_.cells_[row * block_.n_columns_ + column].begin);
}

}  // namespace gridmill::io
