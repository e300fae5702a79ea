#include "features/synthesis/synthesis.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/hint.hpp"
#include "features/definitions/feature_inputs.hpp"
#include "features/definitions/feature_name.hpp"
#include "features/synthesis/asked_names.hpp"
#include "features/synthesis/feature_pool.hpp"
#include "features/synthesis/input_matching.hpp"
#include "features/synthesis/synthesis_rules.hpp"

namespace gridmill::features {
namespace {

using Path = std::vector<core::RelationshipId>;
using Depth = std::optional<std::size_t>;  // nothing: no limit

/// How deep inputs of a feature of depth `limit` may be; called with a limit above 0.
Depth below(Depth limit) { return limit ? Depth(*limit - 1) : std::nullopt; }
bool within(std::size_t depth, Depth limit) { return !limit || depth <= *limit; }

std::vector<PrimitiveUse> default_uses(PrimitiveKind kind) {
  std::vector<PrimitiveUse> uses;
  for (const Primitive& each : all_primitives()) {
    if (each.kind == kind && each.by_default) uses.push_back(read_primitive(kind, each.name));
  }
  return uses;
}

std::vector<PrimitiveUse> sorted(std::vector<PrimitiveUse> uses) {
  const auto key = [](const PrimitiveUse& use) { return use.primitive->name + use.argument_text(); };
  std::stable_sort(uses.begin(), uses.end(),
                   [&](const PrimitiveUse& a, const PrimitiveUse& b) { return key(a) < key(b); });
  return uses;
}

/// What a synthesis uses, defaults put in and sorted as Featuretools does.
struct Primitives {
  explicit Primitives(const SynthesisOptions& options)
      : aggregations(sorted(options.aggregations.value_or(default_uses(PrimitiveKind::aggregation)))),
        transforms(sorted(options.transforms.value_or(default_uses(PrimitiveKind::transform)))),
        group_by_transforms(sorted(options.group_by_transforms)),
        wheres(options.where_primitives.value_or(std::vector{read_primitive(PrimitiveKind::aggregation, "count")})) {}

  [[nodiscard]] std::set<std::string> names() const {
    std::set<std::string> names;
    for (const auto* uses : {&aggregations, &transforms, &group_by_transforms, &wheres}) {
      for (const PrimitiveUse& each : *uses) names.insert(each.primitive->name);
    }
    return names;
  }
  [[nodiscard]] bool takes_where(const Primitive* primitive) const {
    return std::any_of(wheres.begin(), wheres.end(), [&](const auto& each) { return each.primitive == primitive; });
  }

  std::vector<PrimitiveUse> aggregations;
  std::vector<PrimitiveUse> transforms;
  std::vector<PrimitiveUse> group_by_transforms;
  std::vector<PrimitiveUse> wheres;
};

bool can_stack(const Primitive& primitive, const Candidate& input) {
  if (input.root == nullptr) return true;
  if (input.root == &primitive) return primitive.stacks_on_itself;
  const auto& never = primitive.never_on;
  return std::find(never.begin(), never.end(), input.root->name) == never.end();
}

bool is_numeric_key(const Candidate& input) {
  return input.feature->type.tags.has_all({core::Tag::numeric, core::Tag::foreign_key});
}

std::vector<FeatureRef> features_of(const Inputs& inputs) {
  std::vector<FeatureRef> features;
  features.reserve(inputs.size());
  for (const Candidate* each : inputs) features.push_back(each->feature);
  return features;
}

/// The walk over the tables. `way` is the chain of tables from the target to the one at hand.
class Synthesis {
 public:
  using Way = std::vector<std::string>;

  Synthesis(const core::EntitySet& set, const SynthesisOptions& options)
      : set_(set), options_(options), primitives_(options), rules_(set, options, primitives_.names()), names_(set) {
    for (const FeatureRef& each : options.seed_features) seed_names_.emplace(each->table, each->name);
    pools_.resize(set.tables.size());
    conditions_.resize(set.tables.size());
  }

  std::vector<FeatureRef> run() {
    check_seeds();
    Depth limit = options_.max_depth;
    // Transforms do not stack on transforms: with one table there is nothing deeper.
    if (set_.tables.size() == 1) limit = std::min<std::size_t>(limit.value_or(1), 1);
    visit(options_.target, {set_.tables[options_.target].name}, limit);
    check_idle_names();
    note_idle_options();
    return wanted();
  }

