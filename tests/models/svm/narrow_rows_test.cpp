// Rows of narrow samples that are computed when they are asked for: the bits of the whole matrix, whatever is wanted.
#include "models/svm/kernels/narrow_rows.hpp"

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "brief.hpp"
#include "certificate_of.hpp"
#include "golden.hpp"
#include "models/family/model.hpp"
#include "models/svm/kernels/kernel_options.hpp"
#include "models/svm/kernels/sample_columns.hpp"

namespace gridmill::models::svm::test {
namespace {

core::Matrix samples_of_clouds(std::size_t n_features, std::size_t n, unsigned seed = 3) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  core::Matrix x(n_features, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t f = 0; f < n_features; ++f) x(f, i) = normal(random) + (f == 0 && i % 3 == 0 ? 3.0 : 0.0);
  }
  return x;
}

const Kernel kFourKernels[] = {{.kind = KernelKind::rbf, .gamma = 0.1},
                               {.kind = KernelKind::linear},
                               {.kind = KernelKind::poly, .gamma = 0.1, .coef0 = 1},
                               {.kind = KernelKind::sigmoid, .gamma = 0.01}};

TEST(SampleColumns, multiplies_to_the_bits_of_a_sum_by_feature) {
  for (const std::size_t n_features : {1U, 10U, 33U}) {
    for (const std::size_t n : {1U, 31U, 32U, 203U}) {
      const core::Matrix x = samples_of_clouds(n_features, n);
      const SampleColumns columns(x);
      for (const std::size_t first : {std::size_t{0}, n / 64 * 32}) {
        std::vector<double> out(n - first);
        columns.products({x.colptr(n / 2), n_features}, first, out);
        for (std::size_t k = 0; k < out.size(); ++k) {
          double expected = 0;
          for (std::size_t f = 0; f < n_features; ++f) expected += x(f, n / 2) * x(f, first + k);
          ASSERT_EQ(out[k], expected) << n_features << " " << n << " " << first + k;
        }
      }
    }
  }
}

