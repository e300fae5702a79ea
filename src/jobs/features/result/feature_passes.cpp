#include "jobs/features/result/feature_passes.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/hint.hpp"
#include "features/matrix/select.hpp"
#include "io/store/matrix_part.hpp"
#include "jobs/run/remove_unneeded.hpp"
#include "mpi/agree.hpp"
#include "mpi/failure.hpp"
#include "mpi/task_farm.hpp"

namespace gridmill::jobs {

namespace {

constexpr std::size_t kEncodedRows = 4096;  // at a time: whole blocks of statistics
static_assert(kEncodedRows % features::kStatisticsBlock == 0);
constexpr std::size_t kSampleRows = 1U << 16U;  // that bins are found from

mpi::Bytes bytes_of(std::span<const double> values) {
  const auto raw = std::as_bytes(values);
  return {raw.begin(), raw.end()};
}

std::vector<double> numbers_of(std::span<const std::byte> bytes) {
  std::vector<double> values(bytes.size() / sizeof(double));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

/// The parts of a table of rows, as tasks. `action`: what is done to them, before "the rows 0 to 4095".
PassTasks tasks_of(const PartFiles& files, std::string_view action) {
  PassTasks tasks{.unit = "rows", .name = [&files, action](mpi::TaskId task) {
                    const PartRange& range = files.ranges[task];
                    return fmt::format("{} the rows {} to {} (counted from 0; {})", action, range.first,
                                       range.first + range.n - 1, files.files[task].filename().string());
                  }};
  for (const PartRange& range : files.ranges) tasks.cost.push_back(static_cast<double>(range.n));
  return tasks;
}

/// Tasks that take about the same time each.
PassTasks equal_tasks(std::size_t n, std::string_view unit, std::string_view action) {
  return {.cost = std::vector<double>(n, 1.0), .unit = unit, .name = [action](mpi::TaskId task) {
            return fmt::format("{}, task {}", action, task);
          }};
}

std::string piece_text(const core::EntitySet& set, const features::GroupPiece& piece) {
  const core::Relationship& relationship = set.relationships[piece.relationship];
  return fmt::format("summarising piece {} of {} of the rows of '{}' below row {} of '{}' (counted from 0)",
                     piece.piece + 1, piece.n_pieces, set.tables[relationship.child].name, piece.row,
                     set.tables[relationship.parent].name);
}

/// Says which parts have no file, in the eyes of rank 0. Collective; valid on every rank.
std::vector<bool> missing_parts(mpi::Session& session, const PartFiles& files) {
  mpi::Bytes there(files.files.size());
  for (std::size_t part = 0; part < there.size() && session.place().rank == 0; ++part) {
    there[part] = std::byte{std::filesystem::exists(files.files[part])};
  }
  std::vector<bool> missing;
  for (const std::byte each : mpi::agree(session.transport(), there)) missing.push_back(each == std::byte{0});
  return missing;
}

/// Says whether so much can be set aside beside the parts and leave as much again free. Collective: rank 0 looks.
bool is_room_for(mpi::Session& session, double bytes, const PartFiles& files) {
  if (bytes == 0) return false;
  bool is_room = false;
  if (session.place().rank == 0) {
    std::error_code unknown;
    const std::filesystem::space_info space = std::filesystem::space(files.files.front().parent_path(), unknown);
    is_room = unknown || 2 * bytes <= static_cast<double>(space.available);
  }
  return mpi::agree(session.transport(), is_room);
}

std::vector<PartStatistics> read_statistics(const std::vector<mpi::Bytes>& results) {
  std::vector<PartStatistics> parts;
  for (const mpi::Bytes& bytes : results) parts.push_back(statistics_from(bytes));
  return parts;
}

/// Pairs of tiles of columns, and the correlations in them.
class CorrelationTiles {
 public:
  CorrelationTiles(std::vector<std::size_t> columns, const FeaturesResult& result,
                   const std::vector<const PartFiles*>& lists)
      : columns_(std::move(columns)), result_(result), lists_(lists) {
    const std::size_t n_tiles = (columns_.size() + kCorrelatedColumns - 1) / kCorrelatedColumns;
    for (std::size_t i = 0; i < n_tiles; ++i) {
      for (std::size_t j = 0; j <= i; ++j) pairs_.push_back({i, j});
    }
  }

  [[nodiscard]] std::size_t n_tasks() const { return pairs_.size(); }
  [[nodiscard]] std::pair<std::size_t, std::size_t> range(std::size_t tile) const {
    return {tile * kCorrelatedColumns, std::min((tile + 1) * kCorrelatedColumns, columns_.size())};
  }
  [[nodiscard]] const std::array<std::size_t, 2>& pair(std::size_t task) const { return pairs_[task]; }

  /// Returns correlations of the first tile's columns (rows) with the second's.
  [[nodiscard]] std::vector<double> compute(std::size_t task) const {
    std::vector<PartedMatrix> matrices;
    for (const PartFiles* list : lists_) matrices.emplace_back(*list);
    const auto& [a, b] = pairs_[task];
    features::Correlations correlations(means(a), means(b));
    for (const PartRange& rows : lists_.front()->ranges) {
      const auto values_a = read(a, rows, matrices);
      const auto values_b = read(b, rows, matrices);
      std::vector<const double*> columns_a, columns_b;
      for (const auto& values : values_a) columns_a.push_back(values.data());
      for (const auto& values : values_b) columns_b.push_back(values.data());
      correlations.add(columns_a, columns_b, rows.n);
    }
    std::vector<double> all;
    for (std::size_t i = 0; i < range(a).second - range(a).first; ++i) {
      for (std::size_t j = 0; j < range(b).second - range(b).first; ++j) all.push_back(correlations.correlation(i, j));
    }
    return all;
  }

 private:
  [[nodiscard]] std::vector<double> means(std::size_t tile) const {
    std::vector<double> all;
    for (std::size_t i = range(tile).first; i < range(tile).second; ++i) {
      all.push_back(result_.columns[columns_[i]].statistics.mean);
    }
    return all;
  }

  [[nodiscard]] std::vector<std::vector<double>> read(std::size_t tile, const PartRange& rows,
                                                      std::vector<PartedMatrix>& matrices) const {
    std::vector<std::vector<double>> values;
    for (std::size_t i = range(tile).first; i < range(tile).second; ++i) {
      const ResultColumn& column = result_.columns[columns_[i]];
      values.push_back(read_numbers(matrices[column.list], column.at, rows.first, rows.n));
    }
    return values;
  }

  std::vector<std::size_t> columns_;
  const FeaturesResult& result_;
  const std::vector<const PartFiles*>& lists_;
  std::vector<std::array<std::size_t, 2>> pairs_;
};

/// The columns that can be correlated: numbers and booleans, those of `among` if it names any.
std::vector<std::size_t> correlated_columns(const FeaturesResult& result, const config::SelectOptions& select,
                                            const std::vector<const PartFiles*>& lists) {
  std::vector<std::string> names;
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < result.columns.size(); ++i) {
    const ResultColumn& column = result.columns[i];
    names.push_back(column.column.name);
    const core::ColumnType type = lists[column.list]->types[column.at];
    const bool number =
        type == core::ColumnType::integer || type == core::ColumnType::real || type == core::ColumnType::boolean;
    const auto& among = select.correlation_among;
    const bool wanted = among.empty() || std::find(among.begin(), among.end(), column.column.name) != among.end();
    if (number && wanted) columns.push_back(i);
  }
  for (const std::string& name : select.correlation_among) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    throw core::UserError(fmt::format("features.select.correlation_among: no feature '{}'", name),
                          core::hint_for(name, names));
  }
  return columns;
}

/// Rows at even distances, all if there are few.
std::vector<std::int64_t> sample_rows(std::size_t n_rows) {
  const std::size_t step = std::max<std::size_t>(1, n_rows / kSampleRows);
  std::vector<std::int64_t> rows;
  for (std::size_t row = 0; row < n_rows; row += step) rows.push_back(static_cast<std::int64_t>(row));
  return rows;
}

double information_between(const features::Column& column, const features::Binning& target_bins,
                           const std::vector<std::uint32_t>& target) {
  const features::Binning binning = features::Binning::fit(column.take(sample_rows(column.size())));
  const std::vector<std::uint32_t> bins = binning.bins(column);
  std::vector<std::int64_t> counts(binning.n_bins() * target_bins.n_bins(), 0);
  for (std::size_t row = 0; row < bins.size(); ++row) ++counts[bins[row] * target_bins.n_bins() + target[row]];
  return features::mutual_information(counts, target_bins.n_bins());
}

}  // namespace

