// gridmill run: from tables to predictions with one config, as a user does it.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child.hpp"
#include "files_test.hpp"

namespace gridmill::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class WholeRun : public FilesTest {
 protected:
  WholeRun() {
    std::string customers = "id,region,joined\n";
    for (int i = 0; i < 12; ++i) customers += fmt::format("{},{},2020-01-{:02}\n", i, i % 3, i + 1);
    (void)write("customers.csv", customers);
    (void)write("orders.csv", orders(0, 90));
    (void)write("new.csv", orders(90, 120));
  }

  /// Orders are late where their total and their customer's region are great.
  static std::string orders(int first, int last) {
    std::string text = "id,customer,at,total,late\n";
    for (int i = first; i < last; ++i) {
      const int total = (i * 37) % 101;
      const int region = i % 12 % 3;
      text += fmt::format("{},{},2021-{:02}-{:02},{},{}\n", i, i % 12, i % 12 + 1, i % 28 + 1, total,
                          total + 30 * region > 70 ? "yes" : "no");
    }
    return text;
  }

  [[nodiscard]] std::string config(const std::string& more = {}) const {
    return write(
        "c.yaml",
        "output: " + at("run") + "\nimport:\n  store: " + at("s.h5") +
            "\n  tables:\n    customers: {source: customers.csv, index: id, time_index: joined}\n"
            "    orders: {source: orders.csv, index: id, time_index: at}\n"
            "  relationships: [orders.customer -> customers.id]\n"
            "features: {target: orders, label: late, aggregations: [mean], transforms: [month], encode: true}\n"
            "model: {name: logistic, preprocessing: standardize}\n"
            "search: {grid: {C: [0.1, 1]}, cv: 3}\n" +
            more);
  }

  [[nodiscard]] static Outcome gridmill(const std::vector<std::string>& words) {
    return run_program(GRIDMILL_PROGRAM, words);
  }
};

const std::string kPredict = "predict: {tables: {orders: new.csv}, keep: [id], probability: true}\n";

TEST_F(WholeRun, goes_from_tables_to_predictions_and_is_not_done_twice) {
  const std::string file = config(kPredict);
  const Outcome first = gridmill({"run", file, "--ranks", "1"});
  ASSERT_EQ(first.code, 0) << first.errors;
  const std::string predicted = read("run/predicted.csv");
  EXPECT_EQ(std::count(predicted.begin(), predicted.end(), '\n'), 31) << predicted;
  EXPECT_THAT(predicted, HasSubstr("id"));
  EXPECT_FALSE(std::filesystem::exists(at("run/predicted.csv.work")));
  const std::string table = read("run/cv_results.csv");
  const Outcome again = gridmill({"run", file, "--ranks", "2"});
  ASSERT_EQ(again.code, 0) << again.errors;
  EXPECT_THAT(again.errors, HasSubstr("predicted.csv holds the predictions of these rows by this model"));
  EXPECT_EQ(read("run/cv_results.csv"), table);
  EXPECT_EQ(read("run/predicted.csv"), predicted);

  // Other rows: what has changed is done again, the rest is not.
  (void)write("new.csv", orders(90, 100));
  ASSERT_EQ(gridmill({"run", file, "--ranks", "1"}).code, 0);
  const std::string fewer = read("run/predicted.csv");
  EXPECT_EQ(std::count(fewer.begin(), fewer.end(), '\n'), 11);
}

