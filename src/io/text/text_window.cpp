#include "io/text/text_window.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "io/text/utf8.hpp"

namespace gridmill::io {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kWindow = std::size_t{1} << 20;  // [bytes]

std::string iconv_hint(const std::filesystem::path& path, std::string_view encoding) {
  const std::string file = path.filename().string();
  return fmt::format("convert it: iconv -f {} -t UTF-8 {} > utf8-{}", encoding, file, file);
}

}  // namespace

TextWindow::TextWindow(const std::filesystem::path& path, Encoding encoding)
    : source_(path), encoding_(encoding), buffer_(kWindow + 1) {
  refill();
  skip_byte_order_mark();
}

void TextWindow::drop(std::size_t n_bytes, std::size_t n_lines) {
  begin_ += n_bytes;
  line_ += n_lines;
}

void TextWindow::refill() {
  const std::size_t kept = end_ - begin_;
  if (kept >= kLongestRecord) {
    fail(0, fmt::format("the record that begins here is longer than {} MiB", kLongestRecord >> 20U),
         "is a quote not closed?");
  }
  std::memmove(buffer_.data(), buffer_.data() + begin_, kept);
  begin_ = 0;
  // A record that fills the window needs a larger one; doubling keeps the copies cheap.
  if (kept > kWindow / 2) buffer_.resize(std::max(buffer_.size(), 2 * kept + 1));
  std::copy(cut_.begin(), cut_.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(kept));
  end_ = kept + cut_.size();
  append();
  check_from(kept);
  buffer_[end_] = '\n';
}

void TextWindow::append() {
  if (encoding_ == Encoding::latin1) return append_latin1();
  const std::span<char> free(buffer_.data() + end_, buffer_.size() - 1 - end_);
  const std::size_t got = source_.read(free);
  at_end_ = got < free.size();
  end_ += got;
}

void TextWindow::append_latin1() {
  raw_.resize((buffer_.size() - 1 - end_) / 2);  // each byte becomes one or two
  const std::size_t got = source_.read(raw_);
  at_end_ = got < raw_.size();
  for (const char c : std::string_view(raw_.data(), got)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      buffer_[end_++] = c;
    } else {
      buffer_[end_++] = static_cast<char>(0xC0U | (byte >> 6U));
      buffer_[end_++] = static_cast<char>(0x80U | (byte & 0x3FU));
    }
  }
}

void TextWindow::skip_byte_order_mark() {
  if (text().substr(0, 3) == "\xEF\xBB\xBF"sv) begin_ = 3;
}

void TextWindow::check_from(std::size_t fresh_begin) {
  const std::string_view fresh(buffer_.data() + fresh_begin, end_ - fresh_begin);
  if (line_ == 1 && fresh_begin == 0) {
    const std::string_view mark = fresh.substr(0, 2);
    const bool is_utf32 = fresh.starts_with("\xFF\xFE\0\0"sv) || fresh.starts_with("\0\0\xFE\xFF"sv);
    if (is_utf32 || mark == "\xFF\xFE"sv || mark == "\xFE\xFF"sv) {
      const char* const encoding = is_utf32 ? "UTF-32" : "UTF-16";
      throw core::UserError(core::Problem{{source_.path().string()},
                                          fmt::format("is {} text; only UTF-8 and latin1 are read", encoding),
                                          iconv_hint(source_.path(), encoding)});
    }
  }
  const Utf8Check check = check_utf8(fresh);
  const std::string_view valid = fresh.substr(0, check.n_valid);
  cut_ = fresh.substr(check.n_valid);
  end_ = fresh_begin + check.n_valid;
  if (const std::size_t nul = valid.find('\0'); nul != std::string_view::npos) {
    fail(fresh_begin + nul, "NUL byte; this is not a text file, or is UTF-16 without a byte order mark");
  }
  if (!cut_.empty() && (!check.cut || at_end_)) {
    fail(end_, fmt::format("byte 0x{:02X} is not UTF-8", static_cast<unsigned char>(cut_.front())),
         "set encoding: latin1 if that is what it is, or " + iconv_hint(source_.path(), "WINDOWS-1252"));
  }
}

std::size_t TextWindow::line_ends(std::string_view text) const {
  auto n = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  if (!counts_carriage_returns_) return n;
  for (std::size_t at = text.find('\r'); at != std::string_view::npos; at = text.find('\r', at + 1)) {
    if (at + 1 == text.size() || text[at + 1] != '\n') ++n;
  }
  return n;
}

core::Location TextWindow::location(std::size_t offset) const {
  const std::string_view before(buffer_.data() + begin_, offset);
  const std::string_view ends = counts_carriage_returns_ ? "\n\r" : "\n";
  const std::size_t line_begin = before.find_last_of(ends) + 1;  // npos + 1 == 0
  return {source_.path().string(), line_ + line_ends(before), n_characters(before.substr(line_begin)) + 1};
}

void TextWindow::fail(std::size_t offset, std::string what, std::string hint) const {
  throw core::UserError(core::Problem{location(offset), std::move(what), std::move(hint)});
}

}  // namespace gridmill::io
