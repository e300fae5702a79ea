#include "config/field.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "config/sklearn_words.hpp"
#include "config/xgboost_words.hpp"
#include "core/hint.hpp"

namespace gridmill::config {

namespace {

bool takes_null(const core::OptionSpec& spec) {
  return std::find(spec.kinds.begin(), spec.kinds.end(), core::Kind::null) != spec.kinds.end();
}

std::string hint_on_value(const core::Value& value, const core::OptionSpec& spec) {
  if (value.is_text() && value.text() == "None" && takes_null(spec)) return "None is written null in YAML";
  const bool takes_list = spec.kinds.front() == core::Kind::list;
  if (takes_list && !value.is_list() && !value.is_mapping()) return fmt::format("write [{}]", value.python_str());
  return "";
}

}  // namespace

std::string path_of(const std::string& section, const std::string& name) {
  return section.empty() ? name : section + "." + name;
}

std::string hint_for_key(const std::string& key, std::span<const core::OptionSpec> specs) {
  // A scikit-learn pipeline has svc__C; here all hyperparameters are the model's.
  if (const std::size_t at = key.rfind("__"); at != std::string::npos && at + 2 < key.size()) {
    const std::string name = key.substr(at + 2);
    if (core::find_option(specs, name) != nullptr) {
      return fmt::format("did you mean '{}'? a model's hyperparameters have no name of a step in front", name);
    }
    return hint_for_key(name, specs);
  }
  if (auto hint = hint_for_xgboost_word(key, specs)) return *hint;
  return hint_for_sklearn_word(key).value_or(core::hint_for(key, core::option_names(specs)));
}

bool check_value(const Node& node, const std::string& path, const core::OptionSpec& spec, Problems& problems) {
  core::Value value = node.value();
  if (value.is_null() && !takes_null(spec)) {
    problems.add(node.where, fmt::format("{}: has no value; must be {}", path, spec.takes()));
    return false;
  }
  // A word that stands for NaN is declared as such ("nan"); YAML's own spelling of it means the same.
  if (value.is_real() && std::isnan(value.number())) value = "nan";
  const auto wrong = spec.check(value);
  if (!wrong) return true;
  problems.add(node.where, fmt::format("{}: {}", path, *wrong), hint_on_value(value, spec));
  return false;
}

std::vector<const Node*> check_section(const Node& node, const std::string& section,
                                       const std::vector<core::OptionSpec>& specs, Problems& problems) {
  std::vector<const Node*> accepted;
  if (!node.is_mapping()) {
    problems.add(node.where,
                 fmt::format("{} must be a mapping of options, not {}", section.empty() ? "a config" : section,
                             node.value().python_repr()),
                 core::hint_for("", core::option_names(specs)));
    return accepted;
  }
  for (const Node& entry : node.children) {
    const core::OptionSpec* spec = core::find_option(specs, entry.key);
    const std::string path = path_of(section, entry.key);
    if (spec == nullptr) {
      problems.add(entry.key_where, path + ": unknown option", hint_for_key(entry.key, specs));
    } else if (check_value(entry, path, *spec, problems)) {
      accepted.push_back(&entry);
    }
  }
  return accepted;
}

const Node* find_entry(const std::vector<const Node*>& entries, std::string_view name) {
  const auto it = std::find_if(entries.begin(), entries.end(), [&](const Node* entry) { return entry->key == name; });
  return it == entries.end() ? nullptr : *it;
}

}  // namespace gridmill::config
