// Features of tables that are made of others, from few words, with a label that nothing gives away.
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/store/store.hpp"
#include "tests/cli/child.hpp"
#include "tests/cli/files_test.hpp"

namespace gridmill {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using Numbers = std::vector<double>;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

class FeaturesTables : public cli::FilesTest {
 protected:
  [[nodiscard]] static cli::Outcome gridmill(const std::vector<std::string>& words) {
    return cli::run_program(GRIDMILL_PROGRAM, words);
  }

  /// Imports and makes features as the config says, which writes into `run`.
  [[nodiscard]] cli::Outcome features(const std::string& config, const std::string& run, int ranks = 1) const {
    const std::string file = write(run + ".yaml", config);
    const cli::Outcome imported = gridmill({"import", file, "--quiet"});
    if (imported.code != 0) return imported;
    return gridmill({"features", file, "--output", at(run), "--ranks", std::to_string(ranks)});
  }

  [[nodiscard]] core::Table matrix(const std::string& run) const {
    return io::StoreReader(at(run + "/features.h5")).read("features");
  }

  static std::vector<std::string> names_of(const core::Table& table) {
    std::vector<std::string> names;
    for (const core::Column& column : table.columns) names.push_back(column.name);
    return names;
  }

  /// The entries of a column as numbers; missing ones are NaN, categories their codes' labels read as numbers.
  static Numbers numbers(const core::Table& table, const std::string& name) {
    const core::Column* column = table.find(name);
    Numbers values;
    if (column == nullptr) {
      ADD_FAILURE() << "no column " << name;
      return values;
    }
    for (std::size_t i = 0; i < column->size(); ++i) {
      double value = kNaN;
      if (column->missing(i)) {
      } else if (const auto* reals = std::get_if<core::Column::Reals>(&column->values)) {
        value = (*reals)[i];
      } else if (const auto* integers = std::get_if<core::Column::Integers>(&column->values)) {
        value = static_cast<double>((*integers)[i]);
      } else if (const auto* flags = std::get_if<core::Column::Booleans>(&column->values)) {
        value = (*flags)[i];
      } else if (const auto* codes = std::get_if<core::Column::Codes>(&column->values)) {
        value = std::stod(column->categories[static_cast<std::size_t>((*codes)[i])]);
      }
      values.push_back(value);
    }
    return values;
  }

  static void expect_equal(const Numbers& found, const Numbers& wanted, const std::string& name) {
    ASSERT_EQ(found.size(), wanted.size()) << name;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (std::isnan(wanted[i])) {
        EXPECT_TRUE(std::isnan(found[i])) << name << " " << i;
      } else {
        EXPECT_LE(std::abs(found[i] - wanted[i]), 1e-12 * std::max(1.0, std::abs(wanted[i]))) << name << " " << i;
      }
    }
  }
};

/// Readings every ten minutes of 100 hours, those of one hour left out.
struct Power {
  static constexpr int kHours = 100;
  static constexpr int kGap = 30;  // the hour without readings

  std::string csv = "Date,Temperature,Zone1\n";
  Numbers mean{Numbers(kHours, kNaN)}, sum{Numbers(kHours, 0)};              // of the hour
  Numbers first_mean{Numbers(kHours, kNaN)}, first_sum{Numbers(kHours, 0)};  // of what is known when it begins

  Power() {
    for (int hour = 0; hour < kHours; ++hour) {
      if (hour == kGap) continue;
      Numbers temperatures;
      for (int i = 0; i < 6; ++i) {
        const double temperature = std::round(1000 * std::sin(hour + i / 6.0)) / 100;
        const double zone = std::round(1e6 * (2 + std::cos(hour * 0.7 + i))) / 100;
        csv += fmt::format("1/{}/17 {}:{}0,{},{}\n", 1 + hour / 24, hour % 24, i, temperature, zone);
        temperatures.push_back(temperature);
        sum[at(hour)] += zone;
        if (i == 0) first_sum[at(hour)] = zone;
      }
      double total = 0;
      for (const double each : temperatures) total += each;
      mean[at(hour)] = total / 6;
      first_mean[at(hour)] = temperatures.front();
    }
  }
  static std::size_t at(int hour) { return static_cast<std::size_t>(hour); }
  static Numbers before(const Numbers& values, int hours) {
    Numbers lagged(values.size(), 0);
    for (std::size_t i = at(hours); i < values.size(); ++i) lagged[i] = values[i - at(hours)];
    return lagged;
  }
};

