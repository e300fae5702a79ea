#include "io/csv.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/cell.hpp"
#include "io/datetime.hpp"

namespace gridmill::io {
namespace {

constexpr std::array<char, 3> kDelimiters = {',', ';', '\t'};
constexpr std::size_t kSniffedLines = 20;

std::size_t line_feeds(const char* begin, const char* end) {
  return static_cast<std::size_t>(std::count(begin, end, '\n'));
}

/// How often each delimiter stands outside quotes, line by line, over the first lines of a text.
std::vector<std::array<std::size_t, 3>> count_delimiters(std::string_view text) {
  std::vector<std::array<std::size_t, 3>> lines(1);
  bool quoted = false;
  bool blank = true;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n') {
      if (!blank && lines.size() == kSniffedLines) break;
      if (!blank) lines.emplace_back();
      blank = true;
      continue;
    }
    blank = blank && (c == ' ' || c == '\r');
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
  use_window();
  read_header(options);
}

char CsvReader::detect_delimiter(char decimal) const {
  std::vector<std::array<std::size_t, 3>> lines = count_delimiters(window_.text());
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

void CsvReader::read_header(const ImportOptions& options) {
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
  const bool has_header =
      options.header == Header::yes || (options.header == Header::automatic && looks_like_header(options.decimal));
  std::string scratch;
  for (std::size_t i = 0; i < block_.n_columns_; ++i) {
    names_.push_back(has_header ? std::string(block_.cell(0, i, scratch)) : fmt::format("c{}", i));
  }
  if (has_header) check_names();
  block_.cells_.clear();
  if (!has_header) at_ = block_.text_;
  const std::string_view rest(at_, static_cast<std::size_t>(limit_ - at_));
  if (!options.may_be_empty && window_.at_end() && rest.find_first_not_of(" \r\n") == std::string_view::npos) {
    throw core::UserError(core::Problem{
        {window_.location(0).file}, "has a header but no rows", "set header: no if its first line is data"});
  }
}

bool CsvReader::looks_like_header(char decimal) const {
  std::string scratch;
  for (std::size_t i = 0; i < block_.n_columns_; ++i) {
    const std::string_view cell = block_.cell(0, i, scratch);
    if (parse_real(cell, decimal) || parse_datetime(cell)) return false;
  }
  return true;
}

void CsvReader::check_names() const {
  std::vector<core::Problem> problems;
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (names_[i].empty()) {
      problems.push_back({window_.location(block_.cells_[i].begin), fmt::format("column {} has no name", i + 1),
                          "name it, or set header: no if the first line is data"});
    } else if (!seen.insert(names_[i]).second) {
      problems.push_back({window_.location(block_.cells_[i].begin),
                          fmt::format("two columns are called '{}'", names_[i]), "give each column a name of its own"});
    }
  }
  if (!problems.empty()) throw core::UserError(std::move(problems));
}

const CellBlock* CsvReader::next(std::size_t max_rows) {
  // Whatever has been handed out is done with: forget it, and its lines.
  const auto done = static_cast<std::size_t>(at_ - block_.text_);
  window_.drop(done, line_feeds(block_.text_, at_));
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
    if (at == limit_ || *at == '\n') break;
    ++at;  // the delimiter
  }
  at_ = at == limit_ ? at : at + 1;
  const std::size_t found = block_.cells_.size() - n_cells;
  const bool is_empty = found == 1 && block_.cells_.back().size == 0;
  if (is_empty && std::find(row_begin, at, '"') == at) {  // "" is a cell of its own
    block_.cells_.resize(n_cells);
    return Scan::blank_line;
  }
  if (block_.n_columns_ != 0 && found != block_.n_columns_) refuse_row(row_begin, found);
  return Scan::row;
}

bool CsvReader::scan_unquoted(const char*& at) {
  const char* const begin = at;
  while (!stops_cell_[static_cast<unsigned char>(*at)]) ++at;  // a line feed stands behind the window
  if (at >= limit_ && !window_.at_end()) return false;
  const char* end = at;
  if (end > begin && *at == '\n' && end[-1] == '\r') --end;
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
  while (at < limit_ && (*at == ' ' || *at == '\r' || (*at == '\t' && delimiter_ != '\t'))) ++at;
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
  throw core::UserError(
      core::Problem{where,
                    fmt::format("{} {}, expected {} as in line {}", n_cells, n_cells == 1 ? "cell" : "cells",
                                block_.n_columns_, header_line_),
                    n_cells > block_.n_columns_ ? "quote cells that contain the delimiter" : std::string()});
}

core::Location CsvReader::location(std::size_t row, std::size_t column) const {
  return window_.location(block_.cells_[row * block_.n_columns_ + column].begin);
}

}  // namespace gridmill::io
