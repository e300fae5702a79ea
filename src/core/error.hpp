#pragma once

#include <cstddef>
#include <exception>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace gridmill::core {

/// Where in the user's input a problem lies. Line and column count from 1; 0 means "not known".
struct Location {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;

  /// Returns "file:line:column", leaving out what is not known.
  [[nodiscard]] std::string text() const;
};

/// One thing that is wrong with the user's input: where, what, and what to do about it.
struct Problem {
  Location where;
  std::string what;
  std::string hint;  // empty: none

  /// Returns "where: what\n  hint".
  [[nodiscard]] std::string text() const;
};

/// Reports input that cannot be used (config, command line, data). Ends the program with exit code 2.
///
/// Carries all problems that were found at once, never none. Thrown at the boundary only: code that
/// works on checked values does not throw it.
class UserError : public std::exception {
 public:
  explicit UserError(Problem problem);
  explicit UserError(std::vector<Problem> problems);
  /// A problem without a place.
  explicit UserError(std::string what, std::string hint = {});

  [[nodiscard]] const std::vector<Problem>& problems() const noexcept { return problems_; }
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::vector<Problem> problems_;
  std::string text_;
};

/// Reports that the machine failed us (disk full, file vanished, no memory). Ends the program with exit code 1.
class RunError : public std::exception {
 public:
  explicit RunError(std::string what, std::string hint = {});

  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string text_;
};

/// A bug of ours. No user input may reach it. Ends the program with exit code 3.
class InternalError : public std::exception {
 public:
  InternalError(std::string_view what, std::source_location where);

  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string text_;
};

/// How the program ends; the same on every rank.
enum class ExitCode : int {
  done = 0,
  incomplete = 1,      // finished with failed tasks, or could not finish
  bad_input = 2,       // command line, config or data
  internal_error = 3,  // our bug
  stopped = 75,        // stopped on request with work left
  interrupted = 130,
};

[[noreturn]] void fail_assertion(std::string_view condition, std::string_view message, std::source_location where);

}  // namespace gridmill::core

/// Checks what only a bug of ours can break; stays on in release builds.
#define GRIDMILL_ASSERT(condition, message)                                                     \
  do {                                                                                          \
    if (!(condition)) {                                                                         \
      ::gridmill::core::fail_assertion(#condition, (message), std::source_location::current()); \
    }                                                                                           \
  } while (false)