TEST(NarrowRows, suit_full_samples_with_few_features) {
  const auto suits = [](const CentredSamples& samples) { return NarrowRows::suits(samples, std::size_t{1} << 20U); };
  EXPECT_TRUE(suits(CentredSamples(samples_of_clouds(10, 200))));
  EXPECT_FALSE(suits(CentredSamples(samples_of_clouds(100, 200))));
  EXPECT_FALSE(suits(CentredSamples(samples_of_clouds(10, 20))));
  EXPECT_FALSE(NarrowRows::suits(CentredSamples(samples_of_clouds(10, 200)), 10'000));
  core::SparseMatrix sparse;
  sparse.n_features = 10;
  for (int i = 0; i < 200; ++i) sparse.add({});
  EXPECT_FALSE(suits(CentredSamples(std::move(sparse))));
}

TEST(NarrowRows, hold_the_entries_of_the_whole_matrix_that_are_wanted) {
  constexpr std::size_t n = 2500;  // pieces of more columns than one block
  const auto samples = std::make_shared<const CentredSamples>(samples_of_clouds(5, n));
  for (const Kernel& kernel : kFourKernels) {
    Gram gram(*samples, nullptr, kernel, nullptr);
    const std::size_t row_bytes = padded(n) * sizeof(float);
    for (const std::size_t n_kept : {0U, 20U, 5000U}) {
      SCOPED_TRACE(fmt::format("{} rows kept {}", name_of(kernel.kind), n_kept));
      NarrowRows rows(samples, kernel, n_kept * row_bytes);
      std::mt19937 random(7);
      const float* previous_row = nullptr;
      std::size_t previous = 0;
      std::vector<CentredSamples::Run> wanted{{.first = 0, .size = n}};
      std::vector<CentredSamples::Run> wanted_before = wanted;
      for (int step = 0; step < 300; ++step) {
        if (random() % 5 == 0) {
          wanted = {{.first = random() % 1000 / 16 * 16, .size = 160}, {.first = 1600 + random() % 800, .size = 112}};
          rows.want(wanted);
        }
        const std::size_t position = random() % 40 * 60;
        const auto holds = [&](std::size_t p, const float* row, const auto& runs) {
          return std::ranges::all_of(runs, [&](const CentredSamples::Run& run) {
            const std::size_t end = std::min(n, run.first + run.size);
            return std::equal(row + run.first, row + end, gram.row(p) + run.first);
          });
        };
        const float* row = rows.row(position);
        ASSERT_TRUE(holds(position, row, wanted)) << position;
        ASSERT_TRUE(previous_row == nullptr || holds(previous, previous_row, wanted_before)) << previous;
        previous = position;
        previous_row = row;
        wanted_before = wanted;
      }
      const std::vector<core::Index> positions{7, 60, 2400, 61, 120, 2499, 0};
      const std::vector<CentredSamples::Run> runs{{.first = 48, .size = 80}, {.first = 2300, .size = 250}};
      for (const auto part : {KernelRows::Entries::Part::all, KernelRows::Entries::Part::from_own}) {
        rows.read(positions, {.runs = runs, .part = part}, [&](std::size_t k, const float* row) {
          for (const CentredSamples::Run& run : runs) {
            for (std::size_t c = run.first; c < std::min(n, run.first + run.size); ++c) {
              if (part == KernelRows::Entries::Part::from_own && c < positions[k]) continue;
              ASSERT_EQ(row[c], gram.row(positions[k])[c]) << positions[k] << " " << c;
            }
          }
        });
      }
    }
  }
}

TEST(NarrowRows, compute_only_pieces_that_are_wanted) {
  constexpr std::size_t n = 6400;
  const auto samples = std::make_shared<const CentredSamples>(samples_of_clouds(3, n));
  NarrowRows rows(samples, kFourKernels[0], std::size_t{1} << 24U);
  const CentredSamples::Run run{.first = 1000, .size = 128};
  rows.want({&run, 1});
  (void)rows.row(5);
  (void)rows.row(5);
  EXPECT_GE(rows.n_computed(), 128U);
  EXPECT_LE(rows.n_computed(), 512U);
}

TEST(NarrowRows, work_in_the_memory_of_a_whole_matrix) {
  constexpr std::size_t n = 1100;
  const auto samples = std::make_shared<const CentredSamples>(samples_of_clouds(4, n));
  AlignedFloats memory;
  for (int round = 0; round < 2; ++round) {
    NarrowRows rows(samples, kFourKernels[0], std::move(memory));
    Gram gram(*samples, nullptr, kFourKernels[0], nullptr);
    for (std::size_t p = 0; p < n; ++p) ASSERT_TRUE(std::equal(gram.row(p), gram.row(p) + n, rows.row(p))) << p;
    memory = rows.release();
    ASSERT_NE(memory, nullptr);
    memory = Gram(*samples, nullptr, kFourKernels[0], std::move(memory)).release();
  }
}

/// A dataset of two classes that lie apart, or of five; large enough for the start at the bound.
struct Sampled {
  core::Matrix x;
  core::Dataset data;
  std::vector<core::Index> train, test;

  Sampled(std::size_t n, std::size_t n_classes, double apart) : x(6, n) {
    std::mt19937 random(5);
    std::normal_distribution<double> normal;
    std::vector<double> y;
    for (core::Index i = 0; i < n; ++i) {
      y.push_back(static_cast<double>(random() % n_classes));
      for (std::size_t f = 0; f < 6; ++f) {
        x(f, i) = normal(random) + (f == static_cast<std::size_t>(y.back()) ? apart : 0.0);
      }
      (i % 4 == 0 ? test : train).push_back(i);
    }
    data = make_dataset(core::Task::classification, x, y);
  }
};

/// Rows of a fold's own kernel are computed on demand, those of a kernel that all folds have are a whole matrix.
TEST(NarrowRows, fit_to_the_bits_of_a_whole_matrix) {
  const Sampled cases[] = {{1400, 2, 6.0}, {1400, 2, 1.0}, {2200, 3, 4.0}};
  for (const Sampled& sampled : cases) {
    if (tests_are_brief() && &sampled != &cases[1]) continue;
    for (const FitMode mode : {FitMode::exact, FitMode::converged}) {
      if (mode == FitMode::converged && sampled.data.classes.size() > 2) continue;
      const auto whole = find_family("svc")->trainer(sampled.data, {});
      const auto own = find_family("svc")->trainer(sampled.data, {});
      const auto little = find_family("svc")->trainer(sampled.data, {.memory_bytes = 1});
      const Kernel kernel = KernelOptions{}.resolve(sampled.data.x, sampled.train);
      for (const double C : {0.0005, 1.0, 300.0}) {
        if (tests_are_brief() && C > 1) continue;  // ten times as many steps, by the same code
        SCOPED_TRACE(fmt::format("{} samples, C {}", sampled.data.n_samples(), C));
        const core::Params as_number{{"C", C}, {"gamma", kernel.gamma}};
        const core::Params by_rule{{"C", C}, {"gamma", "scale"}};
        const auto a = whole->fit({.params = as_number, .train = sampled.train, .mode = mode});
        const auto b = own->fit({.params = by_rule, .train = sampled.train, .mode = mode});
        const auto c = little->fit({.params = as_number, .train = sampled.train, .mode = mode});
        for (const auto* other : {&b, &c}) {
          EXPECT_EQ(a->dual(), (*other)->dual());
          EXPECT_EQ(certificate_of(*a).iterations, certificate_of(**other).iterations);
          EXPECT_EQ(a->predict(sampled.test, {}).value, (*other)->predict(sampled.test, {}).value);
        }
      }
    }
  }
}

}  // namespace
}  // namespace gridmill::models::svm::test
