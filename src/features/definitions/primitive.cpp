#include "features/definitions/primitive.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/hint.hpp"
#include "features/definitions/python_call.hpp"

namespace gridmill::features {
namespace {

/// Lower case without underscores: "NumUnique", as Featuretools calls its classes, is "num_unique".
std::string folded(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c != '_') text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return text;
}

std::string words_for(PrimitiveKind kind) {
  return kind == PrimitiveKind::aggregation ? "an aggregation" : "a transform";
}

core::UserError unknown_primitive(PrimitiveKind kind, const std::string& name) {
  const bool wants_aggregation = kind == PrimitiveKind::aggregation;
  const PrimitiveKind other = wants_aggregation ? PrimitiveKind::transform : PrimitiveKind::aggregation;
  if (find_primitive(other, name) != nullptr) {
    return core::UserError(fmt::format("'{}' is not {} but {}", name, words_for(kind), words_for(other)));
  }
  std::vector<std::string> known;
  for (const Primitive& each : all_primitives()) {
    if (each.kind == kind) known.push_back(each.name);
  }
  return core::UserError(fmt::format("unknown {} '{}'", wants_aggregation ? "aggregation" : "transform", name),
                         core::hint_for(name, known));
}

/// Sets arguments of one primitive, keeping what is wrong for later: all of it is told at once.
class ArgumentReader {
 public:
  explicit ArgumentReader(const Primitive& primitive) : primitive_(primitive) {
    use_.primitive = &primitive;
    for (const core::OptionSpec& each : primitive.arguments) use_.arguments[each.name] = each.default_value;
  }

  void positional(std::size_t place, const core::Value& value) {
    if (place < primitive_.arguments.size()) {
      set(primitive_.arguments[place].name, value);
    } else {
      problem(fmt::format("takes {} arguments", primitive_.arguments.size()), {});
    }
  }

  void set(const std::string& name, const core::Value& value) {
    const core::OptionSpec* option = core::find_option(primitive_.arguments, name);
    if (option == nullptr) {
      problem(fmt::format("unknown argument '{}'", name),
              primitive_.arguments.empty() ? "it takes none"
                                           : core::hint_for(name, core::option_names(primitive_.arguments)));
    } else if (const auto wrong = option->check(value)) {
      problem(fmt::format("{} {}", name, *wrong), {});
    } else {
      use_.arguments[name] = value;
    }
  }

  PrimitiveUse result() {
    if (problems_.empty() && primitive_.problem) {
      if (const auto wrong = primitive_.problem(use_.arguments)) problem(*wrong, {});
    }
    if (!problems_.empty()) throw core::UserError(std::move(problems_));
    return std::move(use_);
  }

 private:
  void problem(std::string_view what, std::string hint) {
    problems_.push_back({.where = {}, .what = fmt::format("{}: {}", primitive_.name, what), .hint = std::move(hint)});
  }

  const Primitive& primitive_;
  PrimitiveUse use_;
  std::vector<core::Problem> problems_;
};

const Primitive& known_primitive(PrimitiveKind kind, const std::string& name) {
  const Primitive* primitive = find_primitive(kind, name);
  if (primitive == nullptr) throw unknown_primitive(kind, name);
  return *primitive;
}

PrimitiveUse read_call(PrimitiveKind kind, const std::string& text) {
  const PythonCall call = read_python_call(text);
  ArgumentReader reader(known_primitive(kind, call.name));
  for (std::size_t i = 0; i < call.positional.size(); ++i) reader.positional(i, call.positional[i]);
  for (const auto& [name, value] : call.named) reader.set(name, value);
  return reader.result();
}

PrimitiveUse read_mapping(PrimitiveKind kind, const core::ValueMapping& entries) {
  const auto is_name = [](const auto& entry) { return entry.first == "name"; };
  const auto name = std::find_if(entries.begin(), entries.end(), is_name);
  if (name == entries.end() || !name->second.is_text()) {
    throw core::UserError(fmt::format("{} does not say which primitive", core::Value(entries).python_repr()),
                          "write {name: NAME, argument: value}");
  }
  ArgumentReader reader(known_primitive(kind, name->second.text()));
  for (const auto& entry : entries) {
    if (!is_name(entry)) reader.set(entry.first, entry.second);
  }
  return reader.result();
}

}  // namespace

std::string PrimitiveUse::argument_text() const {
  std::string text;
  for (const core::OptionSpec& each : primitive->arguments) {
    const core::Value& value = core::value_of(arguments, primitive->arguments, each.name);
    if (value != each.default_value) text += fmt::format(", {}={}", each.name, value.python_str());
  }
  return text;
}

std::size_t PrimitiveUse::n_outputs() const { return primitive->n_outputs ? primitive->n_outputs(arguments) : 1; }

bool PrimitiveUse::is_commutative() const {
  const auto chosen = arguments.find("commutative");
  return chosen == arguments.end() ? primitive->commutative : chosen->second.boolean();
}

bool PrimitiveUse::looks_ahead() const { return primitive->looks_ahead && primitive->looks_ahead(arguments); }

const Primitive* find_primitive(PrimitiveKind kind, std::string_view name) {
  const std::string wanted = folded(name);
  const auto& all = all_primitives();
  const auto found = std::find_if(
      all.begin(), all.end(), [&](const Primitive& each) { return each.kind == kind && folded(each.name) == wanted; });
  return found == all.end() ? nullptr : &*found;
}

PrimitiveUse read_primitive(PrimitiveKind kind, const core::Value& value) {
  if (value.is_text()) return read_call(kind, value.text());
  if (value.is_mapping()) return read_mapping(kind, value.mapping());
  throw core::UserError(fmt::format("{} is not a primitive", value.python_repr()),
                        "write NAME, NAME(argument=value, ...), or {name: NAME, argument: value}");
}

}  // namespace gridmill::features
