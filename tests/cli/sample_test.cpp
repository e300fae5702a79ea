// --sample N: a few rows to try things out, the same ones each time, never taken for all.
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child.hpp"
#include "files_test.hpp"

namespace gridmill::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsSubsetOf;
using testing::Not;

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) all.push_back(line);
  return all;
}

/// Orders of customers; what a customer ordered before tells something.
class Sample : public FilesTest {
 protected:
  Sample() {
    std::string customers = "id,region\n";
    for (int i = 0; i < 12; ++i) customers += fmt::format("{},{}\n", i, i % 3);
    (void)write("customers.csv", customers);
    (void)write("orders.csv", orders(0, 120));
    (void)write("new.csv", orders(120, 150));
  }

  static std::string orders(int first, int last) {
    std::string text = "id,customer,at,total,late\n";
    for (int i = first; i < last; ++i) {
      const int total = (i * 37) % 101;
      text += fmt::format("{},{},2021-{:02}-{:02},{},{}\n", i, i % 12, i / 28 + 1, i % 28 + 1, total,
                          total + 30 * (i % 3) > 70 ? "yes" : "no");
    }
    return text;
  }

  [[nodiscard]] std::string config() const {
    return write("c.yaml", "output: " + at("run") + "\nimport:\n  store: " + at("s.h5") +
                               "\n  tables:\n    customers: {source: customers.csv, index: id}\n"
                               "    orders: {source: orders.csv, index: id, time_index: at}\n"
                               "  relationships: [orders.customer -> customers.id]\n"
                               "features: {target: orders, label: late, aggregations: [mean, count], csv: true, "
                               "transforms: [month, absolute_diff]}\n"
                               "model: {name: xgb_classifier}\nsearch: {grid: {max_depth: [2, 3]}, cv: 3}\n"
                               "predict: {tables: {orders: new.csv}}\n");
  }

  [[nodiscard]] static Outcome gridmill(const std::vector<std::string>& words) {
    return run_program(GRIDMILL_PROGRAM, words);
  }
};

TEST_F(Sample, goes_the_whole_way_in_a_folder_of_its_own) {
  const Outcome whole = gridmill({"run", config(), "--ranks", "1"});
  ASSERT_EQ(whole.code, 0) << whole.errors;
  const Outcome run = gridmill({"run", config(), "--ranks", "1", "--sample", "60"});
  ASSERT_EQ(run.code, 0) << run.errors;
  EXPECT_THAT(run.errors, AllOf(HasSubstr("features of a sample of 60 rows, not of all 120"),
                                HasSubstr("a sample of 60 rows, not the whole data"),
                                HasSubstr("a sample of 60 rows is wanted, and there are 30: all are taken")));
  EXPECT_THAT(read("run-sample-60/summary.json"), HasSubstr("\"sample\": 60"));
  EXPECT_THAT(read("run-sample-60/features/summary.json"), HasSubstr("\"sample\": 60"));
  EXPECT_THAT(read("run-sample-60/config.resolved.yaml"), HasSubstr("sample: 60"));
  EXPECT_THAT(read("run/summary.json"), Not(HasSubstr("\"sample\"")));
  // A sampled row has the features that it has among all.
  const auto all = lines(read("run/features/features.csv"));
  const auto some = lines(read("run-sample-60/features/features.csv"));
  EXPECT_EQ(some.size(), 61U);
  EXPECT_THAT(some, IsSubsetOf(all));

  // Told again it is still a sample; elsewhere and on more ranks it is the same one.
  const Outcome again = gridmill({"run", config(), "--ranks", "1", "--sample", "60"});
  EXPECT_THAT(again.errors, AllOf(HasSubstr("is finished"), HasSubstr("a sample of 60 rows, not the whole data")));
  ASSERT_EQ(gridmill({"run", config(), "--ranks", "2", "--sample", "60", "-o", at("second")}).code, 0);
  EXPECT_EQ(read("second/features/features.csv"), read("run-sample-60/features/features.csv"));
  EXPECT_EQ(read("second/predicted.csv"), read("run-sample-60/predicted.csv"));
  const Outcome taken_for_all = gridmill({"run", config(), "--ranks", "1", "-o", at("second")});
  EXPECT_EQ(taken_for_all.code, 2);
  EXPECT_THAT(taken_for_all.errors, HasSubstr("features.sample: 60 -> null"));
}

TEST_F(Sample, is_taken_of_plain_rows_and_of_rows_to_predict) {
  const std::string file = write("r.yaml", "output: " + at("rows") +
                                               "\ndata: {source: orders.csv, target: late, ignore: [id, at]}\n"
                                               "model: logistic\nsearch: {grid: {C: [1]}, cv: 3}\n");
  const Outcome search = gridmill({"search", file, "--ranks", "1", "--sample", "50"});
  ASSERT_EQ(search.code, 0) << search.errors;
  EXPECT_THAT(search.out + search.errors, HasSubstr("a sample of 50 rows, not the whole data"));
  EXPECT_THAT(read("rows-sample-50/summary.json"), HasSubstr("\"sample\": 50"));
  const Outcome larger = gridmill({"search", file, "--ranks", "1", "--sample", "500"});
  EXPECT_EQ(larger.code, 0);
  EXPECT_THAT(larger.errors, HasSubstr("a sample of 500 is wanted, and there are 120 rows: all are taken"));
  const Outcome other = gridmill({"search", file, "--ranks", "1", "-o", at("rows-sample-50")});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.errors, HasSubstr("holds another search: data.sample"));

  const std::vector<std::string> predict{"predict", at("rows-sample-50"), at("orders.csv"), "--keep", "id", "-o"};
  const auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> words = predict;
    words.insert(words.end(), more.begin(), more.end());
    return gridmill(words);
  };
  ASSERT_EQ(with({at("all.csv")}).code, 0);
  const Outcome some = with({at("some.csv"), "--sample", "10"});
  ASSERT_EQ(some.code, 0) << some.errors;
  EXPECT_THAT(some.errors, HasSubstr("a sample of 10 rows, not of all 120"));
  EXPECT_EQ(lines(read("some.csv")).size(), 11U);
  EXPECT_THAT(lines(read("some.csv")), IsSubsetOf(lines(read("all.csv"))));
}

TEST_F(Sample, has_a_row) {
  const std::string file = config();
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"run", file}, {"features", file}, {"search", file}, {"predict", at("run"), file}}) {
    std::vector<std::string> none = words;
    none.insert(none.end(), {"--sample", "0"});
    const Outcome outcome = gridmill(none);
    EXPECT_EQ(outcome.code, 2) << words.front();
    EXPECT_THAT(outcome.errors, HasSubstr("a sample of 0 rows has none; leave the flag out for all rows"));
  }
  EXPECT_EQ(gridmill({"search", file, "--sample", "-3"}).code, 2);
  EXPECT_EQ(gridmill({"search", file, "--sample", "many"}).code, 2);
}

}  // namespace
}  // namespace gridmill::cli
