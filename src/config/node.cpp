#include "config/node.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <tuple>

#include <fmt/format.h>

namespace gridmill::config {

const Node* Node::find(std::string_view name) const {
  if (!is_mapping()) return nullptr;
  const auto it = std::find_if(children.begin(), children.end(), [&](const Node& child) { return child.key == name; });
  return it == children.end() ? nullptr : &*it;
}

core::Value Node::value() const {
  if (is_list()) {
    core::ValueList values;
    for (const Node& child : children) values.push_back(child.value());
    return values;
  }
  if (is_mapping()) {
    core::ValueMapping entries;
    for (const Node& child : children) entries.emplace_back(child.key, child.value());
    return entries;
  }
  return scalar;
}

void Problems::add(core::Location where, std::string what, std::string hint) {
  problems_.push_back({std::move(where), std::move(what), std::move(hint)});
}

void Problems::throw_if_any() {
  if (problems_.empty()) return;
  const auto place = [](const core::Problem& problem) { return std::tie(problem.where.line, problem.where.column); };
  std::stable_sort(problems_.begin(), problems_.end(),
                   [&](const core::Problem& a, const core::Problem& b) { return place(a) < place(b); });
  throw core::UserError(problems_);
}

std::string read_text(const std::filesystem::path& file) {
  const core::Location where{.file = file.string()};
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) {
    throw core::UserError(core::Problem{where, "is a folder; a config is a file", ""});
  }
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (stream.is_open() && stream.peek() != std::ifstream::traits_type::eof()) text << stream.rdbuf();
  if (!stream.is_open() || stream.bad()) {
    throw core::UserError(core::Problem{where, fmt::format("cannot be read: {}", std::strerror(errno)), ""});
  }
  return text.str();
}

}  // namespace gridmill::config
