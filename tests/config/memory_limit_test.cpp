#include "config/memory_limit.hpp"

#include <gtest/gtest.h>

namespace gridmill::config {
namespace {

TEST(parse_memory_limit, reads_sizes_and_shares) {
  EXPECT_EQ(parse_memory_limit("2GiB")->bytes, std::size_t{2} << 30U);
  EXPECT_EQ(parse_memory_limit("1.5 G")->bytes, std::size_t{3} << 29U);
  EXPECT_EQ(parse_memory_limit("500MB")->bytes, 500'000'000U);
  EXPECT_EQ(parse_memory_limit("80%"), (MemoryLimit{.bytes = 0, .share = 0.8}));
}

TEST(parse_memory_limit, refuses_what_is_no_amount) {
  for (const char* text : {"", "2", "GiB", "-1GiB", "0%", "101%", "2 apples", "1e400GiB", "nan%", "0.1B"}) {
    EXPECT_EQ(parse_memory_limit(text), std::nullopt) << text;
  }
}

TEST(MemoryLimit, text_reads_back) {
  for (const char* text : {"2GiB", "1536MiB", "500000000B", "80%", "12.5%"}) {
    EXPECT_EQ(parse_memory_limit(text)->text(), text);
    EXPECT_EQ(parse_memory_limit(parse_memory_limit(text)->text()), parse_memory_limit(text));
  }
}

TEST(MemoryLimit, a_share_is_of_what_the_node_has) {
  EXPECT_EQ((MemoryLimit{.share = 0.5}).on_node(1000), 500U);
  EXPECT_EQ((MemoryLimit{.bytes = 7}).on_node(1000), 7U);
}

}  // namespace
}  // namespace gridmill::config
