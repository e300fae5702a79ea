// Times the support vector classifier phase by phase on one core: a grid of gammas and Cs over stratified folds.
//
//   svm_bench                        two overlapping clouds of 4,858 x 54 (the shape of the covtype sample)
//   svm_bench train.csv              numbers only, no header, the label first
//   svm_bench train.csv right.txt    also writes "gamma C fold right" a line: predictions that are right
//   svm_bench train.csv right.txt digits   the grid of the digits instead of that of covtype
//
// Times are the CPU seconds of this process; on a shared machine take the least of several runs.
#include <ctime>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "models/svm/kernels/aligned_memory.hpp"
#include "models/svm/kernels/kernel_passes.hpp"
#include "models/svm/machines/svc_training.hpp"
#include "search/folds.hpp"

namespace {

using namespace gridmill;

struct Samples {
  core::Matrix x;  // n_features x n_samples
  std::vector<double> y;
  std::size_t n_classes = 0;
};

Samples read_csv(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::vector<double>> rows;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::vector<double>& row = rows.emplace_back();
    for (std::string field; std::getline(fields, field, ',');) row.push_back(std::stod(field));
  }
  if (rows.empty() || rows.front().size() < 2) {
    fmt::print(stderr, "{}: no samples\n", path);
    std::exit(2);
  }
  Samples out;
  out.x.set_size(rows.front().size() - 1, rows.size());
  std::vector<double> labels;
  for (const auto& row : rows) labels.push_back(row.front());
  std::ranges::sort(labels);
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  out.n_classes = labels.size();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out.y.push_back(static_cast<double>(std::ranges::lower_bound(labels, rows[i].front()) - labels.begin()));
    std::copy(rows[i].begin() + 1, rows[i].end(), out.x.colptr(i));
  }
  return out;
}

Samples two_clouds() {
  std::mt19937 random(1);
  std::normal_distribution<double> normal(0.5, 0.2);
  Samples out{.x = core::Matrix(54, 4858), .n_classes = 2};
  for (std::size_t i = 0; i < out.x.n_cols; ++i) {
    out.y.push_back(static_cast<double>(i % 2));
    for (std::size_t f = 0; f < out.x.n_rows; ++f) out.x(f, i) = normal(random) + (f < 5 ? 0.2 * out.y.back() : 0.0);
  }
  return out;
}

core::Dataset dataset_of(const Samples& samples) {
  core::Dataset data{.x = core::MatrixView(samples.x), .y = samples.y};
  for (std::size_t c = 0; c < samples.n_classes; ++c) data.classes.push_back(std::to_string(c));
  return data;
}

struct GridOfFits {
  std::vector<double> gammas, Cs;
  std::vector<core::Value> class_weights = {{}};
  int n_folds = 5;
};

/// liquidSVM's default grid for 3,886 training samples of 54 features.
GridOfFits covtype_grid() {
  GridOfFits grid;
  for (int i = 0; i < 10; ++i) {
    grid.gammas.push_back(1 / std::pow(5.3595 * std::pow(0.6822, i), 2));
    grid.Cs.push_back(1 / (2 * 3886 * 0.1 * std::pow(0.2393, i)));
  }
  return grid;
}

/// 54 fits on handwritten digits, as in configs/digits-svm.yaml.
GridOfFits digits_grid() {
  return {.gammas = {1e-3, 1, 1e3}, .Cs = {1e-4, 1, 1e4}, .class_weights = {{}, "balanced"}, .n_folds = 3};
}

/// CPU seconds since the last call.
class Stopwatch {
 public:
  double lap() {
    const double now = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
    return now - std::exchange(last_, now);
  }

 private:
  double last_ = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
};

struct Phases {
  double solve_s = 0, predict_s = 0;
  std::int64_t iterations = 0;
};

