#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "features/definitions/feature.hpp"

namespace gridmill::features {

/// A feature that others can be built on: one with a single output, or one output of several.
struct Candidate {
  FeatureRef feature;
  std::size_t depth = 0;            // as Feature::depth, but seed features count as columns
  std::size_t n_wheres = 0;         // conditions in it and in all that it is made of, with repetitions
  const Primitive* root = nullptr;  // what made its values; null: a column
};

/// Returns the primitive that made a feature's values, looking through direct features; null for a column.
const Primitive* root_primitive(const Feature& feature);

/// The features of one table, in the order in which they were found; names are unique.
class FeaturePool {
 public:
  /// What is built on: names of seed features of all tables, by table.
  using SeedNames = std::set<std::pair<core::TableId, std::string>>;

  explicit FeaturePool(const SeedNames* seeds) : seeds_(seeds) {}

  /// Adds a feature. Of two with the same name the first stays, unless a seed feature has that name: its place is
  /// taken.
  void add(FeatureRef feature);

  [[nodiscard]] bool has(std::string_view name) const { return places_.contains(name); }
  [[nodiscard]] std::vector<FeatureRef> features() const;
  /// Returns the candidates in the order in which they were found.
  [[nodiscard]] const std::vector<Candidate>& candidates() const;
  /// Returns the candidates by name.
  [[nodiscard]] const std::vector<const Candidate*>& by_name() const;

 private:
  [[nodiscard]] std::size_t depth_of(const Feature& feature) const;
  [[nodiscard]] bool is_seed(const Feature& feature) const { return seeds_->contains({feature.table, feature.name}); }
  void index() const;

  const SeedNames* seeds_;
  std::vector<FeatureRef> features_;
  std::unordered_map<std::string_view, std::size_t> places_;  // the names stand in `features_`
  mutable bool indexed_ = true;                               // candidates are made when they are asked for
  mutable std::vector<Candidate> candidates_;
  mutable std::vector<const Candidate*> by_name_;
};

}  // namespace gridmill::features
