#include "jobs/features/result/features_facts.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/memory_size.hpp"
#include "features/definitions/feature_inputs.hpp"
#include "features/evaluation/group_summary.hpp"
#include "io/store/part_layout.hpp"
#include "io/text/datetime.hpp"
#include "jobs/features/parts/feature_parts.hpp"
#include "jobs/features/result/feature_passes.hpp"

namespace gridmill::jobs {

namespace {

using features::FeatureKind;

core::Value count(std::size_t n) { return static_cast<std::int64_t>(n); }

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
  for (std::size_t stage = 0; stage < plan.stages.size(); ++stage) {
    std::set<core::TableId> tables;
    for (const features::Feature* each : features_at_work(plan.stages, stage)) tables.insert(each->table);
    std::string text;
    for (const core::TableId table : tables) {
      text += fmt::format("{}{} ({} rows)", text.empty() ? "" : ", ", set.tables[table].name, set.tables[table].n_rows);
    }
    passes.push_back(text);
  }
  return passes;
}

/// What is in memory at a time on a rank, at most.
struct MemoryNeed {
  double n_bytes = 0;
  std::string what;
};

MemoryNeed greater(MemoryNeed a, MemoryNeed b) { return a.n_bytes < b.n_bytes ? std::move(b) : std::move(a); }

/// Pieces of giant groups, one at a time, and values that are needed at once.
MemoryNeed giant_need(const FeaturesSituation& of) {
  constexpr double kColumns = 16;  // of a piece, at a time
  constexpr double kCopies = 3;    // of gathered values; sorted ones stay in files, where these are kept
  if (of.giants.n_groups == 0) return {};
  const auto piece_rows = static_cast<double>(of.plan.evaluation.piece_rows);
  MemoryNeed need{kColumns * piece_rows * sizeof(double),
                  fmt::format("a piece of a giant group ({} rows)", of.plan.evaluation.piece_rows)};
  double n_copies = 0;
  std::string needy;
  for (const features::Feature* each : features::with_all_inputs(of.plan.features)) {
    if (each->kind != FeatureKind::aggregation || features::kept_row_bytes(*each) == 0) continue;
    const double n = !features::is_made_of_sorted(*each) ? kCopies : of.giants.kept_bytes > 0 ? 0 : 1;
    if (n > n_copies || (n == n_copies && each->name < needy)) needy = each->name;
    n_copies = std::max(n_copies, n);
  }
  for (const auto& [table, n] : of.giants.rows) {
    need = greater(std::move(need), {n_copies * static_cast<double>(n) * sizeof(double),
                                     fmt::format("values of a giant group, which {} needs all at once,", needy)});
  }
  return need;
}

MemoryNeed stage_need(const FeaturesSituation& of, std::size_t stage) {
  const features::Stage& wanted = of.plan.stages[stage];
  const std::string& table = of.set.tables[wanted.table].name;
  return {static_cast<double>(of.working[stage]),
          wanted.whole_table ? fmt::format("all {} rows of '{}' at once", of.stages[stage].n_rows(), table)
                             : fmt::format("rows of '{}' and what lies below them", table)};
}

/// Two tiles of columns over a part.
MemoryNeed correlation_need(const FeaturesSituation& of) {
  if (!of.job.features.select.highly_correlated || of.stages.back().ranges.empty()) return {};
  const double n_columns = std::min<double>(2 * kCorrelatedColumns, static_cast<double>(of.plan.columns.size()));
  return {n_columns * static_cast<double>(of.stages.back().ranges.front().n) * sizeof(double), "correlating features"};
}

/// What the page compares of the matrix: see correlations_content.
MemoryNeed page_need(const FeaturesSituation& of) {
  constexpr double kMostColumns = 400;
  constexpr double kMostRows = 2048;
  constexpr double kPairBytes = 56;  // in a table, and in a list that is sorted
  const PartFiles& rows = of.stages.back();
  const double columns = std::min(kMostColumns, static_cast<double>(rows.types.size()));
  const double entries = columns * std::min(kMostRows, static_cast<double>(rows.n_rows()));
  constexpr double kBeside = 1.6;  // measured: columns as they are read and their numbers, what is left of stages
  return {kBeside * (entries * sizeof(double) + columns * columns * kPairBytes), "the page of the report"};
}

/// What the library holds of parts that are open, of all stages and of what is encoded.
double open_bytes(const FeaturesSituation& of) {
  constexpr double kFileBytes = 3 << 18;  // measured: its caches
  const auto n_open = [](const PartFiles& files) {
    return static_cast<double>(std::min(files.files.size(), PartedMatrix::kMostOpen));
  };
  double n = of.job.features.encode ? n_open(of.stages.back()) : 0;
  for (const PartFiles& files : of.stages) n += n_open(files);
  return n * kFileBytes;
}

MemoryNeed memory_need(const FeaturesSituation& of) {
  // Measured over thirty shapes, one to three deep, with and without windows: what the heap keeps of columns that are
  // gone, and what a job takes whatever its columns (caches of HDF5, the page of its report).
  constexpr double kHeap = 1.15;
  constexpr double kJobBytes = 3 << 20;
  // Measured, of short and of long labels: of the store, of a part that is read beside those before it, of the file
  // that is written, and what HDF5 makes of each.
  constexpr double kLabelCopies = 7.5;
  MemoryNeed need = greater(greater(giant_need(of), correlation_need(of)), page_need(of));
  for (std::size_t i = 0; i < of.working.size(); ++i) need = greater(std::move(need), stage_need(of, i));
  need.n_bytes = kHeap * need.n_bytes + kJobBytes + static_cast<double>(of.resident) + open_bytes(of);
  need.n_bytes += kLabelCopies * static_cast<double>(of.labels);
  return need;
}

bool is_too_much(const MemoryNeed& need, const FeaturesSituation& of) {
  return need.n_bytes > static_cast<double>(of.memory_per_rank);
}

std::string memory_text(const FeaturesSituation& of) {
  const MemoryNeed need = memory_need(of);
  return fmt::format("about {}{}{}, {} of it the program itself",
                     core::size_text(static_cast<std::size_t>(need.n_bytes)),
                     is_too_much(need, of) ? ", more than the limit of " : " of ", core::size_text(of.memory_per_rank),
                     core::size_text(of.resident));
}

std::string result_text(const FeaturesSituation& of) {
  PartFiles encoded = of.stages.back();
  encoded.types.assign(of.n_encoded, core::ColumnType::boolean);
  const std::size_t bytes = stored_bytes(of.stages.back()) + stored_bytes(encoded);
  if (of.n_encoded == 0) return core::size_text(bytes);
  return fmt::format("{}, {} of it {} columns of categories", core::size_text(bytes),
                     core::size_text(stored_bytes(encoded)), of.n_encoded);
}

}  // namespace

