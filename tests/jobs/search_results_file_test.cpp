#include "jobs/search/search_results_file.hpp"

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "io/hdf5/array_file.hpp"
#include "search/fakes.hpp"

namespace gridmill::jobs {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Tells what no support vector machine does.
class Forest final : public search::FakeFamily {
 public:
  [[nodiscard]] std::span<const models::Detail> details() const override {
    using Kind = models::Detail::Kind;
    static constexpr models::Detail kDetails[] = {{"n_trees", Kind::integer, "Trees that were grown."},
                                                  {"oob_error", Kind::real, "Error out of bag."},
                                                  {"pruned", Kind::boolean, "Whether any was pruned."}};
    return kDetails;
  }
};

/// Writes the results of one candidate on three folds, the last of which failed, and reads them back.
io::ArrayFile written(const models::Family& family) {
  search::FakeAccuracy accuracy;
  search::SearchPlan plan;
  plan.families = {&family};
  plan.candidates = {{}};
  plan.folds.resize(3);
  plan.rounds = {{.n_candidates = 1, .n_folds = 3}};
  plan.scorers = {&accuracy};
  std::vector<search::FitRecord> records;
  for (std::size_t fold = 0; fold < 3; ++fold) records.push_back({.fold = fold, .test_scores = {0.5}});
  records[0].details = {9007199254740992, 0.25, 1};
  records[1].details = {kNan, kNan, kNan};  // a fit that has none of them
  records[2].status = models::FitStatus::failed;
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "search_results_file_test.h5";
  write_results_file(path, plan, {}, {}, records, std::nullopt, std::nullopt, {}, {}, std::nullopt, {}, std::nullopt, "");
  io::ArrayFile file = io::read_array_file(path);
  std::filesystem::remove(path);
  return file;
}

TEST(search_results_file, holds_the_details_that_the_family_declares) {
  const io::ArrayFile file = written(Forest());
  EXPECT_EQ(file.find("fits/iterations"), nullptr);
  const io::Array* trees = file.find("fits/n_trees");
  ASSERT_NE(trees, nullptr);
  EXPECT_EQ(trees->shape, (std::vector<std::size_t>{1, 3}));
  EXPECT_EQ(std::get<std::vector<std::int64_t>>(trees->values), (std::vector<std::int64_t>{9007199254740992, 0, 0}));
  const auto errors = std::get<std::vector<double>>(file.find("fits/oob_error")->values);
  EXPECT_EQ(errors.at(0), 0.25);
  EXPECT_TRUE(std::isnan(errors.at(1)));
  EXPECT_TRUE(std::isnan(errors.at(2)));
  EXPECT_EQ(std::get<std::vector<std::uint8_t>>(file.find("fits/pruned")->values),
            (std::vector<std::uint8_t>{1, 0, 0}));
}

TEST(search_results_file, holds_no_details_of_a_family_that_declares_none) {
  class Silent final : public search::FakeFamily {
   public:
    [[nodiscard]] std::span<const models::Detail> details() const override { return {}; }
  };
  std::size_t n_fields = 0;
  for (const auto& [path, array] : written(Silent()).arrays) n_fields += path.starts_with("fits/") ? 1U : 0U;
  EXPECT_EQ(n_fields, 2U);  // status, message
}

}  // namespace
}  // namespace gridmill::jobs