TEST_F(FeaturesTables, hours_are_made_of_readings_as_known_at_one_time_and_when_each_begins) {
  const Power power;
  const std::string csv = write("power.csv", power.csv);
  const auto config = [&](const std::string& more) {
    return "import:\n  store: " + at("power.h5") + "\n  tables:\n    power: {source: " + csv +
           ", index: row, make_index: true, time_index: Date}\n    hours: {from: power, each: 1 hour}\n"
           "features:\n  target: hours\n  aggregations: [{name: mean, columns: [Temp*]}, {name: sum, columns: "
           "[Zone1]}]\n"
           "  transforms: [hour, is_weekend, {name: season, months: {cold: 10-3, warm: 4-9}, as: season},\n"
           "    {name: part_of_day, parts: {night: 22-5, day: 6-21}, as: part},\n"
           "    {name: numeric_lag, periods: [4, 24], fill_value: 0, as: \"{column} {periods}\"},\n"
           "    {name: lag, periods: 1 day, columns: [SUM*], as: yesterday}]\n"
           "  encode: {columns: [season, part], include_unknown: false}\n" +
           more;
  };
  const std::map<std::string, std::pair<Numbers, Numbers>> cases{
      {"  cutoff_time: 2018-01-01\n", {power.mean, power.sum}},
      {"  cutoff_time: {column: begin}\n", {power.first_mean, power.first_sum}},
      {"  cutoff_time: {column: begin}\n  include_cutoff_time: false\n",
       {Numbers(Power::kHours, kNaN), Numbers(Power::kHours, 0)}}};
  int n = 0;
  for (const auto& [cutoff, now] : cases) {
    const std::string run = "run" + std::to_string(n++);
    const cli::Outcome outcome = features(config(cutoff), run);
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
    const core::Table table = matrix(run);
    EXPECT_THAT(names_of(table), Not(Contains(HasSubstr("row")))) << "keys are no features";
    expect_equal(numbers(table, "MEAN(power.Temperature)"), now.first, "mean");
    expect_equal(numbers(table, "SUM(power.Zone1)"), now.second, "sum");
    for (const int lag : {4, 24}) {
      expect_equal(numbers(table, fmt::format("MEAN(power.Temperature) {}", lag)), Power::before(power.mean, lag),
                   cutoff);
      expect_equal(numbers(table, fmt::format("SUM(power.Zone1) {}", lag)), Power::before(power.sum, lag), cutoff);
    }
    Numbers yesterday = Power::before(power.sum, 24);
    std::fill_n(yesterday.begin(), 24, kNaN);
    expect_equal(numbers(table, "yesterday"), yesterday, cutoff);
    Numbers hour, night;
    for (int i = 0; i < Power::kHours; ++i) {
      hour.push_back(i % 24);
      night.push_back(i % 24 >= 22 || i % 24 <= 5 ? 1 : 0);
    }
    expect_equal(numbers(table, "HOUR(begin)"), hour, "hour");
    expect_equal(numbers(table, "part = night"), night, "night");
    expect_equal(numbers(table, "season = cold"), Numbers(Power::kHours, 1), "season");
  }
  // The same on two ranks; and what whole tables say at each hour is what single rows say.
  ASSERT_EQ(features(config("  cutoff_time: {column: begin}\n"), "two", 2).code, 0);
  EXPECT_EQ(read("two/features.h5"), read("run1/features.h5"));
}

