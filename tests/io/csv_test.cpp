#include <cmath>

#include "core/error.hpp"
#include "io/import/table_file.hpp"
#include "io/text/libsvm_text.hpp"
#include "scratch_folder.hpp"

namespace gridmill::io {
namespace {

using core::Column;
using core::ColumnType;

class CsvTest : public ScratchFolder {
 protected:
  core::Table read(std::string_view bytes, const ImportOptions& options = {}) const {
    return read_table(put("a.csv", bytes), options);
  }
  std::string refusal(std::string_view bytes, const ImportOptions& options = {}) const {
    return message<core::UserError>([&] { read(bytes, options); });
  }
  static const Column::Texts& texts(const Column& column) { return std::get<Column::Texts>(column.values); }
  static const Column::Integers& integers(const Column& column) { return std::get<Column::Integers>(column.values); }
  static const Column::Reals& reals(const Column& column) { return std::get<Column::Reals>(column.values); }
};

TEST_F(CsvTest, reads_quotes_line_feeds_and_doubled_quotes) {
  const core::Table table = read(
      "\xEF\xBB\xBF"
      "a, \"b,1\" ,c\r\n1, \"x\ny \"\"z\"\"\" ,2\r\n3,plain,4\r\n\r\n\r\n",
      {.types = {{"b,1", ColumnType::text}}});
  ASSERT_EQ(table.n_rows(), 2U);
  EXPECT_EQ(texts(*table.find("b,1")), (Column::Texts{"x\ny \"z\"", "plain"}));
  EXPECT_EQ(integers(*table.find("c")), (Column::Integers{2, 4}));
  EXPECT_EQ(table.name, "a");
}

TEST_F(CsvTest, finds_the_delimiter) {
  EXPECT_EQ(read("a;b\n1,5;2\n").columns.size(), 2U);
  EXPECT_EQ(read("a\tb\n1\t2\n").columns.size(), 2U);
  EXPECT_EQ(read("a\n1\n2\n").columns.size(), 1U);
  EXPECT_EQ(reals(read("a;b\n1,5;2\n", {.decimal = ','}).columns[0]), Column::Reals{1.5});
  EXPECT_EQ(read("a|b\n1|2\n", {.delimiter = '|'}).columns.size(), 2U);
}

TEST_F(CsvTest, finds_out_whether_there_is_a_header) {
  EXPECT_EQ(read("1,x\n2,y").columns[1].name, "c1");
  EXPECT_EQ(read("1,x\n2,y").n_rows(), 2U);
  EXPECT_EQ(read("2019,2020\n2,3\n", {.header = Header::yes}).columns[1].name, "2020");
  EXPECT_EQ(read("a,b\nc,d\n", {.header = Header::no}).n_rows(), 2U);
}

TEST_F(CsvTest, reads_lines_that_end_in_carriage_returns_also_mixed) {
  for (const char* text : {"a,b\r1,\"x\ry\"\r2,z\r", "a,b\r\n1,\"x\ry\"\r2,z\n", "a,b\n1,\"x\ry\"\r\r\n2,z"}) {
    const core::Table table = read(text);
    ASSERT_EQ(table.n_rows(), 2U) << text;
    EXPECT_EQ(integers(table.columns[0]), (Column::Integers{1, 2})) << text;
    EXPECT_EQ(table.columns[1].categories, (std::vector<std::string>{"x\ry", "z"})) << text;
  }
  EXPECT_EQ(refusal("a\r1\rx\r", {.types = {{"a", ColumnType::integer}}}).substr(0, 10), "a.csv:3:1:");
  std::string rows = "a,b\r";
  for (int i = 0; i < 200000; ++i) rows += std::to_string(i) + ",7\r";
  EXPECT_EQ(integers(read(rows).columns[0])[199999], 199999);
}

TEST_F(CsvTest, infers_types_over_the_whole_file) {
  const core::Table table = read(
      "i,big,d,b,t,us,w,n,late\n"
      "1,9223372036854775807,1.5,true,2024-02-29,1/2/24 3:04 PM,red,NA,1\n"
      "-2,9223372036854775808,+2,False,2024-02-29T12:00:00.25+01:00,12/31/1999,?,,2\n"
      ",1,nan,TRUE,,?,blue,null,x\n");
  const auto type = [&](const char* name) { return table.find(name)->type; };
  EXPECT_EQ(type("i"), ColumnType::integer);
  EXPECT_EQ(table.find("i")->valid, (std::vector<std::uint8_t>{1, 1, 0}));
  EXPECT_EQ(type("big"), ColumnType::real);
  EXPECT_EQ(type("d"), ColumnType::real);
  EXPECT_TRUE(table.find("d")->missing(2));
  EXPECT_EQ(type("b"), ColumnType::boolean);
  EXPECT_EQ(integers(*table.find("t")),
            (Column::Integers{1709164800000000000, 1709204400250000000, core::kMissingTime}));
  EXPECT_EQ(integers(*table.find("us")),
            (Column::Integers{1704207840000000000, 946598400000000000, core::kMissingTime}));
  EXPECT_EQ(table.find("w")->categories, (std::vector<std::string>{"blue", "red"}));
  EXPECT_EQ(std::get<Column::Codes>(table.find("w")->values), (Column::Codes{1, -1, 0}));
  EXPECT_EQ(type("n"), ColumnType::real);
  EXPECT_EQ(table.find("n")->n_missing(), 3U);
  EXPECT_EQ(table.find("late")->categories, (std::vector<std::string>{"1", "2", "x"}));
}

TEST_F(CsvTest, calls_words_text_when_most_are_distinct) {
  std::string rows = "word\n";
  for (int i = 0; i < 21; ++i) rows += "w" + std::to_string(i) + "\n";
  EXPECT_EQ(read(rows).columns[0].type, ColumnType::text);
  EXPECT_EQ(read(rows + rows.substr(5)).columns[0].type, ColumnType::categorical);
  EXPECT_EQ(read(rows + rows.substr(5), {.max_categories = 20}).columns[0].type, ColumnType::text);
}

TEST_F(CsvTest, obeys_overrides_and_sorts_number_categories_by_value) {
  const core::Table table =
      read("a,b,c,p\n10,1,x,48.1 11.6\n9,0,y,\"(0, -180)\"\n",
           {.missing = {"y"},
            .types = {{"a", ColumnType::categorical}, {"b", ColumnType::boolean}, {"p", ColumnType::latlong}},
            .ignore = {"c"}});
  EXPECT_EQ(table.columns.size(), 3U);
  EXPECT_EQ(table.columns[0].categories, (std::vector<std::string>{"9", "10"}));
  EXPECT_EQ(table.columns[1].type, ColumnType::boolean);
  EXPECT_EQ(std::get<Column::Places>(table.columns[2].values)[1][1], -180);
}

TEST_F(CsvTest, reads_numbers_as_python_does) {
  EXPECT_EQ(reals(read("x\n1e400\n-1e-400\n+.5\ninf\n0.1\n").columns[0]),
            (Column::Reals{INFINITY, -0.0, 0.5, INFINITY, 0.1}));
}

TEST_F(CsvTest, converts_latin1) {
  EXPECT_EQ(read("n\ngr\xFCn\n", {.encoding = Encoding::latin1}).columns[0].categories[0], "grün");
}

TEST_F(CsvTest, reads_cells_across_windows) {
  std::string rows = "id,word\n";
  for (int i = 0; i < 40000; ++i) rows += std::to_string(i) + ",\"ä" + std::string(60, 'x') + "\n\"\n";
  const core::Table table = read(rows + "40000,\"" + std::string(3 << 20, 'y') + "\"\n");
  ASSERT_EQ(table.n_rows(), 40001U);
  EXPECT_EQ(integers(table.columns[0])[39999], 39999);
  EXPECT_EQ(table.columns[1].categories.size(), 2U);
  EXPECT_EQ(refusal(rows + "x\xFF"),
            "a.csv:80002:2: byte 0xFF is not UTF-8\n  set encoding: latin1 if that is what it "
            "is, or convert it: iconv -f WINDOWS-1252 -t UTF-8 a.csv > utf8-a.csv");
}

TEST_F(CsvTest, refuses_in_words) {
  EXPECT_EQ(refusal(""), "a.csv: is empty");
  EXPECT_EQ(refusal(" \n\n"), "a.csv: is empty");
  EXPECT_EQ(refusal("a,b\n"), "a.csv: has a header but no rows\n  set header: no if its first line is data");
  EXPECT_EQ(refusal("a,b\n1,2\n\n1,2,3\n"),
            "a.csv:4: 3 cells, expected 2 as in line 1\n"
            "  quote cells that contain ',', or give the first column a name in line 1 if it lacks one");
  EXPECT_EQ(refusal("a,b\n1,2,\n"),
            "a.csv:2: 3 cells, expected 2 as in line 1\n"
            "  the line ends with ',', as line 1 does not: add it there or take it off here");
  EXPECT_EQ(refusal("a,b\n1,2,3,4\n"), "a.csv:2: 4 cells, expected 2 as in line 1\n  quote cells that contain ','");
  EXPECT_EQ(refusal("a,b\n1\n"),
            "a.csv:2: 1 cell, expected 2 as in line 1\n  the cells are cut at ','; set delimiter if that is wrong");
  EXPECT_EQ(refusal("a,b\n1,\"x\n2,y\n"), "a.csv:2:3: the quote that begins here is never closed");
  EXPECT_EQ(refusal("a,b\n1,\"x\"y\n"),
            "a.csv:2:6: text after a closing quote\n"
            "  double the quotes that belong to the cell: \"a \"\"word\"\" in quotes\"");
  EXPECT_EQ(refusal(std::string_view("a\n1\0\n", 5)),
            "a.csv:2:2: NUL byte; this is not a text file, or is UTF-16 without a byte order mark");
  EXPECT_EQ(refusal("\xFF\xFE"
                    "a"),
            "a.csv: is UTF-16 text; only UTF-8 and latin1 are read\n"
            "  convert it: iconv -f UTF-16 -t UTF-8 a.csv > utf8-a.csv");
  EXPECT_EQ(
      refusal("a,b\n\"\n\",1\n2,zwölf\n", {.types = {{"b", ColumnType::integer}}}),
      "a.csv:4:3: 'zwölf' in column 'b' is not a whole number\n  expected whole numbers within 64 bits; add it to the "
      "missing words if it means no value");
  EXPECT_EQ(refusal("gamma,b\n1,2\n", {.types = {{"gama", ColumnType::real}}}),
            "a.csv: no column 'gama', which types names\n  did you mean 'gamma'? known: gamma, b");
}

TEST_F(CsvTest, names_files_that_cannot_be_read) {
  EXPECT_EQ(message<core::UserError>([&] { read_table(at("no.csv")); }), "no.csv: no such file");
  std::filesystem::create_directory(at("folder"));
  EXPECT_EQ(message<core::UserError>([&] { read_table(at("folder")); }), "folder: is a directory, not a file");
}

std::string shell_packed(const std::filesystem::path& path, const std::string& tool) {
  const std::string command = tool + " -kf " + path.string();
  EXPECT_EQ(std::system(command.c_str()), 0);
  return path.string() + (tool == "gzip" ? ".gz" : ".xz");
}

TEST_F(CsvTest, unpacks_gzip_and_xz_and_names_them_when_cut_short_anywhere) {
  std::string rows = "x\n";
  for (int i = 0; i < 500; ++i) rows += std::to_string(i * 7919) + "\n";
  const std::filesystem::path plain = put("a.csv", rows);
  for (const std::string tool : {"gzip", "xz"}) {
    const std::string packed = shell_packed(plain, tool);
    EXPECT_EQ(read_table(packed).n_rows(), 500U);
    const std::string bytes = contents(packed);
    for (std::size_t size = 12; size < bytes.size(); size += 7) {
      put("cut", bytes.substr(0, size));
      ASSERT_EQ(message<core::UserError>([&] { read_table(at("cut")); }),
                "cut: its " + tool + " compression is damaged or cut short\n  copy or download the file again")
          << size;
    }
    std::string damaged = bytes;
    damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x55);
    put("bad", damaged);
    EXPECT_NE(message<core::UserError>([&] { read_table(at("bad")); }), "");
  }
}

TEST_F(CsvTest, reads_gzip_of_several_members) {
  const std::string one = contents(shell_packed(put("a.csv", "x\n1\n"), "gzip"));
  const std::string two = contents(shell_packed(put("b.csv", "2\n3\n"), "gzip"));
  EXPECT_EQ(read_table(put("c", one + two)).n_rows(), 3U);
}

TEST_F(CsvTest, reads_the_digits) {
  const core::Table table = read_table(GRIDMILL_SOURCE_DIR "/data/digits.csv.gz");
  EXPECT_EQ(table.n_rows(), 1797U);
  EXPECT_EQ(table.columns.size(), 65U);
  EXPECT_EQ(table.columns[64].type, ColumnType::integer);
}

/// The expected names are what pandas 1.5 makes of them.
TEST_F(CsvTest, renames_columns_of_one_name_as_pandas_does) {
  const auto names = [&](const std::string& header) {
    std::string joined;
    const core::Table table = read(header + "\n" + "1,2,3,4\n");
    for (const core::Column& column : table.columns) joined += (joined.empty() ? "" : ",") + column.name;
    return joined;
  };
  EXPECT_EQ(names("a,a,b,a"), "a,a.1,b,a.2");
  EXPECT_EQ(names("a,a,a.1,a.1"), "a,a.2,a.1,a.1.1");
  EXPECT_EQ(names("a,a.1,a.1,a"), "a,a.1,a.1.1,a.2");
  EXPECT_EQ(names("x,\"a\",x,a"), "x,a,x.1,a.1");
  EXPECT_EQ(open_table(put("a.csv", "a,,a\n1,2,3\n"), {})->remarks().notes.at(0),
            at("a.csv").string() + ":1:4: another column is called 'a' already; this one is called 'a.1'");
}

class LibsvmTest : public CsvTest {};

TEST_F(LibsvmTest, is_found_out_where_the_first_rows_have_no_entries) {
  EXPECT_EQ(format_of(put("m.txt", "1\n-1 3:1\n"), {}), TableFormat::libsvm);
  EXPECT_EQ(format_of(put("m.txt", "# none\n0.5\n1\n\n2 # none\n-1 3:1 4:2\n"), {}), TableFormat::libsvm);
  EXPECT_EQ(format_of(put("m.txt", "1\n2\n3\n"), {}), TableFormat::csv);
  EXPECT_EQ(format_of(put("m.txt", "a\n-1 3:1\n"), {}), TableFormat::csv);
  EXPECT_EQ(format_of(put("m.txt", "1\n2024-01-01 10:30\n"), {}), TableFormat::csv);
  EXPECT_EQ(read("1\n-1 3:1\n").columns.size(), 4U);
}

TEST_F(LibsvmTest, reads_sparse_lines_as_a_dense_table) {
  const core::Table table = read("# made by hand\n+1  1:0.5\t3:2 # note\n-1 qid:4 2:1e-3\n\n1\n");
  ASSERT_EQ(table.columns.size(), 4U);
  EXPECT_EQ(reals(table.columns[0]), (Column::Reals{0.5, 0, 0}));
  EXPECT_EQ(reals(*table.find("f3")), (Column::Reals{2, 0, 0}));
  EXPECT_EQ(integers(*table.find("target")), (Column::Integers{1, -1, 1}));
  EXPECT_EQ(read("1 1:1\n", {.n_features = 5}).columns.size(), 6U);
  EXPECT_EQ(read("1 0:1 1:2\n", {.first_index = IndexBase::zero}).columns.size(), 3U);
  EXPECT_EQ(read("1.5 1:1\n").find("target")->type, ColumnType::real);
  EXPECT_EQ(read("3 1:1\n-1 1:2\n", {.types = {{"target", ColumnType::categorical}}}).find("target")->categories,
            (std::vector<std::string>{"-1", "3"}));
}

TEST_F(LibsvmTest, counts_features_as_the_file_does) {
  const core::Table zero = read("0 0:-1 1:-2 3:1\n1 1:4\n");
  ASSERT_EQ(zero.columns.size(), 5U);
  EXPECT_EQ(reals(*zero.find("f0")), (Column::Reals{-1, 0}));
  EXPECT_EQ(reals(*zero.find("f3")), (Column::Reals{1, 0}));
  // Index 0 in the last line counts, too; told to begin at 0 or 1, a file without index 0 obeys.
  EXPECT_EQ(read("0 2:1\n1 0:4\n").columns.front().name, "f0");
  EXPECT_EQ(read("0 2:1\n", {.first_index = IndexBase::zero}).columns.size(), 4U);
  EXPECT_EQ(read("0 2:1\n", {.first_index = IndexBase::one}).columns.size(), 3U);
  EXPECT_EQ(read("0 2:1\n").columns.size(), 3U);
  const SparseText sparse = read_libsvm(put("z.svm", "0 0:-1 3:1\n"), {});
  EXPECT_EQ(sparse.x.n_features, 4U);
  EXPECT_EQ(sparse.first_index, IndexBase::zero);
  EXPECT_EQ(libsvm_first_index({"f2", "f0"}), IndexBase::zero);
  EXPECT_EQ(libsvm_first_index({"f1", "f2"}), IndexBase::one);
}

TEST_F(LibsvmTest, refuses_in_words) {
  EXPECT_EQ(refusal("1 1:2\n1 0:1\n", {.first_index = IndexBase::one}),
            "a.csv:2:3: index 0, but indices begin at 1\n"
            "  set first_index: 0 if the features are counted from 0, also in the data the model learned from");
  EXPECT_EQ(refusal("1 1:2\r1 2:1\r"),
            "a.csv:1:6: the line ends in a carriage return alone\n"
            "  convert it: tr '\\r' '\\n' < old.svm > new.svm");
  EXPECT_EQ(refusal("1 1:2\n1 3:1 2:1\n"), "a.csv:2:7: index 2 does not ascend from 3");
  EXPECT_EQ(refusal("1 1:2\n1 2:x\n"), "a.csv:2:5: 'x' is not a number");
  EXPECT_EQ(refusal("1 1:2\n1 2\n"), "a.csv:2:3: '2' is not index:value");
  EXPECT_EQ(refusal("1 1:2\na 2:1\n"),
            "a.csv:2:1: the label 'a' is not a number\n  expected: label index:value index:value ...");
  EXPECT_EQ(refusal("1 1:2\n", {.types = {{"target", ColumnType::text}}}),
            "a.csv: column 'target' of LIBSVM text cannot be text\n  features are double; target is integer, double or "
            "categorical");
  EXPECT_EQ(refusal("1 1:2 9:1\n", {.n_features = 3}), "a.csv:1:7: index 9 is beyond the 3 features");
}

TEST_F(LibsvmTest, refuses_a_table_of_columns_that_only_an_index_makes) {
  EXPECT_EQ(
      refusal("1 1:2\n1 3:1 10000000:1\n1 7:1\n"),
      "a.csv:2:1: a table of 10000000 features would take 7.5 GiB of memory before its first row; at most 1000000 "
      "are read as a table\n"
      "  'gridmill search' takes such text as it is, where no candidate has preprocessing or impute");
}

}  // namespace
}  // namespace gridmill::io
