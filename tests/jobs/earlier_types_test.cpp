// Few rows may look like others: imports and --apply take the types that columns had when the features were made.
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "io/store/store.hpp"
#include "tests/cli/child.hpp"
#include "tests/cli/files_test.hpp"

namespace gridmill {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class EarlierTypes : public cli::FilesTest {
 protected:
  /// Hundred customers with texts, codes, numbers, yes and no, and features of them.
  EarlierTypes() {
    std::string customers = "cid,age,vip,plan\n";
    std::string orders = "oid,cid,note,code,amount,sent\n";
    for (int i = 0; i < 100; ++i) {
      customers += fmt::format("c{},{}.5,{},{}\n", i, i % 40 + 20, i % 3 == 0 ? "True" : "False",
                               i % 4 == 0 ? "" : "p" + std::to_string(i % 5));
      for (int k = 0; k < 3; ++k) {
        orders += fmt::format("{},c{},customer {} said hello to {},{},{},{}\n", 3 * i + k, i, i, k,
                              i % 7 == 0 ? "x" + std::to_string(k) : std::to_string(k),
                              k == 0 && i % 2 == 0 ? "" : fmt::format("{}.25", i + k),
                              k == 1 ? "" : fmt::format("2020-01-{:02}", i % 28 + 1));
      }
    }
    (void)write("cust.csv", customers);
    (void)write("o.csv", orders);
    config("all", "cust.csv", "o.csv");
    expect_done({"import", at("all.yaml")});
    expect_done({"features", at("all.yaml"), "--output", at("run"), "--ranks", "1"});
  }

  void config(const std::string& name, const std::string& customers, const std::string& orders) const {
    (void)write(name + ".yaml", fmt::format("import:\n  store: {}\n  tables:\n    cust: {{source: {}, index: cid}}\n"
                                            "    o: {{source: {}, index: oid}}\n"
                                            "  relationships: [o.cid -> cust.cid]\n"
                                            "features: {{target: cust, cutoff_time: 2029-01-01, max_depth: 2}}\n",
                                            at(name + ".h5"), at(customers), at(orders)));
  }

  static cli::Outcome gridmill(const std::vector<std::string>& words) {
    return cli::run_program(GRIDMILL_PROGRAM, words);
  }
  static void expect_done(const std::vector<std::string>& words) {
    const cli::Outcome outcome = gridmill(words);
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
  }
  [[nodiscard]] cli::Outcome apply(const std::string& store) const {
    return gridmill({"features", "--apply", at("run/features.json"), at(store), "--output", at("new.h5"), "--overwrite",
                     "--ranks", "1"});
  }

  /// Row `row` of the matrix as text, column by column.
  [[nodiscard]] static std::vector<std::string> row_of(const std::string& store, std::size_t row) {
    std::vector<std::string> cells;
    for (const core::Column& column : io::StoreReader(store).read("features").columns) {
      std::string cell = "missing";
      if (!column.missing(row)) {
        cell = std::visit(
            [&]<class Entries>(const Entries& entries) -> std::string {
              if constexpr (std::is_same_v<Entries, core::Column::Codes>) {
                return column.categories[static_cast<std::size_t>(entries[row])];
              } else if constexpr (std::is_same_v<Entries, core::Column::Places>) {
                return "place";
              } else {
                return fmt::format("{}", entries[row]);
              }
            },
            column.values);
      }
      cells.push_back(column.name + ": " + cell);
    }
    return cells;
  }
};

constexpr const char* kCustomers = "cid,age,vip,plan\n";
constexpr const char* kOrders = "oid,cid,note,code,amount,sent\n";

TEST_F(EarlierTypes, make_the_same_features_of_one_row_as_of_all) {
  (void)write("c1.csv", std::string(kCustomers) + "c7,27.5,False,p2\n");
  (void)write("o1.csv", std::string(kOrders) +
                            "21,c7,customer 7 said hello to 0,x0,7.25,2020-01-08\n"
                            "22,c7,customer 7 said hello to 1,x1,8.25,\n"
                            "23,c7,customer 7 said hello to 2,x2,9.25,2020-01-08\n");
  config("one", "c1.csv", "o1.csv");
  expect_done({"import", at("one.yaml")});
  const cli::Outcome outcome = apply("one.h5");
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_EQ(row_of(at("new.h5"), 0), row_of(at("run/features.h5"), 7));
}

TEST_F(EarlierTypes, definitions_of_another_table_are_refused) {
  auto value = nlohmann::ordered_json::parse(read("run/features.json"));
  auto& features = value["features"];
  for (std::size_t i = 0; i < features["definitions"].size(); ++i) {
    if (features["definitions"][i].value("table", "") == "o") features["features"][0] = i;
  }
  value.erase("checksum");
  (void)write("run/features.json", value.dump());
  const cli::Outcome outcome = apply("all.h5");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("in the definitions of features is a feature of 'o', not of 'cust'"));
}

