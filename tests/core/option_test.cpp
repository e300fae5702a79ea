#include "core/option.hpp"

#include <gtest/gtest.h>

namespace gridmill::core {
namespace {

const OptionSpec kGamma{.name = "gamma",
                        .kinds = {Kind::real, Kind::text},
                        .default_value = "scale",
                        .range = Range::positive(),
                        .choices = {"scale", "auto"},
                        .meaning = "width of the kernel"};

TEST(OptionSpec, accepts_what_it_declares) {
  EXPECT_EQ(kGamma.check(0.5), std::nullopt);
  EXPECT_EQ(kGamma.check(1), std::nullopt);
  EXPECT_EQ(kGamma.check("auto"), std::nullopt);
}

TEST(OptionSpec, says_what_is_wrong_and_what_it_takes) {
  EXPECT_EQ(kGamma.check(-1.0), "must be number > 0, or one of scale, auto, not -1.0");
  EXPECT_EQ(kGamma.check(true), "must be number > 0, or one of scale, auto, not True");
  EXPECT_EQ(kGamma.check("scael"), "unknown value 'scael'; did you mean 'scale'? known: scale, auto");
}

TEST(OptionSpec, refuses_a_real_where_a_whole_number_is_due) {
  const OptionSpec degree{.name = "degree", .kinds = {Kind::integer}, .default_value = 3, .range = Range::at_least(0)};
  EXPECT_EQ(degree.check(2.5), "must be whole number >= 0, not 2.5");
}

TEST(Range, nan_is_in_no_range) { EXPECT_FALSE(Range{}.contains(std::numeric_limits<double>::quiet_NaN())); }

TEST(value_of, falls_back_to_the_declared_default) {
  const std::vector<OptionSpec> options{kGamma};
  EXPECT_EQ(value_of({}, options, "gamma"), Value("scale"));
  EXPECT_EQ(value_of({{"gamma", 2.0}}, options, "gamma"), Value(2.0));
}

}  // namespace
}  // namespace gridmill::core
