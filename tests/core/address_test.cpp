#include "core/address.hpp"

#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/user_path.hpp"

namespace gridmill::core {
namespace {

using testing::HasSubstr;

class AddressTest : public testing::Test {
 protected:
  AddressTest() { setenv("GRIDMILL_CACHE", "/copies", 1); }
  ~AddressTest() override { unsetenv("GRIDMILL_CACHE"); }
  AddressTest(const AddressTest&) = delete;
  AddressTest& operator=(const AddressTest&) = delete;
};

TEST_F(AddressTest, has_a_copy_that_leads_back_to_it) {
  const auto expect = [](const std::string& text, const std::string& place) {
    EXPECT_EQ(user_path(text), place);
    EXPECT_EQ(told_path(place), text);
    EXPECT_FALSE(problem_with_path(text)) << text;
  };
  expect("s3://bucket/x.csv", "/copies/s3/bucket/x.csv");
  expect("s3://my.bucket/runs/a b=1/x?.csv", "/copies/s3/my.bucket/runs/a b=1/x?.csv");
  expect("https://a.b:8443/data/x%20y.csv", "/copies/https/a.b:8443/data/x%20y.csv");
  expect("https://a.b/x.csv?download=1&of=a/b", "/copies/https/a.b/?download=1&of=a%2Fb/x.csv");
  expect("http://a.b/x.csv", "/copies/http/a.b/x.csv");
}

TEST_F(AddressTest, of_a_folder_may_end_with_a_slash) {
  EXPECT_EQ(user_path("s3://bucket/run/"), "/copies/s3/bucket/run");
  EXPECT_EQ(told_path("/copies/s3/bucket/run/"), "s3://bucket/run");
}

TEST_F(AddressTest, is_told_of_nothing_else) {
  for (const char* path : {"/copies/s3", "/copies/s3/bucket", "/copies/x/y/z", "s3/bucket/x", "/other/s3/bucket/x", "",
                           "/copies/s3/../../x"}) {
    EXPECT_FALSE(address_of(path)) << path;
  }
}

TEST_F(AddressTest, stands_in_words_in_place_of_the_copy) {
  EXPECT_EQ(with_addresses("/copies/s3/b-c/x: no, see '/copies/https/h/y'"), "s3://b-c/x: no, see 'https://h/y'");
  EXPECT_EQ(with_addresses("/copies/state/s3/b"), "/copies/state/s3/b");
}

TEST_F(AddressTest, lies_where_the_environment_says) {
  unsetenv("GRIDMILL_CACHE");
  const char* before = std::getenv("XDG_CACHE_HOME");
  const std::string cache = before == nullptr ? "" : before;
  setenv("XDG_CACHE_HOME", "/c/../d/", 1);
  EXPECT_EQ(copies_folder(), "/d/gridmill");
  unsetenv("XDG_CACHE_HOME");
  EXPECT_THAT(copies_folder().string(), testing::EndsWith("/.cache/gridmill"));
  if (!cache.empty()) setenv("XDG_CACHE_HOME", cache.c_str(), 1);
}

TEST_F(AddressTest, that_is_no_place_for_files_is_refused) {
  const auto problem = [](const char* text) { return problem_with_path(text).value_or("none"); };
  for (const char* text : {"gs://x", "hdfs+x://y", "file:///tmp/x", "S3://bucket/x"}) {
    EXPECT_THAT(problem(text), HasSubstr("is an address of a kind that gridmill does not know")) << text;
  }
  EXPECT_THAT(problem("s3://bucket"), HasSubstr("names a bucket, and no file or folder in it"));
  EXPECT_THAT(problem("s3://Bucket/x"), HasSubstr("'Bucket' is no name of a bucket"));
  EXPECT_THAT(problem("s3:///x"), HasSubstr("'' is no name of a bucket"));
  for (const char* text : {"s3://bucket/a//b", "s3://bucket/../x", "https://a.b/x/./y"}) {
    EXPECT_THAT(problem(text), HasSubstr("a part of the name is empty, '.' or '..'")) << text;
  }
  for (const char* text : {"a/b.csv", "c:/x", "://x", "a b://x", "", "s3:/x", "1://x"})
    EXPECT_EQ(problem(text), "none");
}

TEST_F(AddressTest, that_holds_a_secret_is_refused_without_repeating_it) {
  for (const char* text : {"https://ada:geheim@a.b/x.csv", "https://a.b/x.csv?X-Amz-Signature=geheim",
                           "https://a.b/x.csv?sv=1&sig=geheim"}) {
    const std::string words = problem_with_path(text).value_or("none");
    EXPECT_THAT(words, HasSubstr("an address of 'a.b' holds a password or a signature"));
    EXPECT_THAT(words, testing::Not(HasSubstr("geheim")));
  }
}

}  // namespace
}  // namespace gridmill::core
