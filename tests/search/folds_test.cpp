#include "search/folds.hpp"

#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/golden_case.hpp"

namespace gridmill::search {
namespace {

using testing::HasSubstr;

FoldOptions options_of(const std::string& name, const GoldenCase& c) {
  static const std::map<std::string, FoldOptions> kKinds{
      {"stratified", {.kind = FoldKind::stratified}},
      {"stratified_shuffled", {.kind = FoldKind::stratified, .shuffle = true}},
      {"stratified_repeated", {.kind = FoldKind::stratified, .n_repeats = 3}},
      {"k_fold", {.kind = FoldKind::k_fold}},
      {"k_fold_shuffled", {.kind = FoldKind::k_fold, .shuffle = true}},
      {"k_fold_repeated", {.kind = FoldKind::k_fold, .n_repeats = 3}},
      {"group", {.kind = FoldKind::group}},
      {"stratified_group", {.kind = FoldKind::stratified_group}},
      {"stratified_group_shuffled", {.kind = FoldKind::stratified_group, .shuffle = true}},
      {"time_series", {.kind = FoldKind::time_series}},
      {"predefined", {.kind = FoldKind::predefined}},
      {"leave_one_out", {.kind = FoldKind::leave_one_out}}};
  FoldOptions options = kKinds.at(name);
  options.n_folds = static_cast<std::size_t>(c.k);
  options.seed = c.seed;
  options.gap = static_cast<std::size_t>(c.gap);
  options.test_size = static_cast<std::size_t>(c.test_size);
  options.max_train_size = static_cast<std::size_t>(c.max_train_size);
  return options;
}

std::string digest_of(const core::Dataset& data, const FoldOptions& options, std::size_t* n_warnings) {
  try {
    const Folds folds = make_folds(data, options);
    *n_warnings = folds.warnings.size();
    Digest digest;
    for (const Fold& fold : folds.folds) digest.add(fold);
    return digest.text();
  } catch (const core::UserError&) {
    *n_warnings = 0;
    return "error";
  }
}

TEST(make_folds, equals_scikit_learn_on_two_thousand_cases) {
  const auto lines = golden_lines("folds.csv");
  ASSERT_EQ(lines.size(), 2005U);
  for (const auto& line : lines) {
    const GoldenCase c(static_cast<std::uint32_t>(std::stoul(line[1])));
    std::size_t n_warnings = 0;
    EXPECT_EQ(digest_of(c.data(), options_of(line[0], c), &n_warnings), line[3]) << line[0] << " " << line[1];
    EXPECT_EQ(std::to_string(n_warnings), line[2]) << line[0] << " " << line[1];
  }
}

TEST(make_folds, partitions_the_samples) {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    const GoldenCase c(seed);
    for (const char* name : {"k_fold", "k_fold_shuffled", "stratified_shuffled", "stratified_group"}) {
      std::vector<Fold> folds;
      try {
        folds = make_folds(c.data(), options_of(name, c)).folds;
      } catch (const core::UserError&) {
        continue;  // too few of every class
      }
      std::multiset<core::Index> tested;
      for (const Fold& fold : folds) {
        tested.insert(fold.test.begin(), fold.test.end());
        std::vector<core::Index> both;
        std::merge(fold.train.begin(), fold.train.end(), fold.test.begin(), fold.test.end(), std::back_inserter(both));
        ASSERT_EQ(both.size(), c.y.size());
        ASSERT_EQ(std::adjacent_find(both.begin(), both.end(), std::greater_equal<>()), both.end());
      }
      EXPECT_EQ(tested.size(), c.y.size());
      EXPECT_EQ(std::set<core::Index>(tested.begin(), tested.end()).size(), c.y.size());
    }
  }
}

/// Classes 'a', 'b', ... by code.
core::Dataset labelled(const std::vector<double>& codes) {
  core::Dataset data;
  data.x = core::MatrixView(codes.data(), 1, codes.size());
  data.y = codes;
  data.classes = {"a", "b", "c"};
  return data;
}

std::string error_of(const core::Dataset& data, const FoldOptions& options) {
  try {
    (void)make_folds(data, options);
  } catch (const core::UserError& error) {
    return error.what();
  }
  return "no error";
}

// Written out by StratifiedKFold(2).split of the same labels.
TEST(make_folds, keeps_the_share_of_each_class_in_data_order) {
  const std::vector<double> y{1, 0, 0, 1, 1, 0, 2, 2, 0};
  const Folds folds = make_folds(labelled(y), {.n_folds = 2});
  ASSERT_EQ(folds.folds.size(), 2U);
  EXPECT_EQ(folds.folds[0].test, (std::vector<core::Index>{0, 1, 2, 3, 6}));
  EXPECT_EQ(folds.folds[1].test, (std::vector<core::Index>{4, 5, 7, 8}));
  EXPECT_EQ(folds.folds[0].train, folds.folds[1].test);
}

TEST(make_folds, warns_of_a_class_smaller_than_the_number_of_folds) {
  const std::vector<double> y{0, 0, 0, 1, 0, 1, 0};
  EXPECT_THAT(make_folds(labelled(y), {.n_folds = 3}).warnings,
              testing::ElementsAre(
                  "the smallest class ('b') has 2 samples, fewer than the 3 folds: some folds test none of it"));
}

TEST(make_folds, refuses_more_folds_than_every_class_has_samples) {
  const std::vector<double> y{0, 0, 0, 2, 2};
  EXPECT_THAT(error_of(labelled(y), {.n_folds = 4}),
              HasSubstr("cannot make 4 stratified folds: every class has fewer samples than that, the largest ('a') "
                        "has 3"));
}

TEST(make_folds, refuses_what_cannot_be_split_in_words) {
  const std::vector<double> y{0, 0, 1, 1};
  core::Dataset data = labelled(y);
  EXPECT_EQ(error_of(data, {.n_folds = 5}), "cannot make 5 folds of 4 samples");
  EXPECT_EQ(error_of(data, {.n_folds = 1}), "at least 2 folds are needed, not 1");
  EXPECT_THAT(error_of(data, {.kind = FoldKind::group, .n_folds = 2}), HasSubstr("group folds need a group column"));
  const std::vector<double> more_y{0, 0, 0, 1, 1, 1};
  const std::vector<std::int64_t> groups{0, 0, 0, 1, 1, 1};
  core::Dataset grouped = labelled(more_y);
  grouped.group = groups;
  for (const FoldKind kind : {FoldKind::group, FoldKind::stratified_group}) {
    EXPECT_THAT(error_of(grouped, {.kind = kind, .n_folds = 3}), HasSubstr("cannot make 3 folds of 2 groups"));
    EXPECT_EQ(error_of(grouped, {.kind = kind, .n_folds = 2}), "no error");
  }
  EXPECT_THAT(error_of(data, {.kind = FoldKind::predefined}), HasSubstr("need a column"));
  EXPECT_THAT(error_of(data, {.kind = FoldKind::time_series, .n_folds = 4}), HasSubstr("they need 5"));
  EXPECT_THAT(error_of(data, {.kind = FoldKind::time_series, .n_folds = 2, .gap = 2}),
              HasSubstr("leave nothing to train on of 4 samples"));
  EXPECT_THAT(error_of(data, {.kind = FoldKind::group, .shuffle = true}), HasSubstr("never shuffled"));
  EXPECT_THAT(error_of(data, {.kind = FoldKind::time_series, .n_repeats = 2}), HasSubstr("can be repeated"));

  const std::vector<std::int64_t> group{7, 7, 9, 9};
  data.group = group;
  EXPECT_THAT(error_of(data, {.kind = FoldKind::group, .n_folds = 3}), HasSubstr("cannot make 3 folds of 2 groups"));
  const std::vector<std::int64_t> everything{0, 0, 0, 0};
  data.test_fold = everything;
  EXPECT_THAT(error_of(data, {.kind = FoldKind::predefined}), HasSubstr("test fold 0 holds all samples"));
  data.task = core::Task::regression;
  EXPECT_THAT(error_of(data, {.n_folds = 2}), HasSubstr("the target is a number"));
}

TEST(split_holdout, equals_train_test_split_on_six_hundred_cases) {
  const auto lines = golden_lines("holdout.csv");
  ASSERT_EQ(lines.size(), 600U);
  for (const auto& line : lines) {
    const GoldenCase c(static_cast<std::uint32_t>(std::stoul(line[1])));
    const auto task = line[0] == "regression" ? core::Task::regression : core::Task::classification;
    Digest digest;
    std::string text;
    try {
      digest.add(split_holdout(c.data(task), c.fraction, c.seed));
      text = digest.text();
    } catch (const core::UserError&) {
      text = "error";
    }
    EXPECT_EQ(text, line[2]) << line[0] << " " << line[1];
  }
}

TEST(split_holdout, refuses_a_class_of_one_sample_by_name) {
  const std::vector<double> y{0, 0, 0, 1, 2, 2};
  try {
    (void)split_holdout(labelled(y), 0.5, 0);
    FAIL();
  } catch (const core::UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("class 'b' has only 1 sample"));
  }
}

TEST(split_holdout, refuses_a_fraction_outside_of_zero_and_one) {
  const std::vector<double> y{0, 0, 1, 1};
  EXPECT_THROW((void)split_holdout(labelled(y), 0, 0), core::UserError);
  EXPECT_THROW((void)split_holdout(labelled(y), 1, 0), core::UserError);
}

}  // namespace
}  // namespace gridmill::search
