#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "io/tables/import_options.hpp"
#include "io/text/text_source.hpp"

namespace gridmill::io {

/// A window that slides over the text of a file: checked UTF-8 without byte order mark and NUL bytes.
///
/// Knows the line number of its beginning, so that any place in it can be named. Grows when one record does not fit.
/// Errors: UserError with file:line:column for text that is not UTF-8 (latin1 is converted if asked for), UTF-16,
/// NUL bytes; and when a single record exceeds `kLongestRecord`.
class TextWindow {
 public:
  static constexpr std::size_t kLongestRecord = std::size_t{256} << 20;  // [bytes]

  TextWindow(const std::filesystem::path& path, Encoding encoding);

  /// What is in the window. One line feed stands behind its end, as a stop for scans, even when empty.
  [[nodiscard]] std::string_view text() const { return {buffer_.data() + begin_, end_ - begin_}; }
  /// Whether the text ends with the window.
  [[nodiscard]] bool at_end() const { return at_end_; }
  [[nodiscard]] std::size_t line() const { return line_; }

  /// From now on a carriage return without a line feed ends a line, too.
  void count_carriage_returns() { counts_carriage_returns_ = true; }
  /// Returns how many lines end in `text`.
  [[nodiscard]] std::size_t line_ends(std::string_view text) const;

  /// Leaves the first `n_bytes`, in which `n_lines` end.
  void drop(std::size_t n_bytes, std::size_t n_lines);
  /// Adds what follows; the window then starts where it did, at another address.
  void refill();

  /// Returns the place of byte `offset` of the window; columns count characters.
  [[nodiscard]] core::Location location(std::size_t offset) const;
  [[noreturn]] void fail(std::size_t offset, std::string what, std::string hint = {}) const;

 private:
  void append();
  void append_latin1();
  void skip_byte_order_mark();
  void check_from(std::size_t fresh_begin);

  TextSource source_;
  Encoding encoding_;
  std::vector<char> buffer_;
  std::vector<char> raw_;  // latin1 before conversion
  std::string cut_;        // the first bytes of a character whose others have not been read yet
  std::size_t begin_ = 0;  // of the window in buffer_
  std::size_t end_ = 0;
  std::size_t line_ = 1;
  bool at_end_ = false;
  bool counts_carriage_returns_ = false;
};

}  // namespace gridmill::io