GiantCount count_giants(const PassContext& context, const core::EntityData& data, const FeaturesPlan& plan,
                        const std::vector<PartFiles>& stages) {
  GiantCount count;
  std::set<std::tuple<core::RelationshipId, core::RowId, std::int64_t>> seen;
  mpi::run_together(context.session.transport(), [&] {
    for (std::size_t stage = 0; context.session.place().rank == 0 && stage < stages.size(); ++stage) {
      const PartMaker maker(data, plan, stages, stage, 0);
      const auto passes = maker.giant_pieces(std::vector<bool>(stages[stage].files.size(), true));
      count.kept_bytes = std::max(count.kept_bytes, maker.kept_bytes(passes));
      for (const auto& pass : passes) {
        count.n_pieces += pass.size();
        for (const features::GroupPiece& piece : pass) {
          count.n_groups += piece.piece == 0 ? 1 : 0;
          if (!seen.emplace(piece.relationship, piece.row, piece.piece).second) continue;
          const core::TableId table = data.entity_set().relationships[piece.relationship].child;
          count.rows[table] += static_cast<std::size_t>(piece.n_rows);
        }
      }
    }
  });
  return count;
}

bool summarize_pieces(const PassContext& context, const core::EntityData& data, const FeaturesPlan& plan,
                      const std::vector<PartFiles>& stages, std::size_t stage, std::size_t memory_bytes) {
  const std::vector<bool> wanted = missing_parts(context.session, stages[stage]);
  std::optional<PartMaker> maker;
  std::vector<std::vector<features::GroupPiece>> passes;
  mpi::run_together(context.session.transport(), [&] {
    maker.emplace(data, plan, stages, stage, memory_bytes);
    passes = maker->giant_pieces(wanted);
  });
  const bool with_values = is_room_for(context.session, maker->kept_bytes(passes), stages[stage]);
  for (const std::vector<features::GroupPiece>& pieces : passes) {
    context.observer.stage(fmt::format("summarising {} pieces of giant groups", pieces.size()));
    PassTasks tasks{.unit = "rows below",
                    .name = [&](mpi::TaskId task) { return piece_text(data.entity_set(), pieces[task]); }};
    for (const features::GroupPiece& piece : pieces) tasks.cost.push_back(static_cast<double>(piece.n_rows));
    const auto results = run_pass(context, tasks, [&](mpi::TaskId task) {
      maker->summarize(pieces[static_cast<std::size_t>(task)], with_values);
      return mpi::Bytes();
    });
    if (!results) return false;
  }
  return true;
}

