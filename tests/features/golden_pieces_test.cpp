// The values of the golden settings with every group of more than a few rows taken piece by piece.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "brief.hpp"
#include "features/evaluation/evaluation.hpp"
#include "features/synthesis/synthesis.hpp"
#include "golden_instances.hpp"
#include "golden_setting.hpp"
#include "golden_tables.hpp"

namespace gridmill::features {
namespace {

namespace fs = std::filesystem;

/// Summaries as another task would have left them.
class KeptSummaries final : public KnownSummaries {
 public:
  void keep(const GroupPiece& piece, const SplitAggregation& aggregation, Bytes bytes) {
    kept_.emplace(key(piece, aggregation), std::move(bytes));
  }
  [[nodiscard]] std::optional<KeptBytes> find(const GroupPiece& piece,
                                              const SplitAggregation& aggregation) const override {
    const auto found = kept_.find(key(piece, aggregation));
    if (found == kept_.end()) return {};
    ++n_found_;
    return KeptBytes::of(found->second);
  }
  [[nodiscard]] std::size_t size() const { return kept_.size(); }
  [[nodiscard]] std::size_t n_found() const { return n_found_; }

 private:
  using Key = std::pair<std::vector<std::int64_t>, SplitAggregation>;
  static Key key(const GroupPiece& piece, const SplitAggregation& aggregation) {
    return {{static_cast<std::int64_t>(piece.relationship), piece.row, piece.cutoff, piece.piece, piece.n_pieces},
            aggregation};
  }

  std::map<Key, Bytes> kept_;
  mutable std::size_t n_found_ = 0;
};

/// The greatest relative distance of two numbers that passes as rounding. Customers with huge offsets lose digits in
/// the deviations from their means.
double rounding_of(const Feature& feature) {
  for (const char* name : {"SKEW", "KURTOSIS", "TREND", "STD", "VARIANCE", "COEFFICIENT_OF_VARIATION"}) {
    if (feature.name.find(name) != std::string::npos) return 1e-5;
  }
  return 1e-12;
}

bool nearly(const Column& a, const Column& b, std::size_t i, double tolerance) {
  if (identical(a, i, b, i)) return true;
  const auto* x = std::get_if<Column::Numbers>(&a.values);
  const auto* y = std::get_if<Column::Numbers>(&b.values);
  return x != nullptr && y != nullptr && std::abs((*x)[i] - (*y)[i]) <= tolerance * std::abs((*y)[i]) + 1e-12;
}

std::string text(const Column& column, std::size_t i) {
  const auto* x = std::get_if<Column::Numbers>(&column.values);
  return x == nullptr ? "another" : ::testing::PrintToString((*x)[i]);
}

void expect_near(const Columns& got, const Columns& want, const std::vector<FeatureRef>& features) {
  for (std::size_t f = 0; f < features.size(); ++f) {
    ASSERT_EQ(got[f].size(), want[f].size());
    for (std::size_t output = 0; output < want[f].size(); ++output) {
      ASSERT_EQ(got[f][output].size(), want[f][output].size());
      for (std::size_t i = 0; i < want[f][output].size(); ++i) {
        EXPECT_TRUE(nearly(got[f][output], want[f][output], i, rounding_of(*features[f])))
            << features[f]->name << " of instance " << i << ": " << text(got[f][output], i) << ", whole "
            << text(want[f][output], i);
      }
    }
  }
}

/// Whether there is more time for the same again than with sanitizers.
bool take_long() { return !tests_are_brief(); }

/// What takes long: settings with many features.
bool is_long(const GoldenSetting& setting, std::size_t n_features) {
  const std::size_t many = take_long() ? 150 : 40;
  return n_features > many && !(take_long() && setting.name.starts_with("edge"));
}

/// Calls check(setting, data, features, instances) for the golden settings with values, those with all aggregations in
/// both semantics; where tests are to be brief, without the long ones.
template <class Check>
void for_each_way(Check check) {
  for (const fs::path& folder : golden_folders()) {
    for (const fs::path& file : golden_files(folder)) {
      GoldenSetting setting = read_golden_setting(file);
      if (setting.names_only) continue;
      SCOPED_TRACE(setting.name);
      const MemoryEntityData data = read_golden_tables(setting);
      const std::vector<FeatureRef> features = synthesize(setting.set, setting.synthesis);
      if (is_long(setting, features.size()) && !take_long()) continue;
      for (const Semantics semantics : {Semantics::featuretools, Semantics::strict}) {
        if (semantics == Semantics::strict && setting.name.find("agg") == std::string::npos) continue;
        setting.evaluation.semantics = semantics;
        const Evaluator plain(data, setting.evaluation);
        check(setting, data, features, instances_of(setting, data, plain));
      }
    }
  }
}

TEST(GoldenPieces, give_the_same_values_but_for_rounding) {
  for_each_way([](const GoldenSetting& setting, const core::EntityData& data, const std::vector<FeatureRef>& features,
                  const std::vector<Instance>& instances) {
    const core::TableId target = setting.synthesis.target;
    const Columns want = Evaluator(data, setting.evaluation).evaluate(target, features, instances);
    EvaluationOptions options = setting.evaluation;
    options.piece_rows = 3;
    expect_near(Evaluator(data, options).evaluate(target, features, instances), want, features);
    if (setting.cutoff) return;
    options.own_cutoffs = true;
    for (const bool repeat : {true, false}) {
      options.rows_repeat = repeat;
      expect_near(Evaluator(data, options).evaluate(target, features, instances), want, features);
    }
  });
}

TEST(GoldenPieces, give_the_same_bits_from_summaries_made_before) {
  std::size_t n_passes = 0;
  for_each_way([&](const GoldenSetting& setting, const core::EntityData& data, const std::vector<FeatureRef>& features,
                   const std::vector<Instance>& instances) {
    if (is_long(setting, features.size())) return;
    const core::TableId target = setting.synthesis.target;
    EvaluationOptions options = setting.evaluation;
    options.piece_rows = 3;
    KeptSummaries kept;
    const Evaluator evaluator(data, options, nullptr, &kept);
    const auto passes = evaluator.giant_pieces(target, features, instances);
    n_passes = std::max(n_passes, passes.size());
    for (const std::vector<GroupPiece>& pass : passes) {
      for (const GroupPiece& piece : pass) {
        const auto aggregations = evaluator.split_aggregations(target, features, piece.relationship);
        const std::vector<Bytes> summaries = evaluator.summarize(target, aggregations, piece);
        ASSERT_EQ(summaries.size(), aggregations.size());
        for (std::size_t i = 0; i < summaries.size(); ++i) kept.keep(piece, aggregations[i], summaries[i]);
      }
    }
    expect_identical(evaluator.evaluate(target, features, instances),
                     Evaluator(data, options).evaluate(target, features, instances), features);
    EXPECT_EQ(kept.n_found() > 0, kept.size() > 0);
  });
  EXPECT_GE(n_passes, 2U);
}

}  // namespace
}  // namespace gridmill::features