  /// Of what had no effect, once it has run.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  void visit(core::TableId table, const Way& way, Depth limit) {
    pools_[table].emplace(&seed_names_);
    add_columns(table);
    for (const core::RelationshipId link : links_down(table)) visit_next(set_.relationships[link].child, way, limit);
    for (const Path& path : paths_down(table)) {
      if (is_open(extended(way, path))) add_aggregations(path, limit);
    }
    add_transforms(table, limit, DirectInputs::allowed);
    const std::vector<core::RelationshipId> up = links_up(table);
    for (const core::RelationshipId link : up) visit_next(set_.relationships[link].parent, way, limit);
    for (const core::RelationshipId link : up) {
      if (is_open(joined(way, set_.relationships[link].parent))) add_direct(link, limit);
    }
    add_transforms(table, limit, DirectInputs::required);
    add_conditions(table);
  }

  void visit_next(core::TableId table, const Way& way, Depth limit) {
    const Way longer = joined(way, table);
    if (pools_[table] || !is_open(longer) || limit == Depth(0)) return;
    visit(table, longer, below(limit));
  }

  void add_columns(core::TableId table) {
    const core::EntityTable& owner = set_.tables[table];
    for (const core::EntityColumn& each : owner.columns) {
      if (!rules_.ignores(owner.name, each.name) && !is_hidden(owner.name, each.name))
        pools_[table]->add(make_identity(set_, table, each.name));
    }
    std::vector<FeatureRef> seeds;
    for (const FeatureRef& each : options_.seed_features) {
      if (each->table == table) seeds.push_back(each);
    }
    std::stable_sort(seeds.begin(), seeds.end(), [](const auto& a, const auto& b) { return a->name < b->name; });
    for (FeatureRef& each : seeds) pools_[table]->add(std::move(each));
  }

  void add_aggregations(const Path& path, Depth limit) {
    const core::TableId parent = set_.relationships[path.front()].parent;
    const core::TableId child = set_.relationships[path.back()].child;
    if (!pools_[child] || limit == Depth(0)) return;
    for (const PrimitiveUse& use : primitives_.aggregations) {
      const PrimitiveRule& rule = rules_.rule_of(*use.primitive);
      if (rule.skips_table(set_.tables[child].name)) continue;
      const auto suits = [&](const Candidate& each) {
        return !is_direct_of(*each.feature, parent) && !is_key_of(path, *each.feature);
      };
      for (const Inputs& inputs : matches(use, usable(child, below(limit), use, suits))) {
        add_aggregation(use, inputs, path);
      }
    }
  }

  /// Adds one aggregation, and those of the rows that meet a condition.
  void add_aggregation(const PrimitiveUse& use, const Inputs& inputs, const Path& path) {
    FeaturePool& pool = *pools_[set_.relationships[path.front()].parent];
    const std::vector<FeatureRef> bases = features_of(inputs);
    const PrimitiveUse plain = use.without_wishes();
    add(pool, names_.called(use, inputs, make_aggregation(set_, plain, bases, path)));
    std::size_t n_wheres = 0;
    for (const Candidate* each : inputs) n_wheres += each->n_wheres;
    if (n_wheres >= options_.where_stacking_limit || !primitives_.takes_where(use.primitive)) return;
    for (const Where& where : conditions_[bases.front()->table]) {
      const bool is_input = std::any_of(bases.begin(), bases.end(),
                                        [&](const FeatureRef& each) { return each->name == where.feature->name; });
      if (!is_input) add(pool, names_.called(use, inputs, make_aggregation(set_, plain, bases, path, where)));
    }
  }

  void add(FeaturePool& pool, FeatureRef feature) {
    names_.check_name(pool, *feature);
    pool.add(std::move(feature));
  }

