#include "features/definitions/primitive.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

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

PrimitiveUse use_of(PrimitiveKind kind, const PythonCall& call) {
  ArgumentReader reader(known_primitive(kind, call.name));
  for (std::size_t i = 0; i < call.positional.size(); ++i) reader.positional(i, call.positional[i]);
  for (const auto& [name, value] : call.named) reader.set(name, value);
  return reader.result();
}

PythonCall read_mapping(const core::ValueMapping& entries) {
  PythonCall call;
  for (const auto& [name, value] : entries) {
    if (name == "name" && value.is_text()) {
      call.name = value.text();
    } else {
      call.named.emplace_back(name, value);
    }
  }
  if (call.name.empty()) {
    throw core::UserError(fmt::format("{} does not say which primitive", core::Value(entries).python_repr()),
                          "write {name: NAME, argument: value}");
  }
  return call;
}

PythonCall read_any_call(const core::Value& value) {
  if (value.is_text()) return read_python_call(value.text());
  if (value.is_mapping()) return read_mapping(value.mapping());
  throw core::UserError(fmt::format("{} is not a primitive", value.python_repr()),
                        "write NAME, NAME(argument=value, ...), or {name: NAME, argument: value}");
}

/// Takes an argument out of a call; null if it is not there.
core::Value taken_out(PythonCall& call, std::string_view name) {
  const auto found =
      std::find_if(call.named.begin(), call.named.end(), [&](const auto& each) { return each.first == name; });
  if (found == call.named.end()) return {};
  core::Value value = std::move(found->second);
  call.named.erase(found);
  return value;
}

/// The first value of a call that is a list where its argument takes none; null if there is none.
core::Value* first_list(PythonCall& call, const Primitive& primitive) {
  const auto is_several = [](const core::OptionSpec* option, const core::Value& value) {
    return option != nullptr && value.is_list() &&
           std::find(option->kinds.begin(), option->kinds.end(), core::Kind::list) == option->kinds.end();
  };
  for (std::size_t i = 0; i < call.positional.size() && i < primitive.arguments.size(); ++i) {
    if (is_several(&primitive.arguments[i], call.positional[i])) return &call.positional[i];
  }
  for (auto& [name, value] : call.named) {
    if (is_several(core::find_option(primitive.arguments, name), value)) return &value;
  }
  return nullptr;
}

/// Adds a use for each combination of values of the lists in a call.
void add_each(PrimitiveKind kind, PythonCall call, std::vector<PrimitiveUse>& uses) {
  constexpr std::size_t kMost = 10'000;
  core::Value* several = first_list(call, known_primitive(kind, call.name));
  if (several == nullptr) return uses.push_back(use_of(kind, call));
  const core::ValueList values = several->list();
  if (values.empty()) throw core::UserError(fmt::format("{}: an argument is an empty list", call.name));
  for (const core::Value& value : values) {
    *several = value;
    add_each(kind, call, uses);
    if (uses.size() > kMost) throw core::UserError(fmt::format("{}: lists make more than {} of it", call.name, kMost));
  }
}

std::vector<std::string> read_columns(const std::string& primitive, const core::Value& given) {
  std::vector<std::string> columns;
  if (given.is_null()) return columns;
  const core::ValueList values = given.is_list() ? given.list() : core::ValueList{given};
  for (const core::Value& each : values) {
    if (each.is_null() || each.is_list() || each.is_mapping()) {
      throw core::UserError(fmt::format("{}: columns: {} is no name", primitive, each.python_repr()));
    }
    columns.push_back(each.python_str());
  }
  if (columns.empty()) {
    throw core::UserError(fmt::format("{}: columns: is an empty list", primitive),
                          "leave it out, and all that fit are taken; or leave out the primitive");
  }
  return columns;
}

/// Refuses names in braces that stand for nothing.
void check_written_as(const Primitive& primitive, const std::string& text) {
  std::vector<std::string> known = core::option_names(primitive.arguments);
  known.insert(known.begin(), {"column", "group"});
  for (std::size_t open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1)) {
    const std::size_t close = text.find('}', open);
    const std::string name = text.substr(open + 1, close == std::string::npos ? close : close - open - 1);
    if (close != std::string::npos && std::find(known.begin(), known.end(), name) != known.end()) continue;
    throw core::UserError(fmt::format("{}: as: '{{{}' in '{}' stands for nothing", primitive.name, name, text),
                          fmt::format("in braces stand {}", fmt::join(known, ", ")));
  }
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

PrimitiveUse read_primitive(PrimitiveKind kind, const core::Value& value) { return use_of(kind, read_any_call(value)); }

std::vector<PrimitiveUse> read_primitive_uses(PrimitiveKind kind, const core::Value& value) {
  PythonCall call = read_any_call(value);
  const std::vector<std::string> columns = read_columns(call.name, taken_out(call, "columns"));
  const core::Value written_as = taken_out(call, "as");
  if (!written_as.is_null() && (!written_as.is_text() || written_as.text().empty())) {
    throw core::UserError(fmt::format("{}: as: must be a text, not {}", call.name, written_as.python_repr()),
                          "write as: \"{column}_mean\"");
  }
  std::vector<PrimitiveUse> uses;
  add_each(kind, std::move(call), uses);
  for (PrimitiveUse& each : uses) {
    each.columns = columns;
    if (written_as.is_null()) continue;
    check_written_as(*each.primitive, written_as.text());
    each.written_as = written_as.text();
  }
  return uses;
}

}  // namespace gridmill::features
