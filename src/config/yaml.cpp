#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "config/node.hpp"

namespace gridmill::config {

namespace {

/// Aliases can make a short text stand for a huge tree; no config of ours comes near this.
constexpr std::size_t kMostNodes = 1'000'000;

core::Location location(const std::string& file, const YAML::Mark& mark) {
  if (mark.is_null()) return {.file = file};
  return {.file = file,
          .line = static_cast<std::size_t>(mark.line) + 1,
          .column = static_cast<std::size_t>(mark.column) + 1};
}

std::size_t count(const Node& node) {
  std::size_t total = 1;
  for (const Node& child : node.children) total += count(child);
  return total;
}

/// Builds the tree of Nodes from yaml-cpp's events. (Its own tree forgets where keys stand.)
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string file, Problems& problems) : file_(std::move(file)), problems_(problems) {}

  [[nodiscard]] std::optional<Node> take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(scalar(mark, core::Value()), anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto it = anchors_.find(anchor);
    if (it == anchors_.end()) throw YAML::ParserException(mark, "an alias inside the value it stands for");
    Node copy = it->second;
    copied_ += count(copy);
    if (copied_ > kMostNodes) throw YAML::ParserException(mark, "aliases that stand for more than a million values");
    add(std::move(copy), 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    const bool plain = tag == "?" || tag.empty();
    Node node = scalar(mark, plain ? plain_scalar(text) : core::Value(text));
    node.text = text;
    add(std::move(node), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open_.push_back({Node{.shape = Node::Shape::list, .where = location(file_, mark)}, anchor});
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open_.push_back({Node{.shape = Node::Shape::mapping, .where = location(file_, mark)}, anchor});
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Node node;
    YAML::anchor_t anchor = 0;
    std::optional<std::pair<std::string, core::Location>> key;  // of the entry whose value comes next
  };

  [[nodiscard]] Node scalar(const YAML::Mark& mark, core::Value value) const {
    return {.where = location(file_, mark), .scalar = std::move(value)};
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    add(std::move(done.node), done.anchor);
  }

  void add(Node node, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = node;
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.is_list()) {
      parent.node.children.push_back(std::move(node));
    } else if (parent.key) {
      add_entry(parent, std::move(node));
    } else {
      if (node.shape != Node::Shape::scalar) problems_.add(node.where, "a key must be a word or a number");
      parent.key = {node.text.empty() ? node.value().python_str() : node.text, node.where};
    }
  }

  void add_entry(Open& parent, Node node) {
    node.key = std::move(parent.key->first);
    node.key_where = std::move(parent.key->second);
    parent.key.reset();
    if (const Node* first = parent.node.find(node.key)) {
      problems_.add(node.key_where, fmt::format("'{}' is given twice", node.key),
                    fmt::format("first in line {}", first->key_where.line));
      return;
    }
    parent.node.children.push_back(std::move(node));
  }

  std::string file_;
  Problems& problems_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Node> anchors_;
  std::size_t copied_ = 0;
  std::optional<Node> root_;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void skip_sign(std::string_view& text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
}

/// Takes the digits at the beginning; returns how many.
std::size_t skip_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto n = static_cast<std::size_t>(end - text.begin());
  text.remove_prefix(n);
  return n;
}

/// [-+]?[0-9]+
bool is_integer(std::string_view text) {
  skip_sign(text);
  return skip_digits(text) > 0 && text.empty();
}

/// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool is_real(std::string_view text) {
  skip_sign(text);
  std::size_t n_digits = skip_digits(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    n_digits += skip_digits(text);
  }
  if (n_digits == 0) return false;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    skip_sign(text);
    if (skip_digits(text) == 0) return false;
  }
  return text.empty();
}

std::optional<std::int64_t> integer(const std::string& text) {
  if (!is_integer(text)) return std::nullopt;
  const char* begin = text.data() + (text.front() == '+' ? 1 : 0);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;  // beyond 64 bits: a real
  return value;
}

std::optional<double> real(const std::string& text) {
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return std::numeric_limits<double>::quiet_NaN();
  std::string_view unsigned_text = text;
  skip_sign(unsigned_text);
  if (unsigned_text == ".inf" || unsigned_text == ".Inf" || unsigned_text == ".INF") {
    return text.front() == '-' ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  }
  if (!is_real(text)) return std::nullopt;
  const char* begin = text.data() + (text.front() == '+' ? 1 : 0);
  double value = 0;
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    return text.find('-', 1) == std::string::npos ? std::numeric_limits<double>::infinity() : 0.0;
  }
  return value;
}

}  // namespace

core::Value plain_scalar(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return {};
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  if (const auto value = integer(text)) return *value;
  if (const auto value = real(text)) return *value;
  return text;
}

Node parse_yaml(std::string_view text, const std::filesystem::path& name, Problems& problems) {
  TreeBuilder builder(name.string(), problems);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) {
      return {.shape = Node::Shape::mapping, .where = {.file = name.string()}};
    }
    std::optional<Node> root = builder.take();
    if (parser.HandleNextDocument(builder)) {
      throw core::UserError(
          core::Problem{{.file = name.string()}, "holds several YAML documents ('---'); a config is one", ""});
    }
    if (!root || root->is_null()) return {.shape = Node::Shape::mapping, .where = {.file = name.string()}};
    return std::move(*root);
  } catch (const YAML::Exception& error) {
    throw core::UserError(core::Problem{
        location(name.string(), error.mark), fmt::format("this is not YAML: {}", error.msg),
        "YAML wants spaces, never tabs, before a line, a space after ':' and ',', and a partner for each bracket"});
  }
}

}  // namespace gridmill::config