TEST_F(FeaturesTables, a_label_is_a_column_and_comes_true_after_the_cutoff) {
  const Power power;
  const std::string csv = write("power.csv", power.csv);
  const auto config = [&](const std::string& more) {
    return "import:\n  store: " + at("power.h5") + "\n  tables:\n    power: {source: " + csv +
           ", index: row, make_index: true, time_index: Date}\n    hours: {from: power, each: 1 hour}\n"
           "features:\n  target: hours\n  aggregations: [sum]\n  transforms: []\n" +
           more;
  };
  const cli::Outcome outcome =
      features(config("  label: {zone1: SUM(power.Zone1)}\n  cutoff_time: {column: begin}\n"), "run");
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  const core::Table table = matrix("run");
  expect_equal(numbers(table, "zone1"), power.sum, "label");
  expect_equal(numbers(table, "SUM(power.Zone1)"), power.first_sum, "feature");
  EXPECT_THAT(table.find("zone1")->tags, Contains("label"));
  EXPECT_THAT(read("run/features.json"), HasSubstr(R"("label": "zone1")"));
  // What all rows know is no label.
  const cli::Outcome known =
      features(config("  label: {zone1: SUM(power.Zone1)}\n  cutoff_time: 2018-01-01\n"), "known");
  EXPECT_EQ(known.code, 2);
  EXPECT_THAT(known.errors,
              AllOf(HasSubstr("known.yaml:10:10: features.label: 'zone1' is known at the cutoff time already"),
                    HasSubstr("let the label look forward")));
}

TEST_F(FeaturesTables, a_label_looks_forward_as_far_as_the_tables_go) {
  const std::string orders =
      write("orders.csv",
            "id,at,who,n\n1,2024-01-05,a,1\n2,2024-01-31,a,2\n3,2024-02-10,a,4\n4,2024-01-20,b,8\n"
            "5,2024-03-01,b,16\n");
  const std::string times = write("times.csv", "who,time\na,2024-01-05\nb,2024-01-20\na,2024-01-31\nb,2024-02-25\n");
  const auto label = [&](const std::string& text, const std::string& run) {
    const cli::Outcome outcome = features(
        "import:\n  store: " + at("o.h5") + "\n  tables:\n    orders: {source: " + orders +
            ", index: id, time_index: at}\n    people: {from: orders, each: who}\nfeatures:\n  target: people\n  "
            "aggregations: [sum]\n  transforms: []\n  cutoff_time: {file: " +
            times + "}\n  label: " + text + "\n",
        run);
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
    EXPECT_THAT(outcome.errors,
                HasSubstr("is missing in 1 of 4 rows: their windows end after 2024-03-01, the last time"));
    const core::Table table = matrix(run);
    expect_equal(numbers(table, "SUM(orders.n)"), {1, 8, 3, 8}, "known then");
    return numbers(table, run);
  };
  // (cutoff, cutoff + 26 days]: the day of the cutoff is known, the last day counts; a month goes by the calendar.
  expect_equal(label("{next: SUM(orders.n, Next 26 days)}", "next"), {2, 0, 4, kNaN}, "26 days");
  expect_equal(label("{month: SUM(orders.n, Next 1 month)}", "month"), {2, 0, 4, kNaN}, "a month");
  expect_equal(label("{gone: [COUNT(orders, Next 26 days), \"=\", 0]}", "gone"), {0, 1, 0, kNaN}, "none");
}

/// Accounts in districts, each with loans: the shape of Berka's bank.
class Bank : public FeaturesTables {
 protected:
  [[nodiscard]] std::string config(const std::string& loans, const std::string& more,
                                   const std::string& known = {}) const {
    const std::string districts = write("districts.csv", "district,size\n1,10\n2,20\n");
    const std::string accounts =
        write("accounts.csv", "account,district,opened\n1,1,1993-01-01\n2,1,1993-02-01\n3,2,1993-03-01\n");
    return "import:\n  store: " + at("bank.h5") + "\n  tables:\n    districts: {source: " + districts +
           ", index: district}\n    accounts: {source: " + accounts +
           ", index: account, time_index: opened}\n    loans: {source: " + write("loans.csv", loans) +
           ", index: loan, time_index: granted" + known +
           "}\n  relationships: [accounts.district -> districts.district, loans.account -> accounts.account]\n"
           "features:\n  target: loans\n  max_depth: 3\n  aggregations: [count, mode, num_unique, percent_true, sum]\n"
           "  transforms: [is_null, {name: lag, periods: [1]}]\n  return_types: all\n" +
           more;
  }
  /// Loans of which one ends so or so.
  static std::string loans(const std::string& status) {
    return "loan,account,granted,closed,amount,status\n1,1,1994-01-01,1995-01-01,100,A\n2,1,1996-01-01,1997-01-01,200,"
           "B\n"
           "3,2,1998-01-01,1999-01-01,300," +
           status + "\n4,3,1998-06-01,1999-06-01,150,C\n";
  }
};