std::optional<std::vector<PartStatistics>> compute_stage(const PassContext& context, const core::EntityData& data,
                                                         const FeaturesPlan& plan, const std::vector<PartFiles>& stages,
                                                         std::size_t stage, std::size_t memory_bytes) {
  std::optional<PartMaker> maker;
  mpi::run_together(context.session.transport(), [&] { maker.emplace(data, plan, stages, stage, memory_bytes); });
  const auto results = run_pass(context, tasks_of(stages[stage], "computing"), [&](mpi::TaskId part) {
    return to_bytes(maker->make(static_cast<std::size_t>(part)));
  });
  if (!results) return std::nullopt;
  mpi::run_together(context.session.transport(), [&] {
    if (context.session.place().rank == 0 && maker) remove_unneeded(maker->summary_files(), context.observer);
  });
  return context.session.place().rank == 0 ? read_statistics(*results) : std::vector<PartStatistics>();
}

PartStatistics encode_part(const PartFiles& rows, const PartFiles& encoded,
                           const std::vector<features::EncodedColumn>& encoding, std::size_t part) {
  if (const auto there = io::MatrixPart::open_whole(encoded.files[part], encoded.header(part))) {
    return summarise_part(*there, {});
  }
  const io::MatrixPart source(rows.files[part]);
  const std::vector<io::CodeMeaning> meanings = source.meanings();
  std::vector<features::DictionaryRef> dictionaries;
  for (const features::EncodedColumn& each : encoding) {
    const bool categorical = rows.types[each.column] == core::ColumnType::categorical;
    dictionaries.push_back(categorical ? dictionary_of(meanings[io::part_place(rows.types, each.column).row])
                                       : nullptr);
  }
  PartStatistics statistics(encoded.types.size());
  io::MatrixPartWriter writer(encoded.files[part], encoded.header(part));
  for (std::size_t first = 0; first < rows.ranges[part].n; first += kEncodedRows) {
    const std::size_t n = std::min(kEncodedRows, rows.ranges[part].n - first);
    std::vector<features::Column> outputs;
    for (std::size_t i = 0; i < encoding.size(); ++i) {
      const features::Column column{.values = source.read(encoding[i].column, first, n), .dictionary = dictionaries[i]};
      for (features::Column& output : features::encode(encoding[i], column)) outputs.push_back(std::move(output));
    }
    std::vector<const io::CellValues*> cells;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      features::add_rows(statistics[i], outputs[i]);
      cells.push_back(&outputs[i].values);
    }
    writer.write(first, cells);
  }
  writer.finish({});
  return statistics;
}