  void add_transforms(core::TableId table, Depth limit, DirectInputs direct) {
    if (limit == Depth(0)) return;
    // Added when all are made: transforms do not build on transforms.
    std::vector<FeatureRef> made;
    const auto suits = [](const Candidate& each) {
      return each.root == nullptr || each.root->kind != PrimitiveKind::transform;
    };
    for (const PrimitiveUse& use : primitives_.transforms) {
      if (rules_.rule_of(*use.primitive).skips_table(set_.tables[table].name)) continue;
      for (const Inputs& inputs : matches(use, usable(table, below(limit), use, suits), direct)) {
        made.push_back(names_.called(use, inputs, make_transform(set_, use.without_wishes(), features_of(inputs))));
      }
    }
    for (const PrimitiveUse& use : primitives_.group_by_transforms) {
      if (rules_.rule_of(*use.primitive).skips_groups_of(set_.tables[table].name)) continue;
      const std::vector<const Candidate*> groups = group_columns(table, below(limit), *use.primitive);
      for (const Inputs& inputs : matches(use, usable(table, below(limit), use, suits))) {
        for (const Candidate* group : groups) {
          if (direct == DirectInputs::required && !is_new_with_direct(inputs, group)) continue;
          FeatureRef feature = make_group_by_transform(set_, use.without_wishes(), features_of(inputs), group->feature);
          made.push_back(names_.called(use, inputs, std::move(feature)));
        }
      }
    }
    for (FeatureRef& each : made) add(*pools_[table], std::move(each));
  }

  /// Says whether a group-by transform needs a direct feature and could not be had in the parent.
  static bool is_new_with_direct(const Inputs& inputs, const Candidate* group) {
    Inputs all = inputs;
    all.push_back(group);
    return any_direct(all) && !all_direct_by_same_path(all);
  }

  void add_direct(core::RelationshipId link, Depth limit) {
    const core::Relationship& relationship = set_.relationships[link];
    if (!pools_[relationship.parent]) return;
    for (const Candidate& each : pools_[relationship.parent]->candidates()) {
      if (within(each.depth, limit) && !is_key_of({link}, *each.feature)) {
        pools_[relationship.child]->add(make_direct(set_, each.feature, link));
      }
    }
  }

  void add_conditions(core::TableId table) {
    for (const FeatureRef& each : pools_[table]->features()) {
      const Feature& column = each->kind == FeatureKind::direct ? *each->bases.front() : *each;
      if (column.kind != FeatureKind::identity) continue;
      for (const core::Value& value : interesting_values(set_.tables[column.table].name, column.column)) {
        conditions_[table].push_back({.feature = each, .comparison = "==", .value = value});
      }
    }
  }

  [[nodiscard]] bool is_hidden(const std::string& table, const std::string& column) const {
    const auto hidden = options_.hidden_columns.find(table);
    return hidden != options_.hidden_columns.end() &&
           std::find(hidden->second.begin(), hidden->second.end(), column) != hidden->second.end();
  }

  /// Refuses seed features that show what is not to be known.
  void check_seeds() const {
    for (const FeatureRef& seed : options_.seed_features) {
      for (const Feature* each : with_all_inputs(std::span(&seed, 1))) {
        const std::string& table = set_.tables[each->table].name;
        if (each->kind != FeatureKind::identity || !is_hidden(table, each->column)) continue;
        throw core::UserError(fmt::format("seed_features: '{}' is made of '{}' of table '{}', which is to be learnt",
                                          seed->name, each->column, table),
                              "leave the seed feature out");
      }
    }
  }

  [[nodiscard]] std::vector<core::Value> interesting_values(const std::string& table, const std::string& column) const {
    const auto columns = options_.interesting_values.find(table);
    if (columns == options_.interesting_values.end()) return {};
    for (const auto& [name, values] : columns->second) {
      if (name == column) return values;
    }
    return {};
  }

  /// The candidates of a table that a primitive may be applied to, by name.
  template <class Suits>
  [[nodiscard]] std::vector<const Candidate*> usable(core::TableId table, Depth limit, const PrimitiveUse& use,
                                                     Suits suits) const {
    const Primitive& primitive = *use.primitive;
    const PrimitiveRule& rule = rules_.rule_of(primitive);
    std::vector<const Candidate*> usable;
    for (const Candidate* each : pools_[table]->by_name()) {
      if (within(each->depth, limit) && suits(*each) && !is_numeric_key(*each) && can_stack(primitive, *each) &&
          (rule.is_by_input() || rule.all_inputs().admits(set_, *each->feature))) {
        usable.push_back(each);
      }
    }
    names_.keep_named(use, usable);
    return usable;
  }

