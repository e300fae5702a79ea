#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/entity_set.hpp"
#include "core/error.hpp"
#include "features/definitions/feature.hpp"
#include "features/synthesis/feature_pool.hpp"
#include "features/synthesis/input_matching.hpp"

namespace gridmill::features {

/// What uses of primitives say of names: which inputs they take (PrimitiveUse::columns), how their features are called
/// (PrimitiveUse::written_as).
///
/// A name is that of a column, or table.column; where no column is called so, that of a feature, which it is no matter
/// what is made of. So Zone* means columns, also where features are called Zone1_lag4. A time index beside another
/// input need not be named. Uses must outlive it.
class AskedNames {
 public:
  explicit AskedNames(const core::EntitySet& set) : set_(set) {}

  /// Takes out what the use does not name.
  void keep_named(const PrimitiveUse& use, std::vector<const Candidate*>& candidates) const;
  /// Notes that a feature was made of these inputs, and returns it as it is called.
  FeatureRef called(const PrimitiveUse& use, const Inputs& inputs, FeatureRef made);
  /// Checks, before a feature goes into a pool, that no other there has a name that was given.
  /// Errors: UserError naming both.
  void check_name(const FeaturePool& pool, const Feature& feature) const;

  /// Returns what is wrong with names of `uses` that no input has, or none that fits. `option`: the list of uses as the
  /// user wrote it; `pools`: the features of all tables.
  [[nodiscard]] std::vector<core::Problem> idle_names(const std::string& option, const std::vector<PrimitiveUse>& uses,
                                                      const std::vector<const FeaturePool*>& pools) const;

 private:
  [[nodiscard]] bool is_named(const std::string& pattern, core::TableId table, const std::string& name) const;
  [[nodiscard]] bool names_column(const std::string& pattern) const;
  [[nodiscard]] bool matches(const std::string& pattern, const Feature& feature) const;
  [[nodiscard]] std::string idle_hint(const std::string& pattern, const PrimitiveUse& use,
                                      const std::vector<const FeaturePool*>& pools) const;

  const core::EntitySet& set_;
  mutable std::map<std::string, bool> names_column_;                            // by pattern
  std::set<std::pair<const PrimitiveUse*, std::size_t>> met_;                   // names that some input has
  std::map<std::pair<core::TableId, std::string>, const PrimitiveUse*> given_;  // names of features
};

}  // namespace gridmill::features
