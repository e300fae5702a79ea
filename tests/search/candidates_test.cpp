#include "search/candidates.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/golden_case.hpp"

namespace gridmill::search {
namespace {

using core::Params;
using core::UserError;
using core::ValueList;

TEST(expand_grid, sorts_axes_by_name_and_runs_the_last_fastest) {
  const auto candidates = expand_grid({{{"b", {1, 2}}, {"a", {"x", "y"}}}, {}, {{"C", {0.5}}}});
  EXPECT_EQ(candidates, (std::vector<Params>{{{"a", "x"}, {"b", 1}},
                                             {{"a", "x"}, {"b", 2}},
                                             {{"a", "y"}, {"b", 1}},
                                             {{"a", "y"}, {"b", 2}},
                                             {},
                                             {{"C", 0.5}}}));
}

TEST(grid_size, counts_without_making) {
  const ValueList values(1000, core::Value(1));
  EXPECT_EQ(grid_size({{{"a", values}, {"b", values}, {"c", values}}, {}}), 1'000'000'001U);
  EXPECT_EQ(grid_size({}), 0U);
}

TEST(grid_size, refuses_an_axis_without_values_and_a_number_beyond_counting) {
  EXPECT_THROW((void)grid_size({{{"a", ValueList{}}}}), UserError);
  const ValueList values(100'000, core::Value(1));
  EXPECT_THROW((void)grid_size({{{"a", values}, {"b", values}, {"c", values}, {"d", values}}}), UserError);
}

Axis axis_from(const nlohmann::json& spec) {
  const std::string kind = spec.begin().key();
  const nlohmann::json& argument = spec.begin().value();
  if (kind == "uniform") return Uniform{argument[0], argument[1]};
  if (kind == "loguniform") return LogUniform{argument[0], argument[1]};
  if (kind == "randint") return RandomInteger{argument[0], argument[1]};
  return value_from(argument).list();
}

/// Equal, or both real and at most two units in the last place apart: numpy's pow depends on the processor.
bool same_draw(const core::Value& a, const core::Value& b) {
  if (a == b) return true;
  if (!a.is_real() || !b.is_real()) return false;
  const double next = std::nextafter(a.number(), b.number());
  return std::nextafter(next, b.number()) == b.number();
}

TEST(sample_candidates, draws_what_scikit_learn_draws) {
  const auto cases = golden_json("samplers.json");
  ASSERT_EQ(cases.size(), 8U);
  for (const auto& c : cases) {
    std::vector<RandomAxes> grids;
    for (const auto& grid : c["axes"]) {
      RandomAxes& axes = grids.emplace_back();
      for (const auto& [name, spec] : grid.items()) axes.emplace(name, axis_from(spec));
    }
    const auto candidates = sample_candidates(grids, c["n"], c["seed"]);
    ASSERT_EQ(candidates.size(), c["candidates"].size());
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      const auto& expected = c["candidates"][i];
      ASSERT_EQ(candidates[i].size(), expected.size());
      for (const auto& [name, value] : candidates[i]) {
        EXPECT_TRUE(same_draw(value, value_from(expected.at(name))))
            << "seed " << c["seed"] << " candidate " << i << " " << name << " = " << value.python_repr();
      }
    }
  }
}

TEST(sample_candidates, refuses_empty_axes_by_name) {
  const auto error_of = [](const RandomAxes& axes) -> std::string {
    try {
      (void)sample_candidates({axes}, 3, 0);
    } catch (const UserError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(error_of({{"C", LogUniform{0, 1}}}),
              testing::HasSubstr("loguniform 'C' needs 0 < low < high, not 0 and 1"));
  EXPECT_THAT(error_of({{"degree", RandomInteger{3, 3}}}), testing::HasSubstr("randint 'degree' needs low < high"));
  EXPECT_THAT(error_of({{"w", Uniform{2, 1}}}), testing::HasSubstr("uniform 'w' needs low <= high"));
  EXPECT_THAT(error_of({{"kernel", ValueList{}}}), testing::HasSubstr("no values to draw 'kernel' from"));
}

}  // namespace
}  // namespace gridmill::search
