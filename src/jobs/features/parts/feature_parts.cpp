#include "jobs/features/parts/feature_parts.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "features/definitions/feature_inputs.hpp"
#include "features/definitions/stored_column.hpp"
#include "features/evaluation/footprint.hpp"
#include "features/evaluation/group_summary.hpp"
#include "features/matrix/encode.hpp"
#include "io/store/matrix_part.hpp"
#include "jobs/features/parts/stage_pieces.hpp"
#include "jobs/run/processor_time.hpp"

namespace gridmill::jobs {

namespace {

namespace fs = std::filesystem;

using core::ColumnType;
using features::DictionaryRef;
using features::Feature;
using features::FeatureRef;

constexpr std::size_t kQuantum = features::kStatisticsBlock;
static_assert(kQuantum % io::MatrixPartWriter::kRowQuantum == 0);
constexpr std::size_t kMostSliceRows = 4096;  // more rows at once leave the cache and gain nothing

/// A numeric key that would be encoded by value.
bool counts_numbers(const features::MatrixColumn& column) {
  return features::can_be_encoded(column) && !column.type.tags.has(core::Tag::category);
}

/// Says whether the categories of a feature are results of an aggregation: they came out of one, and at most passed
/// through others since. Files do not keep that, and aggregations of them ask for it (Dictionary::is_stored).
bool holds_results(const Feature& feature) {
  if (feature.kind == features::FeatureKind::aggregation) return true;
  return !feature.bases.empty() && holds_results(*feature.bases.front());
}

/// Features that were computed before, in the parts of earlier stages.
class EarlierStages final : public features::Materialized {
 public:
  EarlierStages(std::span<const features::Stage> stages, std::span<const PartFiles> files) {
    matrices_.reserve(stages.size());
    for (std::size_t i = 0; i < stages.size(); ++i) {
      matrices_.emplace_back(files[i]);
      std::size_t column = 0;
      for (const FeatureRef& feature : stages[i].features) {
        places_.emplace(feature.get(), Place{i, column});
        column += feature->n_outputs;
      }
    }
  }

  [[nodiscard]] bool has(const Feature& feature) const override { return places_.contains(&feature); }
  [[nodiscard]] features::Column read(const Feature& feature, std::size_t output,
                                      const core::RowSet& rows) const override {
    const Place& place = places_.at(&feature);
    PartedMatrix& matrix = matrices_[place.stage];
    const std::size_t at = place.column + output;
    features::Column column =
        rows.list.empty() ? matrix.read(at, static_cast<std::size_t>(rows.first), rows.n) : matrix.read(at, rows.list);
    if (column.dictionary && holds_results(feature)) column.dictionary = of_results(column.dictionary);
    return column;
  }

 private:
  struct Place {
    std::size_t stage = 0;
    std::size_t column = 0;
  };

  /// The same dictionary each time, so that slices share it.
  DictionaryRef of_results(const DictionaryRef& read) const {
    DictionaryRef& known = of_results_[read];
    if (!known) known = features::Dictionary::of_results(read);
    return known;
  }

  mutable std::vector<PartedMatrix> matrices_;
  mutable std::map<DictionaryRef, DictionaryRef> of_results_;
  std::map<const Feature*, Place> places_;
};

/// Returns what the results for a row take: evaluated, and again in the form in which they are written [bytes].
double result_bytes_per_row(const features::Stage& stage) {
  double bytes = 0;
  for (const FeatureRef& feature : stage.features) {
    bytes += 2.0 * static_cast<double>(features::entry_bytes(*feature) * feature->n_outputs);
  }
  return bytes;
}

/// More at a time gains nothing; less would cost time, whatever the limit.
constexpr std::size_t kMostWorking = 32U << 20U;
constexpr std::size_t kLeastWorking = 2U << 20U;

/// Divides what a rank has for evaluation: half for columns at work, a quarter each for columns that are kept and for
/// results. What cannot be cut takes what it takes.
features::EvaluationOptions within(features::EvaluationOptions options, const features::Stage& stage,
                                   std::size_t memory_bytes) {
  options.working_bytes = std::clamp(memory_bytes / 2, kLeastWorking, kMostWorking);
  if (stage.whole_table) options.working_bytes = std::numeric_limits<std::size_t>::max();
  options.kept_bytes = std::min(options.kept_bytes, memory_bytes / 4);
  return options;
}

/// The categories of one column of a part as they come in, slice by slice. Most columns have one dictionary throughout;
/// where primitives make up labels, later slices may bring new ones, and what is written already gets other codes.
class PartCodes {
 public:
  /// Takes the rows from `first` on and gives them codes of the dictionary so far, grown if need be.
  void take(features::Column& column, std::size_t first) {
    const DictionaryRef all = features::united(dictionary(), column.dictionary);
    if (all != column.dictionary) {
      const auto codes = features::code_map(*column.dictionary, *all);
      for (std::int32_t& code : std::get<features::Column::Codes>(column.values)) {
        if (code != core::kMissingCode) code = codes[static_cast<std::size_t>(code)];
      }
      column.dictionary = all;
    }
    if (runs_.empty() || runs_.back().dictionary != all) runs_.push_back({first, all});
  }