TEST_F(Bank, no_feature_is_made_of_what_the_label_is_made_of) {
  const std::string label = "  label: {bad: [status, isin, [B, D]]}\n";
  const cli::Outcome outcome = features(config(loans("D"), label + "  cutoff_time: 2000-01-01\n"), "run");
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  const core::Table table = matrix("run");
  expect_equal(numbers(table, "bad"), {0, 1, 1, 0}, "bad");
  EXPECT_THAT(names_of(table), Not(Contains(HasSubstr("status"))));
  EXPECT_THAT(names_of(table), Contains("accounts.SUM(loans.amount)"));
  // Flipping a label changes that label alone, whatever asks for the column.
  const std::string asked =
      label +
      "  cutoff_time: 2000-01-01\n  primitive_options: [{primitives: [mode], include_columns: {loans: [status]}}]\n";
  ASSERT_EQ(features(config(loans("D"), asked), "before").code, 0);
  ASSERT_EQ(gridmill({"import", write("b.yaml", config(loans("C"), asked)), "--overwrite", "--quiet"}).code, 0);
  ASSERT_EQ(gridmill({"features", at("b.yaml"), "--output", at("after"), "--ranks", "1"}).code, 0);
  const core::Table before = matrix("before");
  const core::Table after = matrix("after");
  for (std::size_t i = 0; i < before.columns.size(); ++i) {
    if (before.columns[i].name == "bad") continue;
    const std::string& name = before.columns[i].name;
    if (std::holds_alternative<core::Column::Reals>(before.columns[i].values)) {
      expect_equal(numbers(before, name), numbers(after, name), name);
    } else {
      EXPECT_EQ(before.columns[i].values, after.columns[i].values) << name;
    }
  }
  const cli::Outcome seed =
      features(config(loans("D"),
                      label + "  cutoff_time: 2000-01-01\n  seed_features: [{aggregation: mode, table: loans, columns: "
                              "[status], for: accounts}]\n"),
               "seed");
  EXPECT_EQ(seed.code, 2);
  EXPECT_THAT(seed.errors, HasSubstr("is made of 'status' of table 'loans', which is to be learnt"));
}

TEST_F(Bank, other_rows_show_their_labels_from_the_time_on_when_these_are_known) {
  const std::string known = ", secondary_time_index: {closed: [status]}";
  const std::string options = "  label: status\n  cutoff_time: {column: granted}\n";
  const cli::Outcome outcome = features(config(loans("D"), options, known), "run");
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  const core::Table table = matrix("run");
  EXPECT_THAT(names_of(table), Contains("accounts.NUM_UNIQUE(loans.status)"));
  EXPECT_THAT(names_of(table), Not(Contains("IS_NULL(status)")));
  // When the second loan of the account is granted, the first is closed.
  expect_equal(numbers(table, "accounts.NUM_UNIQUE(loans.status)"), {0, 1, 0, 0}, "known by then");
  // A loan that is not closed has no such time, and would show its label from the first.
  std::string open = loans("D");
  open.replace(open.find("1999-06-01"), 10, "");
  ASSERT_EQ(features(config(open, options, known), "open").code, 0);
  EXPECT_THAT(names_of(matrix("open")), Not(Contains(HasSubstr("loans.status"))));
  // A label known at its own cutoff is refused.
  const cli::Outcome late =
      features(config(loans("D"), "  label: status\n  cutoff_time: {column: closed}\n", known), "late");
  EXPECT_EQ(late.code, 0) << late.errors;  // at the very time it is not yet known
  const std::string times = write("times.csv", "loan,time\n1,1995-06-01\n2,1996-01-01\n");
  const cli::Outcome later =
      features(config(loans("D"), "  label: status\n  cutoff_time: {file: " + times + "}\n", known), "later");
  EXPECT_EQ(later.code, 2);
  EXPECT_THAT(later.errors,
              HasSubstr("'status' is known at the cutoff time already in 1 of 2 rows, whose 'closed' is"));
}

