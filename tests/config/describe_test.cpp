#include "config/describe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/sections.hpp"
#include "core/error.hpp"

namespace gridmill::config {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(describe, an_option_by_its_path_and_by_its_last_word) {
  EXPECT_THAT(describe("search.cv"), HasSubstr("takes:   whole number >= 2, or one of stratified, k_fold"));
  EXPECT_THAT(describe("search.cv"), HasSubstr("default: 5\n"));
  EXPECT_THAT(describe("search.cv"), HasSubstr("search.cv.repeats"));
  EXPECT_EQ(describe("cv"), describe("search.cv"));
  EXPECT_THAT(describe("data.source"), HasSubstr("it must be given"));
}

TEST(describe, a_model_with_all_its_hyperparameters) {
  const std::string text = describe("svc");
  EXPECT_THAT(text, HasSubstr("svc - model for classification"));
  EXPECT_THAT(text, HasSubstr("\nC\n"));
  EXPECT_THAT(text, HasSubstr("default: \"scale\""));
  EXPECT_THAT(text, HasSubstr("\n  n_support "));
}

TEST(describe, a_hyperparameter_and_a_metric) {
  EXPECT_THAT(describe("gamma"), HasSubstr("gamma of svc"));
  EXPECT_THAT(describe("impute"), StartsWith("impute of every model\n"));
  EXPECT_EQ(describe("impute").find("impute of", 1), std::string::npos);
  EXPECT_THAT(describe("nu_svr"), HasSubstr("\npreprocessing\n"));
  EXPECT_THAT(describe("f1_macro"), HasSubstr("f1_macro - metric for classification"));
  EXPECT_THAT(describe("metrics"), HasSubstr("r2"));
  EXPECT_THAT(describe("rmse"), HasSubstr("  also called rmse\n"));
}

TEST(describe, a_primitive_by_its_name_or_that_of_its_features) {
  const std::string text = describe("skew");
  EXPECT_THAT(text, HasSubstr("skew - aggregation\n"));
  EXPECT_THAT(text, HasSubstr("  takes:    (numeric)\n"));
  EXPECT_EQ(describe("SKEW"), text);
  EXPECT_THAT(describe("cum_sum"), HasSubstr("cum_sum - transform\n"));
  EXPECT_THAT(describe("primitives"), HasSubstr("* count "));
  EXPECT_THAT(describe("primitives"), HasSubstr("\n  cum_sum "));
  EXPECT_EQ(describe("aggregations").find("cum_sum"), std::string::npos);
}

TEST(describe, lists_the_topics_and_every_option_can_be_asked_for) {
  const std::string all = describe("");
  for (const DeclaredOption& option : all_options()) {
    EXPECT_THAT(all, HasSubstr(option.path()));
    EXPECT_THAT(describe(option.path()), HasSubstr(option.spec.meaning));
    EXPECT_FALSE(option.spec.meaning.empty()) << option.path();
  }
}

TEST(describe, lists_all_types_of_columns) {
  const std::string text = describe("types");
  for (const char* type : {"integer", "double", "boolean", "categorical", "datetime", "text", "latlong", "key",
                           "PostalCode", "NaturalLanguage", "AgeNullable"}) {
    EXPECT_THAT(text, HasSubstr(type));
  }
}

TEST(describe, hints_at_the_nearest_topic) {
  try {
    (void)describe("search.scorng");
    FAIL();
  } catch (const core::UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("unknown topic 'search.scorng'\n  did you mean 'search.scoring'?"));
  }
}

}  // namespace
}  // namespace gridmill::config
