#include "jobs/features/result/features_trial.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "features/matrix/encode.hpp"
#include "io/store/matrix_store.hpp"
#include "jobs/features/result/feature_passes.hpp"
#include "jobs/features/result/features_facts.hpp"
#include "jobs/run/temporary_folder.hpp"

namespace gridmill::jobs {

namespace {

template <class Work>
double seconds_of(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// What making features.h5 takes, by what it took for some rows: its columns are made once, its entries copied as those
/// of parts are written, unless they stay there.
TrialCost copy_cost(const FeaturesTrial& trial, double seconds, bool is_whole) {
  const double row_s = is_whole ? trial.write.row_s : 0;
  return {.begin_s = std::max(0.0, seconds - row_s * static_cast<double>(trial.n_rows)), .row_s = row_s};
}

/// Encodes and writes features.h5 and text as a run would that had these rows only.
void try_rest(const config::FeaturesJob& job, const FeaturesPlan& plan, const PartFiles& rows,
              const PartStatistics& found, const PartFiles& files, const SideColumns& side,
              const TemporaryFolder& folder, FeaturesTrial& trial) {
  PartedMatrix matrix(rows);
  PartFiles encoded = rows;
  encoded.types.clear();
  encoded.files = {folder.at("encoded.h5")};
  FeaturesResult result;
  if (job.features.encode) {
    const config::EncodeOptions& options = *job.features.encode;
    PartStatistics statistics = found;
    for (std::size_t i = 0; i < statistics.size(); ++i) statistics[i].dictionary = matrix.dictionary(i);
    result.encoding = features::fit_encoding(plan.columns, statistics,
                                             {.top_n = options.top_n,
                                              .include_unknown = options.include_unknown,
                                              .columns = options.columns,
                                              .drop_first = options.drop_first});
  }
  for (const features::EncodedColumn& each : result.encoding) {
    encoded.types.insert(encoded.types.end(), each.n_outputs(), core::ColumnType::boolean);
  }
  trial.n_encoded = encoded.types.size();
  if (trial.n_encoded > 0) trial.encode_s = seconds_of([&] { encode_part(rows, encoded, result.encoding, 0); });
  PartedMatrix more(encoded);
  std::vector<PartedMatrix*> lists{&matrix};
  if (trial.n_encoded > 0) lists.push_back(&more);
  result.columns = encoded_columns(plan.columns, result.encoding);
  for (ResultColumn& column : result.columns) {
    if (column.list == 0) column.statistics = found[column.at];
  }
  FeaturesPlan these;
  these.instances.resize(trial.n_rows);
  const double copy_s = seconds_of([&] {
    write_matrix(folder.at("features.h5"), job.features.store.string(), these, result, {}, lists,
                 io::MatrixLayout::whole);
  });
  PartFiles all_encoded = files;
  all_encoded.types = encoded.types;
  trial.copy = copy_cost(trial, copy_s, stored_bytes(files) + stored_bytes(all_encoded) < kMostInOneFile);
  if (!job.features.csv) return;
  trial.csv_s = seconds_of([&] { write_matrix_csv(folder.at("features.csv"), these, result, side, lists); });
}

}  // namespace

TrialCost cost_of(std::size_t fewer, double fewer_s, std::size_t more, double more_s) {
  const auto n = static_cast<double>(more);
  if (fewer >= more) return {.begin_s = 0, .row_s = more_s / n};
  const double row_s = std::clamp((more_s - fewer_s) / static_cast<double>(more - fewer), 0.0, more_s / n);
  return {.begin_s = more_s - row_s * n, .row_s = row_s};
}

FeaturesTrial try_features(PartMaker& maker, const config::FeaturesJob& job, const FeaturesPlan& plan,
                           const PartFiles& files, const SideColumns& side) {
  constexpr double kMost = 1.0;  // [s] that a trial may take; the first two are made whatever they take
  const TemporaryFolder folder;
  const std::size_t n_all = plan.instances.size();
  const std::size_t n_most = std::min(n_all, maker.rows_at_a_time());
  FeaturesTrial trial{
      .n_rows = std::min<std::size_t>(n_most, 16), .rows_at_a_time = n_most, .n_parts = files.files.size()};
  PartFiles rows = files;
  rows.files = {folder.at("rows.h5")};
  const auto attempt = [&] {
    rows.ranges = {{.first = 0, .n = trial.n_rows}};
    return maker.try_rows((n_all - trial.n_rows) / 2, trial.n_rows, rows);
  };
  (void)attempt();  // reads what is read once
  TriedRows before = attempt();
  TriedRows now = before;
  std::size_t n_before = trial.n_rows;
  while (true) {
    trial.evaluate = cost_of(n_before, before.evaluate_s, trial.n_rows, now.evaluate_s);
    trial.write = cost_of(n_before, before.write_s, trial.n_rows, now.write_s);
    const std::size_t more = std::min(n_most, 4 * trial.n_rows);
    const auto n = static_cast<double>(more);
    const bool is_first = n_before == trial.n_rows;
    if (more == trial.n_rows || (!is_first && trial.evaluate.of(1, n) + trial.write.of(1, n) > kMost)) break;
    n_before = std::exchange(trial.n_rows, more);
    before = std::exchange(now, attempt());
  }
  try_rest(job, plan, rows, now.statistics, files, side, folder, trial);
  return trial;
}

std::string time_text(const FeaturesTrial& trial, std::size_t n_rows, std::size_t n_ranks) {
  const auto n = static_cast<double>(n_rows);
  const double times = n / static_cast<double>(trial.n_rows);
  const double ranks = static_cast<double>(std::min(n_ranks, std::max<std::size_t>(trial.n_parts, 1)));
  const double n_slices = std::ceil(n / static_cast<double>(std::max<std::size_t>(trial.rows_at_a_time, 1)));
  const double evaluate_s = trial.evaluate.of(n_slices, n) / ranks;
  const double files_s = (trial.write.of(static_cast<double>(trial.n_parts), n) + trial.encode_s * times) / ranks +
                         trial.copy.of(1, n) + trial.csv_s * times;  // features.h5 and text are rank 0's
  const auto text = [](double seconds) { return seconds < 0.1 ? "under 0.1" : fmt::format("{:.1f}", seconds); };
  const double all_s = evaluate_s + files_s;
  return fmt::format("{}{} s on {} ranks (evaluation {} s, files {} s), from {} rows", all_s < 0.1 ? "" : "about ",
                     text(all_s), n_ranks, text(evaluate_s), text(files_s), trial.n_rows);
}

}  // namespace gridmill::jobs
