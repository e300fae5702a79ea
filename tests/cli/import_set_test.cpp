// import and info of tables that belong together, as a user runs them.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child.hpp"
#include "files_test.hpp"
#include "io/files/atomic_file.hpp"

namespace gridmill::cli {
namespace {

using testing::HasSubstr;

class ImportSet : public FilesTest {
 protected:
  [[nodiscard]] Outcome gridmill(const std::vector<std::string>& words) const {
    return run_program(GRIDMILL_PROGRAM, words);
  }
  /// Writes two tables and a config of them.
  [[nodiscard]] std::string config(const std::string& orders, const std::string& more = {}) const {
    const std::string customers = write("customers.csv", "id,joined\n1,2020-01-01\n2,2020-01-02\n");
    const std::string file = write("orders.csv", orders);
    return write("c.yaml", "import:\n  store: " + at("s.h5") + "\n  tables:\n    customers: {source: " + customers +
                               ", index: id, time_index: joined}\n    orders: {source: " + file + ", index: id" + more +
                               "}\n  relationships: [orders.customer -> customers.id]\n");
  }
};

TEST_F(ImportSet, tells_what_it_found_and_info_draws_it) {
  const Outcome import = gridmill({"import", config("id,customer,x\n1,2,0.5\n2,7,1\n3,,2\n")});
  ASSERT_EQ(import.code, 0) << import.errors;
  EXPECT_THAT(import.errors, HasSubstr("table 'orders': 3 rows, 3 columns (2 integer, 1 double)\n"));
  EXPECT_THAT(import.errors,
              HasSubstr("orders.customer -> customers.id: 1 of 3 rows have a key without a row there, as '7'\n"));
  EXPECT_THAT(import.errors, HasSubstr("orders.customer -> customers.id: 1 of 3 rows have no key\n"));
  const Outcome info = gridmill({"info", at("s.h5")});
  EXPECT_THAT(info.out, HasSubstr("customers: 2 rows, index id, time index joined\n"
                                  "`- orders: 3 rows, index id, by customer, 2 without parent\n"));
  const Outcome json = gridmill({"info", at("s.h5"), "--json"});
  EXPECT_THAT(json.out, HasSubstr(R"({"event":"relationship","parent":"customers","parent_column":"id",)"
                                  R"("child":"orders","child_column":"customer","without_parent":2})"));
}

TEST_F(ImportSet, refuses_with_the_line_of_config_and_data_and_leaves_nothing) {
  const Outcome twice = gridmill({"import", config("id,customer\n1,2\n1,2\n"), "-q"});
  EXPECT_EQ(twice.code, 2);
  EXPECT_THAT(twice.errors,
              HasSubstr("error: " + at("orders.csv") +
                        ":3: index 'id' of table 'orders' has a value again in 1 of 2 rows: 1 in row 2\n  " +
                        at("c.yaml") + ":5:"));
  const Outcome unknown = gridmill({"import", config("id,customer\n1,2\n", ", time_index: at"), "-q"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.errors, HasSubstr(": import.tables.orders.time_index: no column 'at' in " + at("orders.csv")));
  const Outcome words = gridmill({"import", config("id,customer\n1,Anna\n"), "-q"});
  EXPECT_THAT(words.errors, HasSubstr("c.yaml:6:19: import.relationships[0]: orders.customer holds categorical and "
                                      "customers.id holds integer: they cannot match\n"));
  EXPECT_FALSE(std::filesystem::exists(at("s.h5")));
}

TEST_F(ImportSet, says_which_relationships_are_others_than_those_of_the_store) {
  const std::string first = config("id,customer,by\n1,2,1\n");
  ASSERT_EQ(gridmill({"import", first, "-q"}).code, 0);
  const auto again = [&](const std::string& relationships) {
    std::string text = read("c.yaml");
    text.replace(text.find("relationships: "), std::string::npos, "relationships: [" + relationships + "]\n");
    return gridmill({"import", write("c.yaml", text), "-q"}).errors;
  };
  const std::string holds = "error: " + at("s.h5") + ": holds another import: ";
  EXPECT_THAT(again("orders.by -> customers.id, orders.customer -> customers.id"),
              HasSubstr(holds + "relationship orders.by -> customers.id is new\n"));
  EXPECT_THAT(again("orders.by -> customers.id"),
              HasSubstr(holds + "relationship orders.by -> customers.id is new; relationship orders.customer -> "
                                "customers.id is gone\n"));
  EXPECT_EQ(again("orders.customer -> customers.id"), "");
}

TEST_F(ImportSet, removes_what_a_killed_import_has_left) {
  std::string orders = "id,customer,x\n";
  for (int i = 0; i < 20'000; ++i) orders += std::to_string(i) + ",1,0.5\n";
  const std::string path = config(orders);
  const auto n_unfinished = [&] {
    int n = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(path).parent_path())) {
      n += entry.path().extension() == ".partial" ? 1 : 0;
    }
    return n;
  };
  // A file beyond its limit cannot be written: nothing stays behind.
  const Outcome refused =
      run_program("/bin/bash", {"-c", "ulimit -f 64; exec \"$0\" import \"$1\"", GRIDMILL_PROGRAM, path});
  ASSERT_EQ(refused.code, 1) << refused.errors;
  EXPECT_EQ(n_unfinished(), 0);
  // What a process leaves that is killed while it writes.
  if (const pid_t writer = fork(); writer == 0) {
    const io::PendingFile pending(at("s.h5"));
    raise(SIGKILL);
  } else {
    int status = 0;
    ASSERT_EQ(waitpid(writer, &status, 0), writer);
    ASSERT_TRUE(WIFSIGNALED(status));
  }
  EXPECT_EQ(n_unfinished(), 1);
  EXPECT_EQ(gridmill({"import", path}).code, 0);
  EXPECT_EQ(n_unfinished(), 0);
}

TEST_F(ImportSet, takes_children_without_rows_of_which_features_are_made) {
  const std::string path = config("id,customer,x,y\n", ", types: {x: double}");
  std::ofstream(path, std::ios::app) << "features: {target: customers, cutoff_time: 2030-01-01, csv: true}\noutput: "
                                     << at("run") << "\n";
  const Outcome import = gridmill({"import", path});
  ASSERT_EQ(import.code, 0) << import.errors;
  EXPECT_THAT(import.errors, HasSubstr("table 'orders': 0 rows, 4 columns (2 integer, 1 double, 1 text)\n"));
  EXPECT_THAT(import.errors,
              HasSubstr("table 'orders' has no rows, and 'types' says nothing of y: nothing is known of its type\n"));
  const Outcome info = gridmill({"info", at("s.h5")});
  EXPECT_EQ(info.code, 0) << info.errors;
  EXPECT_THAT(info.out, HasSubstr("`- orders: 0 rows, index id, by customer\n"));
  const Outcome features = gridmill({"features", path, "--ranks", "1"});
  ASSERT_EQ(features.code, 0) << features.errors;
  EXPECT_EQ(read("run/features.csv"),
            "id,COUNT(orders),MAX(orders.x),MEAN(orders.x),MIN(orders.x),SKEW(orders.x),STD(orders.x),SUM(orders.x),"
            "DAY(joined),MONTH(joined),WEEKDAY(joined),YEAR(joined)\n"
            "1,0,,,,,,0.0,1,1,2,2020\n2,0,,,,,,0.0,2,1,3,2020\n");
}

TEST_F(ImportSet, takes_parents_without_rows_of_which_features_have_columns_only) {
  const std::string customers = write("nobody.csv", "id,joined,zip\n");
  const std::string orders = write("orders.csv", "id,customer,x\n1,2,0.5\n");
  const std::string more =
      "features: {target: customers, cutoff_time: 2030-01-01, csv: true, encode: {top_n: 2},\n"
      "           select: {single_value: true, highly_null: 0.5}}\noutput: " +
      at("run") + "\n";
  const std::string path = write(
      "c.yaml", "import:\n  store: " + at("s.h5") + "\n  tables:\n    customers: {source: " + customers +
                    ", index: id, time_index: joined, types: {zip: Categorical}}\n    orders: {source: " + orders +
                    ", index: id}\n  relationships: [orders.customer -> customers.id]\n" + more);
  const Outcome import = gridmill({"import", path});
  ASSERT_EQ(import.code, 0) << import.errors;
  EXPECT_THAT(import.errors, HasSubstr("table 'customers' has no rows\n"));
  EXPECT_THAT(import.errors, HasSubstr("1 of 1 rows have a key without a row there, as '2'\n"));
  for (const char* ranks : {"1", "2"}) {
    const Outcome features = gridmill({"features", path, "--ranks", ranks, "--overwrite"});
    ASSERT_EQ(features.code, 0) << features.errors;
    EXPECT_THAT(features.errors,
                HasSubstr("'customers' has no row to make features of: the matrix will have columns only"));
    EXPECT_EQ(read("run/features.csv"),
              "id,zip,COUNT(orders),MAX(orders.x),MEAN(orders.x),MIN(orders.x),SKEW(orders.x),STD(orders.x),"
              "SUM(orders.x),DAY(joined),MONTH(joined),WEEKDAY(joined),YEAR(joined)\n");
    const Outcome info = gridmill({"info", at("run/features.h5")});
    EXPECT_EQ(info.code, 0) << info.errors;
    EXPECT_THAT(info.out, HasSubstr("0 rows"));
    EXPECT_THAT(gridmill({"features", path, "--ranks", ranks}).errors, HasSubstr("is finished"));
  }
}

TEST_F(ImportSet, takes_the_tables_of_the_benchmarks) {
  if (run_program("/usr/bin/python3", {"-c", "import numpy, pandas"}).code != 0) GTEST_SKIP() << "no numpy and pandas";
  const std::string bench = GRIDMILL_SOURCE_DIR "/bench/";
  for (const char* folder : {"a", "b"}) {
    const Outcome made = run_program("/usr/bin/python3", {"-B", bench + "make_loans.py", at(folder), "40"});
    ASSERT_EQ(made.code, 0) << made.errors;
  }
  for (const char* table : {"applicants", "bureau", "balances", "previous", "card"}) {
    const std::string text = read(std::string("a/") + table + ".csv");
    EXPECT_FALSE(text.empty()) << table;
    EXPECT_TRUE(text == read(std::string("b/") + table + ".csv")) << table;
  }
  const auto in_folder = [&](const std::string& words) {
    return run_program("/bin/bash", {"-c", "cd \"$0\" && \"$1\" " + words, at("a"), GRIDMILL_PROGRAM});
  };
  const std::string config = bench + "peers/loans_features.yaml";
  const Outcome import = in_folder("import " + config);
  ASSERT_EQ(import.code, 0) << import.errors;
  EXPECT_THAT(import.errors, testing::Not(HasSubstr("warning")));
  const Outcome features = in_folder("features --dry-run " + config);
  ASSERT_EQ(features.code, 0) << features.errors;
  EXPECT_THAT(features.out + features.errors, testing::ContainsRegex("features +197 "));
}

TEST_F(ImportSet, reads_times_as_the_config_says_they_are_written) {
  const std::string orders = "id,customer,at\n1,2,930101\n2,2,9301\n";
  const Outcome refused = gridmill({"import", config(orders, ", time_format: {at: \"%y%m%d\"}"), "-q"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_EQ(refused.errors, "error: " + at("orders.csv") +
                                ":3:5: '9301' in column 'at' is not a date\n  expected times written as %y%m%d; add it "
                                "to the missing words if it means no value\n");
  const Outcome checked = gridmill({"validate", config(orders, ", time_format: {at: yymmdd}")});
  EXPECT_EQ(checked.code, 2);
  EXPECT_THAT(checked.errors, HasSubstr("c.yaml:5:"));
  EXPECT_THAT(checked.errors, HasSubstr("import.tables.orders.time_format.at: 'yymmdd' has no year, %Y or %y\n"));
}

}  // namespace
}  // namespace gridmill::cli
