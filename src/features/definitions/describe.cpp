#include "features/definitions/describe.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "features/definitions/feature_name.hpp"
#include "features/definitions/phrases.hpp"

namespace gridmill::features {
namespace {

std::string line(std::string_view what, std::string_view text) { return fmt::format("  {:<10}{}\n", what, text); }

std::string inputs_text(const Primitive& primitive) {
  std::vector<std::string> alternatives;
  for (const auto& slots : primitive.inputs) alternatives.push_back(type_text(slots));
  return fmt::format("{}", fmt::join(alternatives, ", or "));
}

std::string output_text(const Primitive& primitive) {
  const std::string type = primitive.output ? type_text(*primitive.output) : "the type of its first input";
  return primitive.n_outputs ? fmt::format("several columns of {}", type) : type;
}

std::string default_text(const Primitive& primitive) {
  if (primitive.default_value.is_null()) return "missing";
  return fmt::format("{}, also where its result is missing", primitive.default_value.python_repr());
}

std::string stacking_text(const Primitive& primitive) {
  std::vector<std::string> never = primitive.never_on;
  if (!primitive.stacks_on_itself) never.insert(never.begin(), "itself");
  if (primitive.kind == PrimitiveKind::transform) never.insert(never.begin(), "transforms");
  return never.empty() ? "on anything" : fmt::format("not on {}", fmt::join(never, ", "));
}

std::string needs_text(const Primitive& primitive) {
  std::vector<std::string> needs;
  if (primitive.uses_cutoff) needs.emplace_back("the cutoff time");
  if (primitive.needs_order) needs.emplace_back("rows in the order of their table");
  if (primitive.scope == Scope::table) needs.emplace_back("all rows of the table known at the cutoff time");
  return fmt::format("{}", fmt::join(needs, "; "));
}

std::string arguments_text(const Primitive& primitive) {
  std::string text;
  for (const core::OptionSpec& each : primitive.arguments) {
    text += fmt::format("\n{}\n  {}\n  takes:   {}\n  default: {}\n", each.name, each.meaning, each.takes(),
                        each.default_value.yaml());
  }
  return text.empty() ? text : "\nArguments:\n" + text;
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

/// The phrase of a primitive with its arguments and inputs put in.
std::string phrase_text(const PrimitiveUse& use, const std::vector<std::string>& inputs) {
  const auto phrase = phrase_for(use.primitive->name);
  if (!phrase) return fmt::format("the result of {} applied to {}", use.primitive->name, fmt::join(inputs, " and "));
  std::string text(*phrase);
  for (const auto& [name, value] : use.arguments) replace_all(text, fmt::format("<{}>", name), value.python_str());
  std::size_t at = 0;
  for (const std::string& input : inputs) {
    at = text.find("{}", at);
    if (at == std::string::npos) break;
    text.replace(at, 2, input);
    at += input.size();
  }
  return text;
}

class Speaker {
 public:
  explicit Speaker(const core::EntitySet& set) : set_(set) {}

  std::string words(const Feature& feature) const {
    switch (feature.kind) {
      case FeatureKind::identity: return fmt::format("the \"{}\"", feature.column);
      case FeatureKind::direct: return direct(feature);
      case FeatureKind::aggregation: return aggregation(feature);
      case FeatureKind::transform: return phrase_text(feature.primitive, words(feature.bases));
      case FeatureKind::group_by_transform:
        return fmt::format("{} for each value of {}", phrase_text(feature.primitive, words(feature.bases)),
                           words(*feature.group_by));
      case FeatureKind::output_slice:
        return fmt::format("number {} of {}", feature.output + 1, words(*feature.bases.front()));
    }
    GRIDMILL_ASSERT(false, "the kind is known");
  }

 private:
  std::vector<std::string> words(const std::vector<FeatureRef>& features) const {
    std::vector<std::string> texts;
    for (const FeatureRef& each : features) texts.push_back(words(*each));
    return texts;
  }

  std::string direct(const Feature& feature) const {
    const core::Relationship& link = set_.relationships[feature.path.front()];
    return fmt::format("{} of the row of \"{}\" that \"{}\" in \"{}\" names", words(*feature.bases.front()),
                       set_.tables[link.parent].name, link.child_column, set_.tables[link.child].name);
  }

  std::string aggregation(const Feature& feature) const {
    const core::EntityTable& child = set_.tables[feature.bases.front()->table];
    const core::EntityTable& parent = set_.tables[feature.table];
    std::string text = phrase_text(feature.primitive, words(feature.bases));
    text += feature.use_previous
                ? fmt::format(" of the last {} of \"{}\"", lower(feature.use_previous->text()), child.name)
                : fmt::format(" of all rows of \"{}\"", child.name);
    if (feature.where) text += fmt::format(" where {}", condition(*feature.where));
    return text + fmt::format(" for each \"{}\" in \"{}\"", parent.index, parent.name);
  }

  std::string condition(const Where& where) const {
    const std::string subject = words(*where.feature);
    const std::string value = where.value.python_str();
    if (where.comparison == "==") return fmt::format("{} is {}", subject, value);
    if (where.comparison == "!=") return fmt::format("{} is not {}", subject, value);
    if (where.comparison == "isin") return fmt::format("{} is one of {}", subject, value);
    return fmt::format("{} is {} {}", subject, where.comparison, value);
  }

  static std::string lower(std::string text) {
    for (char& c : text) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
  }

  const core::EntitySet& set_;
};

class Tree {
 public:
  explicit Tree(const core::EntitySet& set) : set_(set) {}

  std::string text(const Feature& feature) {
    add(feature, "", "", "");
    return std::move(text_);
  }

 private:
  /// `lead` stands before the line itself, `indent` before those below it.
  void add(const Feature& feature, std::string_view role, const std::string& lead, const std::string& indent) {
    text_ +=
        fmt::format("{}{}{}: {}  <- {}\n", lead, role, set_.tables[feature.table].name, feature.name, origin(feature));
    std::vector<std::pair<const Feature*, std::string_view>> below;
    for (const FeatureRef& each : feature.bases) below.emplace_back(each.get(), "");
    if (feature.group_by) below.emplace_back(feature.group_by.get(), "by ");
    if (feature.where) below.emplace_back(feature.where->feature.get(), "where ");
    for (std::size_t i = 0; i < below.size(); ++i) {
      const bool last = i + 1 == below.size();
      add(*below[i].first, below[i].second, indent + (last ? "└─ " : "├─ "), indent + (last ? "   " : "│  "));
    }
  }

  [[nodiscard]] std::string origin(const Feature& feature) const {
    switch (feature.kind) {
      case FeatureKind::identity: return fmt::format("column, {}", type_text(feature.type));
      case FeatureKind::direct: {
        const core::Relationship& link = set_.relationships[feature.path.front()];
        return fmt::format("looked up in {} by {}", set_.tables[link.parent].name, link.child_column);
      }
      case FeatureKind::aggregation: return aggregation_origin(feature);
      case FeatureKind::transform: return primitive_text(feature);
      case FeatureKind::group_by_transform: return primitive_text(feature) + " in each group";
      case FeatureKind::output_slice: return fmt::format("output {}", feature.output);
    }
    GRIDMILL_ASSERT(false, "the kind is known");
  }

  [[nodiscard]] std::string aggregation_origin(const Feature& feature) const {
    std::string keys;
    for (auto step = feature.path.rbegin(); step != feature.path.rend(); ++step) {
      keys += (keys.empty() ? "" : ", then ") + set_.relationships[*step].child_column;
    }
    std::string text = fmt::format("{} over the rows of {} by {}", primitive_text(feature),
                                   set_.tables[feature.bases.front()->table].name, keys);
    if (feature.where) text += " where " + where_text(*feature.where);
    if (feature.use_previous) text += ", last " + feature.use_previous->text();
    return text;
  }

  static std::string primitive_text(const Feature& feature) {
    const std::string arguments = feature.primitive.argument_text();
    const std::string& name = feature.primitive.primitive->name;
    return arguments.empty() ? name : fmt::format("{}({})", name, arguments.substr(2));
  }

  const core::EntitySet& set_;
  std::string text_;
};

}  // namespace

std::string describe(const Primitive& primitive) {
  const bool aggregates = primitive.kind == PrimitiveKind::aggregation;
  std::string text =
      fmt::format("{} - {}\n  {}\n\n", primitive.name, aggregates ? "aggregation" : "transform", primitive.meaning);
  text += line("takes:", inputs_text(primitive));
  text += line("gives:", output_text(primitive));
  if (aggregates) text += line("no rows:", default_text(primitive));
  text += line("stacks:", stacking_text(primitive));
  const std::string needs = needs_text(primitive);
  if (!needs.empty()) text += line("needs:", needs);
  if (primitive.commutative) text += line("order:", "of its inputs does not matter: each set of them is taken once");
  text += line("used:", primitive.by_default ? "if no primitives are named" : "if it is named");
  text += line("source:", primitive.ours ? "gridmill's own" : "as in Featuretools 1.28");
  return text + arguments_text(primitive);
}

std::string sentence_for(const core::EntitySet& set, const Feature& feature) {
  std::string text = Speaker(set).words(feature) + '.';
  if (text.front() >= 'a' && text.front() <= 'z') text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text;
}

std::string lineage_of(const core::EntitySet& set, const Feature& feature) { return Tree(set).text(feature); }

}  // namespace gridmill::features
