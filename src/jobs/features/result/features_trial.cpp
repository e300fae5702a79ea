#include "jobs/features/result/features_trial.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/temporary_folder.hpp"
#include "features/matrix/encode.hpp"
#include "io/store/matrix_store.hpp"
#include "jobs/features/result/feature_passes.hpp"
#include "jobs/features/result/features_facts.hpp"
#include "jobs/features/result/select_features.hpp"
#include "jobs/run/observer.hpp"
#include "jobs/run/processor_time.hpp"

namespace gridmill::jobs {

namespace {

template <class Work>
double seconds_of(Work work) {
  const double start = processor_s();
  work();
  return processor_s() - start;
}

/// What making features.h5 takes, by what it took for some rows: its columns are made once, its entries copied as those
/// of parts are written, unless they stay there.
TrialCost copy_cost(const FeaturesTrial& trial, double seconds, bool is_whole) {
  const double row_s = is_whole ? trial.write.row_s : 0;
  return {.begin_s = std::max(0.0, seconds - row_s * static_cast<double>(trial.n_rows)), .row_s = row_s};
}

/// Leaves out of the result what a run that had these rows only would, and returns what that takes. The label, whose
/// rows are all, is stood in for by a feature.
double select_seconds(config::SelectOptions select, const std::vector<const PartFiles*>& lists, mpi::Session& session,
                      FeaturesResult& result) {
  FeaturesResult chosen = result;
  std::set<std::string> names;
  for (const ResultColumn& column : result.columns) names.insert(column.column.name);
  std::erase_if(select.correlation_among, [&](const std::string& name) { return !names.contains(name); });
  if (!select.mutual_information.empty()) {
    select.mutual_information = result.columns.front().column.name;
    select.keep.push_back(select.mutual_information);
  }
  SilentObserver observer;
  const double start = process_s();  // a farm computes on a thread of its own
  (void)select_features({.session = session, .observer = observer}, select, {}, lists, chosen);
  if (!chosen.columns.empty()) result = std::move(chosen);  // of so few rows each may have a single value
  return process_s() - start;
}

/// Encodes, selects and writes features.h5 and text as a run would that had these rows only.
void try_rest(const config::FeaturesJob& job, const FeaturesPlan& plan, const PartFiles& rows,
              const PartStatistics& found, const PartFiles& files, const SideColumns& side,
              const core::TemporaryFolder& folder, mpi::Session& session, FeaturesTrial& trial) {
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
  PartStatistics found_encoded;
  if (trial.n_encoded > 0) {
    trial.encode_s = seconds_of([&] { found_encoded = encode_part(rows, encoded, result.encoding, 0); });
  }
  PartedMatrix more(encoded);
  std::vector<PartedMatrix*> lists{&matrix};
  if (trial.n_encoded > 0) lists.push_back(&more);
  result.columns = encoded_columns(plan.columns, result.encoding);
  for (ResultColumn& column : result.columns) {
    column.statistics = (column.list == 0 ? found : found_encoded)[column.at];
  }
  trial.selects = selects(job.features.select) && !result.columns.empty();
  if (trial.selects && session.place().n_ranks == 1) {
    std::vector<const PartFiles*> files_of_lists;
    for (const PartedMatrix* list : lists) files_of_lists.push_back(&list->files());
    trial.select_s = select_seconds(job.features.select, files_of_lists, session, result);
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
                           const PartFiles& files, const SideColumns& side, mpi::Session& session) {
  constexpr double kMost = 1.0;  // [s] that a trial may take; the first two are made whatever they take
  const auto start = std::chrono::steady_clock::now();
  const double before_s = process_s();
  const core::TemporaryFolder folder;
  const std::size_t n_all = plan.instances.size();
  const std::size_t n_most = std::min(n_all, maker.rows_at_a_time());
  FeaturesTrial trial{.n_rows = std::min<std::size_t>(n_most, 16), .rows_at_a_time = n_most, .before_s = before_s};
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
  try_rest(job, plan, rows, now.statistics, files, side, folder, session, trial);
  trial.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return trial;
}

JobForecast foresee_features(const FeaturesTrial& trial, std::span<const PartRange> parts) {
  JobForecast forecast{.before_s = trial.before_s,
                       .factor = 1.3,
                       .measured_by = fmt::format("{} rows, in {}", trial.n_rows, about(trial.seconds))};
  mpi::ForeseenFarm evaluated;
  mpi::ForeseenFarm encoded;
  double n_all = 0;
  const double encode_row_s = trial.encode_s / static_cast<double>(std::max<std::size_t>(1, trial.n_rows));
  for (const PartRange& part : parts) {
    const auto n = static_cast<double>(part.n);
    const double n_slices = std::ceil(n / static_cast<double>(std::max<std::size_t>(trial.rows_at_a_time, 1)));
    const double seconds = trial.evaluate.of(n_slices, n) + trial.write.of(1, n);
    evaluated.tasks.push_back({.task = {.cost = n}, .seconds = seconds});
    encoded.tasks.push_back({.task = {.cost = n}, .seconds = encode_row_s * n});
    n_all += n;
  }
  forecast.farms.push_back(std::move(evaluated));
  if (trial.n_encoded > 0) forecast.farms.push_back(std::move(encoded));
  if (trial.select_s > 0) {
    constexpr std::size_t kTasks = 64;  // pairs of some features, or features
    const double task_s = trial.select_s / kTasks * n_all / static_cast<double>(trial.n_rows);
    forecast.farms.emplace_back().tasks.assign(kTasks, {.task = {.cost = 1}, .seconds = task_s});
  } else if (trial.selects) {
    forecast.measured_by += ", without what leaving out features takes";
  }
  const double csv_row_s = trial.csv_s / static_cast<double>(std::max<std::size_t>(1, trial.n_rows));
  constexpr double kReport_s = 0.1;  // measured, as is the rest that is written of any job
  forecast.after_s = trial.copy.of(1, n_all) + csv_row_s * n_all + kReport_s;  // rank 0's
  return forecast;
}

}  // namespace gridmill::jobs
