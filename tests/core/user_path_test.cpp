#include "core/user_path.hpp"

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

namespace gridmill::core {
namespace {

class HomeTest : public testing::Test {
 protected:
  HomeTest() : home_(std::getenv("HOME") == nullptr ? "" : std::getenv("HOME")) { setenv("HOME", "/folks/ada", 1); }
  ~HomeTest() override { setenv("HOME", home_.c_str(), 1); }
  HomeTest(const HomeTest&) = delete;
  HomeTest& operator=(const HomeTest&) = delete;

 private:
  std::string home_;
};

TEST_F(HomeTest, is_written_as_a_tilde_in_front) {
  EXPECT_EQ(user_path("~/data/a.csv"), "/folks/ada/data/a.csv");
  EXPECT_EQ(user_path("~"), "/folks/ada");
  EXPECT_EQ(user_path("~/"), "/folks/ada");
}

TEST_F(HomeTest, is_not_meant_by_a_tilde_elsewhere) {
  for (const char* text : {"a~/b", "./~/b", "~bob/x", "a.csv~", ""}) EXPECT_EQ(user_path(text), text);
}

}  // namespace
}  // namespace gridmill::core
