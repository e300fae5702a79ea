#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/hint.hpp"
#include "features/definitions/definitions.hpp"

namespace gridmill::features {
namespace {

using core::Value;
using core::ValueList;
using core::ValueMapping;

constexpr std::array kKinds = {FeatureKind::identity,           FeatureKind::direct,
                               FeatureKind::aggregation,        FeatureKind::transform,
                               FeatureKind::group_by_transform, FeatureKind::output_slice};

/// A mapping of the file, for reading entries by name. Errors of all members: UserError.
class Entries {
 public:
  Entries(const Value& value, std::string what) : what_(std::move(what)) {
    if (!value.is_mapping()) fail("must be a mapping");
    entries_ = &value.mapping();
  }

  [[nodiscard]] const Value* find(std::string_view name) const {
    const auto found = std::find_if(entries_->begin(), entries_->end(), [&](const auto& e) { return e.first == name; });
    return found == entries_->end() ? nullptr : &found->second;
  }
  [[nodiscard]] const Value& get(std::string_view name) const {
    const Value* value = find(name);
    if (value == nullptr) fail(fmt::format("has no '{}'", name));
    return *value;
  }
  [[nodiscard]] const std::string& text(std::string_view name) const {
    if (!get(name).is_text()) fail(fmt::format("'{}' must be text", name));
    return get(name).text();
  }
  [[nodiscard]] const ValueList& list(std::string_view name) const {
    if (!get(name).is_list()) fail(fmt::format("'{}' must be a list", name));
    return get(name).list();
  }
  /// Returns a number in [0, n).
  [[nodiscard]] std::size_t place(std::string_view name, std::size_t n) const { return place(get(name), name, n); }
  [[nodiscard]] std::vector<std::size_t> places(std::string_view name, std::size_t n) const {
    std::vector<std::size_t> places;
    for (const Value& each : list(name)) places.push_back(place(each, name, n));
    return places;
  }
  [[noreturn]] void fail(std::string_view problem) const {
    throw core::UserError(fmt::format("feature definitions: {} {}", what_, problem));
  }

 private:
  [[nodiscard]] std::size_t place(const Value& value, std::string_view name, std::size_t n) const {
    if (!value.is_integer() || value.integer() < 0 || static_cast<std::size_t>(value.integer()) >= n) {
      fail(fmt::format("'{}' must hold whole numbers from 0 below {}", name, n));
    }
    return static_cast<std::size_t>(value.integer());
  }

  const ValueMapping* entries_ = nullptr;
  std::string what_;
};

class DefinitionReader {
 public:
  explicit DefinitionReader(const core::EntitySet& set) : set_(set) {}

  std::vector<FeatureRef> read(const Value& value) {
    const Entries root(value, "the file");
    check_version(root);
    const ValueList& definitions = root.list("definitions");
    for (const Value& each : definitions) read_definition(each);
    std::vector<FeatureRef> features;
    for (const std::size_t place : root.places("features", definitions.size())) features.push_back(made_[place]);
    if (!problems_.empty()) throw core::UserError(std::move(problems_));
    return features;
  }

 private:
  static void check_version(const Entries& root) {
    if (root.find("format") == nullptr || *root.find("format") != Value(kDefinitionsFormat)) {
      root.fail("is not one of feature definitions (no 'format: gridmill features')");
    }
    const Value& version = root.get("version");
    if (version != Value(kDefinitionsVersion)) {
      root.fail(
          fmt::format("has version {}; this program reads version {}", version.python_repr(), kDefinitionsVersion));
    }
  }

  /// Makes the next feature; null if it, or what it is made of, cannot be made.
  void read_definition(const Value& value) {
    FeatureRef feature;
    try {
      const Entries entry(value, fmt::format("definition {}", made_.size()));
      feature = make(entry);
      if (feature) feature = with_name(std::move(feature), entry.text("name"));
    } catch (const core::UserError& error) {
      for (const core::Problem& each : error.problems()) {
        if (told_.insert(each.text()).second) problems_.push_back(each);
      }
    }
    made_.push_back(std::move(feature));
  }

  static FeatureRef with_name(FeatureRef feature, const std::string& name) {
    return feature->name == name ? std::move(feature) : renamed(*feature, name);
  }

  FeatureRef make(const Entries& entry) {
    const std::string& word = entry.text("kind");
    const auto kind = std::find_if(kKinds.begin(), kKinds.end(), [&](FeatureKind k) { return name_of(k) == word; });
    if (kind == kKinds.end()) entry.fail(fmt::format("is of unknown kind '{}'", word));
    if (*kind == FeatureKind::identity)
      return make_identity(set_, table_named(entry.text("table")), entry.text("column"));

    std::vector<FeatureRef> inputs;
    bool complete = true;
    for (const std::size_t place : entry.places("inputs", made_.size())) {
      inputs.push_back(made_[place]);
      complete = complete && inputs.back() != nullptr;
    }
    if (inputs.empty()) entry.fail("has no inputs");
    const std::vector<core::RelationshipId> path = read_path(entry);
    if (!complete) return nullptr;  // told where it failed
    return make(*kind, entry, std::move(inputs), path);
  }

