#include "io/store/store.hpp"

#include <cstdlib>
#include <random>

#include "core/error.hpp"
#include "file_size_limit.hpp"
#include "io/hdf5/array_file.hpp"
#include "io/hdf5/hdf5.hpp"
#include "io/import/import.hpp"
#include "io/import/summary.hpp"
#include "io/import/table_file.hpp"
#include "scratch_folder.hpp"

// The HDF5 library cannot free a file that did not fit on the disk.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libhdf5"; }

namespace gridmill::io {
namespace {

using core::Column;
using core::ColumnType;

constexpr std::string_view kMixed =
    "i,d,flag,when,colour,note,km/h,who,place\n"
    "1,0.5,true,2024-02-29,red,\"grün, \"\"x\"\"\",3,a,1 2\n"
    ",,,,,,,,\n"
    "3,-1e300,false,1969-12-31T23:59:59Z,blue,zwei,4,b,-1 -2\n";

const ImportOptions kTyped{
    .types = {{"note", ColumnType::text}, {"who", ColumnType::key}, {"place", ColumnType::latlong}}};

void expect_equal(const core::Table& a, const core::Table& b) {
  ASSERT_EQ(a.columns.size(), b.columns.size());
  for (std::size_t i = 0; i < a.columns.size(); ++i) {
    const Column& x = a.columns[i];
    const Column& y = b.columns[i];
    EXPECT_EQ(x.name, y.name);
    EXPECT_EQ(x.type, y.type);
    EXPECT_EQ(x.categories, y.categories);
    ASSERT_EQ(x.size(), y.size());
    for (std::size_t row = 0; row < x.size(); ++row) ASSERT_EQ(x.missing(row), y.missing(row)) << x.name << row;
    if (x.n_missing() == 0 || (x.type != ColumnType::real && x.type != ColumnType::latlong)) {
      EXPECT_EQ(x.values, y.values) << x.name;
    }
  }
}

class StoreTest : public ScratchFolder {
 protected:
  std::filesystem::path store(std::string_view csv = kMixed, const ImportOptions& options = kTyped) const {
    import_table(put("a.csv", csv), at("a.h5"), options);
    return at("a.h5");
  }
  std::string refusal(const std::filesystem::path& path) const {
    return message<core::UserError>([&] { read_table(path); });
  }
};

TEST_F(StoreTest, gives_back_the_table_it_was_given) {
  const core::Table stored = read_table(store());
  expect_equal(stored, read_table(at("a.csv"), kTyped));
}

TEST_F(StoreTest, gives_back_random_tables) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 20; ++round) {
    std::string csv = "a,b,c,d,e\n";
    const std::size_t n_rows = 1 + random() % 300;
    for (std::size_t row = 0; row < n_rows; ++row) {
      const auto maybe = [&](std::string cell) { return random() % 5 == 0 ? std::string("NA") : cell; };
      csv += maybe(std::to_string(static_cast<std::int64_t>(random()))) + ',';
      csv += maybe(std::to_string(static_cast<double>(random() % 1000000) / 7)) + ',';
      csv += maybe(random() % 2 == 0 ? "true" : "false") + ',';
      csv += maybe("\"word \"\"" + std::to_string(random() % 400) + "\"\"\n\"") + ',';
      csv += maybe("20" + std::to_string(10 + random() % 90) + "-0" + std::to_string(1 + random() % 9) + "-11") + '\n';
    }
    const core::Table stored = read_table(store(csv, {}));
    expect_equal(stored, read_table(at("a.csv")));
  }
}

TEST_F(StoreTest, writes_in_blocks_what_it_reads_whole) {
  std::string csv = "n,word\n";
  for (int i = 0; i < 150000; ++i) csv += std::to_string(i) + (i == 140000 ? ",\n" : ",w" + std::to_string(i) + "\n");
  const core::Table table = read_table(store(csv, {}));
  ASSERT_EQ(table.n_rows(), 150000U);
  expect_equal(table, read_table(at("a.csv")));
  EXPECT_TRUE(table.columns[1].missing(140000));
  const StoreReader reader(at("a.h5"));
  const core::Table part = reader.read(reader.schema("a"), 139999, 3);
  EXPECT_EQ(std::get<Column::Integers>(part.columns[0].values), (Column::Integers{139999, 140000, 140001}));
  EXPECT_EQ(part.columns[1].valid, (std::vector<std::uint8_t>{1, 0, 1}));
}