TEST_F(EarlierTypes, hold_where_a_column_has_no_value_or_only_whole_numbers) {
  (void)write("c2.csv", std::string(kCustomers) + "c4,24,,\n");
  (void)write("o2.csv", std::string(kOrders) + "12,c4,,,,\n13,c4,,,5,\n");
  config("two", "c2.csv", "o2.csv");
  expect_done({"import", at("two.yaml")});
  const cli::Outcome outcome = apply("two.h5");
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(row_of(at("new.h5"), 0), testing::IsSupersetOf({"age: 24", "vip: missing", "plan: missing",
                                                              "MODE(o.code): missing", "SUM(o.amount): 5"}));
  const core::Table fitted = io::StoreReader(at("run/features.h5")).schema("features");
  const core::Table applied = io::StoreReader(at("new.h5")).schema("features");
  for (const core::Column& column : fitted.columns)
    EXPECT_EQ(applied.find(column.name)->type, column.type) << column.name;
}

TEST_F(EarlierTypes, refuse_columns_that_say_something_else_by_name) {
  (void)write("c3.csv", std::string(kCustomers) + "c1,n.a.,maybe,p1\n");
  (void)write("o3.csv", std::string(kOrders) + "3,c1,hello,12,4,2020-01-02\n");
  config("three", "c3.csv", "o3.csv");
  expect_done({"import", at("three.yaml")});
  const cli::Outcome outcome = apply("three.h5");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(
      outcome.errors,
      AllOf(HasSubstr("three.h5: column 'age' of 'cust' was Double when the features were made and is Categorical "
                      "here, as 'n.a.'"),
            HasSubstr("column 'vip' of 'cust' was Boolean when the features were made and is Categorical here, as "
                      "'maybe'"),
            HasSubstr("column 'code' of 'o' was Categorical when the features were made and is Integer here, as '12'"),
            HasSubstr("--types-from " + at("run/features.json"))));
}

TEST_F(EarlierTypes, are_taken_by_an_import_which_names_the_cell_that_does_not_fit) {
  (void)write("c4.csv", std::string(kCustomers) + "c7,27,,\n");
  (void)write("o4.csv", std::string(kOrders) + "21,c7,,012,7,\n");
  config("four", "c4.csv", "o4.csv");
  expect_done({"import", at("four.yaml"), "--types-from", at("run/features.json")});
  const core::EntitySet set = io::StoreReader(at("four.h5")).entity_set();
  EXPECT_EQ(set.tables[0].find("age")->type, core::LogicalType::real);
  EXPECT_EQ(set.tables[0].find("vip")->type, core::LogicalType::boolean_nullable);
  EXPECT_EQ(set.tables[1].find("code")->type, core::LogicalType::categorical);
  EXPECT_EQ(set.tables[1].find("sent")->type, core::LogicalType::datetime);
  EXPECT_EQ(io::StoreReader(at("four.h5")).read("o").find("code")->categories, std::vector<std::string>{"012"});
  ASSERT_EQ(apply("four.h5").code, 0);
  (void)write("c4.csv", std::string(kCustomers) + "c7,n.a.,,\n");
  for (const char* from : {"run/features.json", "all.h5"}) {
    const cli::Outcome outcome = gridmill({"import", at("four.yaml"), "--overwrite", "--types-from", at(from)});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.errors, AllOf(HasSubstr("c4.csv:2:"), HasSubstr("'n.a.'"), HasSubstr("age")));
  }
}