  /// The inputs a primitive is applied to, out of those it may be applied to.
  [[nodiscard]] std::vector<Inputs> matches(const PrimitiveUse& use, const std::vector<const Candidate*>& candidates,
                                            DirectInputs direct = DirectInputs::allowed) const {
    const PrimitiveRule& rule = rules_.rule_of(*use.primitive);
    Admitted admitted;
    for (std::size_t slot = 0; rule.is_by_input() && slot < rule.inputs.size(); ++slot) {
      const Selection& selection = rule.inputs[slot].inputs;
      std::vector<bool>& here = admitted.emplace_back();
      for (const Candidate* each : candidates) here.push_back(selection.admits(set_, *each->feature));
    }
    return match_inputs(use, candidates, direct, admitted);
  }

  /// What a group-by transform may group by: foreign keys, and any category where the options name columns.
  [[nodiscard]] std::vector<const Candidate*> group_columns(core::TableId table, Depth limit,
                                                            const Primitive& primitive) const {
    const PrimitiveRule& rule = rules_.rule_of(primitive);
    const bool named = rule.names_groups_of(set_.tables[table].name);
    std::vector<const Candidate*> groups;
    for (const Candidate* each : pools_[table]->by_name()) {
      const core::Tags tags = each->feature->type.tags;
      const bool can_group = tags.has(core::Tag::foreign_key) || (named && tags.has(core::Tag::category));
      if (can_group && within(each->depth, limit) && rule.groups().admits(set_, *each->feature)) groups.push_back(each);
    }
    return groups;
  }

  static bool is_direct_of(const Feature& feature, core::TableId parent) {
    return feature.kind == FeatureKind::direct && feature.bases.front()->table == parent;
  }

  /// Says whether a feature is a key column of that path. As Featuretools does it, which compares by names: a
  /// relationship with a twin is called "table[key]", and its key columns are not found.
  [[nodiscard]] bool is_key_of(const Path& path, const Feature& feature) const {
    if (feature.kind != FeatureKind::identity) return false;
    return std::any_of(path.begin(), path.end(), [&](core::RelationshipId step) {
      const core::Relationship& link = set_.relationships[step];
      return !has_twin(set_, link) && ((link.child == feature.table && link.child_column == feature.column) ||
                                       (link.parent == feature.table && link.parent_column == feature.column));
    });
  }

  [[nodiscard]] std::vector<core::RelationshipId> links_down(core::TableId table) const {
    return links([&](const core::Relationship& each) { return each.parent == table; });
  }
  [[nodiscard]] std::vector<core::RelationshipId> links_up(core::TableId table) const {
    return links([&](const core::Relationship& each) { return each.child == table; });
  }
  template <class Wanted>
  [[nodiscard]] std::vector<core::RelationshipId> links(Wanted wanted) const {
    std::vector<core::RelationshipId> links;
    for (core::RelationshipId id = 0; id < set_.relationships.size(); ++id) {
      if (wanted(set_.relationships[id])) links.push_back(id);
    }
    return links;
  }

  /// All ways down to descendants, depth first.
  [[nodiscard]] std::vector<Path> paths_down(core::TableId table) const {
    std::vector<Path> paths;
    for (const core::RelationshipId link : links_down(table)) {
      paths.push_back({link});
      for (const Path& rest : paths_down(set_.relationships[link].child)) {
        paths.push_back({link});
        paths.back().insert(paths.back().end(), rest.begin(), rest.end());
      }
    }
    return paths;
  }

  [[nodiscard]] Way joined(Way way, core::TableId table) const {
    way.push_back(set_.tables[table].name);
    return way;
  }
  [[nodiscard]] Way extended(Way way, const Path& path) const {
    for (const core::RelationshipId step : path) way.push_back(set_.tables[set_.relationships[step].child].name);
    return way;
  }
  /// Says whether the walk may go that way: its last table is not ignored, the chain is allowed.
  [[nodiscard]] bool is_open(const Way& way) const {
    const auto& allowed = options_.allowed_paths;
    return !rules_.ignores(way.back()) &&
           (allowed.empty() || std::find(allowed.begin(), allowed.end(), way) != allowed.end());
  }

  std::vector<FeatureRef> wanted() {
    std::vector<FeatureRef> features = pools_[options_.target]->features();
    std::erase_if(features, [&](const FeatureRef& each) { return !is_returned(*each); });
    std::stable_sort(features.begin(), features.end(),
                     [](const FeatureRef& a, const FeatureRef& b) { return a->depth < b->depth; });
    note_idle_drops(features);
    std::erase_if(features, [&](const FeatureRef& each) { return is_dropped(each->name); });
    if (options_.max_features && features.size() > *options_.max_features) features.resize(*options_.max_features);
    return features;
  }

