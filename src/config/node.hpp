#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/value.hpp"

namespace gridmill::config {

/// A value of a config together with the place where each part of it was written.
struct Node {
  enum class Shape { scalar, list, mapping };

  Shape shape = Shape::scalar;
  core::Location where;        // of the value
  core::Value scalar;          // for a scalar: null, boolean, integer, real or text
  std::string text;            // of a scalar but null, as written: "0.0200"
  std::vector<Node> children;  // of a list or mapping, in the order written
  std::string key;             // if this is an entry of a mapping
  core::Location key_where;

  [[nodiscard]] bool is_list() const { return shape == Shape::list; }
  [[nodiscard]] bool is_mapping() const { return shape == Shape::mapping; }
  [[nodiscard]] bool is_null() const { return shape == Shape::scalar && scalar.is_null(); }

  /// Returns the entry `name` of a mapping, or null (also if this is no mapping).
  [[nodiscard]] const Node* find(std::string_view name) const;
  /// Returns it without places.
  [[nodiscard]] core::Value value() const;
};

/// Gathers what is wrong with a config, so that all of it can be said at once.
class Problems {
 public:
  void add(core::Location where, std::string what, std::string hint = {});
  [[nodiscard]] bool empty() const { return problems_.empty(); }
  [[nodiscard]] std::size_t size() const { return problems_.size(); }
  /// Throws UserError with all problems in the order of the file, if there are any.
  void throw_if_any();

 private:
  std::vector<core::Problem> problems_;
};

/// Reads YAML text (1.2 core schema: `1e-4`, `.5` and `1e4` are numbers, `yes` is text). Anchors and aliases work.
/// An empty text is an empty mapping. Repeated keys go to `problems`.
/// Errors: UserError with the place for text that is not YAML, or holds several documents.
Node parse_yaml(std::string_view text, const std::filesystem::path& name, Problems& problems);

/// Returns what a plain (unquoted) YAML scalar means: null, boolean, integer, real or text.
core::Value plain_scalar(const std::string& text);

/// Returns the text of a config file. Errors: UserError if it is missing, a folder, or cannot be read.
std::string read_text(const std::filesystem::path& file);

}  // namespace gridmill::config
