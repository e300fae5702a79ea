#include "core/hint.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace gridmill::core {
namespace {

const std::vector<std::string> kKnown{"C", "class_weight", "gamma", "kernel"};

TEST(hint_for, names_the_nearest_word) {
  EXPECT_EQ(hint_for("kernal", kKnown), "did you mean 'kernel'? known: C, class_weight, gamma, kernel");
  EXPECT_EQ(hint_for("gamam", kKnown), "did you mean 'gamma'? known: C, class_weight, gamma, kernel");
  EXPECT_EQ(hint_for("GAMMA", kKnown), "did you mean 'gamma'? known: C, class_weight, gamma, kernel");
}

TEST(hint_for, completes_a_word_cut_short) {
  EXPECT_EQ(hint_for("class", kKnown), "did you mean 'class_weight'? known: C, class_weight, gamma, kernel");
  EXPECT_EQ(hint_for("ke", kKnown), "known: C, class_weight, gamma, kernel");
}

TEST(hint_for, lists_only_what_is_known_when_nothing_is_near) {
  EXPECT_EQ(hint_for("learning_rate", kKnown), "known: C, class_weight, gamma, kernel");
}

TEST(hint_for, cuts_long_lists) {
  std::vector<std::string> many;
  for (int i = 0; i < 25; ++i) many.push_back(fmt::format("p{:02}", i));
  const std::string hint = hint_for("something_else", many);
  EXPECT_NE(hint.find("p19 and 5 more"), std::string::npos) << hint;
}

}  // namespace
}  // namespace gridmill::core
