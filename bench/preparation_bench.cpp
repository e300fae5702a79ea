// Times what is learnt before the model, on one core: all rows of the file that the config of a search names.
//
//   preparation_bench config.yaml [repetitions] [values.bin]
//
// Prints the CPU seconds of learning the steps from all rows and of doing them to all rows, the least of some
// repetitions, and how many features they leave. Reading is not counted. `values.bin`: what they leave, doubles, a row
// after the other, for comparison.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "config/run_file.hpp"
#include "core/frame.hpp"
#include "jobs/dataset/dataset_builder.hpp"
#include "jobs/dataset/import_options.hpp"
#include "jobs/dataset/source_table.hpp"
#include "jobs/search/search_plan.hpp"
#include "models/family/model.hpp"
#include "prepare/preparer.hpp"
#include "prepare/steps.hpp"

namespace {

using namespace gridmill;

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void write_values(const std::string& path, const core::PreparedSamples& samples) {
  std::ofstream out(path, std::ios::binary);
  const auto write = [&](const double* values, std::size_t n) {
    out.write(reinterpret_cast<const char*>(values), static_cast<std::streamsize>(n * sizeof(double)));
  };
  if (samples.x != nullptr) return write(samples.x->memptr(), samples.x->n_elem);
  const core::SparseView sparse = samples.sparse->view();
  std::vector<double> row(sparse.n_features);
  for (std::size_t i = 0; i < sparse.n_samples(); ++i) {
    core::unpack(sparse.sample(i), row);
    write(row.data(), row.size());
  }
}

}  // namespace

int main(int n_arguments, char** arguments) {
  if (n_arguments < 2) return EXIT_FAILURE;
  const config::SearchJob job = config::RunFile(arguments[1]).search_job();
  const int n = n_arguments > 2 ? std::atoi(arguments[2]) : 3;
  const jobs::SourceTable source = jobs::read_source(job.data.source.file, jobs::import_options(job.data));
  const core::Dataset data =
      jobs::build_dataset(source, {.target = job.data.target}, job.task(), jobs::feature_use(job));
  std::vector<core::Index> rows(data.n_samples());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<core::Index>(i);
  prepare::Steps steps(job.fixed);
  if (job.families().front()->abilities().sparse) steps.allow_sparse();
  double learning = std::numeric_limits<double>::infinity();
  double doing = learning;
  double both = learning;
  core::PreparedSamples samples;
  for (int i = 0; i < n; ++i) {
    prepare::Preparer preparer(core::frame_of(data),
                               {.task = data.task,
                                .y = data.y,
                                .n_classes = data.classes.size(),
                                .seed = static_cast<std::uint32_t>(job.seed)},
                               data.feature_names);
    samples = {};
    const double start = cpu_seconds();
    const prepare::Preparer::Learnt learnt = preparer.learn(steps, rows);
    const double middle = cpu_seconds();
    samples = preparer.apply(learnt, rows);
    const double end = cpu_seconds();
    learning = std::min(learning, middle - start);
    doing = std::min(doing, end - middle);
    both = std::min(both, end - start);
  }
  const std::size_t n_features = samples.x != nullptr ? samples.x->n_rows : samples.sparse->n_features;
  fmt::print("{:.4f} {:.4f} {:.4f} {}\n", both, learning, doing, n_features);
  if (n_arguments > 3) write_values(arguments[3], samples);
  return EXIT_SUCCESS;
}
