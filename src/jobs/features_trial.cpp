#include "jobs/features_trial.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "features/encode.hpp"
#include "jobs/feature_passes.hpp"

namespace gridmill::jobs {

namespace {

namespace fs = std::filesystem;

/// A folder that goes when this does.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_((fs::temp_directory_path() / "gridmill-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) {
      throw core::RunError(fmt::format("{}: cannot make a temporary folder", fs::temp_directory_path().string()),
                           "set TMPDIR to a folder that can be written");
    }
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] fs::path at(const char* name) const { return fs::path(path_) / name; }

 private:
  std::string path_;
};

template <class Work>
double seconds_of(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Encodes and writes text as a run would that had these rows only.
void try_rest(const config::FeaturesJob& job, const FeaturesPlan& plan, const PartFiles& rows,
              const PartStatistics& found, const SideColumns& side, const TemporaryFolder& folder,
              FeaturesTrial& trial) {
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
  if (!job.features.csv) return;
  PartedMatrix more(encoded);
  std::vector<PartedMatrix*> lists{&matrix};
  if (trial.n_encoded > 0) lists.push_back(&more);
  result.columns = encoded_columns(plan.columns, result.encoding);
  FeaturesPlan these;
  these.instances.resize(trial.n_rows);
  trial.csv_s = seconds_of([&] { write_matrix_csv(folder.at("features.csv"), these, result, side, lists); });
}

}  // namespace

FeaturesTrial try_features(PartMaker& maker, const config::FeaturesJob& job, const FeaturesPlan& plan,
                           const PartFiles& files, const SideColumns& side) {
  constexpr double kEnough = 0.5;  // [s]
  const TemporaryFolder folder;
  const std::size_t n_all = plan.instances.size();
  const std::size_t n_most = std::min(n_all, maker.rows_at_a_time());
  FeaturesTrial trial{.n_rows = std::min<std::size_t>(n_most, 16)};
  PartFiles rows = files;
  rows.files = {folder.at("rows.h5")};
  const auto attempt = [&] {
    rows.ranges = {{.first = 0, .n = trial.n_rows}};
    return maker.try_rows((n_all - trial.n_rows) / 2, trial.n_rows, rows);
  };
  (void)attempt();  // reads what is read once
  while (true) {
    const TriedRows tried = attempt();
    trial.evaluate_s = tried.evaluate_s;
    trial.write_s = tried.write_s;
    const std::size_t more = std::min(n_most, 4 * trial.n_rows);
    if (more == trial.n_rows || tried.evaluate_s + tried.write_s > kEnough) {
      try_rest(job, plan, rows, tried.statistics, side, folder, trial);
      return trial;
    }
    trial.n_rows = more;
  }
}

std::string time_text(const FeaturesTrial& trial, std::size_t n_rows, std::size_t n_ranks) {
  const double times = static_cast<double>(n_rows) / static_cast<double>(trial.n_rows);
  const double share = times / static_cast<double>(n_ranks);
  const double evaluate_s = trial.evaluate_s * share;
  const double files_s = (trial.write_s + trial.encode_s) * share + trial.csv_s * times;  // text is rank 0's
  const auto text = [](double seconds) { return seconds < 0.1 ? "under 0.1" : fmt::format("{:.1f}", seconds); };
  const double all_s = evaluate_s + files_s;
  return fmt::format("{}{} s on {} ranks (evaluation {} s, files {} s), from {} rows", all_s < 0.1 ? "" : "about ",
                     text(all_s), n_ranks, text(evaluate_s), text(files_s), trial.n_rows);
}

}  // namespace gridmill::jobs
