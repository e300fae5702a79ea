#include "core/joined_key.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace gridmill::core {
namespace {

using Parts = std::vector<std::string>;

TEST(JoinedKey, tells_all_parts_apart_and_gives_them_back) {
  const std::vector<Parts> all{{"JFK", "17"},    {"a, b", "c"}, {"a", "b, c"}, {"a", "b", "c"},
                               {"a\\", " b"},    {"a\\,", "b"}, {"", ""},      {"", "", ""},
                               {" a ", "\"b\""}, {"a,", " b"},  {"a", ", b"}};
  for (const Parts& parts : all) {
    EXPECT_EQ(key_parts(joined_key(parts)), parts) << joined_key(parts);
    for (const Parts& other : all) EXPECT_EQ(joined_key(parts) == joined_key(other), parts == other);
  }
  EXPECT_EQ(joined_key(Parts{"JFK", "17"}), "JFK, 17");
  EXPECT_EQ(joined_key(Parts{"a, b", "c\\"}), "a\\, b, c\\\\");
}

TEST(JoinedKey, takes_no_text_that_is_not_joined_so) {
  for (const char* const text : {"a,b", "a,", "\\a", "a\\"}) EXPECT_EQ(key_parts(text), std::nullopt) << text;
  EXPECT_EQ(key_parts("a b"), Parts{"a b"});
}

}  // namespace
}  // namespace gridmill::core
