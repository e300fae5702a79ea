#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/convert.hpp"
#include "config/node.hpp"
#include "core/option.hpp"

namespace gridmill::config {

/// One option of a section: its declaration, and how it gets in and out of the section's struct. The default is the
/// struct's own initialiser; it is written nowhere else.
template <class Options>
struct Field {
  core::OptionSpec spec;
  bool required = false;
  std::function<void(const Node&, const std::string& path, Options&, Problems&)> set;  // empty: read by the section
  std::function<core::Value(const Options&)> get;
};

template <class Options>
using Fields = std::vector<Field<Options>>;

/// Declares an option that is kept in `member` as it stands.
template <class Options, class T>
Field<Options> field(std::string name, T Options::*member, std::string meaning, core::Range range = {}) {
  using Convert = Conversion<T>;
  Takes takes = Convert::takes();
  return {.spec = {.name = std::move(name),
                   .kinds = std::move(takes.kinds),
                   .default_value = Convert::to_value(Options{}.*member),
                   .range = range,
                   .choices = std::move(takes.choices),
                   .meaning = std::move(meaning)},
          .set = [member](const Node& node, const std::string& path, Options& options,
                          Problems& problems) { Convert::from_node(node, path, options.*member, problems); },
          .get = [member](const Options& options) { return Convert::to_value(options.*member); }};
}

/// Returns the field of an option that must be given.
template <class Options>
Field<Options> required(Field<Options> field) {
  field.required = true;
  return field;
}

/// Lifts the fields of a struct that is a member of `Options` but shares its section.
template <class Options, class Inner>
Fields<Options> nested(Inner Options::*member, Fields<Inner> fields) {
  Fields<Options> lifted;
  for (Field<Inner>& inner : fields) {
    lifted.push_back(
        {.spec = std::move(inner.spec),
         .required = inner.required,
         .set = [member, set = std::move(inner.set)](
                    const Node& node, const std::string& path, Options& options,
                    Problems& problems) { set(node, path, options.*member, problems); },
         .get = [member, get = std::move(inner.get)](const Options& options) { return get(options.*member); }});
  }
  return lifted;
}

template <class Options>
std::vector<core::OptionSpec> specs_of(const Fields<Options>& fields) {
  std::vector<core::OptionSpec> specs;
  for (const Field<Options>& each : fields) specs.push_back(each.spec);
  return specs;
}

template <class Options>
core::ValueMapping echo(const Options& options, const Fields<Options>& fields) {
  core::ValueMapping entries;
  for (const Field<Options>& each : fields) {
    if (each.get) entries.emplace_back(each.spec.name, each.get(options));
  }
  return entries;
}

/// Returns "section.name", or "name" at the top level.
std::string path_of(const std::string& section, const std::string& name);

/// Returns what to say of a key that none of the options has: what it is called here if scikit-learn has such a
/// word, else the nearest of them.
std::string hint_for_key(const std::string& key, std::span<const core::OptionSpec> specs);

/// Checks one value against its declaration; a problem is added if it does not pass.
bool check_value(const Node& node, const std::string& path, const core::OptionSpec& spec, Problems& problems);

/// Checks a section's keys and values against their declarations; returns the entries that pass.
/// `section` is the section's path; empty at the top level. A section that is no mapping is one problem.
std::vector<const Node*> check_section(const Node& node, const std::string& section,
                                       const std::vector<core::OptionSpec>& specs, Problems& problems);

/// Reads a section into its struct; returns the entries that passed, so that the section can read the rest itself.
template <class Options>
std::vector<const Node*> read_section(const Node& node, const std::string& section, const Fields<Options>& fields,
                                      Options& options, Problems& problems) {
  const std::vector<const Node*> accepted = check_section(node, section, specs_of(fields), problems);
  for (const Node* entry : accepted) {
    for (const Field<Options>& each : fields) {
      if (each.spec.name == entry->key && each.set) {
        each.set(*entry, path_of(section, entry->key), options, problems);
      }
    }
  }
  for (const Field<Options>& each : fields) {
    if (!each.required || !node.is_mapping()) continue;
    const Node* entry = node.find(each.spec.name);
    if (entry == nullptr || entry->is_null()) {
      problems.add(entry == nullptr ? node.where : entry->where,
                   path_of(section, each.spec.name) + " is missing: " + each.spec.meaning);
    }
  }
  return accepted;
}

/// Returns the entry called `name` among those that passed, or null.
const Node* find_entry(const std::vector<const Node*>& entries, std::string_view name);

}  // namespace gridmill::config