  /// Gives rows that were written before the last labels came their codes of the whole dictionary.
  void finish(io::MatrixPartWriter& writer, std::size_t column) const {
    for (std::size_t i = 0; i + 1 < runs_.size(); ++i) {
      const std::size_t n = runs_[i + 1].first - runs_[i].first;
      writer.recode(column, runs_[i].first, n, features::code_map(*runs_[i].dictionary, *dictionary()));
    }
  }

  [[nodiscard]] DictionaryRef dictionary() const { return runs_.empty() ? nullptr : runs_.back().dictionary; }

 private:
  struct Run {
    std::size_t first = 0;  // row of the part from which on codes are those of
    DictionaryRef dictionary;
  };
  std::vector<Run> runs_;
};

}  // namespace

std::vector<ColumnType> stored_types(std::span<const FeatureRef> wanted) {
  std::vector<ColumnType> types;
  for (const FeatureRef& feature : wanted)
    types.insert(types.end(), feature->n_outputs, features::stored_column(feature->type));
  return types;
}

PartFiles stage_files(const FeaturesPlan& plan, std::size_t stage, const core::EntitySet& set, const fs::path& folder,
                      std::uint64_t fingerprint) {
  const features::Stage& wanted = plan.stages[stage];
  const bool is_last = stage + 1 == plan.stages.size();
  const std::size_t n_rows = is_last ? plan.instances.size() : set.tables[wanted.table].n_rows;
  PartFiles files{.types = stored_types(wanted.features), .ranges = {}, .files = {}, .fingerprint = fingerprint};
  for (std::size_t i = 0, column = 0; !is_last && i < wanted.features.size(); ++i) {
    const std::size_t n = wanted.features[i]->n_outputs;
    std::fill_n(files.types.begin() + static_cast<std::ptrdiff_t>(column), n,
                features::exact_column(*wanted.features[i]));
    column += n;
  }
  files.ranges = wanted.whole_table ? std::vector<PartRange>{{.first = 0, .n = n_rows}} : part_ranges(n_rows);
  for (std::size_t part = 0; part < files.ranges.size(); ++part) {
    const std::string name =
        is_last ? fmt::format("rows-{:04}.h5", part) : fmt::format("stage-{}-{:04}.h5", stage, part);
    files.files.push_back(folder / name);
  }
  return files;
}

std::set<const Feature*> features_at_work(std::span<const features::Stage> stages, std::size_t which) {
  std::set<const Feature*> earlier;
  for (const features::Stage& stage : stages.first(which)) {
    for (const FeatureRef& feature : stage.features) earlier.insert(feature.get());
  }
  return features::with_all_inputs(stages[which].features, earlier);
}

std::size_t slice_rows(double bytes_per_row, std::size_t memory_bytes) {
  const double rows = static_cast<double>(memory_bytes) / std::max(bytes_per_row, 1.0);
  const auto blocks = static_cast<std::size_t>(std::min(rows, 1e9)) / kQuantum;
  return std::clamp<std::size_t>(blocks * kQuantum, kQuantum, kMostSliceRows);
}

mpi::Bytes to_bytes(const PartStatistics& statistics) {
  mpi::Bytes bytes;
  for (const features::ColumnStatistics& each : statistics) features::append_bytes(each, bytes);
  return bytes;
}

PartStatistics statistics_from(std::span<const std::byte> bytes) {
  PartStatistics statistics;
  while (!bytes.empty()) statistics.push_back(features::take_statistics(bytes));
  return statistics;
}

PartStatistics summarise_part(const io::MatrixPart& part, std::span<const features::MatrixColumn> columns) {
  const std::vector<ColumnType>& types = part.header().types;
  const std::vector<io::CodeMeaning> meanings = part.meanings();
  PartStatistics statistics(types.size());
  for (std::size_t i = 0; i < types.size(); ++i) {
    statistics[i].counts_numbers = i < columns.size() && counts_numbers(columns[i]);
    features::Column column{.values = part.read(i, 0, part.header().n_rows), .dictionary = nullptr};
    if (types[i] == ColumnType::categorical) {
      column.dictionary = dictionary_of(meanings[io::part_place(types, i).row]);
    }
    features::add_rows(statistics[i], column);
  }
  return statistics;
}

struct PartMaker::State {
  State(const core::EntityData& entity_data, const FeaturesPlan& features_plan, std::span<const PartFiles> all,
        std::size_t which, std::size_t memory_bytes)
      : plan(features_plan),
        stage(plan.stages[which]),
        files(all[which]),
        is_last(which + 1 == plan.stages.size()),
        earlier(std::span(plan.stages).first(which), all.first(which)),
        pieces(files.files.empty() ? fs::path() : files.files.front().parent_path(), which, files.fingerprint),
        evaluator(entity_data, within(plan.evaluation, stage, memory_bytes), &earlier, &pieces),
        slice(stage.whole_table ? std::max<std::size_t>(files.n_rows(), 1)
                                : slice_rows(result_bytes_per_row(stage), memory_bytes / 4)) {
    for (core::RelationshipId id = 0; id < entity_data.entity_set().relationships.size(); ++id) {
      pieces.set_aggregations(id, evaluator.split_aggregations(stage.table, stage.features, id));
    }
  }

