#include "golden_instances.hpp"

#include <cstddef>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

namespace gridmill::features {

std::vector<Instance> instances_of(const GoldenSetting& setting, const core::EntityData& data,
                                   const Evaluator& evaluator) {
  std::vector<Instance> instances;
  if (setting.cutoff) {
    for (const core::RowId row : evaluator.visible_rows(setting.synthesis.target, *setting.cutoff)) {
      instances.push_back({.row = row, .cutoff = *setting.cutoff});
    }
  }
  for (const GoldenCutoff& each : setting.cutoffs) {
    instances.push_back({.row = data.find_row(setting.synthesis.target, each.instance), .cutoff = each.time});
  }
  return instances;
}

bool identical(const Column& a, std::size_t i, const Column& b, std::size_t j) {
  if (a.values.index() != b.values.index()) return false;
  if (a.missing(i) || b.missing(j)) return a.missing(i) && b.missing(j);
  if (a.dictionary) return a.dictionary->label(a.codes()[i]) == b.dictionary->label(b.codes()[j]);
  return std::visit([&]<class Values>(const Values& values) { return values[i] == std::get<Values>(b.values)[j]; },
                    a.values);
}

void expect_identical(const Columns& got, const Columns& want, const std::vector<FeatureRef>& features) {
  for (std::size_t f = 0; f < features.size(); ++f) {
    ASSERT_EQ(got[f].size(), want[f].size());
    for (std::size_t output = 0; output < want[f].size(); ++output) {
      const std::size_t n = want[f][output].size();
      ASSERT_EQ(got[f][output].size(), n);
      std::size_t n_different = 0;
      for (std::size_t i = 0; i < n; ++i) n_different += identical(got[f][output], i, want[f][output], i) ? 0U : 1U;
      EXPECT_EQ(n_different, 0U) << features[f]->name;
    }
  }
}

}  // namespace gridmill::features
