#include "search/border_warnings.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/candidates.hpp"

namespace gridmill::search {
namespace {

using core::Params;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(border_warnings, name_the_axis_the_value_and_the_side) {
  const std::vector<Params> candidates =
      expand_grid({{{"C", {1.0, 100.0, 10000.0}}, {"degree", {2, 3, 4}}, {"kernel", {"rbf"}}, {"tol", {1e-3, 1e-4}}},
                   {{"C", {1e9}}}});
  const auto of = [&](double c, int degree) {
    const Params best{{"C", c}, {"degree", degree}, {"kernel", "rbf"}, {"tol", 1e-3}};
    return border_warnings(candidates, best, {});
  };
  EXPECT_THAT(of(10000.0, 2), ElementsAre("best C = 10000.0 lies on the border of the grid; try larger values",
                                          "best degree = 2 lies on the border of the grid; try smaller values"));
  EXPECT_THAT(of(100.0, 3), IsEmpty());
}

TEST(border_warnings, do_not_advise_what_an_option_does_not_take) {
  const std::vector<core::OptionSpec> options{
      {"alpha", {core::Kind::real}, 1.0, core::Range::at_least(0), {}, ""},
      {"l1_ratio", {core::Kind::real}, 0.5, {.low = 0, .high = 1}, {}, ""},
      {"subsample", {core::Kind::real}, 1.0, {.low = 0, .high = 1, .low_open = true}, {}, ""},
      {"random_state", {core::Kind::integer}, 0, core::Range::at_least(0), {}, ""}};
  const auto of = [&](const std::string& name, const std::vector<core::Value>& values, const core::Value& best) {
    std::vector<Params> candidates;
    for (const core::Value& value : values) candidates.push_back({{name, value}});
    return border_warnings(candidates, {{name, best}}, options).size();
  };
  EXPECT_EQ(of("alpha", {0.0, 0.1, 1.0}, 0.0), 0U);
  EXPECT_EQ(of("alpha", {0, 1, 2}, 0), 0U);
  EXPECT_EQ(of("alpha", {0.01, 0.1, 1.0}, 0.01), 1U);
  EXPECT_EQ(of("alpha", {0.0, 0.1, 1.0}, 1.0), 1U);
  EXPECT_EQ(of("l1_ratio", {0.0, 0.5, 1.0}, 1.0), 0U);
  EXPECT_EQ(of("l1_ratio", {0.0, 0.5, 1.0}, 0.0), 0U);
  EXPECT_EQ(of("l1_ratio", {0.1, 0.5, 0.9}, 0.9), 1U);
  EXPECT_EQ(of("subsample", {0.5, 0.7, 1.0}, 1.0), 0U);
  EXPECT_EQ(of("subsample", {0.5, 0.7, 1.0}, 0.5), 1U);
  EXPECT_EQ(of("random_state", {1, 2, 3}, 3), 0U);
}

}  // namespace
}  // namespace gridmill::search