/// The month of a date that has the day first, as the greater days show; new rows have none of these.
TEST_F(EarlierTypes, keep_the_order_of_day_and_month) {
  std::string rows = "id,when\n";
  for (int i = 0; i < 60; ++i) rows += fmt::format("{},{:02}/{:02}/2020\n", i, i % 28 + 1, i % 12 + 1);
  (void)write("t.csv", rows);
  (void)write("n.csv", "id,when\n1,01/12/2020\n2,02/11/2020\n");
  const auto config_of = [&](const std::string& name, const std::string& source) {
    return write(name + ".yaml", fmt::format("import: {{store: {}, tables: {{t: {{source: {}, index: id}}}}}}\n"
                                             "features: {{target: t, transforms: [month]}}\n",
                                             at(name + ".h5"), at(source)));
  };
  expect_done({"import", config_of("days", "t.csv")});
  expect_done({"features", at("days.yaml"), "--output", at("of_days"), "--ranks", "1"});
  const std::string few = config_of("few", "n.csv");
  const auto apply_to_few = [&] {
    return gridmill({"features", "--apply", at("of_days/features.json"), at("few.h5"), "--output", at("new.h5"),
                     "--overwrite", "--ranks", "1"});
  };
  for (const char* from : {"of_days/features.json", "days.h5"}) {
    expect_done({"import", few, "--overwrite", "--types-from", at(from)});
    EXPECT_EQ(io::StoreReader(at("few.h5")).entity_set().tables[0].find("when")->time_format, "day first");
    const cli::Outcome applied = apply_to_few();
    ASSERT_EQ(applied.code, 0) << applied.errors;
    EXPECT_THAT(row_of(at("new.h5"), 0), testing::Contains("MONTH(when): 12"));
    EXPECT_THAT(row_of(at("new.h5"), 1), testing::Contains("MONTH(when): 11"));
  }
  // A store for which the order had to be assumed.
  expect_done({"import", few, "--overwrite"});
  const cli::Outcome assumed = apply_to_few();
  EXPECT_EQ(assumed.code, 2);
  EXPECT_THAT(assumed.errors,
              AllOf(HasSubstr("few.h5: column 'when' of 't': its dates were read month first, as no date showed an "
                              "order here, and day first when the features were made"),
                    HasSubstr("--types-from " + at("of_days/features.json"))));
  (void)write("n.csv", "id,when\n1,01/12/2020\n2,11/13/2020\n");
  const cli::Outcome other = gridmill({"import", few, "--overwrite", "--types-from", at("days.h5")});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.errors, HasSubstr("n.csv:3:3: '11/13/2020' in column 'when' has the month first"));
}

TEST_F(EarlierTypes, come_from_a_file_that_knows_the_tables) {
  (void)write("x.csv", "a,b\n1,2\n");
  const cli::Outcome other = gridmill({"import", at("x.csv"), "--types-from", at("run/features.json")});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.errors, HasSubstr("run/features.json: it has no types of x (it has those of cust, o)"));
  const cli::Outcome none = gridmill({"import", at("x.csv"), "--types-from", at("run/summary.json")});
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.errors, HasSubstr("run/summary.json: has no types of columns"));
  EXPECT_EQ(gridmill({"import", at("x.csv"), "--types-from", at("nowhere.json")}).code, 2);
}

}  // namespace
}  // namespace gridmill