  [[nodiscard]] std::vector<features::Instance> instances(std::size_t first, std::size_t n) const {
    if (is_last) {
      const auto begin = plan.instances.begin() + static_cast<std::ptrdiff_t>(first);
      return {begin, begin + static_cast<std::ptrdiff_t>(n)};
    }
    std::vector<features::Instance> rows;
    for (std::size_t i = 0; i < n; ++i)
      rows.push_back({.row = static_cast<core::RowId>(first + i), .cutoff = *plan.cutoff});
    return rows;
  }

  [[nodiscard]] std::vector<features::Column> evaluate(std::size_t first, std::size_t n) const {
    std::vector<features::Column> columns;
    for (std::vector<features::Column>& outputs :
         evaluator.evaluate(stage.table, stage.features, instances(first, n))) {
      std::move(outputs.begin(), outputs.end(), std::back_inserter(columns));
    }
    GRIDMILL_ASSERT(columns.size() == files.types.size(), "as many outputs as announced");
    return columns;
  }

  const io::CodeMeaning& meaning(const DictionaryRef& dictionary) {
    io::CodeMeaning& known = meanings[dictionary];
    if (known.labels == nullptr && known.n == 0) known = meaning_of(*dictionary);
    return known;
  }

  PartStatistics compute(std::size_t part) {
    const PartRange& range = files.ranges[part];
    io::MatrixPartWriter writer(files.files[part], files.header(part));
    PartStatistics statistics(files.types.size());
    for (std::size_t i = 0; is_last && i < plan.columns.size(); ++i) {
      statistics[i].counts_numbers = counts_numbers(plan.columns[i]);
    }
    std::vector<PartCodes> codes(files.types.size());
    for (std::size_t done = 0; done < range.n; done += slice) {
      std::vector<features::Column> columns = evaluate(range.first + done, std::min(slice, range.n - done));
      std::vector<const io::CellValues*> cells;
      for (std::size_t i = 0; i < columns.size(); ++i) {
        if (files.types[i] == ColumnType::categorical) codes[i].take(columns[i], done);
        features::add_rows(statistics[i], columns[i]);
        cells.push_back(&columns[i].values);
      }
      writer.write(done, cells);
    }
    finish(writer, codes);
    return statistics;
  }

  void finish(io::MatrixPartWriter& writer, const std::vector<PartCodes>& codes) {
    std::vector<io::CodeMeaning> all;
    for (std::size_t i = 0; i < codes.size(); ++i) {
      if (files.types[i] != ColumnType::categorical) continue;
      codes[i].finish(writer, i);
      all.push_back(meaning(codes[i].dictionary()));
    }
    writer.finish(all);
  }

