#include "features/definitions/python_call.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"

namespace gridmill::features {
namespace {

using core::Value;
using core::ValueList;
using core::ValueMapping;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(PythonCall, reads_a_name_alone) {
  const PythonCall call = read_python_call(" count ");
  EXPECT_EQ(call.name, "count");
  EXPECT_TRUE(call.positional.empty());
  EXPECT_TRUE(call.named.empty());
  EXPECT_TRUE(read_python_call("count()").named.empty());
}

TEST(PythonCall, reads_named_arguments_in_their_order) {
  const PythonCall call = read_python_call("rolling_mean(window_length='6h', gap=\"1h\", min_periods=1)");
  EXPECT_EQ(call.name, "rolling_mean");
  EXPECT_THAT(call.named,
              ElementsAre(Pair("window_length", Value("6h")), Pair("gap", Value("1h")), Pair("min_periods", Value(1))));
}

TEST(PythonCall, reads_every_kind_of_literal) {
  const PythonCall call =
      read_python_call("f(1, -2.5, 1e-3, True, None, 'it\\'s', ['web', 1], (1, 2,), {'a': [False]}, last=.5)");
  EXPECT_THAT(call.positional, ElementsAre(Value(1), Value(-2.5), Value(1e-3), Value(true), Value(), Value("it's"),
                                           Value(ValueList{"web", 1}), Value(ValueList{1, 2}),
                                           Value(ValueMapping{{"a", ValueList{false}}})));
  EXPECT_THAT(call.named, ElementsAre(Pair("last", Value(0.5))));
}

TEST(PythonCall, says_what_it_expected_and_where) {
  const auto message_for = [](const char* text) -> std::string {
    try {
      read_python_call(text);
    } catch (const core::UserError& error) {
      return error.problems().front().what;
    }
    return "no error";
  };
  EXPECT_EQ(message_for("f(n=2"), "'f(n=2': expected ',' or ')' at its end");
  EXPECT_EQ(message_for("f(n=)"), "'f(n=)': expected a value before ')'");
  EXPECT_EQ(message_for("f(unit=hours)"), "'f(unit=hours)': expected a value (texts stand in quotes) before 'hours)'");
  EXPECT_EQ(message_for("f(n=2) g"), "'f(n=2) g': expected nothing more before 'g'");
  EXPECT_EQ(message_for("f(n=2, 3)"), "'f(n=2, 3)': expected name=value after an argument with a name before '3)'");
  EXPECT_EQ(message_for("f('a)"), "'f('a)': expected a closing ' at its end");
  EXPECT_EQ(message_for("f(1-2)"), "'f(1-2)': expected a value before '1-2)'");
  EXPECT_EQ(message_for(""), "'': expected a name at its end");
  const std::string deep(51, '[');
  EXPECT_EQ(message_for(("f(" + deep).c_str()),
            "'f(" + deep + "': expected at most 50 brackets in each other before '['");
  EXPECT_EQ(message_for(("f(" + std::string(50, '[') + std::string(50, ']') + ")").c_str()), "no error");
  for (const char* open : {"[", "(", "{'a':", "f("}) {
    std::string far;
    for (int i = 0; i < 100'000; ++i) far += open;
    EXPECT_LT(message_for(("f(" + far).c_str()).size(), 600) << open;
  }
}

}  // namespace
}  // namespace gridmill::features
