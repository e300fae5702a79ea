// gridmill audit: a leak of each kind is planted, found and named; clean data is left alone.
#include <cstddef>
#include <cstdint>
#include <filesystem>
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
using testing::Not;

/// Numbers in [0, 1), the same each time.
class Draw {
 public:
  double operator()() {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(state_ >> 40U) / static_cast<double>(1U << 24U);
  }

 private:
  std::uint64_t state_ = 42;
};

std::string date(int day) { return fmt::format("2021-{:02}-{:02}", day / 28 + 1, day % 28 + 1); }

class Audit : public FilesTest {
 protected:
  static constexpr int kRows = 240;

  /// Rows whose label follows three columns, with noise; `more` gives further cells of a row, each behind a comma.
  template <class More>
  [[nodiscard]] std::string rows(const std::string& more_names, More more, int copies = 1) const {
    Draw draw;
    std::string text = "a,b,c,late" + more_names + "\n";
    for (int i = 0; i < kRows; ++i) {
      const double a = draw();
      const double b = draw();
      const double c = draw();
      const bool late = a + b + c + 0.3 * draw() > 1.65;
      for (int k = 0; k < copies; ++k) {
        text += fmt::format("{:.4f},{:.4f},{:.4f},{}{}\n", a, b, c, late ? 1 : 0, more(i, late));
      }
    }
    return text;
  }
  [[nodiscard]] std::string plain() const {
    return rows("", [](int, bool) { return ""; });
  }

  [[nodiscard]] std::string config(const std::string& data = {}, const std::string& cv = "3",
                                   const std::string& model = "logistic") const {
    return write("c.yaml", fmt::format("output: {}\ndata: {{source: rows.csv, target: late{}}}\nmodel: {}\n"
                                       "search: {{grid: {{C: [0.1, 1, 10]}}, cv: {}, scoring: [roc_auc]}}\n",
                                       at("run"), data, model, cv));
  }

  [[nodiscard]] static Outcome gridmill(const std::vector<std::string>& words) {
    return run_program(GRIDMILL_PROGRAM, words);
  }

  /// What the audit says, which must find that and nothing else; a search warns of the same.
  void expect_found(const std::string& file, const std::string& check, const std::string& what) const {
    const Outcome audit = gridmill({"audit", file});
    EXPECT_EQ(audit.code, 1) << audit.out << audit.errors;
    EXPECT_THAT(audit.out, AllOf(HasSubstr("1. " + check + ": "), HasSubstr(what), Not(HasSubstr("\n2. "))));
  }
  void expect_warned(const std::string& file, const std::string& what) const {
    const Outcome search = gridmill({"search", file, "--ranks", "1", "--overwrite"});
    EXPECT_EQ(search.code, 0) << search.errors;
    EXPECT_THAT(search.errors, HasSubstr(what));
  }
};

TEST_F(Audit, finds_nothing_where_nothing_leaks) {
  (void)write("rows.csv", rows(",kind", [](int i, bool) { return i % 4 == 0 ? ",x" : i % 3 == 0 ? ",y" : ",z"; }));
  const std::string file =
      config(", holdout: 0.25", "3", "{name: logistic, categories: target, preprocessing: standardize}");
  const Outcome clean = gridmill({"audit", file});
  EXPECT_EQ(clean.code, 0) << clean.out << clean.errors;
  EXPECT_THAT(clean.out,
              AllOf(HasSubstr("Nothing was found."), HasSubstr("repeated rows           0 of 240 tested rows"),
                    HasSubstr("held-out rows           replaced in 2 folds, 1 way to prepare"),
                    HasSubstr("own label               8 labels changed"), HasSubstr("single column")));
  const Outcome json = gridmill({"audit", file, "--json"});
  EXPECT_EQ(json.code, 0);
  EXPECT_THAT(json.out, HasSubstr(R"({"event":"check","check":"random split","state":"clear")"));
  const Outcome search = gridmill({"search", file, "--ranks", "1"});
  EXPECT_EQ(search.code, 0);
  EXPECT_THAT(search.errors, Not(HasSubstr("so that"))) << "no false alarm";
}