  const FeaturesPlan& plan;
  const features::Stage& stage;
  const PartFiles& files;
  bool is_last;
  EarlierStages earlier;
  StagePieces pieces;
  features::Evaluator evaluator;
  std::size_t slice;                                  // rows
  std::map<DictionaryRef, io::CodeMeaning> meanings;  // labels are copied once
};

PartMaker::PartMaker(const core::EntityData& data, const FeaturesPlan& plan, std::span<const PartFiles> stages,
                     std::size_t stage, std::size_t memory_bytes)
    : state_(std::make_unique<State>(data, plan, stages, stage, memory_bytes)) {}

PartMaker::~PartMaker() = default;

PartStatistics PartMaker::make(std::size_t part) {
  State& state = *state_;
  const auto there = io::MatrixPart::open_whole(state.files.files[part], state.files.header(part));
  if (!there) return state.compute(part);
  return summarise_part(*there, state.is_last ? state.plan.columns : std::vector<features::MatrixColumn>());
}

std::vector<std::vector<features::GroupPiece>> PartMaker::giant_pieces(const std::vector<bool>& wanted) const {
  const State& state = *state_;
  std::vector<features::Instance> instances;
  for (std::size_t part = 0; part < wanted.size(); ++part) {
    if (!wanted[part]) continue;
    const PartRange& range = state.files.ranges[part];
    const std::vector<features::Instance> more = state.instances(range.first, range.n);
    instances.insert(instances.end(), more.begin(), more.end());
  }
  return state.evaluator.giant_pieces(state.stage.table, state.stage.features, instances);
}

double PartMaker::kept_bytes(const std::vector<std::vector<features::GroupPiece>>& passes) const {
  double bytes = 0;
  for (const std::vector<features::GroupPiece>& pieces : passes) {
    for (const features::GroupPiece& piece : pieces) {
      for (const features::SplitAggregation& each : state_->pieces.aggregations(piece.relationship)) {
        const bool is_last_step = each.n_skipped + 1 == each.feature->path.size();
        const std::int64_t n = is_last_step ? piece.n_rows : std::max(piece.n_rows, state_->plan.evaluation.piece_rows);
        bytes += static_cast<double>(n) * static_cast<double>(features::kept_row_bytes(*each.feature));
      }
    }
  }
  return bytes <= state_->plan.most_kept_bytes ? bytes : 0;
}

void PartMaker::summarize(const features::GroupPiece& piece, bool with_values) {
  State& state = *state_;
  if (state.pieces.has(piece)) return;
  const auto& aggregations = state.pieces.aggregations(piece.relationship);
  std::vector<features::SplitAggregation> wanted;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < aggregations.size(); ++i) {
    if (!with_values && features::kept_row_bytes(*aggregations[i].feature) > 0) continue;
    wanted.push_back(aggregations[i]);
    places.push_back(i);
  }
  std::vector<features::Bytes> made = state.evaluator.summarize(state.stage.table, wanted, piece);
  std::vector<features::Bytes> summaries(aggregations.size());
  for (std::size_t i = 0; i < made.size(); ++i) summaries[places[i]] = std::move(made[i]);
  state.pieces.write(piece, summaries);
}

std::vector<fs::path> PartMaker::summary_files() const { return state_->pieces.files(); }

std::size_t PartMaker::rows_at_a_time() const { return state_->slice; }

std::size_t PartMaker::working_bytes() const {
  constexpr std::size_t kSlices = 5;
  const State& state = *state_;
  const std::size_t n_rows = state.files.n_rows();
  const std::size_t n_slices = (n_rows + state.slice - 1) / state.slice;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < std::min(kSlices, n_slices); ++i) {
    const std::size_t first = n_slices <= kSlices ? i * state.slice : i * (n_slices - 1) / (kSlices - 1) * state.slice;
    const std::size_t n = std::min(state.slice, n_rows - first);
    bytes = std::max(bytes,
                     state.evaluator.working_bytes(state.stage.table, state.stage.features, state.instances(first, n)));
  }
  const auto n = static_cast<double>(std::min(state.slice, n_rows));
  return bytes + static_cast<std::size_t>(n * result_bytes_per_row(state.stage));
}

TriedRows PartMaker::try_rows(std::size_t first, std::size_t n, const PartFiles& scratch) {
  State& state = *state_;
  const double start = processor_s();
  std::vector<features::Column> columns = state.evaluate(first, n);
  const double evaluated = processor_s();
  TriedRows tried{.statistics = PartStatistics(columns.size())};
  io::MatrixPartWriter writer(scratch.files.front(), scratch.header(0));
  std::vector<PartCodes> codes(columns.size());
  std::vector<const io::CellValues*> cells;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (state.files.types[i] == ColumnType::categorical) codes[i].take(columns[i], 0);
    tried.statistics[i].counts_numbers = state.is_last && counts_numbers(state.plan.columns[i]);
    features::add_rows(tried.statistics[i], columns[i]);
    cells.push_back(&columns[i].values);
  }
  writer.write(0, cells);
  state.finish(writer, codes);
  tried.evaluate_s = evaluated - start;
  tried.write_s = processor_s() - evaluated;
  return tried;
}

}  // namespace gridmill::jobs
