// What the first line of a CSV file is, and columns without a name.
#include "core/error.hpp"
#include "io/import/table_file.hpp"
#include "scratch_folder.hpp"

namespace gridmill::io {
namespace {

using core::Column;
using Names = std::vector<std::string>;

class HeaderTest : public ScratchFolder {
 protected:
  core::Table read(std::string_view bytes, const ImportOptions& options = {}) const {
    return read_table(put("a.csv", bytes), options);
  }
  Names names(std::string_view bytes, const ImportOptions& options = {}) const {
    Names all;
    for (const Column& column : read(bytes, options).columns) all.push_back(column.name);
    return all;
  }
  Remarks remarks(std::string_view bytes, const ImportOptions& options = {}) const {
    return open_table(put("a.csv", bytes), options)->remarks();
  }
  std::string refusal(std::string_view bytes, const ImportOptions& options) const {
    return message<core::UserError>([&] { read(bytes, options); });
  }
};

TEST_F(HeaderTest, obeys_the_user_whatever_the_cells_are) {
  for (const char* line : {"2019,2020", "1990,-1.5", "2015-07-01,nan", "inf,7"}) {
    const core::Table table = read(std::string(line) + "\n2,3\n", {.header = Header::yes});
    EXPECT_EQ(table.n_rows(), 1U) << line;
    EXPECT_EQ(table.columns[0].name + "," + table.columns[1].name, line);
    EXPECT_EQ(read(std::string(line) + "\n2,3\n", {.header = Header::no}).n_rows(), 2U) << line;
  }
}

TEST_F(HeaderTest, is_decided_by_the_columns_that_the_user_names) {
  EXPECT_EQ(names("1,2\n1,2\n", {.used = {"2"}}), (Names{"1", "2"}));
  EXPECT_EQ(names("y,-3\ny,4\n", {.ignore = {"y"}}), (Names{"-3"}));
  EXPECT_EQ(names("1.5,x\n2.5,x\n", {.used = {"c1"}}), (Names{"c0", "c1"}));
  // A row that holds one of many numbers that are names of columns is a row.
  EXPECT_EQ(names("7.5,2\n8.5,1\n", {.used = {"1", "2", "y"}}), (Names{"c0", "c1"}));
  EXPECT_EQ(refusal("0,1,2\n1.5,2,3\n", {.used = {"c2"}}),
            "a.csv:1: 'c2' is a column without a header, but this line may be one: '0', '1', '2'\n"
            "  set header: true if it names the columns, header: false if it is a row");
}

TEST_F(HeaderTest, is_told_by_its_cells_and_those_beneath) {
  EXPECT_EQ(names("region,1990,2000,y\n1.7,0.4,0.9,0\n2.2,1.8,-0.9,1\n"), (Names{"region", "1990", "2000", "y"}));
  EXPECT_EQ(names("country,2019,2020\nde,5,6\nfr,7,8\n"), (Names{"country", "2019", "2020"}));
  EXPECT_EQ(names("id,2015-07-01\n1,5\n"), (Names{"id", "2015-07-01"}));
  EXPECT_EQ(names("2015-07-01,2015-08-01\n1,5\n"), (Names{"2015-07-01", "2015-08-01"}));
  EXPECT_EQ(names("a,inf,nan\n1,2,3\n"), (Names{"a", "inf", "nan"}));
  EXPECT_EQ(names("\"1990\",\"1995\"\n3,4\n"), (Names{"1990", "1995"}));
  EXPECT_EQ(names(",0,1\n0,5,6\n1,7,8\n"), (Names{"Unnamed: 0", "0", "1"}));
  EXPECT_EQ(names("5.1,3.5,setosa\n4.9,3.0,setosa\n"), (Names{"c0", "c1", "c2"}));
  EXPECT_EQ(names("39,State-gov,Male\n50,Private,Male\n"), (Names{"c0", "c1", "c2"}));
  EXPECT_EQ(names("0,0,5\n1,0,7\n"), (Names{"c0", "c1", "c2"}));
  EXPECT_EQ(names("2020-01-01,8\n2020-01-02,9\n"), (Names{"c0", "c1"}));
}

TEST_F(HeaderTest, says_what_it_took_the_first_line_for) {
  EXPECT_TRUE(remarks("a,b\n1,2\n").warnings.empty());
  EXPECT_TRUE(remarks("a,b\n1,2\n").notes.empty());
  const std::string at_line_1 = at("a.csv").string() + ":1: ";
  EXPECT_EQ(
      remarks("country,2019,2020\nde,5,6\n").warnings,
      Names{at_line_1 + "the names of the columns are taken from this line: 'country', '2019', '2020'; if it is a "
                        "row, set header: false"});
  EXPECT_EQ(remarks("5.1,3.5\n4.9,3.0\n").notes,
            Names{at_line_1 + "this line is taken for a row, and the columns are called c0, c1, ...; if it names them, "
                              "set header: true"});
  EXPECT_TRUE(remarks("country,2019\nde,5\n", {.header = Header::yes}).warnings.empty());
}

TEST_F(HeaderTest, names_nameless_columns_as_pandas_does) {
  EXPECT_EQ(names(",a,b\n0,1,2\n"), (Names{"Unnamed: 0", "a", "b"}));
  EXPECT_EQ(names("a,,b\n0,1,2\n", {.header = Header::yes}), (Names{"a", "Unnamed: 1", "b"}));
  EXPECT_EQ(names(",Unnamed: 0,a\n0,1,2\n"), (Names{"Unnamed: 0.1", "Unnamed: 0", "a"}));
  EXPECT_EQ(names(",a,b\n0,1,2\n", {.ignore = {"Unnamed: 0"}}), (Names{"a", "b"}));
  EXPECT_EQ(names(",a,\n0,1,2\n", {.ignore = {""}}), Names{"a"});
  EXPECT_EQ(remarks(",a,\n0,1,2\n").nameless, (Names{"Unnamed: 0", "Unnamed: 2"}));
}

TEST_F(HeaderTest, leaves_out_a_nameless_column_without_a_value) {
  EXPECT_EQ(names("a,y,\n1,2,\n3,4,\n"), (Names{"a", "y"}));
  EXPECT_EQ(names("a;y;;\n1;2;;\n3;4;;5\n"), (Names{"a", "y", "Unnamed: 3"}));
  EXPECT_EQ(names("a,y,\n1,2,\n", {.ignore = {"Unnamed: 2"}}), (Names{"a", "y"}));
  const Remarks told = remarks("a,y,\n1,2,\n");
  EXPECT_EQ(told.dropped, Names{"Unnamed: 2"});
  EXPECT_EQ(told.notes,
            Names{at("a.csv").string() + ": the column 'Unnamed: 2' has neither a name nor a value and is left out"});
}

}  // namespace
}  // namespace gridmill::io
