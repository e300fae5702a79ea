#include "features/definitions/python_call.hpp"

#include <charconv>
#include <cstdint>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::features {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

/// As much of a text as a message can bear.
std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 200;  // bytes
  return text.size() <= kMost ? std::string(text) : std::string(text.substr(0, kMost)) + "...";
}

class CallReader {
 public:
  explicit CallReader(std::string_view text) : text_(text) {}

  PythonCall call() {
    PythonCall call;
    call.name = word("a name");
    if (take('(')) arguments(call);
    skip_blanks();
    if (at_ != text_.size()) fail("nothing more");
    return call;
  }

 private:
  void arguments(PythonCall& call) {
    while (!take(')')) {
      const std::size_t before = at_;
      skip_blanks();
      std::string name = is_letter(peek()) ? word("a name") : "";
      if (!name.empty() && take('=')) {
        call.named.emplace_back(std::move(name), literal());
      } else {
        at_ = before;
        if (!call.named.empty()) fail("name=value after an argument with a name");
        call.positional.push_back(literal());
      }
      if (!take(',')) {
        expect(')', "',' or ')'");
        return;
      }
    }
  }

  core::Value literal() {
    skip_blanks();
    const char c = peek();
    if (c == '\'' || c == '"') return quoted();
    if (c == '[' || c == '(' || c == '{') return nested(c);
    if (is_letter(c)) return constant();
    return number();
  }

  /// Brackets in each other make this class call itself: no deeper than anybody writes.
  core::Value nested(char open) {
    if (depth_ == kDeepest) fail(fmt::format("at most {} brackets in each other", kDeepest));
    ++depth_;
    ++at_;
    core::Value value = open == '{' ? mapping() : list(open == '[' ? ']' : ')');
    --depth_;
    return value;
  }

  core::Value constant() {
    const std::size_t before = at_;
    const std::string name = word("a value");
    if (name == "True" || name == "true") return true;
    if (name == "False" || name == "false") return false;
    if (name == "None" || name == "null") return {};
    at_ = before;
    fail("a value (texts stand in quotes)");
  }

  core::Value number() {
    const std::size_t start = at_;
    if (peek() == '+') ++at_;
    const std::size_t first = at_;
    while (is_ascii_digit(peek()) || is_letter(peek()) || peek() == '.' || peek() == '-' || peek() == '+') ++at_;
    const char* const begin = text_.data() + first;
    const char* const end = text_.data() + at_;
    std::int64_t whole = 0;
    if (const auto [stop, error] = std::from_chars(begin, end, whole); error == std::errc{} && stop == end)
      return whole;
    double real = 0;
    if (const auto [stop, error] = std::from_chars(begin, end, real); error == std::errc{} && stop == end) return real;
    at_ = start;
    fail("a value");
  }

  core::Value quoted() {
    const char quote = text_[at_++];
    std::string value;
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        value += text_[at_] == 'n' ? '\n' : text_[at_] == 't' ? '\t' : text_[at_];
      } else {
        value += text_[at_];
      }
    }
    if (at_ == text_.size()) fail(fmt::format("a closing {}", quote));
    ++at_;
    return value;
  }

  core::Value list(char close) {
    core::ValueList values;
    while (!take(close)) {
      values.push_back(literal());
      if (!take(',')) {
        expect(close, fmt::format("',' or '{}'", close));
        break;
      }
    }
    return values;
  }

  core::Value mapping() {
    core::ValueMapping entries;
    while (!take('}')) {
      skip_blanks();
      if (peek() != '\'' && peek() != '"') fail("a text in quotes");
      std::string key = quoted().text();
      expect(':', "':'");
      entries.emplace_back(std::move(key), literal());
      if (!take(',')) {
        expect('}', "',' or '}'");
        break;
      }
    }
    return entries;
  }

  std::string word(std::string_view what) {
    skip_blanks();
    if (!is_letter(peek())) fail(what);
    std::string name;
    while (is_letter(peek()) || is_ascii_digit(peek())) name += text_[at_++];
    return name;
  }

  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\n' || peek() == '\t') ++at_;
  }
  bool take(char c) {
    skip_blanks();
    if (peek() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  void expect(char c, std::string_view what) {
    if (!take(c)) fail(what);
  }

  [[noreturn]] void fail(std::string_view expected) const {
    const std::string_view rest = text_.substr(at_);
    throw core::UserError(rest.empty()
                              ? fmt::format("'{}': expected {} at its end", shown(text_), expected)
                              : fmt::format("'{}': expected {} before '{}'", shown(text_), expected, shown(rest)),
                          "write NAME, NAME(argument=value, ...), or {name: NAME, argument: value}");
  }

  static constexpr std::size_t kDeepest = 50;

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;  // brackets that are open
};

}  // namespace

PythonCall read_python_call(std::string_view text) { return CallReader(text).call(); }

}  // namespace gridmill::features
