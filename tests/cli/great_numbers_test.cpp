// Whole numbers beyond 2^63, which no column of integers holds: exact, or refused, never some of them taken as one.
#include <string>
#include <utility>
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
using testing::StartsWith;

constexpr std::size_t kManyRows = 24;

class GreatNumbers : public FilesTest {
 protected:
  GreatNumbers() { (void)write("b.csv", rows(false)); }

  static Outcome gridmill(const std::vector<std::string>& words) { return run_program(GRIDMILL_PROGRAM, words); }

  /// `y`, `g` and `t` are told apart by integers only; `c` by doubles, too. `reversed`: the last row first.
  static std::string rows(bool reversed) {
    const std::vector<std::string> great{"1", "18446744073709551615", "18446744073709551614"};
    std::string text = "id,y,g,t,c,a\n";
    for (std::size_t i = 0; i < kManyRows; ++i) {
      const std::size_t row = reversed ? kManyRows - 1 - i : i;
      text += fmt::format("184467440737095515{:02},{},{},184467440737095507{:02},{},{}\n", 99 - 2 * row % 90,
                          great[row % 3], great[row % 3], row, row % 2, row % 5);
    }
    return text;
  }

  void import_rows(const std::string& types, const std::string& store) const {
    const std::string config =
        write("i.yaml", "import: {store: " + at(store) + ", tables: {b: {source: " + at("b.csv") +
                            ", index: row, make_index: true, types: {" + types + "}}}}\n");
    const Outcome outcome = gridmill({"import", config, "--output", at(store), "-q"});
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
  }

  [[nodiscard]] Outcome search(const std::string& source, const std::string& columns, const std::string& folds = "2",
                               const std::string& run = "run") const {
    const std::string config =
        write("s.yaml", "output: " + at(run) + "\ndata: {source: " + at(source) + ", features: [a], " + columns +
                            "}\nmodel: svc\nsearch: {grid: {C: [1]}, cv: " + folds + ", scoring: accuracy}\n");
    return gridmill({"search", config, "--ranks", "1", "--overwrite"});
  }
};

TEST_F(GreatNumbers, of_a_store_are_no_labels_or_groups_once_they_are_doubles) {
  import_rows("", "s.h5");
  for (const auto& [columns, part] : std::vector<std::pair<std::string, std::string>>{
           {"target: y", "target 'y'"}, {"target: c, group: g", "group 'g'"}}) {
    const Outcome outcome = search("s.h5", columns, part[0] == 'g' ? "{kind: group, folds: 2}" : "2");
    EXPECT_EQ(outcome.code, 2) << columns;
    EXPECT_THAT(outcome.errors, AllOf(HasSubstr(part + " is 1.8446744073709552e+19 here: doubles hold whole numbers "
                                                       "beyond 2^53 in part only, so that different ones may be equal"),
                                      HasSubstr("types: {" + part.substr(part.size() - 2, 1) + ": categorical}")));
  }
}

TEST_F(GreatNumbers, of_a_store_are_labels_and_groups_as_words) {
  import_rows("y: categorical, g: categorical", "s.h5");
  for (const char* source : {"s.h5", "b.csv"}) {
    EXPECT_EQ(search(source, "target: y").code, 0) << source;
    EXPECT_THAT(read("run/best/pipeline.json"),
                AllOf(HasSubstr("\"18446744073709551614\""), HasSubstr("\"18446744073709551615\"")))
        << source;
    const Outcome grouped = search(source, "target: c, group: g", "{kind: group, folds: 3}");
    EXPECT_EQ(grouped.code, 0) << grouped.errors;  // of two groups there are no three folds
  }
}

TEST_F(GreatNumbers, give_rows_no_order_where_doubles_make_them_equal) {
  for (const bool reversed : {false, true}) {
    (void)write("b.csv", rows(reversed));
    const Outcome outcome = search("b.csv", "target: c, time: t", "{kind: time_series, folds: 2}");
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.errors, AllOf(HasSubstr("time 't' is 1.844674407370955"), HasSubstr(" here and in another row"),
                                      HasSubstr("write numbers below 2^63")));
  }
}

TEST_F(GreatNumbers, are_kept_beside_predictions_as_they_stand) {
  ASSERT_EQ(search("b.csv", "target: c").code, 0);
  const Outcome outcome = gridmill({"predict", at("run"), at("b.csv"), "--keep", "id", "-o", at("p.csv"), "-q"});
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(read("p.csv"), StartsWith("id,prediction\n18446744073709551599,"));
}

TEST_F(GreatNumbers, are_refused_as_integers_with_what_can_be_done) {
  const std::string config = write("i.yaml", "import: {store: " + at("s.h5") + ", tables: {b: {source: " + at("b.csv") +
                                                 ", index: row, make_index: true, types: {g: Integer}}}}\n");
  const Outcome outcome = gridmill({"import", config, "-q"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.errors,
              AllOf(HasSubstr("b.csv:3:43: '18446744073709551615' in column 'g' is beyond what integers hold here, "
                              "-2^63 to 2^63 - 1"),
                    HasSubstr("types: {g: categorical} keeps such numbers exact")));
}

}  // namespace
}  // namespace gridmill::cli
