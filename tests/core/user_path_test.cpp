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

TEST(problem_with_path, is_an_address) {
  for (const char* text : {"s3://bucket/x", "https://a.b/c.csv", "file:///tmp/x", "gs://x", "hdfs+x://y"}) {
    EXPECT_TRUE(problem_with_path(text).has_value()) << text;
  }
  for (const char* text : {"a/b.csv", "c:/x", "://x", "a b://x", "", "s3:/x", "1://x"}) {
    EXPECT_FALSE(problem_with_path(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace gridmill::core
