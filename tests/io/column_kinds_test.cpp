// Times, booleans and numbers as people write them. Values: pandas 1.5 and Woodwork 0.27.
#include <cstdlib>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/import/table_file.hpp"
#include "io/text/datetime.hpp"
#include "scratch_folder.hpp"

namespace gridmill::io {
namespace {

using core::Column;
using core::ColumnType;
using Sentences = std::vector<std::string>;

class ColumnKinds : public ScratchFolder {
 protected:
  core::Table read(std::string_view bytes, const ImportOptions& options = {}) const {
    return read_table(put("a.csv", bytes), options);
  }
  Remarks remarks(std::string_view bytes, const ImportOptions& options = {}) const {
    Remarks all = open_table(put("a.csv", bytes), options)->remarks();
    for (Sentences* sentences : {&all.warnings, &all.notes}) {
      for (std::string& each : *sentences) each = each.substr(each.rfind("/a.csv") + 1);
    }
    return all;
  }
  std::string refusal(std::string_view bytes, const ImportOptions& options) const {
    return message<core::UserError>([&] { read(bytes, options); });
  }
  /// The times of a column that is called `t`.
  Sentences times(std::string_view cells, const ImportOptions& options = {}) const {
    const core::Table table = read("i;t\n" + std::string(cells), options);
    const Column& column = *table.find("t");
    if (column.type != ColumnType::datetime) return {std::string(core::name_of(column.type))};
    Sentences all;
    for (const std::int64_t time : std::get<Column::Integers>(column.values)) {
      all.push_back(time == core::kMissingTime ? "" : datetime_text(time));
    }
    return all;
  }
  static ImportOptions datetime() { return {.types = {{"t", ColumnType::datetime}}}; }
};

TEST_F(ColumnKinds, reads_dates_as_people_write_them) {
  for (const char* text : {"2020-1-2", "2020/01/02", "2020.1.2", "1/2/2020", "1/2/20", "01.02.2020", "1-2-2020",
                           "02-Jan-2020", "2 January 2020", "02JAN2020", "02-Jan-20", "Jan 2, 2020", "January 2 2020",
                           "2020-Jan-02", "Thu, 02 Jan 2020", "Thursday, January 2, 2020"}) {
    EXPECT_EQ(times("1;" + std::string(text) + "\n"), Sentences{"2020-01-02"}) << text;
  }
  for (const char* text :
       {"2020-1-2 3:04:05.5", "2020-01-02T03:04:05,5Z", "1/2/2020 3:04:05.5 AM", "02-Jan-2020 03:04:05.5 UTC",
        "2020-01-02 08:34:05.5 +05:30", "Thu, 02 Jan 2020 03:04:05.5 GMT"}) {
    EXPECT_EQ(times("1;" + std::string(text) + "\n"), Sentences{"2020-01-02T03:04:05.5Z"}) << text;
  }
  for (const char* text :
       {"2020-13-01", "2020-02-30", "31.02.2020", "2020-1", "1.2.20", "1-2-20", "12 2020", "2020-01-02T", "Jan"}) {
    EXPECT_EQ(times("1;" + std::string(text) + "\n"), Sentences{"categorical"}) << text;
  }
  EXPECT_EQ(times("1;31.12.20\n", datetime()), Sentences{"2020-12-31"});
}

TEST_F(ColumnKinds, keeps_day_and_month_in_one_order) {
  EXPECT_EQ(times("1;01/02/2020\n2;13/02/2020\n"), (Sentences{"2020-02-01", "2020-02-13"}));
  EXPECT_EQ(times("1;13/02/2020\n2;01/02/2020\n"), (Sentences{"2020-02-13", "2020-02-01"}));
  EXPECT_EQ(times("1;01.02.2020\n2;31.12.2020\n", datetime()), (Sentences{"2020-02-01", "2020-12-31"}));
  EXPECT_EQ(times("1;01/02/2020\n2;02/13/2020\n"), (Sentences{"2020-01-02", "2020-02-13"}));
  EXPECT_EQ(times("1;01/02/2020\n2;03/04/2020\n"), (Sentences{"2020-01-02", "2020-03-04"}));
  EXPECT_EQ(times("1;01/02/2020\n2;13/02/2020\n3;02/13/2020\n"), Sentences{"categorical"});
  EXPECT_EQ(refusal("i;t\n1;01/02/2020\n2;13/02/2020\n3;02/13/2020\n", datetime()),
            "a.csv:4:3: '02/13/2020' in column 't' has the month first, and cells before it have the day\n"
            "  a column has one order of day and month");
  EXPECT_EQ(
      remarks("i;t\n1;01/02/2020\n2;05/05/2020\n").notes,
      Sentences{"a.csv: the dates in column 't' are read with the month first, since none shows that it is the day; if "
                "it is, say so in the section 'import': time_format: {t: \"%d/%m/%Y\"} (other files have no such "
                "option: write their dates as 2020-12-31)"});
  EXPECT_TRUE(remarks("i;t\n1;01/02/2020\n2;13/02/2020\n").notes.empty());
  EXPECT_TRUE(remarks("i;t\n1;05/05/2020\n").notes.empty());
}

TEST_F(ColumnKinds, rereads_a_column_of_many_pieces_when_the_order_shows_late) {
  std::string text = "i;t\n";
  for (int i = 0; i < 70000; ++i) text += "1;01/02/2020\n";
  const core::Table table = read(text + "1;13/02/2020\n");
  const auto& times = std::get<Column::Integers>(table.find("t")->values);
  ASSERT_EQ(times.size(), 70001U);
  EXPECT_EQ(datetime_text(times[0]), "2020-02-01");
  EXPECT_EQ(datetime_text(times[69999]), "2020-02-01");
}

TEST_F(ColumnKinds, counts_times_out_of_range_as_missing_and_says_so) {
  EXPECT_EQ(times("1;2020-01-05\n2;9999-12-31\n3;1600-01-01\n"), (Sentences{"2020-01-05", "", ""}));
  EXPECT_EQ(
      times("1;1677-09-21T00:12:43.145224193\n2;2262-04-11T23:47:16.854775807\n3;2262-04-11T23:47:16.854775808\n"),
      (Sentences{"1677-09-21T00:12:43.145224193Z", "2262-04-11T23:47:16.854775807Z", ""}));
  EXPECT_EQ(remarks("i;t\n1;2020-01-05\n2;9999-12-31\n3;1600-01-01\n").warnings,
            Sentences{"a.csv:3: '9999-12-31' in column 't' is a date out of range, one of 2: they count as missing; "
                      "times lie between 1677-09-21 and 2262-04-11"});
  ImportOptions deciding = datetime();
  deciding.deciding_times = {"t"};
  EXPECT_EQ(refusal("i;t\n1;9999-12-31\n", deciding),
            "a.csv:2:3: '9999-12-31' in column 't' is out of range\n"
            "  times lie between 1677-09-21 and 2262-04-11; add it to the missing words if it means no value");
}

TEST_F(ColumnKinds, names_time_format_where_a_date_is_not_understood) {
  const auto hint = [&](const std::string& cell) {
    const std::string text = refusal("i;t\n1;" + cell + "\n", datetime());
    const std::size_t at = text.find("time_format");
    return text.substr(at, text.find("; or") - at);
  };
  EXPECT_EQ(hint("964982703"), "time_format: {t: \"s\"} reads numbers as s since 1970");
  EXPECT_EQ(hint("1445714994123"), "time_format: {t: \"ms\"} reads numbers as ms since 1970");
  EXPECT_EQ(hint("20200131"), "time_format: {t: \"%Y%m%d\"} says how it is written");
  EXPECT_EQ(hint("5. Mai 2020"), "time_format: {t: \"%d.%m.%Y\"} says how it is written");
}

TEST_F(ColumnKinds, makes_times_of_several_columns) {
  ImportOptions options{.made_times = {{"at", {"y", "m", "d", "h"}}}};
  const core::Table table = read("y,m,d,h,x\n2013,1,5,5.0,1\n2013,12,31,23,2\n2013,1,,4,3\n", options);
  ASSERT_EQ(table.columns.back().name, "at");
  const auto& at = std::get<Column::Integers>(table.columns.back().values);
  EXPECT_EQ(datetime_text(at[0]), "2013-01-05T05:00:00Z");
  EXPECT_EQ(datetime_text(at[1]), "2013-12-31T23:00:00Z");
  EXPECT_TRUE(table.columns.back().missing(2));
  options.ignore = {"y", "m", "d", "h"};
  EXPECT_EQ(read("y,m,d,h,x\n2013,1,5,5,1\n", options).columns.size(), 2U);

  const core::Table joined = read("date,time\n2020-01-02,3:04\n", {.made_times = {{"at", {"date", "time"}}}});
  EXPECT_EQ(datetime_text(std::get<Column::Integers>(joined.columns.back().values)[0]), "2020-01-02T03:04:00Z");
  const core::Table formed =
      read("date,time\n2.1.20,0304\n",
           {.time_formats = {{"at", core::TimeFormat("%d.%m.%y %H%M")}}, .made_times = {{"at", {"date", "time"}}}});
  EXPECT_EQ(datetime_text(std::get<Column::Integers>(formed.columns.back().values)[0]), "2020-01-02T03:04:00Z");
  EXPECT_EQ(refusal("y,m,d\n2013,13,1\n", {.made_times = {{"at", {"y", "m", "d"}}}}),
            "a.csv:2:1: '2013 13 1' in column 'at' is not a date\n"
            "  expected times written as %Y %m %d; add it to the missing words if it means no value");
}

TEST_F(ColumnKinds, finds_booleans_in_words_where_that_is_asked_for) {
  const auto type = [&](const std::string& cells, ImportOptions options = {}) {
    options.boolean_words = true;
    return core::name_of(read("i,b\n" + cells, options).find("b")->type);
  };
  for (const char* cells :
       {"1,Y\n2,N\n", "1,yes\n2,no\n3,YES\n", "1,t\n2,f\n3,\n", "1,True\n2,false\n", "1,TrUe\n2,falsE\n"}) {
    EXPECT_EQ(type(cells), "boolean") << cells;
  }
  for (const char* cells : {"1,Y\n2,Y\n", "1,Y\n2,no\n", "1,Y\n2,N\n3,M\n", "1,J\n2,N\n"})
    EXPECT_EQ(type(cells), "categorical") << cells;
  EXPECT_EQ(type("1,1\n2,0\n"), "integer");
  EXPECT_EQ(type("1,Y\n2,N\n", {.keys = {"b"}}), "categorical");
  EXPECT_EQ(read("i,b\n1,Y\n2,N\n").find("b")->type, ColumnType::categorical);
  const core::Table table = read("i,b\n1,Y\n2,N\n3,\n", {.boolean_words = true});
  EXPECT_EQ(std::get<Column::Booleans>(table.find("b")->values), (Column::Booleans{1, 0, 0}));
  EXPECT_EQ(table.find("b")->valid, (std::vector<std::uint8_t>{1, 1, 0}));
  EXPECT_EQ(remarks("i,b\n1,Y\n2,N\n", {.boolean_words = true}).notes,
            Sentences{"a.csv: 'b' holds 'Y' and 'N' and is read as boolean; types: {b: categorical} keeps the words"});
}

TEST_F(ColumnKinds, reads_words_of_a_column_that_is_called_boolean) {
  const ImportOptions boolean{.types = {{"b", ColumnType::boolean}}};
  const core::Table table = read("i,b\n1,Y\n2,no\n3,T\n4,0.0\n5,1\n6,FALSE\n", boolean);
  EXPECT_EQ(std::get<Column::Booleans>(table.find("b")->values), (Column::Booleans{1, 0, 1, 0, 1, 0}));
  EXPECT_EQ(refusal("i,b\n1,J\n", boolean),
            "a.csv:2:3: 'J' in column 'b' is not a boolean\n"
            "  expected true, false, yes, no, t, f, y, n, 1 or 0; add it to the missing words if it means no value");
}

TEST_F(ColumnKinds, keeps_keys_beyond_64_bits_exact) {
  const std::string text = "k,x\n18446744073709551615,1\n18446744073709551614,2\n7,3\n";
  const core::Table table = read(text, {.keys = {"k"}});
  EXPECT_EQ(table.find("k")->categories, (Sentences{"7", "18446744073709551614", "18446744073709551615"}));
  EXPECT_EQ(read("k,x\n9007199254740993,1\n1.5,2\n", {.keys = {"k"}}).find("k")->type, ColumnType::categorical);
  EXPECT_EQ(read("k,x\n5,1\n1.5,2\n", {.keys = {"k"}}).find("k")->type, ColumnType::real);
}

TEST_F(ColumnKinds, says_why_dates_are_read_as_words) {
  EXPECT_EQ(
      remarks("t,x\n13/02/2020,1\n02/13/2020,2\n").warnings,
      Sentences{
          "a.csv: 't' is read as words: in some of its dates the day stands first ('13/02/2020'), in others the month "
          "('02/13/2020')"});
  std::string rows = "t,x\n";
  for (int day = 1; day <= 20; ++day) rows += fmt::format("2020-01-{:02},1\n", day);
  EXPECT_EQ(remarks(rows + "unknown,2\n").warnings,
            Sentences{"a.csv: 't' is read as words: all are dates but 'unknown'; if that means no value, add it to the "
                      "missing words: "
                      "missing: [\"\", 'unknown']"});
  EXPECT_TRUE(remarks("t,x\n2020-01-02,1\nspring,2\nautumn,2\n").warnings.empty());
}

TEST_F(ColumnKinds, rounds_no_whole_number_without_a_word) {
  EXPECT_EQ(
      remarks("x,y\n1,1\n18446744073709551615,1\n9223372036854775809,1\n").warnings,
      Sentences{"a.csv:3: '18446744073709551615' in column 'x' is rounded to a double, one of 2 such whole numbers; "
                "types: {x: categorical} keeps them exact"});
  EXPECT_EQ(
      remarks("x,y\n9007199254740993,1\n0.5,1\n").warnings,
      Sentences{"a.csv:2: '9007199254740993' in column 'x' is rounded to a double, one of 1 such whole numbers; types: "
                "{x: categorical} keeps them exact"});
  EXPECT_TRUE(remarks("x,y\n9223372036854775808,1\n0.5,2\n").warnings.empty());
  EXPECT_TRUE(remarks("x,y\n9007199254740993,1\n").warnings.empty());
  EXPECT_EQ(read("1 1:2\n").find("target")->type, ColumnType::integer);
  EXPECT_EQ(read("18446744073709551615 1:2\n18446744073709551614 1:3\n").find("target")->categories,
            (Sentences{"18446744073709551614", "18446744073709551615"}));
}

TEST_F(ColumnKinds, given_as_whole_numbers_may_be_written_otherwise) {
  const ImportOptions given{.types = {{"id", ColumnType::integer}}};
  EXPECT_EQ(
      std::get<core::Column::Integers>(read("id,b\n9e+05,1\n1001.0,1\n-2.50E1,2\n1e0,3\n", given).find("id")->values),
      (core::Column::Integers{900000, 1001, -25, 1}));
  for (const char* cell : {"1001.5", "1e-3", "1e16", "9007199254740993.0", "inf"}) {
    EXPECT_NE(refusal(std::string("id,b\n1,1\n") + cell + ",2\n", given).find("is not a whole number"),
              std::string::npos)
        << cell;
  }
  EXPECT_NE(refusal("id,b\n1,1\n18446744073709551615,2\n", given).find("is beyond what integers hold here"),
            std::string::npos);
  // What is found out stays as pandas has it.
  EXPECT_EQ(read("id,b\n9e+05,1\n3,1\n").find("id")->type, ColumnType::real);
}

TEST_F(ColumnKinds, says_which_words_stop_numbers) {
  EXPECT_EQ(remarks("a;b\n1,5;1\n2,25;2\n").warnings,
            Sentences{"a.csv: 'a' is read as words, since '1,5' is no number; set decimal: \",\" if it is one"});
  EXPECT_EQ(
      remarks("a;b\n1,500;1\n12,250;2\n").warnings,
      Sentences{"a.csv: 'a' is read as words, since '1,500' is no number; numbers are written without marks between "
                "thousands"});
  std::string rows = "a,b\n";
  for (int i = 0; i < 30; ++i) rows += std::to_string(i) + ",1\n";
  EXPECT_EQ(
      remarks(rows + "unknown,2\n").warnings,
      Sentences{
          "a.csv: 'a' is read as words: all are numbers but 'unknown'; if that means no value, add it to the missing "
          "words: missing: [\"\", 'unknown']"});
  EXPECT_TRUE(remarks("a,b\n1,x\n2,y\n3a,z\n").warnings.empty());
  EXPECT_EQ(refusal("a;b\n1,5;1\n", {.types = {{"a", ColumnType::real}}}),
            "a.csv:2:1: '1,5' in column 'a' is not a number\n  set decimal: \",\" if that is its mark");
}

TEST_F(ColumnKinds, names_formats_that_are_not_read) {
  const auto said = [&](std::string_view bytes) { return refusal(bytes, {}).substr(0, refusal(bytes, {}).find('\n')); };
  EXPECT_EQ(said("PAR1\x15\x04"), "a.csv: is a Parquet file, which is not read");
  EXPECT_EQ(said("PK\x03\x04....[Content_Types].xml"), "a.csv: is an Excel file, which is not read");
  EXPECT_EQ(said("PK\x03\x04....data.csv"), "a.csv: is a zip archive, which is not read");
  EXPECT_EQ(said("BZh91AY"), "a.csv: is packed by bzip2, which is not read");
  EXPECT_EQ(said(std::string_view("SQLite format 3\0", 16)), "a.csv: is an SQLite database, which is not read");
  EXPECT_EQ(said("[\n {\"a\": 1}]"), "a.csv: is JSON, which is not read");
  EXPECT_EQ(said("<!DOCTYPE html>"), "a.csv: is a web page, which is not read");
  EXPECT_EQ(read("\xEF\xBB\xBF"
                 "1 1:2\n")
                .columns.size(),
            2U);
}

TEST_F(ColumnKinds, names_the_delimiter_where_a_line_is_one_cell) {
  EXPECT_EQ(refusal("a:b\n1:2\n", {.types = {{"b", ColumnType::real}}}),
            "a.csv: no column 'b', which types names\n"
            "  the first line is one cell, 'a:b'; set delimiter: \":\" if that is what stands between cells");
  EXPECT_EQ(read("a|b\n1|2\n").columns.size(), 2U);
}

TEST_F(ColumnKinds, refuses_a_pipe) {
  const std::string pipe = at("pipe").string();
  ASSERT_EQ(std::system(("mkfifo " + pipe).c_str()), 0);
  EXPECT_EQ(
      message<core::UserError>([&] { read_table(pipe); }),
      "pipe: is a pipe or a device; files are read more than once\n  write what it gives into a file, and name that");
}

}  // namespace
}  // namespace gridmill::io
