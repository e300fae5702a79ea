#include "jobs/features/plan/features_fingerprint.hpp"

#include <string>

#include <fmt/format.h>

#include "config/resolved.hpp"
#include "core/bytes.hpp"
#include "features/definitions/definitions.hpp"
#include "io/files/checksum.hpp"
#include "io/files/json.hpp"

namespace gridmill::jobs {

std::uint64_t features_fingerprint(const config::FeaturesJob& job, const FeaturesPlan& plan, const core::EntitySet& set,
                                   std::string_view program) {
  std::string text = fmt::format("features by {}\n{}", program, config::fingerprint(job));
  text += io::to_json(features::definitions_of(set, plan.features));
  for (const core::EntityTable& table : set.tables) text += fmt::format("{} {}\n", table.name, table.n_rows);
  text += plan.cutoff ? fmt::format("at {}\n", *plan.cutoff) : std::string();
  text += fmt::format("in pieces of {}\n", plan.evaluation.piece_rows);
  std::uint64_t hash = io::checksum(text);
  if (!plan.cutoff) {
    static_assert(sizeof(features::Instance) == 2 * sizeof(std::int64_t));
    hash ^= io::checksum(core::text_of(plan.instances));
  }
  return hash;
}

}  // namespace gridmill::jobs
