// Ranks that share kernel matrices in the memory of their node find what one process finds alone, bit for bit.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "models/scorer.hpp"
#include "mpi/mpi_test.hpp"
#include "search/evaluate.hpp"

namespace gridmill::search {
namespace {

constexpr std::size_t kSamples = 300;  // three rows of tiles
constexpr std::size_t kFeatures = 20;  // enough for products of pairs to be worth keeping
constexpr std::size_t kFolds = 3;

/// Two noisy rings; the same on every rank.
class Rings {
 public:
  Rings() : x_(kFeatures, kSamples), y_(kSamples) {
    std::mt19937 random(5);
    for (std::size_t i = 0; i < kSamples; ++i) {
      y_[i] = static_cast<double>(i % 2);
      for (std::size_t f = 0; f < kFeatures; ++f) {
        const double noise = static_cast<double>(random() % 1024) / 1024;
        x_(f, i) = (1 + y_[i]) * std::sin(static_cast<double>(i * (f + 1))) + noise;
      }
    }
    data_.x = x_;
    data_.y = y_;
    data_.classes = {"in", "out"};
    for (std::size_t f = 0; f < kFeatures; ++f) data_.feature_names.push_back("x" + std::to_string(f));
  }
  [[nodiscard]] const core::Dataset& data() const { return data_; }

 private:
  core::Matrix x_;
  std::vector<double> y_;
  core::Dataset data_;
};

SearchPlan plan_of(const core::Dataset& data) {
  SearchPlan plan;
  plan.families = {models::find_family("svc")};
  plan.scorers = {models::find_scorer("accuracy"), models::find_scorer("roc_auc")};  // signs, values
  plan.keep_predictions = true;
  for (const core::Value& gamma : {core::Value(0.1), core::Value(1.0), core::Value(10.0), core::Value("scale")}) {
    for (const double C : {0.1, 1.0, 10.0, 100.0}) plan.candidates.push_back({{"gamma", gamma}, {"C", C}});
  }
  plan.candidates.push_back({{"kernel", "linear"}});
  plan.candidates.push_back({{"kernel", "poly"}, {"gamma", 0.5}});
  plan.candidates.push_back({{"gamma", 1.0}, {"preprocessing", "standardize"}});
  for (std::size_t k = 0; k < kFolds; ++k) {
    Fold fold;
    for (core::Index i = 0; i < data.n_samples(); ++i) (i / 2 % kFolds == k ? fold.test : fold.train).push_back(i);
    plan.folds.push_back(std::move(fold));
  }
  return plan;
}

constexpr std::size_t kDetails = 6;
constexpr std::size_t kNumbers = 2 + kDetails;

/// By (candidate, fold): the bits of score, a sum of decision values and the details of the fit; zero where nothing was
/// fitted.
std::vector<std::int64_t> bits_of(const SearchPlan& plan, const core::Dataset& data, const models::Resources& resources,
                                  std::size_t n_ranks, std::size_t rank) {
  std::vector<std::int64_t> bits(plan.candidates.size() * kFolds * kNumbers, 0);
  Evaluator evaluator(plan, data, resources);
  const std::vector<Bundle> bundles = make_bundles(plan, data);
  for (std::size_t b = rank; b < bundles.size(); b += n_ranks) {
    for (const FitRecord& record : evaluator.evaluate(bundles[b])) {
      const std::size_t at = (record.candidate * kFolds + record.fold) * kNumbers;
      bits[at] = std::bit_cast<std::int64_t>(record.test_scores.at(0));
      bits[at + 1] = std::bit_cast<std::int64_t>(arma::accu(record.prediction.decision));
      for (std::size_t d = 0; d < kDetails; ++d) bits[at + 2 + d] = std::bit_cast<std::int64_t>(record.details.at(d));
    }
  }
  return bits;
}

/// Returns a limit for each way to keep matrices, from no limit down to rows that are computed on demand.
std::vector<std::size_t> limits_of_tiers(const SearchPlan& plan, const core::Dataset& data,
                                         models::Resources resources) {
  const std::vector<models::Candidate> candidates = told_candidates(plan, *plan.families.front());
  resources.candidates = candidates;
  models::MemoryUse last = plan.families.front()->memory_use(data, resources);
  std::vector<std::size_t> limits{0};
  for (std::size_t limit = 2 * last.bytes; limit > 0; limit -= std::min<std::size_t>(limit, 10000)) {
    resources.memory_bytes = limit;
    models::MemoryUse use = plan.families.front()->memory_use(data, resources);
    if (use.words != last.words) limits.push_back(limit);
    last = std::move(use);
  }
  limits.push_back(1);
  return limits;
}

// Dense samples: neither the limit nor the number of ranks, which decides what fits, may be seen in a bit.
TEST(Evaluate, gives_the_same_bits_on_shared_memory_at_any_limit_as_alone) {
  const Rings rings;
  const SearchPlan plan = plan_of(rings.data());
  const std::vector<std::int64_t> alone = bits_of(plan, rings.data(), {}, 1, 0);
  mpi::Session& session = mpi::test::session();
  models::Resources resources{.memory = &session.memory()};
  const std::vector<std::size_t> limits = limits_of_tiers(plan, rings.data(), resources);
  EXPECT_GE(limits.size(), 4U);  // at least: everything, no products for a fold, no products at all, rows
  for (const std::size_t limit : limits) {
    resources.memory_bytes = limit;
    std::vector<std::int64_t> bits =
        bits_of(plan, rings.data(), resources, static_cast<std::size_t>(session.place().n_ranks),
                static_cast<std::size_t>(session.place().rank));
    session.transport().allreduce_sum(bits);
    EXPECT_EQ(bits, alone) << limit;
  }
}

}  // namespace
}  // namespace gridmill::search