TEST_F(Bank, refuses_labels_that_are_none) {
  const auto refused = [&](const std::string& label, const std::string& what) {
    const cli::Outcome outcome =
        features(config(loans("D"), "  cutoff_time: 2000-01-01\n  label: " + label + "\n"), "run");
    EXPECT_EQ(outcome.code, 2) << label;
    EXPECT_THAT(outcome.errors, HasSubstr("features.label: " + what)) << label;
  };
  refused("state", "table 'loans' has no column 'state'");
  refused("loan", "'loan' is the index of 'loans'");
  refused("granted", "'granted' is the time index of 'loans'");
  refused("account", "'account' names the row of 'accounts' that this one belongs to");
  refused("{x: SUM(orders.amount)}", "the store has no table 'orders'");
  refused("{x: COUNT(accounts)}", "table 'accounts' is not below 'loans'");
}

TEST_F(FeaturesTables, makes_rows_for_values_and_for_values_at_each_step) {
  const std::string sales = write("sales.csv",
                                  "id,at,store,n\n1,2024-01-30 10:00,west,1\n2,2024-02-02 09:00,east,2\n"
                                  "3,2024-02-02 11:00,east,3\n4,,west,4\n5,2024-01-31 23:59,,5\n");
  const auto config = [&](const std::string& made, const std::string& target) {
    return "import:\n  store: " + at("s.h5") + "\n  tables:\n    sales: {source: " + sales +
           ", index: id, time_index: at}\n    " + target + ": {from: sales, " + made +
           "}\nfeatures:\n  target: " + target +
           "\n  cutoff_time: 2025-01-01\n  aggregations: [count, sum]\n  transforms: []\n  csv: true\n";
  };
  ASSERT_EQ(features(config("each: store", "stores"), "stores").code, 0);
  EXPECT_EQ(read("stores/features.csv"), "store,COUNT(sales),SUM(sales.n)\neast,2,5.0\nwest,1,1.0\n");
  std::filesystem::remove(at("s.h5"));
  ASSERT_EQ(features(config("each: [store, 1 day], index: day", "days"), "days").code, 0);
  EXPECT_EQ(
      read("days/features.csv"),
      "day,store,COUNT(sales),SUM(sales.n)\n0,east,0,0.0\n4,west,1,1.0\n1,east,0,0.0\n5,west,0,0.0\n2,east,0,0.0\n"
      "6,west,0,0.0\n3,east,2,5.0\n7,west,0,0.0\n");
  std::filesystem::remove(at("s.h5"));
  ASSERT_EQ(features(config("each: 1 month", "months"), "months").code, 0);
  EXPECT_EQ(read("months/features.csv"), "months_id,COUNT(sales),SUM(sales.n)\n0,2,6.0\n1,2,5.0\n");
}

TEST_F(FeaturesTables, refuses_tables_that_cannot_be_made) {
  const std::string old = write("old.csv", "id,at,x\n1,1823-01-01,0.5\n2,2023-01-01,1.5\n");
  const auto refused = [&](const std::string& table, const std::string& made, const std::string& what) {
    const std::string file =
        write("c.yaml", "import:\n  store: " + at("s.h5") + "\n  tables:\n    old: {source: " + old + ", index: id" +
                            table + "}\n    made: {from: old, " + made + "}\n");
    const cli::Outcome outcome = gridmill({"import", file, "--quiet"});
    EXPECT_EQ(outcome.code, 2) << made;
    EXPECT_THAT(outcome.errors, AllOf(HasSubstr("c.yaml:5:"), HasSubstr(what))) << made;
    EXPECT_FALSE(std::filesystem::exists(at("s.h5")));
  };
  refused(", time_index: at", "each: 1 hour",
          "each: table 'made' would have 1753177 rows, for 2 of 'old': its times go from 1823-01-01 to 2023-01-01");
  refused("", "each: 1 day", "import.tables.made.each: table 'old' has no time index");
  refused("", "each: [stor]", "import.tables.made.each: no column 'stor' in table 'old'");
  refused("", "each: x", "each: column 'x' of table 'old' holds double");
  refused(", time_index: at", "each: 1 day, index: x",
          "import.tables.made.index: table 'old' has a column 'x' already");
}

