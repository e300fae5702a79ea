#include "search/fit_record_serialization.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace gridmill::search {
namespace {

std::vector<FitRecord> two_records() {
  FitRecord full{.candidate = 12, .fold = 3, .status = models::FitStatus::iteration_limit, .message = "it's \n odd"};
  full.test_scores = {0.1, -0.0, std::numeric_limits<double>::quiet_NaN()};
  full.train_scores = {1.0};
  full.fit_time_s = 1.25;
  full.score_time_s = 0.5;
  full.start_s = 1e9;
  full.end_s = 1e9 + 2;
  full.details = {7, 1e-4, std::numeric_limits<double>::infinity()};
  full.best_step = 17;
  full.prediction.value = {0, 2};
  full.prediction.decision = core::Matrix{{1, 2}, {3, 4}, {5, 6}};
  return {full, FitRecord{.candidate = 1}};
}

TEST(fit_record_serialization, gives_back_every_bit) {
  const std::vector<FitRecord> back = decode(encode(two_records()));
  ASSERT_EQ(back.size(), 2U);
  const FitRecord& full = back[0];
  EXPECT_EQ(full.candidate, 12U);
  EXPECT_EQ(full.fold, 3U);
  EXPECT_EQ(full.status, models::FitStatus::iteration_limit);
  EXPECT_EQ(full.message, "it's \n odd");
  EXPECT_EQ(full.test_scores[0], 0.1);
  EXPECT_TRUE(std::signbit(full.test_scores[1]));
  EXPECT_TRUE(std::isnan(full.test_scores[2]));
  EXPECT_EQ(full.train_scores, std::vector<double>{1.0});
  EXPECT_EQ(full.fit_time_s, 1.25);
  EXPECT_EQ(full.score_time_s, 0.5);
  EXPECT_EQ(full.start_s, 1e9);
  EXPECT_EQ(full.end_s, 1e9 + 2);
  EXPECT_EQ(full.details, (std::vector<double>{7, 1e-4, std::numeric_limits<double>::infinity()}));
  EXPECT_EQ(full.best_step, 17U);
  EXPECT_EQ(full.prediction.value, (std::vector<double>{0, 2}));
  ASSERT_EQ(full.prediction.decision.n_rows, 3U);
  EXPECT_EQ(full.prediction.decision(2, 1), 6);
  EXPECT_EQ(full.prediction.probability.n_elem, 0U);
  EXPECT_EQ(encode(back), encode(two_records()));
}

TEST(fit_record_serialization, takes_no_records) { EXPECT_TRUE(decode(encode({})).empty()); }

TEST(fit_record_serialization, refuses_bytes_cut_short_anywhere) {
  const std::string bytes = encode(two_records());
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_THROW((void)decode(std::string_view(bytes).substr(0, n)), core::RunError) << n;
  }
}

TEST(fit_record_serialization, refuses_another_format) {
  std::string bytes = encode({});
  EXPECT_TRUE(has_known_format(bytes));
  bytes[0] = 9;
  EXPECT_FALSE(has_known_format(bytes));
  EXPECT_FALSE(has_known_format(""));
  EXPECT_THROW((void)decode(bytes), core::RunError);
}

}  // namespace
}  // namespace gridmill::search