  void note_idle_drops(const std::vector<FeatureRef>& features) {
    std::vector<std::string> names;
    for (const FeatureRef& each : features) names.push_back(each->name);
    for (const std::string& name : options_.drop_exact) {
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      std::string hint = core::hint_for(name, names);
      hint = hint.substr(0, hint.find('?') + 1);  // the nearest name alone: there may be thousands
      warnings_.push_back(
          fmt::format("drop_exact: no feature is called '{}'{}", name, hint.empty() ? "" : "; " + hint));
    }
    for (const std::string& part : options_.drop_contains) {
      const bool found = std::any_of(names.begin(), names.end(),
                                     [&](const std::string& name) { return name.find(part) != std::string::npos; });
      if (!found) warnings_.push_back(fmt::format("drop_contains: no feature has '{}' in its name", part));
    }
  }

  /// Refuses names of columns of which nothing came.
  void check_idle_names() const {
    std::vector<const FeaturePool*> pools;
    for (const auto& pool : pools_) {
      if (pool) pools.push_back(&*pool);
    }
    std::vector<core::Problem> problems;
    for (const auto& [option, uses] :
         {std::pair{"aggregations", &primitives_.aggregations}, std::pair{"transforms", &primitives_.transforms},
          std::pair{"group_by_transforms", &primitives_.group_by_transforms}}) {
      std::vector<core::Problem> more = names_.idle_names(option, *uses, pools);
      std::move(more.begin(), more.end(), std::back_inserter(problems));
    }
    if (!problems.empty()) throw core::UserError(std::move(problems));
  }

  void note_idle_options() {
    const std::set<std::string> used = primitives_.names();
    for (const PrimitiveOptions& options : options_.primitive_options) {
      for (const std::string& name : options.primitives) {
        if (used.contains(declared_name(name))) continue;
        warnings_.push_back(fmt::format("primitive_options: '{}' is not among the primitives of this call", name));
      }
    }
    for (const PrimitiveUse& where : primitives_.wheres) {
      const bool found = std::any_of(primitives_.aggregations.begin(), primitives_.aggregations.end(),
                                     [&](const PrimitiveUse& use) { return use.primitive == where.primitive; });
      if (!found && options_.where_primitives) {
        warnings_.push_back(fmt::format("where_primitives: '{}' is not among the aggregations: nothing comes of it",
                                        where.primitive->name));
      }
    }
  }

  [[nodiscard]] bool is_returned(const Feature& feature) const {
    if (feature.kind == FeatureKind::identity && feature.column == set_.tables[options_.target].index) return false;
    if (options_.return_types == ReturnTypes::all) return true;
    const core::Tags tags = feature.type.tags;
    return tags.has(core::Tag::numeric) || tags.has(core::Tag::category) ||
           feature.type.type == core::LogicalType::boolean || feature.type.type == core::LogicalType::boolean_nullable;
  }

  [[nodiscard]] bool is_dropped(const std::string& name) const {
    const auto& parts = options_.drop_contains;
    const auto& names = options_.drop_exact;
    return std::find(names.begin(), names.end(), name) != names.end() ||
           std::any_of(parts.begin(), parts.end(),
                       [&](const std::string& part) { return name.find(part) != std::string::npos; });
  }

  const core::EntitySet& set_;
  const SynthesisOptions& options_;
  const Primitives primitives_;
  const SynthesisRules rules_;
  AskedNames names_;
  FeaturePool::SeedNames seed_names_;
  std::vector<std::optional<FeaturePool>> pools_;  // by table; nothing: not visited
  std::vector<std::vector<Where>> conditions_;     // by table
  std::vector<std::string> warnings_;
};

}  // namespace

std::vector<FeatureRef> synthesize(const core::EntitySet& set, const SynthesisOptions& options,
                                   std::vector<std::string>* warnings) {
  GRIDMILL_ASSERT(options.target < set.tables.size(), "the target is a table");
  Synthesis synthesis(set, options);
  std::vector<FeatureRef> features = synthesis.run();
  if (warnings != nullptr) *warnings = synthesis.warnings();
  if (features.empty()) {
    throw core::UserError(
        fmt::format("no feature can be built for table '{}'", set.tables[options.target].name),
        "name more primitives, a greater max_depth, or ignore (drop) less; 'return_types: all' also gives times and "
        "texts");
  }
  return features;
}

}  // namespace gridmill::features
