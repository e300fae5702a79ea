// What a search says where its result would mean nothing, or something else than the user thinks.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child.hpp"
#include "files_test.hpp"
#include "io/hdf5/array_file.hpp"

namespace gridmill::cli {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class SearchWords : public FilesTest {
 protected:
  struct Words {
    std::string data = "target: y";
    std::string model = "svc";
    std::string search = "grid: {C: [1, 10]}, cv: 2";
  };

  [[nodiscard]] Outcome search(const std::string& csv, const Words& words) const {
    const std::string data = write("rows.csv", csv);
    const std::string config =
        write("search.yaml", "output: " + at("run") + "\ndata: {source: " + data + ", " + words.data +
                                 "}\nmodel: " + words.model + "\nsearch: {" + words.search + "}\n");
    return run_program(GRIDMILL_PROGRAM, {"search", config, "--ranks", "1"});
  }
  [[nodiscard]] Outcome again() const {
    return run_program(GRIDMILL_PROGRAM, {"search", at("search.yaml"), "--ranks", "1"});
  }

  /// `n` rows of a number and its class, the classes in blocks.
  static std::string blocks(const std::vector<std::string>& classes, int n_each, const std::string& more = "") {
    std::string csv = "a,y" + (more.empty() ? more : "," + more) + "\n";
    int row = 0;
    for (const std::string& label : classes) {
      for (int i = 0; i < n_each; ++i, ++row) {
        csv += std::to_string(row * 7 % 11) + "." + std::to_string(row % 3) + "," + label;
        csv += (more.empty() ? "" : "," + std::to_string(row % 2)) + "\n";
      }
    }
    return csv;
  }
};

TEST_F(SearchWords, what_libsvm_knows_of_a_fit_is_told_and_no_more) {
  const Outcome outcome =
      search(blocks({"0", "1"}, 12), {.model = "nu_svc", .search = "grid: {nu: [0.3, 0.6]}, cv: 2"});
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  const io::ArrayFile results = io::read_array_file(at("run/results.h5"));
  for (const char* name : {"fits/iterations", "fits/n_support"}) {
    const io::Array* array = results.find(name);
    ASSERT_NE(array, nullptr) << name;
    for (const std::int64_t value : std::get<std::vector<std::int64_t>>(array->values)) EXPECT_GT(value, 0) << name;
  }
  EXPECT_NE(results.find("fits/converged"), nullptr);
  for (const char* name : {"fits/gap", "fits/objective", "fits/n_bounded"}) EXPECT_EQ(results.find(name), nullptr);
}

TEST_F(SearchWords, a_search_without_any_score_is_no_success) {
  const Outcome first = search(blocks({"0", "1"}, 6), {.search = "grid: {C: [1, 10]}, cv: {kind: k_fold, folds: 2}, "
                                                                 "scoring: roc_auc"});
  EXPECT_EQ(first.code, 1);
  // Each fold trains on one class, so that no fit comes to a score.
  EXPECT_THAT(first.errors,
              AllOf(HasSubstr("all 4 fits failed; the first, of fold 0"),
                    HasSubstr("no candidate has a mean roc_auc to be chosen by: none is the best, and none "
                              "is fitted again")));
  fs::remove_all(at("run"));
  const Outcome nan =
      search(blocks({"0", "1", "0", "1"}, 4), {.search = "grid: {C: [1, 10]}, cv: {kind: k_fold, folds: 4}, "
                                                         "scoring: roc_auc"});
  EXPECT_EQ(nan.code, 1);
  EXPECT_THAT(nan.errors, AllOf(HasSubstr("so that no candidate has a mean of it"),
                                HasSubstr("the fold tests rows of class '0' only; deal each class to all folds"),
                                Not(HasSubstr("gridmill predict"))));
  EXPECT_THAT(read("run/summary.json"), AllOf(HasSubstr("\"best\": null"), HasSubstr("\"best_score\": null"),
                                              HasSubstr("no candidate has a mean")));
  EXPECT_FALSE(fs::exists(at("run/best")));
  const Outcome told = again();
  EXPECT_EQ(told.code, 1);
  EXPECT_THAT(told.errors, HasSubstr("no candidate has a mean"));
}

TEST_F(SearchWords, a_metric_without_values_that_does_not_choose_hinders_nothing) {
  const Outcome outcome =
      search(blocks({"0", "1", "0", "1"}, 4), {.search = "grid: {C: [1, 10]}, cv: {kind: k_fold, folds: 4}, scoring: "
                                                         "[accuracy, roc_auc], refit: accuracy"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.errors,
              AllOf(HasSubstr("so that no candidate has a mean of it"), Not(HasSubstr("none is fitted again"))));
  EXPECT_TRUE(fs::exists(at("run/best")));
}

TEST_F(SearchWords, a_number_for_failed_fits_does_not_make_a_result_of_them) {
  const Outcome outcome =
      search(blocks({"0", "1", "0", "1"}, 4),
             {.search = "grid: {C: [1, 10]}, cv: {kind: k_fold, folds: 4}, scoring: roc_auc, error_score: 0"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("so that no candidate has a mean of it"));
}

TEST_F(SearchWords, raise_ends_a_search_at_a_score_without_value) {
  const Outcome outcome =
      search(blocks({"0", "1", "0", "1"}, 4),
             {.search = "grid: {C: [1, 10]}, cv: {kind: k_fold, folds: 4}, scoring: roc_auc, error_score: raise"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.errors,
              testing::ContainsRegex("error: fold [0-3] of candidate [01] .C=10*.: roc_auc: only one class"));
}

TEST_F(SearchWords, a_metric_that_does_not_choose_is_warned_of) {
  const Outcome outcome =
      search(blocks({"0", "1", "0", "1"}, 4), {.search = "grid: {C: [1]}, cv: {kind: k_fold, folds: 4}, "
                                                         "scoring: [accuracy, roc_auc], refit: accuracy"});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.errors, HasSubstr("warning: roc_auc has no value in "));
}

TEST_F(SearchWords, folds_that_would_be_empty_are_refused) {
  for (const char* kind : {"group", "stratified_group"}) {
    const Outcome outcome = search(
        blocks({"0", "1", "0", "1"}, 5, "g"),
        {.data = "target: y, group: g", .search = std::string("grid: {C: [1]}, cv: {kind: ") + kind + ", folds: 5}"});
    EXPECT_EQ(outcome.code, 2) << outcome.errors;
    EXPECT_THAT(outcome.errors, HasSubstr("cannot make 5 folds of 2 groups"));
  }
}

TEST_F(SearchWords, a_quantity_is_no_class) {
  const Outcome outcome = search("a,price\n1,10\n2,20.5\n3,10\n4,20.5\n", {.data = "target: price"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.errors, AllOf(HasSubstr("rows.csv:3: target 'price' is 20.5 here, a quantity and no class"),
                                    HasSubstr("model: svr")));
  EXPECT_FALSE(fs::exists(at("run")));
  // Whole numbers are classes, also with a point; so is what is said to be one.
  EXPECT_EQ(search("a,y\n1,1.0\n2,2.0\n3,1.0\n4,2.0\n", {}).code, 0);
  fs::remove_all(at("run"));
  EXPECT_EQ(search("a,y\n1,1.5\n2,2.5\n3,1.5\n4,2.5\n", {.data = "target: y, types: {y: categorical}"}).code, 0);
}

TEST_F(SearchWords, a_class_for_each_row_hints_at_a_regression) {
  const Outcome outcome = search("a,y\n1,11\n2,12\n3,13\n4,14\n", {});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("each row is a class of its own: to predict quantities take svr"));
  const Outcome many = search("a,y\n1,11\n2,12\n3,13\n4,11\n5,14\n", {});
  EXPECT_THAT(many.errors, HasSubstr("'y' has 4 classes in 5 rows: if it is a quantity, search with model: svr"));
}

TEST_F(SearchWords, held_out_rows_without_a_score_are_warned_of) {
  const std::string test = write("test.csv", "a,y\n1,0\n2,0\n");
  const Outcome outcome = search(
      blocks({"0", "1"}, 6), {.data = "target: y, test: " + test, .search = "grid: {C: [1]}, cv: 2, scoring: roc_auc"});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.errors, HasSubstr("warning: roc_auc has no value on the held-out rows: "));
}

TEST_F(SearchWords, hints_for_several_classes_name_metrics_that_exist) {
  const std::string csv = blocks({"0", "1", "2"}, 4);
  const auto hint = [&](const std::string& metric) {
    const Outcome outcome = search(csv, {.search = "grid: {C: [1]}, cv: 2, scoring: " + metric});
    EXPECT_EQ(outcome.code, 2) << metric;
    return outcome.errors;
  };
  EXPECT_THAT(hint("roc_auc"), HasSubstr("there are roc_auc_ovo, roc_auc_ovo_weighted, roc_auc_ovr"));
  EXPECT_THAT(hint("f1"), HasSubstr("there are f1_macro, f1_micro, f1_weighted"));
  EXPECT_THAT(hint("average_precision"), HasSubstr("there are roc_auc_ovr, f1_macro"));
  EXPECT_THAT(hint("neg_brier_score"), HasSubstr("there are neg_log_loss"));
}

TEST_F(SearchWords, integers_beyond_2_to_the_53_are_labels_of_their_own) {
  const Outcome outcome = search(blocks({"7", "9007199254740992", "9007199254740993"}, 4), {});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(read("run/best/pipeline.json"),
              AllOf(HasSubstr("\"9007199254740992\""), HasSubstr("\"9007199254740993\"")));
  const Outcome predicted = run_program(GRIDMILL_PROGRAM, {"predict", at("run"), at("rows.csv"), "--keep", "y", "-q"});
  EXPECT_EQ(predicted.code, 0);
  EXPECT_THAT(predicted.out, HasSubstr("9007199254740993,"));
  EXPECT_THAT(predicted.errors, Not(HasSubstr("no report")));
}

TEST_F(SearchWords, integers_beyond_2_to_the_53_are_groups_of_their_own) {
  std::string csv = "a,y,g\n";
  for (int i = 0; i < 24; ++i) {
    csv += std::to_string(i * 7 % 11) + "," + std::to_string(i % 2) + "," + std::to_string(9007199254740992 + i / 4) +
           "\n";
  }
  // Six groups of four rows: with doubles there are three, of which no four folds can be made.
  const Outcome outcome =
      search(csv, {.data = "target: y, group: g", .search = "grid: {C: [1]}, cv: {kind: group, folds: 6}"});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(read("run/cv_results.csv"), HasSubstr("split5_test_score"));
}

TEST_F(SearchWords, features_that_doubles_round_are_warned_of) {
  std::string csv = "id,a,y\n";
  for (int row = 0; row < 12; ++row) {
    csv += "90071992547410" + std::to_string(10 + row) + "," + std::to_string(row % 5) + "," + std::to_string(row % 2) +
           "\n";
  }
  EXPECT_THAT(search(csv, {}).errors,
              HasSubstr("rows.csv: 12 whole numbers in column 'id' are beyond 2^53 and are rounded to doubles; if they "
                        "are ids, leave the column out with data.ignore"));
  fs::remove_all(at("run"));
  EXPECT_THAT(search(csv, {.data = "target: y, features: [a]"}).errors, Not(HasSubstr("2^53")));
}

TEST_F(SearchWords, options_that_say_nothing_of_such_a_file_are_told) {
  const std::string csv = blocks({"0", "1"}, 6);
  EXPECT_THAT(search(csv, {.data = "target: y, first_index: 0, table: rows"}).errors,
              AllOf(HasSubstr("rows.csv: data.first_index has no effect: it is CSV"),
                    HasSubstr("rows.csv: data.table has no effect: it is CSV")));
  fs::remove_all(at("run"));
  EXPECT_THAT(search(csv, {}).errors, Not(HasSubstr("has no effect")));
}

TEST_F(SearchWords, what_others_call_a_metric_is_known) {
  const std::string csv = blocks({"0", "1"}, 6);
  const auto hint_for = [&](const std::string& word) {
    return search(csv, {.search = "grid: {C: [1]}, cv: 2, scoring: " + word}).errors;
  };
  EXPECT_THAT(hint_for("roc_auc_macro"), HasSubstr("did you mean 'roc_auc_ovr'?"));
  EXPECT_THAT(hint_for("F-measure"), HasSubstr("did you mean 'f1'?"));
}

TEST_F(SearchWords, a_list_of_one_metric_names_the_columns) {
  const std::string csv = blocks({"0", "1"}, 4);
  ASSERT_EQ(search(csv, {.search = "grid: {C: [1]}, cv: 2, scoring: [accuracy], train_scores: true"}).code, 0);
  EXPECT_THAT(read("run/cv_results.csv"),
              HasSubstr("split0_test_accuracy,split1_test_accuracy,mean_test_accuracy,std_test_accuracy,"
                        "rank_test_accuracy,split0_train_accuracy"));
  EXPECT_EQ(again().code, 0);
  const Outcome other = search(csv, {.search = "grid: {C: [1]}, cv: 2, scoring: accuracy, train_scores: true"});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.errors, HasSubstr("search.scoring: [\"accuracy\"] -> \"accuracy\""));
}

TEST_F(SearchWords, all_classes_that_a_fold_cannot_learn_are_named) {
  const Outcome outcome = search(blocks({"a", "b", "c", "d"}, 6),
                                 {.search = "grid: {C: [1]}, cv: {kind: k_fold, folds: 2}, scoring: accuracy"});
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(
      outcome.errors,
      HasSubstr("classes 'a', 'b' have no row to learn from in fold 0, where their probability is 0; so it is, of "
                "this or another class, in 2 folds"));
}

// As scikit-learn, which sets it after the others.
TEST_F(SearchWords, the_hyperparameter_that_is_rationed_stands_last) {
  const Outcome outcome = search(
      blocks({"a", "b"}, 12),
      {.model = "xgb_classifier",
       .search = "grid: {subsample: [0.5, 0.8, 1], reg_lambda: [1]}, cv: 2, scoring: accuracy, halving: {resource: "
                 "n_estimators, min_resources: 2, max_resources: 6}"});
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(read("run/cv_results.csv"),
              AllOf(HasSubstr("param_reg_lambda,param_subsample,param_n_estimators,params,"),
                    HasSubstr("{'reg_lambda': 1, 'subsample': 0.5, 'n_estimators': 2}")));
}

TEST_F(SearchWords, paths_begin_at_home_and_are_no_addresses_of_other_kinds) {
  const std::string home = at("");
  setenv("HOME", home.c_str(), 1);
  const std::string csv = blocks({"0", "1"}, 4);
  ASSERT_EQ(search(csv, {}).code, 0);
  const auto gridmill = [](const std::vector<std::string>& words) { return run_program(GRIDMILL_PROGRAM, words); };
  EXPECT_EQ(gridmill({"predict", "~/run", "~/rows.csv", "--output=~/p.csv", "-q"}).code, 0);
  EXPECT_TRUE(fs::exists(at("p.csv")));
  EXPECT_EQ(gridmill({"search", "~/search.yaml", "--output=~/second", "--ranks", "1", "-q"}).code, 0);
  EXPECT_TRUE(fs::exists(at("second/summary.json")));
  EXPECT_FALSE(fs::exists("~"));
  for (const std::string command : {"search", "features", "import"}) {
    const Outcome outcome = gridmill({command, at("search.yaml"), "-o", "gs://bucket/run", "-q"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.errors,
                HasSubstr("error: 'gs://bucket/run' is an address of a kind that gridmill does not know\n"
                          "  known are s3://BUCKET/KEY"));
  }
  EXPECT_FALSE(fs::exists("gs:"));
}

TEST_F(SearchWords, keys_of_class_weights_are_numbers_to_python) {
  const Outcome outcome =
      search(blocks({"-1", "1"}, 4), {.search = "grid: {class_weight: [{-1: 1, +1: 2}, {1.0: 3}]}, cv: 2"});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  const std::string csv = read("run/cv_results.csv");
  EXPECT_THAT(csv, HasSubstr("{'class_weight': {1.0: 3}}"));
  fs::remove_all(at("run"));
  EXPECT_EQ(search(blocks({"no", "yes"}, 4), {.search = "grid: {class_weight: [{no: 1, yes: 2}]}, cv: 2"}).code, 0);
  EXPECT_THAT(read("run/cv_results.csv"), HasSubstr("{'class_weight': {'no': 1, 'yes': 2}}"));
}

TEST_F(SearchWords, early_stopping_says_what_it_cannot_watch) {
  const auto stopped = [&](const std::vector<std::string>& classes, const std::string& booster,
                           const std::string& metric) {
    fs::remove_all(at("run"));
    return search(blocks(classes, 6), {.model = "xgb_classifier",
                                       .search = "grid: {n_estimators: [3], booster: [" + booster +
                                                 "]}, cv: 2, early_stopping: {rounds: 2, metric: " + metric + "}"});
  };
  const Outcome two = stopped({"a", "b", "c"}, "gbtree", "logloss");
  EXPECT_EQ(two.code, 2);
  EXPECT_THAT(two.errors, HasSubstr("of two classes; 'y' has 3 classes\n  take one of auc, mlogloss, merror"));
  EXPECT_EQ(stopped({"a", "b"}, "gbtree", "mlogloss").code, 2);
  const Outcome dart = stopped({"a", "b"}, "gbtree, dart", "logloss");
  EXPECT_EQ(dart.code, 0) << dart.errors;
  EXPECT_THAT(dart.errors, HasSubstr("warning: 1 of 2 candidates cannot be watched"));
  EXPECT_THAT(stopped({"a", "b"}, "gbtree", "logloss").errors, testing::Not(HasSubstr("cannot be watched")));
}

}  // namespace
}  // namespace gridmill::cli
