#include "io/store/matrix_store.hpp"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "io/store/store.hpp"
#include "scratch_folder.hpp"

namespace gridmill::io {
namespace {

namespace fs = std::filesystem;
using core::ColumnType;
using testing::HasSubstr;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
const std::vector<ColumnType> kTypes{ColumnType::integer, ColumnType::real,        ColumnType::integer,
                                     ColumnType::boolean, ColumnType::categorical, ColumnType::text};

/// Rows [first, first + n) of six columns: numbers tell the row, the second and third entry of the matrix are missing
/// in some.
std::vector<CellValues> rows(std::size_t first, std::size_t n) {
  std::vector<double> ids, ratios;
  std::vector<std::uint8_t> paid;
  std::vector<std::int32_t> colours;
  std::vector<std::optional<std::string>> notes;
  for (std::size_t row = first; row < first + n; ++row) {
    ids.push_back(static_cast<double>(row));
    ratios.push_back(row == 1 ? kNaN : row == 0 ? 0.5 : static_cast<double>(row) / 2);
    paid.push_back(static_cast<std::uint8_t>(row % 3));
    colours.push_back(row % 3 == 2 ? -1 : static_cast<std::int32_t>(row % 3));
    notes.push_back(row % 5 == 4 ? std::nullopt : std::optional("n" + std::to_string(row)));
  }
  return {ids, ratios, ids, paid, colours, notes};
}

class MatrixStore : public ScratchFolder {
 protected:
  MatrixStore() { fs::create_directory(at("parts")); }

  PartHeader header(std::size_t first, std::size_t n) const {
    return {.fingerprint = 0xfeed, .first_row = first, .n_rows = n, .types = kTypes};
  }

  /// Writes a part in portions of at most that many rows.
  fs::path write_part(const std::string& name, std::size_t first, std::size_t n, std::size_t portion) const {
    MatrixPartWriter writer(at(name), header(first, n));
    for (std::size_t done = 0; done < n; done += portion) {
      const auto values = rows(first + done, std::min(portion, n - done));
      std::vector<const CellValues*> columns;
      for (const CellValues& column : values) columns.push_back(&column);
      writer.write(done, columns);
    }
    const CodeMeaning colours{
        .labels = std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"blue", "red"})};
    writer.finish({&colours, 1});
    return at(name);
  }

  fs::path write_store(MatrixLayout layout) const {
    MatrixTable table{
        .name = "features", .source = "a.h5", .n_rows = 300, .layout = layout, .parts = {{}}, .columns = {}};
    for (const auto& [name, first, n] : {std::tuple{"parts/0.h5", 0, 256}, std::tuple{"parts/1.h5", 256, 44}}) {
      const auto row = static_cast<std::size_t>(first);
      table.parts[0].files.push_back(write_part(name, row, static_cast<std::size_t>(n), 256));
      table.parts[0].headers.push_back(header(row, static_cast<std::size_t>(n)));
    }
    const std::vector<std::string> names{"id", "a / b", "COUNT(x)", "paid", "colour", "note"};
    for (std::size_t i = 0; i < names.size(); ++i) {
      core::Column column{.name = names[i], .type = kTypes[i]};
      if (i == 0) column.tags = {"index"};
      if (kTypes[i] == ColumnType::categorical) column.categories = {"blue", "red"};
      table.columns.push_back({.column = column, .source = {.parts = 0, .column = i}, .any_missing = i > 2});
    }
    write_matrix_store(at("features.h5"), table);
    return at("features.h5");
  }
};

TEST_F(MatrixStore, part_reads_back_what_was_written) {
  const MatrixPart part(write_part("a.h5", 512, 300, 256));
  EXPECT_EQ(part.header(), header(512, 300));
  const auto expected = rows(512 + 10, 5);
  for (std::size_t column : {0U, 2U, 3U, 4U, 5U}) EXPECT_EQ(part.read(column, 10, 5), expected[column]) << column;
  EXPECT_EQ(part.meanings().at(0).texts(), (std::vector<std::string>{"blue", "red"}));
}

TEST_F(MatrixStore, part_has_the_same_bytes_whatever_the_portions) {
  EXPECT_TRUE(contents(write_part("a.h5", 0, 1000, 256)) == contents(write_part("b.h5", 0, 1000, 1024)));
}

TEST_F(MatrixStore, part_has_the_same_bytes_if_codes_are_numbered_anew) {
  // Until row 768 of 1,000 only "red" and then "blue" are known, in this order.
  const CodeMeaning colours{
      .labels = std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"blue", "red"})};
  MatrixPartWriter writer(at("grown.h5"), header(0, 1000));
  for (std::size_t done = 0; done < 1000; done += 256) {
    auto values = rows(done, std::min<std::size_t>(256, 1000 - done));
    for (std::int32_t& code : std::get<std::vector<std::int32_t>>(values[4])) {
      if (done < 768 && code >= 0) code = 1 - code;
    }
    std::vector<const CellValues*> columns;
    for (const CellValues& column : values) columns.push_back(&column);
    writer.write(done, columns);
  }
  writer.recode(4, 0, 768, std::vector<std::int32_t>{1, 0});
  writer.finish({&colours, 1});
  EXPECT_TRUE(contents(at("grown.h5")) == contents(write_part("at_once.h5", 0, 1000, 1000)));
  EXPECT_TRUE(MatrixPart::open_whole(at("grown.h5"), header(0, 1000)).has_value());
}

