#include <gtest/gtest.h>

#include "io/import/import.hpp"
#include "io/import/table_file.hpp"
#include "scratch_folder.hpp"

namespace gridmill::io {
namespace {

class LocateRow : public ScratchFolder {};

TEST_F(LocateRow, counts_the_header_blank_lines_and_quoted_line_feeds_of_csv) {
  const auto csv = put("a.csv", "a,b\n1,\"two\nlines\"\n\n2,x\n3,y\n");
  EXPECT_EQ(locate_row(csv, {}, 0).line, 2U);
  EXPECT_EQ(locate_row(csv, {}, 1).line, 5U);
  EXPECT_EQ(locate_row(csv, {}, 2).text(), csv.string() + ":6");
}

TEST_F(LocateRow, finds_rows_beyond_the_first_block) {
  std::string text = "a\n";
  for (int i = 0; i < 10000; ++i) text += std::to_string(i) + "\n";
  EXPECT_EQ(locate_row(put("a.csv", text), {}, 9998).line, 10000U);
}

TEST_F(LocateRow, counts_the_comments_of_libsvm_text) {
  const auto text = put("a.svm", "# first\n1 1:2\n\n-1 1:3 # more\n");
  EXPECT_EQ(locate_row(text, {}, 0).line, 2U);
  EXPECT_EQ(locate_row(text, {}, 1).line, 4U);
}

TEST_F(LocateRow, names_the_file_alone_for_a_store_and_beyond_the_end) {
  const auto csv = put("a.csv", "a\n1\n");
  import_table(csv, at("a.h5"));
  EXPECT_EQ(locate_row(at("a.h5"), {}, 0).text(), at("a.h5").string());
  EXPECT_EQ(locate_row(csv, {}, 1).text(), csv.string());
}

}  // namespace
}  // namespace gridmill::io