  FeatureRef make(FeatureKind kind, const Entries& entry, std::vector<FeatureRef> inputs,
                  const std::vector<core::RelationshipId>& path) {
    switch (kind) {
      case FeatureKind::direct: {
        if (path.size() != 1 || set_.relationships[path.front()].parent != inputs.front()->table) {
          entry.fail("does not lead to its input");
        }
        return make_direct(set_, inputs.front(), path.front());
      }
      case FeatureKind::aggregation: return make_aggregated(entry, std::move(inputs), path);
      case FeatureKind::transform: {
        check_one_table(entry, inputs);
        return make_transform(set_, read_primitive(PrimitiveKind::transform, entry.get("primitive")),
                              std::move(inputs));
      }
      case FeatureKind::group_by_transform: {
        FeatureRef group = made_[entry.place("group_by", made_.size())];
        if (group == nullptr) return nullptr;
        inputs.push_back(group);
        check_one_table(entry, inputs);
        inputs.pop_back();
        return make_group_by_transform(set_, read_primitive(PrimitiveKind::transform, entry.get("primitive")),
                                       std::move(inputs), std::move(group));
      }
      default: {
        if (inputs.front()->n_outputs == 1) entry.fail("takes one of several outputs, but its input has one only");
        return make_output_slice(inputs.front(), entry.place("output", inputs.front()->n_outputs));
      }
    }
  }

  FeatureRef make_aggregated(const Entries& entry, std::vector<FeatureRef> inputs,
                             const std::vector<core::RelationshipId>& path) {
    check_one_table(entry, inputs);
    if (!leads_to(path, inputs.front()->table)) entry.fail("does not lead to its inputs");
    std::optional<Where> where;
    if (const Value* condition = entry.find("where")) {
      const Entries parts(*condition, "'where'");
      FeatureRef feature = made_[parts.place("feature", made_.size())];
      if (feature == nullptr) return nullptr;
      if (feature->table != inputs.front()->table) entry.fail("has a condition on another table");
      where = Where{std::move(feature), parts.text("comparison"), parts.get("value")};
    }
    std::optional<Window> use_previous;
    if (entry.find("use_previous") != nullptr) use_previous = read_window(entry.text("use_previous"));
    return make_aggregation(set_, read_primitive(PrimitiveKind::aggregation, entry.get("primitive")), std::move(inputs),
                            path, std::move(where), use_previous);
  }

  static void check_one_table(const Entries& entry, const std::vector<FeatureRef>& inputs) {
    const bool same = std::all_of(inputs.begin(), inputs.end(),
                                  [&](const FeatureRef& each) { return each->table == inputs.front()->table; });
    if (!same) entry.fail("has inputs of several tables");
  }

  [[nodiscard]] bool leads_to(const std::vector<core::RelationshipId>& path, core::TableId table) const {
    for (std::size_t i = 1; i < path.size(); ++i) {
      if (set_.relationships[path[i]].parent != set_.relationships[path[i - 1]].child) return false;
    }
    return !path.empty() && set_.relationships[path.back()].child == table;
  }

  [[nodiscard]] std::vector<core::RelationshipId> read_path(const Entries& entry) const {
    std::vector<core::RelationshipId> path;
    if (entry.find("path") == nullptr) return path;
    for (const Value& step : entry.list("path")) {
      const Entries link(step, "'path'");
      path.push_back(relationship_named(link.text("parent"), link.text("child"), link.text("key")));
    }
    return path;
  }

  [[nodiscard]] core::TableId table_named(const std::string& name) const {
    const core::TableId id = set_.find(name);
    if (id < set_.tables.size()) return id;
    std::vector<std::string> known;
    for (const core::EntityTable& each : set_.tables) known.push_back(each.name);
    throw core::UserError(fmt::format("there is no table '{}'", name), core::hint_for(name, known));
  }

  [[nodiscard]] core::RelationshipId relationship_named(const std::string& parent, const std::string& child,
                                                        const std::string& key) const {
    const core::TableId parent_id = table_named(parent);
    const core::TableId child_id = table_named(child);
    const auto& all = set_.relationships;
    const auto found = std::find_if(all.begin(), all.end(), [&](const core::Relationship& each) {
      return each.parent == parent_id && each.child == child_id && each.child_column == key;
    });
    if (found == all.end()) {
      throw core::UserError(fmt::format("there is no relationship of '{}.{}' to '{}'", child, key, parent));
    }
    return static_cast<core::RelationshipId>(found - all.begin());
  }

  const core::EntitySet& set_;
  std::vector<FeatureRef> made_;  // by place; null: could not be made
  std::vector<core::Problem> problems_;
  std::set<std::string> told_;
};

}  // namespace

std::vector<FeatureRef> read_definitions(const core::EntitySet& set, const Value& definitions) {
  return DefinitionReader(set).read(definitions);
}

}  // namespace gridmill::features
