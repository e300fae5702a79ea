#include "jobs/audit/timeless_tables.hpp"

#include <map>
#include <string>

#include <fmt/format.h>

#include "features/definitions/feature_inputs.hpp"

namespace gridmill::jobs {

std::vector<Finding> find_timeless_tables(const core::EntitySet& set, core::TableId target, bool rows_return,
                                          std::span<const features::FeatureRef> features) {
  std::map<core::TableId, const features::Feature*> used;  // a feature of each table
  for (const features::Feature* each : features::with_all_inputs(features)) {
    const bool is_key = each->kind == features::FeatureKind::identity && each->column == set.tables[each->table].index;
    const auto [found, is_new] = used.emplace(each->table, each);
    if (!is_new && !is_key && each->name < found->second->name) found->second = each;
  }
  std::vector<Finding> findings;
  for (const auto& [id, feature] : used) {
    const core::EntityTable& table = set.tables[id];
    if (!table.time_index.empty() || (id == target && !rows_return)) continue;
    findings.push_back(
        {.check = "table without a time",
         .what = fmt::format("table '{}' has no time_index though features have cutoff times", table.name),
         .why = fmt::format("so that all its rows are known at each of them, also what they say since ('{}')",
                            feature->name),
         .cure = fmt::format("name the column that says when a row was known: 'import.tables.{}.time_index'; if its "
                             "rows never change, there is nothing to do",
                             table.name)});
  }
  return findings;
}

}  // namespace gridmill::jobs