TEST_F(StoreTest, reads_chosen_columns_in_the_order_asked_for) {
  const StoreReader reader(store());
  const std::vector<std::string> wanted{"km/h", "i"};
  const core::Table table = reader.read("a", wanted);
  EXPECT_EQ(table.columns[0].name, "km/h");
  EXPECT_EQ(table.columns[1].valid, (std::vector<std::uint8_t>{1, 0, 1}));
  const std::vector<std::string> wrong{"flagg"};
  EXPECT_EQ(message<core::UserError>([&] { static_cast<void>(reader.read("a", wrong)); }),
            "a.h5: no column 'flagg' in table 'a'\n"
            "  did you mean 'flag'? known: i, d, flag, when, colour, note, km/h, who, place");
  EXPECT_EQ(message<core::UserError>([&] { static_cast<void>(reader.schema("loans")); }),
            "a.h5: no table 'loans'\n  known: a");
}

TEST_F(StoreTest, writes_the_same_bytes_for_the_same_table) {
  const std::string first = contents(store());
  EXPECT_EQ(first, contents(store()));
}

TEST_F(StoreTest, imports_a_store_again) {
  import_table(store(), at("b.h5"));
  expect_equal(read_table(at("b.h5")), read_table(at("a.h5")));
}

TEST_F(StoreTest, refuses_in_words) {
  const std::string whole = contents(store());
  for (const std::size_t size : {whole.size() / 4, whole.size() / 2, whole.size() - 1}) {
    put("cut.h5", whole.substr(0, size));
    EXPECT_EQ(refusal(at("cut.h5")).substr(0, 34), "cut.h5: is damaged or cut short: t") << refusal(at("cut.h5"));
  }
  EXPECT_EQ(message<core::UserError>([&] { StoreReader(put("a.txt", "hello")); }),
            "a.txt: is not an HDF5 file, so not a store\n  make a store from text with: gridmill import");
  write_array_file(at("arrays.h5"), {});
  EXPECT_EQ(refusal(at("arrays.h5")), "arrays.h5: is an HDF5 file, but not a store of gridmill");
  write_array_file(
      at("new.h5"),
      {.arrays = {}, .groups = {{"", {{"format", "gridmill store"}, {"format_version", std::int64_t{9}}}}}});
  EXPECT_EQ(
      refusal(at("new.h5")),
      "new.h5: is a store of format version 9; this gridmill reads version 1\n  import it again with this version");
}

TEST_F(StoreTest, names_the_file_when_the_disk_is_full_and_leaves_nothing) {
  put("a.csv", kMixed);
  for (const rlim_t bytes : {0U, 600U, 3000U, 9000U}) {
    const FileSizeLimit limit(bytes);
    EXPECT_EQ(message<core::RunError>([&] { import_table(at("a.csv"), at("a.h5"), kTyped); }),
              "cannot write a.h5: File too large")
        << bytes;
    EXPECT_EQ(n_files(), 1U);
  }
  import_table(at("a.csv"), at("a.h5"), kTyped);
  EXPECT_EQ(read_table(at("a.h5")).n_rows(), 3U);
}

TEST_F(StoreTest, is_summarised) {
  const TableSummary summary = summarise(*open_table(store(), {}));
  EXPECT_EQ(summary.n_rows, 3U);
  EXPECT_EQ(summary.columns[0].n_missing, 1U);
  EXPECT_EQ(summary.columns[0].least, core::Value(1));
  EXPECT_EQ(summary.columns[0].greatest, core::Value(3));
  EXPECT_EQ(summary.columns[0].mean, 2.0);
  EXPECT_EQ(summary.columns[2].mean, 0.5);
  EXPECT_EQ(summary.columns[3].least, core::Value("1969-12-31T23:59:59Z"));
  EXPECT_EQ(summary.columns[3].greatest, core::Value("2024-02-29"));
  EXPECT_EQ(summary.columns[4].n_used_categories, 2U);
}

TEST_F(StoreTest, is_read_by_h5py_and_pandas) {
  if (std::system("/usr/bin/python3 -c 'import h5py, pandas' 2>/dev/null") != 0) {
    GTEST_SKIP() << "/usr/bin/python3 has no h5py and pandas";
  }
  const std::string command = "/usr/bin/python3 " GRIDMILL_SOURCE_DIR "/tests/io/read_store.py " + store().string();
  EXPECT_EQ(std::system(command.c_str()), 0);
}

}  // namespace
}  // namespace gridmill::io