TEST_F(FeaturesTables, several_files_are_one_table_in_the_order_of_their_names) {
  (void)write("sales-2.csv", "at,n\n2024-01-02,3.5\n");
  (void)write("sales-1.csv", "at,n\n2024-01-01,1\n2024-01-03,2\n");
  const std::string config =
      write("c.yaml", "import: {source: " + at("sales-*.csv") + ", index: row, make_index: true}\n");
  const cli::Outcome first = gridmill({"import", config});
  ASSERT_EQ(first.code, 0) << first.errors;
  EXPECT_THAT(first.errors, HasSubstr("table 'sales': 3 rows, 3 columns"));
  expect_equal(numbers(io::StoreReader(at("sales.h5")).read("sales"), "n"), {1, 2, 3.5}, "n");
  EXPECT_THAT(gridmill({"import", config}).errors, HasSubstr("sales.h5 is up to date"));
  (void)write("sales-3.csv", "at,n\n2024-01-05,7\n");
  EXPECT_THAT(gridmill({"import", config}).errors, AllOf(HasSubstr("is made anew"), HasSubstr("4 rows")));
  (void)write("sales-4.csv", "at,m\n2024-01-05,7\n");
  const cli::Outcome other = gridmill({"import", config, "--quiet"});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.errors, HasSubstr("sales-4.csv:1: column 2 is 'm', and in " + at("sales-1.csv") + " it is 'n'"));
  const cli::Outcome none = gridmill(
      {"import", write("n.yaml", "import: {source: " + at("no-*.csv") + ", store: " + at("n.h5") + "}\n"), "--quiet"});
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.errors, HasSubstr("n.yaml:1:18: import.source: no file matches '" + at("no-*.csv") + "'"));
}

TEST_F(FeaturesTables, a_single_file_needs_no_import) {
  const std::string csv =
      write("shop.csv", "at,store,n\n2024-01-01,a,1\n2024-01-02,a,2\n2024-01-02,b,3\n2024-01-03,b,5\n");
  const auto run = [&](const std::string& options, const std::string& output) {
    const std::string file = write(output + ".yaml", "features:\n  source: " + csv + "\n  time_index: at\n" + options);
    return gridmill({"features", file, "--output", at(output), "--ranks", "1"});
  };
  const std::string lag =
      "  cutoff_time: {column: at}\n  csv: true\n  transforms: [{name: lag, periods: [1], columns: [n], as: before}]\n";
  ASSERT_EQ(run(lag, "run").code, 0);
  EXPECT_EQ(read("run/features.csv"),
            "row,time,store,n,before\n0,2024-01-01 00:00:00,a,1,\n1,2024-01-02 00:00:00,a,2,1\n"
            "2,2024-01-02 00:00:00,b,3,2\n3,2024-01-03 00:00:00,b,5,3\n");
  EXPECT_THAT(run(lag, "run").errors, AllOf(HasSubstr("is up to date"), HasSubstr("is finished")));
  // Names of columns that there are not, and names for features that are not enough.
  const cli::Outcome unknown = run("  transforms: [{name: lag, columns: [m]}]\n  cutoff_time: 2025-01-01\n", "unknown");
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.errors, HasSubstr("unknown.yaml:4:15: transforms: lag: nothing is made of the column 'm'"));
  const cli::Outcome twice =
      run("  transforms: [{name: lag, periods: [1, 2], as: before}]\n  cutoff_time: 2025-01-01\n", "twice");
  EXPECT_EQ(twice.code, 2);
  EXPECT_THAT(twice.errors, AllOf(HasSubstr("makes two features of table 'shop' that are called 'before'"),
                                  HasSubstr("{column} for the input")));
  const cli::Outcome none = run("  transforms: []\n  cutoff_time: 2025-01-01\n  drop_contains: [n, store]\n", "none");
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.errors, HasSubstr("no feature can be built for table 'shop'"));
  EXPECT_EQ(run(lag + "  label: n\n", "label").code, 2) << "the lag names the label";
}

}  // namespace
}  // namespace gridmill
