#include "core/error.hpp"

#include <utility>

#include <fmt/format.h>

namespace gridmill::core {

namespace {

std::string joined(const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& problem : problems) {
    if (!text.empty()) text += '\n';
    text += problem.text();
  }
  return text;
}

std::string with_hint(std::string what, const std::string& hint) {
  if (!hint.empty()) what += "\n  " + hint;
  return what;
}

}  // namespace

std::string Location::text() const {
  std::string text = file;
  if (line > 0) text += fmt::format("{}{}", text.empty() ? "line " : ":", line);
  if (line > 0 && column > 0) text += fmt::format(":{}", column);
  return text;
}

std::string Problem::text() const {
  const std::string place = where.text();
  return with_hint(place.empty() ? what : place + ": " + what, hint);
}

UserError::UserError(Problem problem) : UserError(std::vector<Problem>{std::move(problem)}) {}

UserError::UserError(std::vector<Problem> problems) : problems_(std::move(problems)), text_(joined(problems_)) {
  GRIDMILL_ASSERT(!problems_.empty(), "a UserError names at least one problem");
}

UserError::UserError(std::string what, std::string hint)
    : UserError(Problem{.where = {}, .what = std::move(what), .hint = std::move(hint)}) {}

RunError::RunError(std::string what, std::string hint) : text_(with_hint(std::move(what), hint)) {}

InternalError::InternalError(std::string_view what, std::source_location where)
    : text_(fmt::format("{}:{}: {}", where.file_name(), where.line(), what)) {}

void fail_assertion(std::string_view condition, std::string_view message, std::source_location where) {
  throw InternalError(fmt::format("{} (broken: {})", message, condition), where);
}

}  // namespace gridmill::core