std::size_t resident_bytes() {
  std::ifstream sizes("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  if (!(sizes >> total >> resident)) return 0;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGE_SIZE));
}

std::size_t label_bytes(const FeaturesPlan& plan, const core::EntityData& data) {
  constexpr std::size_t kInPlace = 15;  // letters of a string that need no memory of their own
  constexpr std::size_t kAllocation = 24;
  std::set<std::pair<core::TableId, std::string>> columns;
  for (const features::Stage& stage : plan.stages) {
    for (const features::Feature* each : features::with_all_inputs(stage.features)) {
      if (each->kind != FeatureKind::identity || !each->type.type) continue;
      if (core::column_type_of(*each->type.type) == core::ColumnType::categorical) {
        columns.emplace(each->table, each->column);
      }
    }
  }
  std::size_t bytes = 0;
  for (const auto& [table, column] : columns) {
    for (const std::string& label : *data.categories(table, column)) {
      bytes += sizeof(std::string) + (label.size() > kInPlace ? label.size() + kAllocation : 0);
    }
  }
  return bytes;
}

std::size_t stored_bytes(const PartFiles& files) {
  std::size_t row = 0;
  for (const core::ColumnType type : files.types) row += io::stored_width(type);
  return row * files.n_rows();
}

std::vector<Fact> features_facts(const FeaturesSituation& of) {
  const PartFiles& rows = of.stages.back();
  std::vector<Fact> facts{{"rows", fmt::format("{} of '{}'{}", of.plan.instances.size(), of.job.features.target,
                                               of.job.features.sample ? ", a sample" : "")},
                          {"cutoff time", cutoff_text(of.job, of.plan)},
                          {"features", fmt::format("{} ({})", of.plan.columns.size(), kinds_text(of.plan.features))},
                          {"result", result_text(of)},
                          {"passes", fmt::format("{}", fmt::join(passes_text(of.plan, of.set), "; "))},
                          {"parts", count(rows.files.size())},
                          {"ranks", count(of.n_ranks)},
                          {"memory per rank", memory_text(of)}};
  if (of.giants.n_groups > 0) {
    const auto kept = static_cast<std::size_t>(of.giants.kept_bytes);
    facts.push_back(
        {"giant groups",
         fmt::format("{}, in {} pieces: more than {} rows below one{}", of.giants.n_groups, of.giants.n_pieces,
                     of.plan.evaluation.piece_rows,
                     kept > 0 ? fmt::format("; up to {} on the disk meanwhile", core::size_text(kept)) : "")});
  }
  return facts;
}

std::optional<std::string> memory_warning(const FeaturesSituation& of) {
  const MemoryNeed need = memory_need(of);
  if (!is_too_much(need, of)) return {};
  constexpr double kMebibyte = 1U << 20U;
  const double on_node = std::ceil(need.n_bytes * static_cast<double>(of.n_ranks_on_node) / kMebibyte);
  return fmt::format("{} may take {}, but memory_limit leaves a rank {}: set it to {:.0f}MiB at least{}", need.what,
                     core::size_text(static_cast<std::size_t>(need.n_bytes)), core::size_text(of.memory_per_rank),
                     on_node, of.n_ranks_on_node > 1 ? ", or start fewer ranks" : "");
}

void check_free_space(std::uintmax_t needed, std::uintmax_t available, const std::filesystem::path& folder) {
  if (needed <= available) return;
  throw core::RunError(fmt::format("{}: the features need {}, but {} are free there", folder.string(),
                                   core::size_text(needed), core::size_text(available)),
                       "make fewer (features.max_features, max_depth, fewer primitives), or choose another output");
}

}  // namespace gridmill::jobs
