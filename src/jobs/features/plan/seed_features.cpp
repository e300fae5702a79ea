#include "jobs/features/plan/seed_features.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/hint.hpp"
#include "jobs/features/plan/named_in_store.hpp"

namespace gridmill::jobs {

namespace {

using features::FeatureRef;
using features::InputSlot;
using features::PrimitiveKind;
using Path = std::vector<core::RelationshipId>;

/// "a numeric column", "a Datetime column tagged time_index".
std::string slot_text(const InputSlot& slot) {
  std::string text = slot.type ? std::string(core::name_of(*slot.type)) : "any";
  std::vector<std::string_view> tags;
  for (const core::Tag tag : {core::Tag::numeric, core::Tag::category, core::Tag::index, core::Tag::time_index,
                              core::Tag::foreign_key, core::Tag::date_of_birth}) {
    if (slot.tags.has(tag)) tags.push_back(core::name_of(tag));
  }
  if (!slot.type && !tags.empty()) return fmt::format("{}", fmt::join(tags, " "));
  return tags.empty() ? text : fmt::format("{} {}", text, fmt::join(tags, " "));
}

std::string inputs_text(const features::Primitive& primitive) {
  std::vector<std::string> alternatives;
  for (const std::vector<InputSlot>& slots : primitive.inputs) {
    std::vector<std::string> words;
    for (const InputSlot& slot : slots) words.push_back(slot_text(slot));
    alternatives.push_back(fmt::format("({})", fmt::join(words, ", ")));
  }
  return fmt::format("{}", fmt::join(alternatives, " or "));
}

class SeedMaker {
 public:
  SeedMaker(std::string target, const core::EntitySet& set) : target_(std::move(target)), set_(set) {}

  /// Makes one more, of which later ones may be made.
  FeatureRef make(const config::SeedFeature& seed, std::string option) {
    seed_ = &seed;
    option_ = std::move(option);
    FeatureRef feature = seed.primitive.primitive->kind == PrimitiveKind::aggregation ? aggregation() : transform();
    made_.push_back(seed.name.empty() ? std::move(feature) : features::renamed(*feature, seed.name));
    return made_.back();
  }

  std::vector<FeatureRef> made() { return std::move(made_); }

 private:
  [[noreturn]] void refuse(std::string what, std::string hint = {}) const {
    throw core::UserError(core::Problem{seed_->place, fmt::format("{}: {}", option_, what), std::move(hint)});
  }

  [[nodiscard]] FeatureRef input(core::TableId table, const std::string& name) const {
    for (const FeatureRef& seed : made_) {
      if (seed->table == table && seed->name == name) return seed;
    }
    check_column(set_, table, name, option_);
    return features::make_identity(set_, table, name);
  }

  [[nodiscard]] std::vector<FeatureRef> inputs(core::TableId table) const {
    std::vector<FeatureRef> bases;
    for (const std::string& name : seed_->columns) bases.push_back(input(table, name));
    const features::Primitive& primitive = *seed_->primitive.primitive;
    const bool fit = std::any_of(primitive.inputs.begin(), primitive.inputs.end(), [&](const auto& slots) {
      if (slots.size() != bases.size()) return false;
      for (std::size_t i = 0; i < slots.size(); ++i) {
        if (!features::fits(bases[i]->type, slots[i])) return false;
      }
      return true;
    });
    if (fit) return bases;
    std::vector<std::string> given;
    for (const FeatureRef& base : bases) {
      given.push_back(fmt::format("{} ({})", base->name, slot_text(base->type)));
    }
    refuse(fmt::format("{} takes {}, not {}", primitive.name, inputs_text(primitive),
                       given.empty() ? "nothing" : fmt::format("{}", fmt::join(given, ", "))));
  }

  /// The shortest way down from one table to another.
  [[nodiscard]] Path path_down(core::TableId from, core::TableId to) const {
    std::vector<std::pair<core::TableId, Path>> found{{from, {}}};
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (found[i].first == to && i > 0) return found[i].second;
      for (core::RelationshipId id = 0; id < set_.relationships.size(); ++id) {
        if (set_.relationships[id].parent != found[i].first) continue;
        Path longer = found[i].second;
        longer.push_back(id);
        found.emplace_back(set_.relationships[id].child, std::move(longer));
      }
    }
    refuse(fmt::format("table '{}' is not below '{}'", set_.tables[to].name, set_.tables[from].name),
           "an aggregation is for a table above the one that holds the columns: for: TABLE");
  }

  [[nodiscard]] std::optional<features::Where> where(core::TableId table) const {
    if (seed_->where.is_null()) return std::nullopt;
    const core::ValueList& parts = seed_->where.list();
    const std::string column = parts[0].python_str();
    return features::Where{input(table, column), parts[1].text(),
                           condition_value(set_, table, column, parts[2], option_ + ".where")};
  }

  [[nodiscard]] FeatureRef aggregation() const {
    const core::TableId table = find_table(set_, seed_->table, option_);
    const core::TableId parent = find_table(set_, seed_->parent.empty() ? target_ : seed_->parent, option_);
    std::optional<features::Window> window;
    if (!seed_->use_previous.empty()) window = features::read_window(seed_->use_previous);
    std::vector<FeatureRef> bases = inputs(table);
    return features::make_aggregation(set_, seed_->primitive, std::move(bases), path_down(parent, table), where(table),
                                      window);
  }

  [[nodiscard]] FeatureRef transform() const {
    const core::TableId table = find_table(set_, seed_->table, option_);
    if (seed_->group_by.empty()) return features::make_transform(set_, seed_->primitive, inputs(table));
    return features::make_group_by_transform(set_, seed_->primitive, inputs(table), input(table, seed_->group_by));
  }

  std::string target_;
  const core::EntitySet& set_;
  const config::SeedFeature* seed_ = nullptr;
  std::string option_;
  std::vector<FeatureRef> made_;
};

}  // namespace

std::vector<FeatureRef> make_seeds(const config::FeaturesOptions& options, const core::EntitySet& set) {
  SeedMaker maker(options.target, set);
  for (std::size_t i = 0; i < options.seed_features.size(); ++i) {
    maker.make(options.seed_features[i], fmt::format("features.seed_features[{}]", i));
  }
  return maker.made();
}

FeatureRef make_seed(const config::SeedFeature& seed, const std::string& target, const core::EntitySet& set,
                     const std::string& option) {
  return SeedMaker(target, set).make(seed, option);
}

}  // namespace gridmill::jobs