TEST_F(WholeRun, predicts_the_rows_it_has_learnt_from_as_their_features_are_predicted) {
  const Outcome run = gridmill({"run", config(), "--ranks", "2"});
  ASSERT_EQ(run.code, 0) << run.errors;
  const Outcome of_tables =
      gridmill({"predict", at("run"), "--table", "orders=" + at("orders.csv"), "-o", at("of_tables.csv"), "-n", "2"});
  ASSERT_EQ(of_tables.code, 0) << of_tables.errors;
  const Outcome of_features =
      gridmill({"predict", at("run"), at("run/features/features.h5"), "--keep", "id", "-o", at("of_features.csv")});
  ASSERT_EQ(of_features.code, 0) << of_features.errors;
  const std::string of_all = read("of_tables.csv");
  EXPECT_THAT(of_all, testing::StartsWith("id,prediction\n"));
  EXPECT_EQ(of_all, read("of_features.csv"));
  EXPECT_THAT(of_tables.out, HasSubstr("accuracy"));

  const Outcome unknown = gridmill({"predict", at("run"), "--table", "order=x.csv", "-o", at("no.csv"), "-n", "1"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.errors, HasSubstr("the run imports no table 'order'"));
  EXPECT_THAT(unknown.errors, HasSubstr("'orders'"));
  const Outcome nowhere = gridmill({"predict", at("run"), "--table", "orders=" + at("orders.csv"), "-n", "1"});
  EXPECT_EQ(nowhere.code, 2);
  EXPECT_THAT(nowhere.errors, HasSubstr("--table needs --output"));

  // The config of the run says how new tables are read: what has changed it is not believed.
  std::string changed = read("run/run.yaml");
  changed.replace(changed.find("orders"), 6, "ordert");
  (void)write("run/run.yaml", changed);
  const Outcome damaged =
      gridmill({"predict", at("run"), "--table", "orders=" + at("orders.csv"), "-o", at("no.csv"), "-n", "1"});
  EXPECT_EQ(damaged.code, 2);
  EXPECT_THAT(damaged.errors, HasSubstr("run.yaml: has changed since gridmill wrote it"));
}

TEST_F(WholeRun, stops_where_it_is_told_to_and_says_how_to_go_on_where_it_fails) {
  const Outcome until = gridmill({"run", config(), "--until", "features", "--ranks", "1"});
  ASSERT_EQ(until.code, 0) << until.errors;
  EXPECT_TRUE(std::filesystem::exists(at("run/features/features.h5")));
  EXPECT_FALSE(std::filesystem::exists(at("run/cv_results.csv")));
  const Outcome no_stage = gridmill({"run", config(), "--until", "predict", "--ranks", "1"});
  EXPECT_EQ(no_stage.code, 2);
  EXPECT_THAT(no_stage.errors, HasSubstr("has no such stage"));

  std::filesystem::remove(at("new.csv"));
  const Outcome failed = gridmill({"run", config(kPredict), "--ranks", "1"});
  EXPECT_EQ(failed.code, 2);
  EXPECT_THAT(failed.errors, HasSubstr("new.csv"));
  EXPECT_THAT(failed.errors,
              HasSubstr("the run ended in 'predict'; 'gridmill run " + at("c.yaml") + "' goes on there"));
  EXPECT_TRUE(std::filesystem::exists(at("run/cv_results.csv")));

  const Outcome table = gridmill({"run", config("predict: {tables: {order: new.csv}}\n"), "--ranks", "1"});
  EXPECT_EQ(table.code, 2);
  EXPECT_THAT(table.errors, HasSubstr("c.yaml:11:20: predict.tables.order: the import has no such table"));
  const Outcome neither = gridmill({"validate", config("predict: {keep: [id]}\n")});
  EXPECT_THAT(neither.errors, HasSubstr("predict: must name either a 'source' of rows or 'tables'"));
}

TEST_F(WholeRun, predicts_the_rows_without_a_label_that_it_has_not_learnt_from) {
  std::string rows = "id,x,y\n";
  for (int i = 0; i < 60; ++i)
    rows += fmt::format("{},{},{}\n", i, i * 7 % 31, i % 6 == 5 ? "" : std::to_string(i * 7 % 31 > 15));
  (void)write("rows.csv", rows);
  const std::string file =
      write("u.yaml", "output: " + at("run") +
                          "\ndata: {source: rows.csv, target: y, ignore: [id]}\nmodel: logistic\n"
                          "search: {grid: {C: [1]}, cv: 3}\npredict: {rows: unlabelled, keep: [id]}\n");
  const Outcome run = gridmill({"run", file, "--ranks", "1"});
  ASSERT_EQ(run.code, 0) << run.errors;
  EXPECT_THAT(run.errors, HasSubstr("50 rows"));
  const std::string predicted = read("run/predicted.csv");
  EXPECT_EQ(predicted.substr(0, predicted.find('\n', 14)),
            "id,prediction\n5," + std::string(5 * 7 % 31 > 15 ? "1" : "0"));
  EXPECT_EQ(std::count(predicted.begin(), predicted.end(), '\n'), 11) << predicted;
  const Outcome flag = gridmill({"predict", at("run"), at("rows.csv"), "--unlabelled", "--keep", "id"});
  EXPECT_EQ(flag.out, predicted);

  // Each rank predicts some of the rows; where one is wrong, the first is told.
  std::string many = "id,x,y\n";
  for (int i = 0; i < 40000; ++i)
    many += fmt::format("{},{},{}\n", i, i * 7 % 31, i % 5 == 0 ? "" : i % 3 > 0 ? "1" : "0");
  (void)write("many.csv", many);
  const Outcome alone = gridmill({"predict", at("run"), at("many.csv"), "--keep", "id", "-o", at("alone.csv")});
  ASSERT_EQ(alone.code, 0) << alone.errors;
  EXPECT_THAT(alone.out, HasSubstr("On the 32000 rows of"));
  const auto of_ranks = [&](const std::string& n) {
    return gridmill({"predict", at("run"), at("many.csv"), "--keep", "id", "-o", at(n + ".csv"), "--ranks", n});
  };
  for (const char* const n : {"2", "4"}) {
    EXPECT_EQ(of_ranks(n).out.substr(0, alone.out.find("alone.csv")), alone.out.substr(0, alone.out.find("alone.csv")));
    EXPECT_EQ(read(n + std::string(".csv")), read("alone.csv"));
  }
  many.replace(many.find("\n30000,"), 9, "\n30000,,");
  many.replace(many.find("\n20000,"), 9, "\n20000,,");
  (void)write("many.csv", many);
  EXPECT_EQ(of_ranks("3").code, 2);
  EXPECT_THAT(of_ranks("3").errors, HasSubstr("many.csv:20002"));
}

TEST_F(WholeRun, scores_new_rows_whose_label_has_come_true_by_now) {
  std::string customers = "id,region,seen\n";
  std::string orders = "id,customer,at,total\n";
  const auto add = [&](int id, int month, bool comes_again) {
    customers += fmt::format("{},{},2021-{:02}-15\n", id, id % 3, month);
    orders += fmt::format("{},{},2021-{:02}-10,{}\n", 10 * id, id, month, comes_again ? 90 : 10);
    if (comes_again) orders += fmt::format("{},{},2021-{:02}-05,20\n", 10 * id + 1, id, month + 1);
  };
  for (int i = 0; i < 48; ++i) add(i, i % 8 + 1, i % 2 == 0);
  (void)write("people.csv", customers);
  (void)write("buys.csv", orders);
  const std::string file =
      write("churn.yaml",
            "output: " + at("run") + "\nimport:\n  store: " + at("s.h5") +
                "\n  tables:\n    people: {source: people.csv, index: id}\n"
                "    buys: {source: buys.csv, index: id, time_index: at}\n"
                "  relationships: [buys.customer -> people.id]\n"
                "features: {target: people, label: {churned: [COUNT(buys, Next 30 days), \"=\", 0]}, cutoff_time: "
                "{column: seen}, aggregations: [mean], transforms: []}\n"
                "model: {name: logistic, preprocessing: standardize, impute: mean}\nsearch: {grid: {C: [1]}, cv: 3}\n");
  const Outcome run = gridmill({"run", file, "--ranks", "1"});
  ASSERT_EQ(run.code, 0) << run.errors;

  // Of those seen in the last month nobody knows yet whether they come again.
  customers = "id,region,seen\n";
  orders = "id,customer,at,total\n";
  for (int i = 0; i < 9; ++i) add(i, i < 6 ? 3 : 5, i % 2 == 0);
  (void)write("people2.csv", customers);
  (void)write("buys2.csv", orders + "999,0,2021-05-20,1\n");
  const auto predict = [&](const std::string& n) {
    return gridmill({"predict", at("run"), "--table", "people=" + at("people2.csv"), "--table",
                     "buys=" + at("buys2.csv"), "-o", at("p" + n + ".csv"), "-n", n});
  };
  const Outcome scored = predict("1");
  ASSERT_EQ(scored.code, 0) << scored.errors;
  EXPECT_THAT(scored.out, HasSubstr("On the 6 rows of"));
  EXPECT_THAT(scored.errors, HasSubstr("'churned' is missing in 3 of 9 rows: their windows end after 2021-06-05"));
  const std::string predicted = read("p1.csv");
  EXPECT_EQ(std::count(predicted.begin(), predicted.end(), '\n'), 10) << predicted;
  EXPECT_EQ(predict("2").code, 0);
  EXPECT_EQ(read("p2.csv"), predicted);

  // Where nothing has come true yet, nothing is scored, and nothing said.
  (void)write("buys2.csv", "id,customer,at,total\n1,0,2021-03-10,90\n2,8,2021-05-10,10\n");
  (void)write("people2.csv", "id,region,seen\n0,1,2021-05-15\n8,2,2021-05-16\n");
  const Outcome unknown = predict("3");
  ASSERT_EQ(unknown.code, 0) << unknown.errors;
  EXPECT_THAT(unknown.out + unknown.errors, testing::AllOf(Not(HasSubstr("On the")), Not(HasSubstr("churned"))));
}

TEST_F(WholeRun, replaces_nothing_that_is_not_its_own) {
  std::filesystem::create_directory(at("run"));
  (void)write("run/predicted.csv", "mine\n1\n");
  const Outcome run = gridmill({"run", config(kPredict), "--ranks", "1"});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.errors, HasSubstr("holds predicted.csv, which gridmill did not write"));
  EXPECT_EQ(read("run/predicted.csv"), "mine\n1\n");
  // It is known before the first stage, and before a dry run has promised anything.
  EXPECT_FALSE(std::filesystem::exists(at("s.h5")));
  EXPECT_FALSE(std::filesystem::exists(at("run/features")));
  EXPECT_EQ(gridmill({"run", config(kPredict), "--ranks", "1", "--dry-run"}).code, 2);
}

TEST_F(WholeRun, a_dry_run_says_what_is_known) {
  const Outcome before = gridmill({"run", config(), "--dry-run"});
  ASSERT_EQ(before.code, 0) << before.errors;
  EXPECT_THAT(before.errors, HasSubstr("what 'features' takes can be told as soon as " + at("s.h5") + " is there"));
  EXPECT_FALSE(std::filesystem::exists(at("run")));
  ASSERT_EQ(gridmill({"run", config(), "--until", "import"}).code, 0);
  const Outcome after = gridmill({"run", config(), "--dry-run"});
  EXPECT_THAT(after.errors + after.out, HasSubstr("what 'search' takes"));
  EXPECT_THAT(after.errors + after.out, Not(HasSubstr("what 'features' takes")));
}

}  // namespace
}  // namespace gridmill::cli
