#include "config/read_label.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "config/read_condition.hpp"
#include "core/error.hpp"
#include "features/definitions/feature.hpp"
#include "features/definitions/primitive.hpp"

namespace gridmill::config {

namespace {

constexpr std::string_view kNext = "Next ";
constexpr const char* kForms =
    "write a column; {name: COLUMN}; {name: SUM(orders.amount)}; {name: \"COUNT(orders, Next 30 days)\"}; or with a "
    "condition {name: [COLUMN, isin, [a, b]]}";

bool is_open(const std::string& text) {
  return std::count(text.begin(), text.end(), '(') > std::count(text.begin(), text.end(), ')');
}

/// In YAML's flow style a comma ends a text without quotes: joins the pieces of COUNT(orders, Next 30 days) again.
std::vector<Node> joined(const std::vector<Node>& pieces) {
  std::vector<Node> whole;
  for (const Node& piece : pieces) {
    const bool goes_on = !whole.empty() && whole.back().shape == Node::Shape::scalar && is_open(whole.back().text) &&
                         piece.shape == Node::Shape::scalar;
    if (!goes_on) {
      whole.push_back(piece);
      continue;
    }
    whole.back().text += ", " + (piece.key.empty() ? piece.text : piece.key);
    whole.back().scalar = whole.back().text;
  }
  return whole;
}

class LabelReader {
 public:
  LabelReader(const Node& node, Problems& problems) : node_(node), problems_(problems) { label_.where = node.where; }

  std::optional<LabelOptions> read() {
    const std::size_t before = problems_.size();
    if (node_.is_mapping()) {
      const std::vector<Node> entries = joined(node_.children);
      if (entries.size() != 1) {
        refuse(fmt::format("has {} entries, and there is one label", entries.size()));
      } else {
        label_.name = entries.front().key;
        read_condition(entries.front());
        label_.written = core::ValueMapping{{label_.name, written_}};
      }
    } else {
      label_.name = node_.text;
      read_what(node_.text);
      label_.written = node_.text;
    }
    return problems_.size() == before ? std::optional(std::move(label_)) : std::nullopt;
  }

 private:
  void refuse(std::string what, std::string hint = kForms) {
    problems_.add(node_.where, fmt::format("features.label: {}", what), std::move(hint));
  }

  void read_condition(const Node& node) {
    if (node.is_null() || node.is_mapping()) return refuse(fmt::format("'{}' names nothing", node.key));
    if (!node.is_list()) {
      written_ = node.text;
      return read_what(node.text);
    }
    const std::vector<Node> parts = joined(node.children);
    if (parts.size() != 3 || parts[0].shape != Node::Shape::scalar || !parts[1].scalar.is_text()) {
      return refuse("a condition is [what, comparison, value]");
    }
    label_.comparison = parts[1].text == "=" ? "==" : parts[1].text;
    label_.value = parts[2].value();
    if (label_.value.is_null() || label_.value.is_mapping()) return refuse("compares with a value, or a list of them");
    const std::string problem = comparison_problem(label_.comparison, label_.value.is_list());
    if (!problem.empty()) return refuse(problem, kComparisonHint);
    written_ = core::ValueList{parts[0].text, label_.comparison, label_.value};
    read_what(parts[0].text);
  }

  /// A column, or an aggregation as names of features are written: "SUM(orders.amount, Next 30 days)".
  void read_what(const std::string& text) {
    const std::size_t open = text.find('(');
    const bool is_call =
        open != std::string::npos && text.ends_with(')') &&
        features::find_primitive(features::PrimitiveKind::aggregation, text.substr(0, open)) != nullptr;
    if (text.empty()) return refuse("names nothing");
    if (!is_call) {
      label_.column = text;
      return;
    }
    std::string inside = text.substr(open + 1, text.size() - open - 2);
    const std::size_t arguments = find_arguments(inside);
    std::string call = text.substr(0, open);
    if (arguments != std::string::npos) {
      call += "(" + inside.substr(arguments + 2) + ")";
      inside.resize(arguments);
    }
    if (const std::size_t next = inside.find(", " + std::string(kNext)); next != std::string::npos) {
      label_.next = inside.substr(next + 2 + kNext.size());
      inside.resize(next);
      check_next();
    } else if (inside.find(", Last ") != std::string::npos) {
      refuse(fmt::format("'{}' looks back; a label is what comes true", text),
             "write Next: COUNT(orders, Next 30 days)");
    }
    label_.inputs = inside;
    try {
      label_.aggregation = features::read_primitive(features::PrimitiveKind::aggregation, call);
    } catch (const core::UserError& error) {
      for (const core::Problem& each : error.problems()) refuse(each.what, each.hint);
    }
  }

  /// Where ", name=value" begins; npos if there is none.
  static std::size_t find_arguments(const std::string& inside) {
    for (std::size_t at = inside.find(", "); at != std::string::npos; at = inside.find(", ", at + 2)) {
      const std::size_t end = std::min(inside.find(", ", at + 2), inside.size());
      const std::string_view piece(inside.data() + at + 2, end - at - 2);
      const std::size_t sign = piece.find('=');
      if (sign != std::string_view::npos && piece.substr(0, sign).find(' ') == std::string_view::npos) return at;
    }
    return std::string::npos;
  }

  void check_next() {
    try {
      const features::Window window = features::read_window(label_.next);
      if (window.unit == features::Window::Unit::observations) {
        refuse("a window that looks forward is a length of time, not a number of rows", "write Next 30 days");
      } else if (window.amount < 1) {
        refuse(fmt::format("'Next {}' holds nothing", label_.next), "write Next 30 days");
      }
    } catch (const core::UserError& error) {
      refuse(error.problems().front().what, "write Next 30 days");
    }
  }

  const Node& node_;
  Problems& problems_;
  LabelOptions label_;
  core::Value written_;
};

}  // namespace

void read_label(const Node& node, std::optional<LabelOptions>& label, Problems& problems) {
  if (!node.is_null()) label = LabelReader(node, problems).read();
}

}  // namespace gridmill::config
