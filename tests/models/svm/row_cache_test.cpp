// Rows that are computed when they are asked for: the same bits, whatever is computed with them and whatever is kept.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "certificate_of.hpp"
#include "golden.hpp"
#include "models/family/model.hpp"
#include "models/svm/kernels/kernel_rows.hpp"
#include "models/svm/kernels/sample_block.hpp"

namespace gridmill::models::svm::test {
namespace {

constexpr std::size_t kSamples = 301;
constexpr std::size_t kFeatures = 37;

/// About a third of the entries are not 0.
core::SparseMatrix sparse_samples(std::size_t n = kSamples) {
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  core::SparseMatrix out;
  out.n_features = kFeatures;
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<core::Index> features;
    std::vector<double> values;
    for (core::Index f = 0; f < kFeatures; ++f) {
      if (random() % 3 != 0) continue;
      features.push_back(f);
      values.push_back(normal(random));
    }
    out.add({features, values});
  }
  return out;
}

std::shared_ptr<const CentredSamples> samples(bool sparse) {
  core::SparseMatrix entries = sparse_samples();
  if (!sparse) return std::make_shared<CentredSamples>(core::unpack(entries.view(), 0, kSamples));
  return std::make_shared<CentredSamples>(std::move(entries));
}

constexpr std::size_t kRowBytes = padded(kSamples) * sizeof(float);

using Rows = std::vector<std::vector<float>>;

Rows one_by_one(const std::shared_ptr<const CentredSamples>& samples, const Kernel& kernel) {
  RowCache cache(samples, kernel, 1000 * kRowBytes);
  Rows out;
  for (std::size_t i = 0; i < kSamples; ++i) {
    const float* row = cache.row(i);
    out.emplace_back(row, row + kSamples);
  }
  return out;
}

const Kernel kKernels[] = {{.kind = KernelKind::rbf, .gamma = 0.05},
                           {.kind = KernelKind::poly, .gamma = 0.1, .coef0 = 1}};

TEST(SampleBlock, multiplies_to_the_same_bits_whatever_is_in_the_block) {
  const core::SparseMatrix entries = sparse_samples();
  const core::Matrix full = core::unpack(entries.view(), 0, kSamples);
  SampleBlock block;
  std::vector<double> products(kSamples * SampleBlock::kWidth);
  for (const std::size_t size : {1U, 2U, 3U, 4U, 11U, 16U}) {
    std::vector<core::Index> chosen(size);
    std::iota(chosen.begin(), chosen.end(), core::Index{290} - static_cast<core::Index>(size));
    for (const bool sparse : {false, true}) {
      if (sparse) {
        block.take(entries.view(), chosen);
        block.products(entries.view(), 5, 290, products.data());
      } else {
        block.take(full, chosen);
        block.products(full, 5, 290, products.data());
      }
      for (std::size_t c = 0; c < size; ++c) {
        for (std::size_t r = 0; r < 290; ++r) {
          double expected = 0;
          for (std::size_t f = 0; f < kFeatures; ++f) expected += full(f, 5 + r) * full(f, chosen[c]);
          ASSERT_EQ(products[c * 290 + r], expected) << size << " " << c << " " << r << " " << sparse;
        }
      }
    }
  }
}

TEST(RowCache, gives_the_same_bits_whatever_is_expected_and_kept) {
  for (const bool sparse : {false, true}) {
    const auto all = samples(sparse);
    for (const Kernel& kernel : kKernels) {
      const Rows expected = one_by_one(all, kernel);
      for (const std::size_t n_kept : {0U, 3U, 9U, 80U, 1000U}) {
        SCOPED_TRACE(fmt::format("sparse {} rows kept {}", sparse, n_kept));
        RowCache cache(all, kernel, n_kept * kRowBytes);
        std::mt19937 random(11);
        std::size_t previous = random() % kSamples;
        const float* previous_row = cache.row(previous);
        for (int step = 0; step < 400; ++step) {
          for (std::size_t e = random() % 20; e > 0; --e) cache.expect(random() % kSamples);
          const std::size_t next = random() % kSamples;
          const float* row = cache.row(next);
          ASSERT_TRUE(std::equal(expected[next].begin(), expected[next].end(), row)) << next;
          // Valid until the second next call.
          ASSERT_TRUE(std::equal(expected[previous].begin(), expected[previous].end(), previous_row)) << previous;
          previous = next;
          previous_row = row;
        }
      }
    }
  }
}

TEST(RowCache, reads_once_what_rows_hold) {
  std::vector<core::Index> positions{7, 8, 300, 12, 13, 14, 15, 16, 17, 18, 100, 101, 19, 20, 21, 22, 23, 24, 200, 5};
  const std::vector<CentredSamples::Run> runs{
      {.first = 0, .size = 48}, {.first = 96, .size = 16}, {.first = 240, .size = 64}};
  for (const bool sparse : {false, true}) {
    const auto all = samples(sparse);
    const Rows expected = one_by_one(all, kKernels[0]);
    for (const std::size_t n_kept : {0U, 9U, 80U}) {
      RowCache cache(all, kKernels[0], n_kept * kRowBytes);
      for (const std::size_t known : {8U, 13U, 250U}) (void)cache.row(known);
      for (const auto part : {KernelRows::Entries::Part::all, KernelRows::Entries::Part::from_own}) {
        std::size_t n_read = 0;
        cache.read(positions, {.runs = runs, .part = part}, [&](std::size_t k, const float* row) {
          EXPECT_EQ(k, n_read++);
          for (const CentredSamples::Run& run : runs) {
            for (std::size_t c = run.first; c < std::min(run.first + run.size, kSamples); ++c) {
              if (part == KernelRows::Entries::Part::from_own && c < positions[k]) continue;
              ASSERT_EQ(row[c], expected[positions[k]][c]) << k << " " << c;
            }
          }
        });
        EXPECT_EQ(n_read, positions.size());
      }
    }
  }
}

TEST(RowCache, rows_are_those_of_the_whole_matrix) {
  for (const bool sparse : {false, true}) {
    const auto all = samples(sparse);
    for (const Kernel& kernel : kKernels) {
      const Rows rows = one_by_one(all, kernel);
      Gram gram(*all, nullptr, kernel, nullptr);
      for (std::size_t i = 0; i < kSamples; ++i) {
        for (std::size_t j = 0; j < kSamples; ++j) {
          const float whole = gram.row(i)[j];
          ASSERT_EQ(rows[i][j], rows[j][i]);
          ASSERT_EQ(rows[i][j], whole) << i << " " << j << " " << sparse;
        }
      }
    }
  }
}

/// Large enough for the start at the bound and for setting variables aside.
TEST(RowCache, fits_to_the_same_bits_in_little_memory_as_in_much) {
  constexpr std::size_t n = 1400;
  const core::SparseMatrix entries = sparse_samples(n);
  std::vector<double> y;
  std::mt19937 random(5);
  for (std::size_t i = 0; i < n; ++i) {
    const core::SparseSample sample = entries.view().sample(i);
    const double sum = std::accumulate(sample.value.begin(), sample.value.end(), 0.0);
    y.push_back(sum + static_cast<double>(random() % 400) / 100 > 2 ? 1.0 : 0.0);
  }
  core::Dataset data = make_dataset(core::Task::classification, core::Matrix(1, n), y);
  data.x = {};
  data.sparse = entries.view();
  std::vector<core::Index> train;
  std::vector<core::Index> test;
  for (core::Index i = 0; i < n; ++i) (i % 5 == 0 ? test : train).push_back(i);
  for (const FitMode mode : {FitMode::exact, FitMode::converged}) {
    const auto whole = find_family("svc")->trainer(data, {.memory_bytes = 0});
    const auto cache = find_family("svc")->trainer(data, {.memory_bytes = 1});
    for (const double C : {0.001, 1.0, 100.0}) {
      SCOPED_TRACE(C);
      const core::Params params{{"C", C}, {"gamma", 0.05}};
      const auto a = whole->fit({.params = params, .train = train, .mode = mode});
      const auto b = cache->fit({.params = params, .train = train, .mode = mode});
      EXPECT_EQ(a->dual(), b->dual());
      EXPECT_EQ(certificate_of(*a).iterations, certificate_of(*b).iterations);
      EXPECT_EQ(a->predict(test, {}).value, b->predict(test, {}).value);
    }
  }
}

}  // namespace
}  // namespace gridmill::models::svm::test