TEST_F(MatrixStore, whole_part_is_told_from_others) {
  const fs::path file = write_part("a.h5", 0, 1000, 512);
  EXPECT_TRUE(MatrixPart::open_whole(file, header(0, 1000)).has_value());
  EXPECT_FALSE(MatrixPart::open_whole(at("none.h5"), header(0, 1000)).has_value());
  EXPECT_FALSE(MatrixPart::open_whole(file, header(256, 1000)).has_value());
  PartHeader other = header(0, 1000);
  other.fingerprint = 1;
  EXPECT_FALSE(MatrixPart::open_whole(file, other).has_value());
}

TEST_F(MatrixStore, damaged_part_is_not_whole) {
  const std::string bytes = contents(write_part("a.h5", 0, 1000, 512));
  for (const std::size_t size : {bytes.size() - 1, bytes.size() / 2, std::size_t{100}, std::size_t{0}}) {
    EXPECT_FALSE(MatrixPart::open_whole(put("cut.h5", bytes.substr(0, size)), header(0, 1000)).has_value()) << size;
  }
  std::string changed = bytes;
  const std::size_t at_value = changed.find(std::string("\0\0\0\0\0\0\x59\x40", 8));  // 100.0
  ASSERT_NE(at_value, std::string::npos);
  changed[at_value + 6] = '\x5a';
  EXPECT_FALSE(MatrixPart::open_whole(put("changed.h5", changed), header(0, 1000)).has_value());
}

void expect_rows(const core::Table& table) {
  EXPECT_EQ(table.n_rows(), 300U);
  const auto& ratios = std::get<core::Column::Reals>(table.find("a / b")->values);
  EXPECT_EQ(ratios[0], 0.5);
  EXPECT_TRUE(std::isnan(ratios[1]));
  EXPECT_EQ(ratios[299], 149.5);
  EXPECT_EQ(std::get<core::Column::Integers>(table.find("COUNT(x)")->values)[256], 256);
  EXPECT_EQ(table.find("id")->tags, std::vector<std::string>{"index"});
  EXPECT_TRUE(table.find("paid")->missing(2));
  EXPECT_FALSE(table.find("paid")->missing(3));
  EXPECT_EQ(table.find("colour")->categories, (std::vector<std::string>{"blue", "red"}));
  EXPECT_TRUE(table.find("note")->missing(259));
  EXPECT_EQ(std::get<core::Column::Texts>(table.find("note")->values)[258], "n258");
}

TEST_F(MatrixStore, reads_like_any_store) {
  expect_rows(StoreReader(write_store(MatrixLayout::over_parts)).read("features"));
  expect_rows(StoreReader(write_store(MatrixLayout::whole)).read("features"));
}

TEST_F(MatrixStore, needs_no_parts_when_it_is_whole) {
  const fs::path store = write_store(MatrixLayout::whole);
  const std::string bytes = contents(store);
  EXPECT_TRUE(listed_parts(store).empty());
  fs::remove_all(at("parts"));
  expect_rows(StoreReader(store).read("features"));
  fs::create_directory(at("parts"));
  EXPECT_TRUE(contents(write_store(MatrixLayout::whole)) == bytes) << "equal contents are equal bytes";
}

TEST_F(MatrixStore, refuses_to_copy_a_part_of_another_matrix) {
  MatrixTable table{.name = "features", .source = "a.h5", .n_rows = 256, .parts = {{}}, .columns = {}};
  table.parts[0].files.push_back(write_part("parts/0.h5", 0, 256, 256));
  table.parts[0].headers.push_back(header(0, 256));
  table.parts[0].headers[0].fingerprint = 1;
  table.columns.push_back({.column = {.name = "id", .type = kTypes[0]}, .source = {}});
  EXPECT_THAT(message<core::RunError>([&] { write_matrix_store(at("features.h5"), table); }),
              HasSubstr("parts/0.h5 is another part"));
  EXPECT_FALSE(fs::exists(at("features.h5")));
}

TEST_F(MatrixStore, misses_a_part_that_is_gone_or_cut_short) {
  const fs::path store = write_store(MatrixLayout::over_parts);
  fs::resize_file(at("parts/1.h5"), 1000);
  EXPECT_THAT(message<core::UserError>([&] { StoreReader reader(store); }),
              HasSubstr("features.h5: its part parts/1.h5 is cut short or another one"));
  fs::remove(at("parts/1.h5"));
  EXPECT_THAT(message<core::UserError>([&] { StoreReader reader(store); }),
              HasSubstr("features.h5: its part parts/1.h5 is missing\n  keep the file together with its parts"));
}

TEST_F(MatrixStore, refuses_itself_without_its_checksum_and_says_how_that_may_be) {
  const fs::path store = write_store(MatrixLayout::over_parts);
  constexpr std::size_t kTrailer = 24;  // "GMCHKSUM" and 16 digits
  fs::resize_file(store, fs::file_size(store) - kTrailer);
  EXPECT_EQ(message<core::UserError>([&] { StoreReader reader(store); }),
            "features.h5: has no checksum at its end: it was cut short or changed, or written by an earlier gridmill\n"
            "  make it again with: gridmill features");
  put("config.resolved.yaml", "");
  EXPECT_THAT(message<core::UserError>([&] { StoreReader reader(store); }),
              HasSubstr("\n  'gridmill features config.resolved.yaml' makes it again"));
}

TEST_F(MatrixStore, is_read_by_h5py_from_anywhere) {
  if (std::system("/usr/bin/python3 -c 'import h5py' 2>/dev/null") != 0) GTEST_SKIP() << "no h5py";
  const std::string command = "/usr/bin/python3 " GRIDMILL_SOURCE_DIR "/tests/io/read_matrix.py ";
  EXPECT_EQ(std::system((command + write_store(MatrixLayout::whole).string()).c_str()), 0);
  EXPECT_EQ(std::system((command + write_store(MatrixLayout::over_parts).string() + " parts/1.h5").c_str()), 0);
}

}  // namespace
}  // namespace gridmill::io