/// Reads rows of a matrix of n x n floats in random order, again and again: GB/s that one core gets from memory.
double stream_rate(std::size_t n) {
  constexpr std::size_t kReads = 20'000;
  const models::svm::AlignedFloats matrix = models::svm::aligned_floats(n * n);
  std::fill_n(matrix.get(), n * n, 1.0F);
  std::vector<float> largest(n, 0.0F);
  std::mt19937 random(1);
  Stopwatch watch;
  for (std::size_t read = 0; read < kReads; ++read) {
    models::svm::raise_to_magnitudes(matrix.get() + random() % n * n, n, largest.data());
  }
  const double seconds = watch.lap();
  return static_cast<double>(kReads * n * sizeof(float)) / seconds / 1e9;
}

class Bench {
 public:
  Bench(const core::Dataset& data, GridOfFits grid, const std::string& right_path)
      : data_(data), grid_(std::move(grid)), shared_(data, {}), right_(right_path) {
    folds_ = search::make_folds(data, {.n_folds = static_cast<std::size_t>(grid_.n_folds)}).folds;
    by_C_.resize(grid_.Cs.size());
  }

  void run() {
    for (std::size_t g = 0; g < grid_.gammas.size(); ++g) {
      for (std::size_t f = 0; f < folds_.size(); ++f) {
        const models::svm::KernelOptions kernel{.gamma = grid_.gammas[g]};
        watch_.lap();
        shared_.take({});
        const auto matrix = shared_.matrix(kernel, folds_[f].train);
        kernel_s_ += watch_.lap();
        for (const core::Value& weight : grid_.class_weights) {
          for (std::size_t c = 0; c < grid_.Cs.size(); ++c) fit(kernel, weight, g, c, f);
        }
      }
    }
  }

  void print() const {
    Phases sum;
    fmt::print("{:>12}  {:>10}  {:>8}  {:>8}\n", "C", "iterations", "solve s", "predict s");
    for (std::size_t c = 0; c < by_C_.size(); ++c) {
      const Phases& part = by_C_[c];
      fmt::print("{:12.5g}  {:10}  {:8.3f}  {:8.3f}\n", grid_.Cs[c], part.iterations, part.solve_s, part.predict_s);
      sum.solve_s += part.solve_s;
      sum.predict_s += part.predict_s;
      sum.iterations += part.iterations;
    }
    fmt::print("kernels {:.3f} s, solve {:.3f} s, predict {:.3f} s, in all {:.3f} s; {} iterations, {:.3f} us each\n",
               kernel_s_, sum.solve_s, sum.predict_s, kernel_s_ + sum.solve_s + sum.predict_s, sum.iterations,
               1e6 * sum.solve_s / static_cast<double>(sum.iterations));
    fmt::print("one core reads rows of such a matrix in random order at {:.1f} GB/s\n", stream_rate(data_.n_samples()));
  }

 private:
  void fit(const models::svm::KernelOptions& kernel, const core::Value& weight, std::size_t g, std::size_t c,
           std::size_t f) {
    const search::Fold& fold = folds_[f];
    models::svm::SvcOptions options{.C = grid_.Cs[c], .kernel = kernel, .class_weight = weight};
    const auto trained = models::svm::train_pairs(shared_, options, fold.train);
    by_C_[c].solve_s += watch_.lap();
    by_C_[c].iterations += trained.certificate.iterations;
    const std::vector<double> predicted = trained.vote(shared_, fold.test);
    std::size_t right = 0;
    for (std::size_t s = 0; s < fold.test.size(); ++s) right += predicted[s] == data_.y[fold.test[s]] ? 1U : 0U;
    by_C_[c].predict_s += watch_.lap();
    if (right_.is_open()) right_ << fmt::format("{} {} {} {}\n", g, c, f, right);
  }

  const core::Dataset& data_;
  GridOfFits grid_;
  models::svm::SharedKernels shared_;
  std::vector<search::Fold> folds_;
  std::ofstream right_;
  Stopwatch watch_;
  double kernel_s_ = 0;
  std::vector<Phases> by_C_;
};

}  // namespace

int main(int argc, char** argv) {
  const Samples samples = argc > 1 ? read_csv(argv[1]) : two_clouds();
  const core::Dataset data = dataset_of(samples);
  const bool digits = argc > 3 && std::string(argv[3]) == "digits";
  Bench bench(data, digits ? digits_grid() : covtype_grid(), argc > 2 ? argv[2] : "");
  bench.run();
  bench.print();
}