std::optional<std::vector<PartStatistics>> encode_parts(const PassContext& context, const PartFiles& rows,
                                                        const PartFiles& encoded,
                                                        const std::vector<features::EncodedColumn>& encoding) {
  const auto results = run_pass(context, tasks_of(rows, "encoding"), [&](mpi::TaskId part) {
    return to_bytes(encode_part(rows, encoded, encoding, static_cast<std::size_t>(part)));
  });
  if (!results) return std::nullopt;
  return context.session.place().rank == 0 ? read_statistics(*results) : std::vector<PartStatistics>();
}

std::optional<std::vector<bool>> find_correlated(const PassContext& context, const FeaturesResult& result,
                                                 const config::SelectOptions& select,
                                                 const std::vector<const PartFiles*>& lists) {
  const std::vector<std::size_t> columns = correlated_columns(result, select, lists);
  const CorrelationTiles tiles(columns, result, lists);
  const auto results =
      run_pass(context, equal_tasks(tiles.n_tasks(), "tiles", "correlating features"),
               [&](mpi::TaskId task) { return bytes_of(tiles.compute(static_cast<std::size_t>(task))); });
  if (!results) return std::nullopt;
  std::vector<double> kept(result.columns.size(), 1.0);
  if (context.session.place().rank == 0) {
    std::vector<double> correlations(columns.size() * columns.size(), 0.0);
    for (std::size_t task = 0; task < tiles.n_tasks(); ++task) {
      const std::vector<double> values = numbers_of((*results)[task]);
      const auto [first_a, end_a] = tiles.range(tiles.pair(task)[0]);
      const auto [first_b, end_b] = tiles.range(tiles.pair(task)[1]);
      std::size_t at = 0;
      for (std::size_t i = first_a; i < end_a; ++i) {
        for (std::size_t j = first_b; j < end_b; ++j) correlations[i * columns.size() + j] = values[at++];
      }
    }
    const std::vector<bool> stays = features::not_highly_correlated(
        columns.size(), *select.highly_correlated,
        [&](std::size_t i, std::size_t j) { return correlations[i * columns.size() + j]; });
    for (std::size_t i = 0; i < columns.size(); ++i) kept[columns[i]] = stays[i] ? 1.0 : 0.0;
  }
  std::vector<bool> answer;
  for (const double each : mpi::agree(context.session.transport(), kept)) answer.push_back(each != 0);
  return answer;
}

bool find_mutual_information(const PassContext& context, FeaturesResult& result, const features::Column& target,
                             const std::vector<const PartFiles*>& lists) {
  const features::Binning target_bins = features::Binning::fit(target.take(sample_rows(target.size())));
  const std::vector<std::uint32_t> bins = target_bins.bins(target);
  const auto results =
      run_pass(context, equal_tasks(result.columns.size(), "features", "mutual information"), [&](mpi::TaskId task) {
        const ResultColumn& column = result.columns[static_cast<std::size_t>(task)];
        PartedMatrix matrix(*lists[column.list]);
        const double information = information_between(matrix.read(column.at, 0, bins.size()), target_bins, bins);
        return bytes_of({&information, 1});
      });
  if (!results) return false;
  std::vector<double> all;
  if (context.session.place().rank == 0) {
    for (const mpi::Bytes& bytes : *results) all.push_back(numbers_of(bytes).at(0));
  }
  all = mpi::agree(context.session.transport(), all);
  for (std::size_t i = 0; i < all.size(); ++i) result.columns[i].mutual_information = all[i];
  return true;
}

void share_statistics(mpi::Transport& transport, PartStatistics& statistics, PartedMatrix& matrix) {
  statistics = statistics_from(mpi::agree(transport, to_bytes(statistics)));
  for (std::size_t column = 0; column < statistics.size(); ++column) {
    statistics[column].dictionary = matrix.dictionary(column);
  }
}

}  // namespace gridmill::jobs
