#include "jobs/features_facts.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "features/evaluation/group_summary.hpp"
#include "io/datetime.hpp"
#include "jobs/feature_parts.hpp"
#include "jobs/node_memory_size.hpp"

namespace gridmill::jobs {

namespace {

using features::FeatureKind;

core::Value count(std::size_t n) { return static_cast<std::int64_t>(n); }

std::size_t width_of(core::ColumnType type) {
  switch (type) {
    case core::ColumnType::boolean: return 2;
    case core::ColumnType::categorical: return 4;
    case core::ColumnType::integer: return 9;
    case core::ColumnType::latlong: return 16;
    case core::ColumnType::text: return 32;  // a guess: their lengths are not known before
    default: return 8;
  }
}

/// "54 identity, 120 aggregation, 23 transform".
std::string kinds_text(const std::vector<features::FeatureRef>& made) {
  std::map<FeatureKind, std::size_t> counts;
  for (const features::FeatureRef& feature : made) ++counts[feature->kind];
  std::string text;
  for (const auto& [kind, n] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", n, features::name_of(kind));
  return text;
}

std::string cutoff_text(const config::FeaturesJob& job, const FeaturesPlan& plan) {
  switch (job.features.cutoff.kind) {
    case config::CutoffOptions::Kind::now: return fmt::format("now, {}", io::datetime_text(*plan.cutoff));
    case config::CutoffOptions::Kind::time: return io::datetime_text(*plan.cutoff);
    case config::CutoffOptions::Kind::column: return fmt::format("'{}' of each row", job.features.cutoff.column);
    case config::CutoffOptions::Kind::file: return fmt::format("from {}", job.features.cutoff.file.string());
  }
  GRIDMILL_ASSERT(false, "every kind of cutoff has words");
}

/// What each stage reads: "applicants, bureau (246802 rows), balances (2398732 rows)".
std::vector<std::string> passes_text(const FeaturesPlan& plan, const core::EntitySet& set) {
  std::vector<std::string> passes;
  for (const features::Stage& stage : plan.stages) {
    std::vector<bool> read(set.tables.size(), false);
    std::set<const features::Feature*> seen;
    std::vector<features::FeatureRef> open = stage.features;
    while (!open.empty()) {
      const features::FeatureRef feature = open.back();
      open.pop_back();
      if (!seen.insert(feature.get()).second) continue;
      read[feature->table] = true;
      open.insert(open.end(), feature->bases.begin(), feature->bases.end());
      if (feature->where) open.push_back(feature->where->feature);
    }
    std::string text;
    for (std::size_t table = 0; table < read.size(); ++table) {
      if (!read[table]) continue;
      text += fmt::format("{}{} ({} rows)", text.empty() ? "" : ", ", set.tables[table].name, set.tables[table].n_rows);
    }
    passes.push_back(text);
  }
  return passes;
}

/// Says whether an aggregation on the way to the features needs all values of a group at once.
bool gathers_values(const FeaturesPlan& plan) {
  std::set<const features::Feature*> seen;
  std::vector<features::FeatureRef> open = plan.features;
  while (!open.empty()) {
    const features::FeatureRef feature = open.back();
    open.pop_back();
    if (!seen.insert(feature.get()).second) continue;
    if (feature->kind == FeatureKind::aggregation && features::kept_row_bytes(*feature) > 0) return true;
    open.insert(open.end(), feature->bases.begin(), feature->bases.end());
  }
  return false;
}

/// Returns what pieces of giant groups take, one at a time, and values that are needed at once [bytes].
double giant_bytes(const FeaturesSituation& of) {
  constexpr double kColumns = 16;  // of a piece, at a time
  constexpr double kCopies = 3;    // of gathered values
  double most = of.giants.n_groups > 0 ? kColumns * static_cast<double>(of.plan.evaluation.piece_rows) : 0;
  for (const auto& [table, n] : of.giants.rows) {
    if (gathers_values(of.plan)) most = std::max(most, kCopies * static_cast<double>(n));
  }
  return most * sizeof(double);
}

std::string memory_text(const FeaturesSituation& of) {
  double most = giant_bytes(of);
  core::EntitySet set = of.set;
  for (const auto& [table, n] : of.giants.rows) set.tables[table].n_rows -= std::min(n, set.tables[table].n_rows);
  for (std::size_t i = 0; i < of.plan.stages.size(); ++i) {
    const double each = evaluation_bytes_per_row(of.plan.stages[i], set);
    const std::size_t n =
        of.plan.stages[i].whole_table ? of.stages[i].n_rows() : slice_rows(each, of.memory_for_evaluation);
    most = std::max(most, each * static_cast<double>(std::min(n, std::max<std::size_t>(of.stages[i].n_rows(), 1))));
  }
  return fmt::format("at most {} of {}", size_text(static_cast<std::size_t>(most)), size_text(of.memory_per_rank));
}

}  // namespace

std::size_t stored_bytes(const PartFiles& files) {
  std::size_t row = 0;
  for (const core::ColumnType type : files.types) row += width_of(type);
  return row * files.n_rows();
}

std::vector<Fact> features_facts(const FeaturesSituation& of) {
  const PartFiles& rows = of.stages.back();
  std::vector<Fact> facts{{"rows", fmt::format("{} of '{}'", of.plan.instances.size(), of.job.features.target)},
                          {"cutoff time", cutoff_text(of.job, of.plan)},
                          {"features", fmt::format("{} ({})", of.plan.columns.size(), kinds_text(of.plan.features))},
                          {"result", size_text(stored_bytes(rows))},
                          {"passes", fmt::format("{}", fmt::join(passes_text(of.plan, of.set), "; "))},
                          {"parts", count(rows.files.size())},
                          {"ranks", count(of.n_ranks)},
                          {"memory per rank", memory_text(of)}};
  if (of.giants.n_groups > 0) {
    const auto kept = static_cast<std::size_t>(of.giants.kept_bytes);
    facts.push_back({"giant groups",
                     fmt::format("{}, in {} pieces: more than {} rows below one{}", of.giants.n_groups,
                                 of.giants.n_pieces, of.plan.evaluation.piece_rows,
                                 kept > 0 ? fmt::format("; up to {} on the disk meanwhile", size_text(kept)) : "")});
  }
  return facts;
}

}  // namespace gridmill::jobs
