// import and info of tables that belong together, as a user runs them.
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child.hpp"
#include "files_test.hpp"

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
  EXPECT_THAT(unknown.errors, HasSubstr(": tables.orders.time_index: no column 'at' in " + at("orders.csv")));
  const Outcome words = gridmill({"import", config("id,customer\n1,Anna\n"), "-q"});
  EXPECT_THAT(words.errors, HasSubstr("c.yaml:6:19: relationships[0]: orders.customer holds categorical and "
                                      "customers.id holds integer: they cannot match\n"));
  EXPECT_FALSE(std::filesystem::exists(at("s.h5")));
}

}  // namespace
}  // namespace gridmill::cli
