#include "jobs/dataset/dataset_block.hpp"

#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace gridmill::jobs {
namespace {

core::Dataset small() {
  DatasetArrays arrays;
  arrays.x = core::Matrix{{1, 2, 3}, {4, 5, 6}};  // 2 features x 3 samples
  arrays.y = {0, 1, 1};
  arrays.weight = {1, 0.5, 2};
  arrays.group = {0, 0, 1};
  arrays.row = {10, 11, 12};
  core::Dataset data = own(std::move(arrays));
  data.classes = {"no", "yes"};
  data.feature_names = {"a", "b"};
  data.target_name = "paid";
  return data;
}

TEST(dataset_block, unpacks_what_was_packed) {
  const std::string block = pack(small());
  const std::shared_ptr<std::byte[]> memory(new (std::align_val_t{64}) std::byte[block.size()],
                                            [](std::byte* p) { operator delete[](p, std::align_val_t{64}); });
  std::memcpy(memory.get(), block.data(), block.size());
  const core::Dataset data = unpack({memory.get(), block.size()}, memory);
  EXPECT_EQ(data.n_features(), 2U);
  EXPECT_EQ(data.n_samples(), 3U);
  EXPECT_EQ(data.x.sample(1)[0], 2);
  EXPECT_EQ(data.x.sample(1)[1], 5);
  EXPECT_EQ(data.y[2], 1);
  EXPECT_EQ(data.weight[1], 0.5);
  EXPECT_EQ(data.group[2], 1);
  EXPECT_EQ(data.row[1], 11);
  EXPECT_TRUE(data.test_fold.empty());
  EXPECT_EQ(data.classes, (std::vector<std::string>{"no", "yes"}));
  EXPECT_EQ(data.feature_names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(data.target_name, "paid");
}

TEST(dataset_block, unpacks_and_takes_words) {
  DatasetArrays arrays;
  arrays.x.set_size(0, 3);
  arrays.words.push_back({.name = "city", .type = core::ColumnType::text, .codes = {1, core::kMissingCode, 0}});
  for (const char* word : {"Bern", "Zürich"}) arrays.words.back().add(word);
  arrays.y = {0, 1, 1};
  arrays.row = {0, 1, 2};
  const std::string block = pack(own(std::move(arrays)));
  const std::shared_ptr<std::byte[]> memory(new (std::align_val_t{64}) std::byte[block.size()],
                                            [](std::byte* p) { operator delete[](p, std::align_val_t{64}); });
  std::memcpy(memory.get(), block.data(), block.size());
  const core::Dataset data = unpack({memory.get(), block.size()}, memory);
  EXPECT_EQ(data.n_samples(), 3U);
  const core::Dataset part = take(data, std::vector<core::Index>{2, 0});
  ASSERT_EQ(part.words.size(), 1U);
  EXPECT_EQ(part.words[0].name, "city");
  EXPECT_EQ(part.words[0].type, core::ColumnType::text);
  EXPECT_EQ(part.words[0].list[static_cast<std::size_t>(part.words[0].codes[1])], "Zürich");
  EXPECT_EQ(part.words[0].codes[0], 0);
  EXPECT_EQ(data.words[0].codes[1], core::kMissingCode);
}

TEST(dataset_block, equal_data_packs_to_equal_bytes) { EXPECT_EQ(pack(small()), pack(small())); }

TEST(dataset_block, takes_samples_with_all_that_belongs_to_them) {
  const std::vector<core::Index> rows{2, 0};
  const core::Dataset part = take(small(), rows);
  EXPECT_EQ(part.x.sample(0)[1], 6);
  EXPECT_EQ(part.y[1], 0);
  EXPECT_EQ(part.weight[0], 2);
  EXPECT_EQ(part.group[0], 1);
  EXPECT_EQ(part.row[0], 12);
  EXPECT_EQ(part.classes.size(), 2U);
}

}  // namespace
}  // namespace gridmill::jobs