TEST_F(Audit, names_the_column_that_gives_the_label_away) {
  (void)write("rows.csv", rows(",refund", [](int i, bool late) { return fmt::format(",{}", late ? 3 + i % 5 : 0); }));
  const std::string file = config();
  expect_found(file, "single column", "column 'refund' alone explains ");
  expect_warned(file, "column 'refund' alone explains ");
  EXPECT_THAT(read("run/summary.json"), HasSubstr("column 'refund' alone explains "));
  const Outcome json = gridmill({"audit", file, "--json"});
  EXPECT_THAT(json.out, HasSubstr(R"({"event":"finding","check":"single column","what":"column 'refund' alone )"));

  // That it is missing may tell, too; and words.
  (void)write("rows.csv", rows(",refund", [](int i, bool late) { return late ? fmt::format(",{}", i % 9) : ","; }));
  expect_found(config({}, "3", "{name: logistic, impute: mean, missing_indicator: true}"), "single column", "'refund'");
  (void)write("rows.csv", rows(",state", [](int i, bool late) {
                return late ? ",overdue" : i % 2 == 0 ? ",ok" : ",paid";
              }));
  expect_found(config({}, "3", "{name: logistic, categories: one_hot}"), "single column", "'state'");
}

TEST_F(Audit, finds_a_random_split_of_rows_with_a_time) {
  (void)write("rows.csv", rows(",sold_on", [](int i, bool) { return "," + date(i); }));
  const std::string file = config(", ignore: [sold_on]");
  expect_found(file, "random split", "search.cv deals rows whatever their time ('sold_on')");
  expect_warned(file, "search.cv deals rows whatever their time ('sold_on'), so that");
  const Outcome by_time = gridmill({"audit", config(", time: sold_on, holdout: {last: 0.2}", "time_series")});
  EXPECT_EQ(by_time.code, 0) << by_time.out << by_time.errors;
  EXPECT_THAT(by_time.out, HasSubstr("rows are not dealt at random"));
  // A date that says nothing of when a row came.
  (void)write("rows.csv", rows(",born_on", [](int i, bool) { return "," + date(i * 37 % 300); }));
  EXPECT_EQ(gridmill({"audit", config(", ignore: [born_on]")}).code, 0);
}

TEST_F(Audit, finds_rows_of_the_same_entity_on_both_sides) {
  // Two visits each, and a patient's label mostly stays what it was.
  std::string text = "a,b,patient,late\n";
  Draw draw;
  for (int patient = 0; patient < 80; ++patient) {
    const bool ill = draw() > 0.5;
    for (int visit = 0; visit < 3; ++visit) {
      const bool late = draw() > 0.15 ? ill : !ill;
      text += fmt::format("{:.4f},{:.4f},P{},{}\n", draw() + (late ? 0.1 : 0), draw(), patient, late ? 1 : 0);
    }
  }
  (void)write("rows.csv", text);
  const std::string file = config(", ignore: [patient]");
  expect_found(file, "same entity", "whatever their 'patient', which stands in 3.0 rows each");
  expect_warned(file, "whatever their 'patient'");
  expect_found(config(", group: patient"), "same entity", "search.cv deals rows whatever their group");
  EXPECT_EQ(gridmill({"audit", config(", group: patient", "stratified_group")}).code, 0);
}

TEST_F(Audit, finds_copies_of_rows_across_folds) {
  (void)write("rows.csv", rows(
                              "", [](int, bool) { return ""; }, 2));
  const std::string file = config(", holdout: 0.25", "{folds: 3, shuffle: true}");
  const Outcome audit = gridmill({"audit", file});
  EXPECT_EQ(audit.code, 1) << audit.errors;
  EXPECT_THAT(audit.out, AllOf(HasSubstr("1. repeated rows: "), HasSubstr("rows that folds test stand, with all their"),
                               HasSubstr("2. repeated rows: "), HasSubstr("of 120 rows that are held out stand")));
  expect_warned(file, "so that a model is tested on rows that it has learnt by heart");
  // Few values make equal rows by themselves, and their labels differ.
  std::string coarse = "a,b,late\n";
  Draw draw;
  for (int i = 0; i < kRows; ++i) coarse += fmt::format("{},{},{}\n", i % 3, i % 2, draw() > 0.4 ? i % 2 : 1 - i % 2);
  (void)write("rows.csv", coarse);
  EXPECT_EQ(gridmill({"audit", config()}).code, 0);
}

/// Orders of customers: an order is late where it is large; customers complain when orders were late.
class AuditTables : public Audit {
 protected:
  AuditTables() {
    std::string customers = "id,region\n";
    for (int i = 0; i < 30; ++i) customers += fmt::format("{},{}\n", i, i % 3);
    (void)write("customers.csv", customers);
    std::string orders = "id,customer,at,total,late\n";
    std::string calls = "id,customer,called_at,minutes\n";
    Draw draw;
    for (int i = 0; i < kRows; ++i) {
      const double total = 100 * draw();
      const bool late = total + 300 * draw() > 200;
      orders += fmt::format("{},{},{},{:.2f},{}\n", i, i % 30, date(i), total, late ? 1 : 0);
      calls += fmt::format("{},{},{},{:.2f}\n", i, i % 30, date(i), 20 * draw());
    }
    (void)write("orders.csv", orders);
    (void)write("calls.csv", calls);
  }

  [[nodiscard]] std::string tables(const std::string& features,
                                   const std::string& calls_time = ", time_index: called_at",
                                   const std::string& customers_time = "") const {
    return write("t.yaml",
                 fmt::format("output: {}\nimport:\n  store: {}\n  tables:\n"
                             "    customers: {{source: customers.csv, index: id{}}}\n"
                             "    orders: {{source: orders.csv, index: id, time_index: at}}\n"
                             "    calls: {{source: calls.csv, index: id{}}}\n"
                             "  relationships: [orders.customer -> customers.id, calls.customer -> customers.id]\n"
                             "features: {{target: orders, label: late, {}}}\n"
                             "data: {{holdout: {{last: 0.2}}}}\nmodel: {{name: logistic, impute: mean}}\n"
                             "search: {{grid: {{C: [0.1, 1]}}, cv: time_series, scoring: [roc_auc]}}\n",
                             at("run"), at("s.h5"), customers_time, calls_time, features));
  }
};

TEST_F(AuditTables, finds_features_that_know_of_later_rows) {
  const std::string aggregations = "aggregations: [mean, count], transforms: []";
  const std::string now = tables(aggregations);
  const Outcome audit = gridmill({"audit", now});
  EXPECT_EQ(audit.code, 1) << audit.errors;
  EXPECT_THAT(audit.out, AllOf(HasSubstr("1. later rows: "), HasSubstr("are others without the rows that came later"),
                               HasSubstr("features: {cutoff_time: {column: ...}}"), Not(HasSubstr("\n2. "))));
  EXPECT_FALSE(std::filesystem::exists(at("run"))) << "an audit writes nothing";
  EXPECT_FALSE(std::filesystem::exists(at("s.h5")));
  const Outcome own_row = gridmill({"audit", tables("aggregations: [], transforms: [month]")});
  EXPECT_EQ(own_row.code, 0) << own_row.out << own_row.errors;
}

TEST_F(AuditTables, finds_tables_without_a_time_and_selection_outside_folds) {
  const std::string dated = "cutoff_time: {column: at}, aggregations: [mean, count], transforms: [], ";
  const std::string plain = dated + "ignore_columns: {customers: [region]}";
  const Outcome timeless = gridmill({"audit", tables(plain, "")});
  EXPECT_EQ(timeless.code, 1) << timeless.errors;
  EXPECT_THAT(timeless.out, AllOf(HasSubstr("table without a time: table 'calls' has no time_index"),
                                  HasSubstr("later rows              "), Not(HasSubstr("'orders'"))));
  const std::string chosen = tables(plain + ", select: {mutual_information: late, mutual_information_top: 3}");
  const Outcome selected = gridmill({"audit", chosen});
  EXPECT_EQ(selected.code, 1) << selected.errors;
  EXPECT_THAT(selected.out, HasSubstr("selection outside folds: features.select.mutual_information has chosen"));
  const Outcome run = gridmill({"run", chosen, "--ranks", "1"});
  EXPECT_EQ(run.code, 0) << run.errors;
  EXPECT_THAT(run.errors, HasSubstr("features.select.mutual_information has chosen the features by what they tell"));
}

TEST_F(Audit, refuses_what_holds_nothing_to_audit) {
  (void)write("rows.csv", plain());
  const Outcome only_import = gridmill({"audit", write("i.yaml", "import: {source: rows.csv}\n")});
  EXPECT_EQ(only_import.code, 2);
  EXPECT_THAT(only_import.errors, HasSubstr("has nothing to audit"));
  const Outcome gone = gridmill({"audit", config(", test: gone.csv")});
  EXPECT_EQ(gone.code, 2);
  EXPECT_THAT(gone.errors, HasSubstr("gone.csv"));
}

}  // namespace
}  // namespace gridmill::cli
