// Features of rows with too many others below them: made piece by piece, the same at any number of ranks and in any
// memory, after a death, and equal to those made at once but for rounding.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/files/atomic_file.hpp"
#include "io/store/store.hpp"
#include "tests/cli/child.hpp"
#include "tests/jobs/without_work.hpp"

namespace gridmill {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr std::size_t kCustomers = 40;
constexpr const char* kAtOnce = "1000000000";
constexpr const char* kInPieces = "100";

std::string contents(const fs::path& file) {
  std::ostringstream out;
  out << std::ifstream(file, std::ios::binary).rdbuf();
  return out.str();
}

/// Customer 7 has most of the orders, order 5 most of the items; two customers share a shop with nearly all the others.
void write_market(const fs::path& folder) {
  std::string customers = "id,joined,shop\n";
  std::string orders = "order_id,customer_id,placed,channel,amount,paid\n";
  std::string items = "item_id,order_id,price,kind\n";
  std::size_t order = 0;
  std::size_t item = 0;
  for (std::size_t i = 0; i < kCustomers; ++i) {
    customers += fmt::format("{},2020-01-{:02},{}\n", i, i % 28 + 1, i % 20 == 0 ? "north" : "south");
    const std::size_t n_orders = i == 7 ? 1500 : i * 11 % 5;
    for (std::size_t k = 0; k < n_orders; ++k, ++order) {
      const std::string amount = (i + k) % 13 == 0 ? "" : fmt::format("{:.2f}", double((i * 37 + k * 101) % 1000) / 7);
      orders += fmt::format("{},{},{}-{:02}-{:02} {:02}:00:00,{},{},{}\n", order, i, k % 7 == 0 ? 2019 : 2020,
                            k % 12 + 1, (i + k) % 28 + 1, k % 24, (i + 2 * k) % 3 == 0 ? "web" : "shop", amount,
                            (i * k) % 2 == 0 ? "True" : "False");
      for (std::size_t j = 0; j < (order == 5 ? 700 : order % 3); ++j, ++item) {
        items +=
            fmt::format("{},{},{:.1f},{}\n", item, order, double(item * 7 % 50) / 4, item % 5 == 0 ? "toy" : "book");
      }
    }
  }
  io::write_file(folder / "shops.csv", "name,size\nnorth,3\nsouth,4\n");
  io::write_file(folder / "customers.csv", customers);
  io::write_file(folder / "orders.csv", orders);
  io::write_file(folder / "items.csv", items);
}

class GiantGroups : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    fs::remove_all(folder());
    fs::create_directories(folder());
    write_market(folder());
    io::write_file(folder() / "import.yaml",
                   fmt::format("import:\n  store: {}\n  tables:\n"
                               "    shops: {{source: shops.csv, index: name}}\n"
                               "    customers: {{source: customers.csv, index: id, time_index: joined}}\n"
                               "    orders: {{source: orders.csv, index: order_id, time_index: placed,"
                               " types: {{channel: Categorical}}}}\n"
                               "    items: {{source: items.csv, index: item_id, types: {{kind: Categorical}}}}\n"
                               "  relationships: [customers.shop -> shops.name, orders.customer_id -> customers.id,\n"
                               "                  items.order_id -> orders.order_id]\n",
                               (folder() / "market.h5").string()));
    const auto outcome = cli::run_program(GRIDMILL_PROGRAM, {"import", folder() / "import.yaml"});
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
    std::string cutoffs = "id,time\n";
    for (std::size_t i = 0; i < kCustomers; ++i) {
      if (i % 3 != 1 && i % 20 != 0) continue;  // customer 7, some of either shop
      for (const int month : {6, 8, 11}) cutoffs += fmt::format("{},2020-{:02}-{:02}\n", i, month, i % 2 + 14);
    }
    io::write_file(folder() / "cutoffs.csv", cutoffs);
    const auto one = features(one_cutoff(), "one", kInPieces);
    ASSERT_EQ(one.code, 0) << one.errors;
    const auto many = features(many_cutoffs(), "many", kInPieces);
    ASSERT_EQ(many.code, 0) << many.errors;
    told_ = {{"one", one.out}, {"many", many.out}};
  }
  static void TearDownTestSuite() { fs::remove_all(folder()); }

  static fs::path folder() { return fs::path(testing::TempDir()) / "giant_groups_test"; }

  static fs::path config(const std::string& cutoff_time, const std::string& more = "") {
    const fs::path file = folder() / "features.yaml";
    io::write_file(file, fmt::format("{}features:\n  store: {}\n  target: customers\n  csv: true\n"
                                     "  cutoff_time: {}\n  training_window: 330 days\n  max_depth: 3\n"
                                     "  aggregations: [count, sum, mean, std, skew, mode, median, trend, last,"
                                     " n_most_common, n_unique_days, count_above_mean, percent_true,"
                                     " median_count, iqr, {{name: quantile, q: 0.9}}]\n"
                                     "  transforms: [weekday]\n  where_primitives: [count, mean, median, mode]\n"
                                     "  interesting_values: {{orders: {{channel: [web]}}, items: {{kind: [toy]}}}}\n",
                                     more, (folder() / "market.h5").string(), cutoff_time));
    return file;
  }
  static fs::path one_cutoff(const std::string& more = "") { return config("2020-11-20", more); }
  static fs::path many_cutoffs() { return config("{file: " + (folder() / "cutoffs.csv").string() + "}"); }

  static cli::Outcome features(const fs::path& config, const std::string& run, const std::string& piece_rows,
                               int ranks = 1, std::vector<std::string> more = {}) {
    std::vector<std::string> words{GRIDMILL_FEATURES_IN_PIECES, config, folder() / run, piece_rows};
    words.insert(words.end(), more.begin(), more.end());
    if (ranks > 1) {
      const std::vector<std::string> start{"-n", std::to_string(ranks), "--oversubscribe", "--bind-to", "none"};
      words.insert(words.begin(), start.begin(), start.end());
      return cli::run_program(GRIDMILL_MPIRUN, words);
    }
    return cli::run_program(words[0], {words.begin() + 1, words.end()});
  }

  static void expect_same(const std::string& a, const std::string& b) {
    EXPECT_EQ(without_work(folder() / a / "summary.json"), without_work(folder() / b / "summary.json"));
    for (const char* name : {"features.h5", "features.csv", "features.json", "parts/rows-0000.h5"}) {
      EXPECT_FALSE(contents(folder() / a / name).empty()) << name;
      EXPECT_TRUE(contents(folder() / a / name) == contents(folder() / b / name)) << name;
    }
  }

  static std::map<fs::path, fs::file_time_type> pieces(const std::string& run) {
    std::map<fs::path, fs::file_time_type> found;
    for (const auto& entry : fs::directory_iterator(folder() / run / "parts")) {
      if (entry.path().filename().string().starts_with("pieces-")) found[entry.path()] = entry.last_write_time();
    }
    return found;
  }

  /// What a rank alone says of the runs that nobody disturbs, `one` and `many`.
  static inline std::map<std::string, std::string> told_;
};

void expect_near(const core::Table& got, const core::Table& want) {
  ASSERT_EQ(got.columns.size(), want.columns.size());
  for (std::size_t c = 0; c < want.columns.size(); ++c) {
    const auto* x = std::get_if<core::Column::Reals>(&got.columns[c].values);
    const auto* y = std::get_if<core::Column::Reals>(&want.columns[c].values);
    if (x == nullptr || y == nullptr) {
      EXPECT_TRUE(got.columns[c].values == want.columns[c].values) << want.columns[c].name;
      continue;
    }
    const std::string& name = want.columns[c].name;
    const bool is_found = name.starts_with("MEDIAN(orders.amount") || name.starts_with("QUANTILE(orders.amount");
    for (std::size_t i = 0; i < y->size(); ++i) {
      if (std::isnan((*x)[i]) && std::isnan((*y)[i])) continue;
      const double rounding = is_found ? 0 : 1e-12 * std::max(1.0, std::abs((*y)[i]));
      EXPECT_NEAR((*x)[i], (*y)[i], rounding) << name << " " << i;
    }
  }
}

core::Table matrix(const fs::path& run) { return io::StoreReader(run / "features.h5").read("features"); }

TEST_F(GiantGroups, have_the_values_of_groups_taken_at_once) {
  for (const std::string name : {"one", "many"}) {
    SCOPED_TRACE(name);
    const fs::path config = name == "one" ? one_cutoff() : many_cutoffs();
    const std::string whole = name + "_whole";
    const auto outcome = features(config, whole, kAtOnce);
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
    EXPECT_THAT(outcome.out, testing::Not(HasSubstr("pieces")));
    EXPECT_THAT(told_.at(name), HasSubstr("pieces of giant groups\n"));
    EXPECT_GE(matrix(folder() / name).n_rows(), kCustomers);
    expect_near(matrix(folder() / name), matrix(folder() / whole));
    EXPECT_THAT(pieces(name), testing::IsEmpty());
  }
}

TEST_F(GiantGroups, have_the_same_bytes_at_any_number_of_ranks_and_in_any_memory) {
  for (const int ranks : {2, 4}) {
    const auto outcome = features(one_cutoff(), fmt::format("ranks{}", ranks), kInPieces, ranks);
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
  }
  const auto outcome = features(one_cutoff("memory_limit: 1MiB\n"), "small", kInPieces);
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  for (const char* name : {"ranks2", "ranks4", "small"}) {
    SCOPED_TRACE(name);
    expect_same("one", name);
  }
  ASSERT_EQ(features(many_cutoffs(), "many2", kInPieces, 2).code, 0);
  expect_same("many", "many2");
}

TEST_F(GiantGroups, go_on_with_the_pieces_that_are_whole) {
  ASSERT_EQ(features(one_cutoff(), "died", kInPieces, 1, {"die", "computing features"}).code, 128 + 9);
  const auto before = pieces("died");
  ASSERT_GT(before.size(), 10U);
  const fs::path cut = before.begin()->first;
  const auto whole_size = fs::file_size(cut);
  fs::resize_file(cut, whole_size - 1);
  const fs::path damaged = std::next(before.begin())->first;
  std::string bytes = contents(damaged);
  bytes.back() = static_cast<char>(~bytes.back());
  std::ofstream(damaged, std::ios::binary) << bytes;
  const auto left = pieces("died");
  ASSERT_EQ(features(one_cutoff(), "died", kInPieces, 1, {"die", "computing features"}).code, 128 + 9);
  const auto after = pieces("died");
  ASSERT_EQ(after.size(), before.size());
  EXPECT_EQ(fs::file_size(cut), whole_size);
  EXPECT_NE(contents(damaged), bytes);
  for (const auto& [file, time] : left) {
    if (file == cut || file == damaged) continue;
    EXPECT_EQ(after.at(file), time) << file;
  }
  ASSERT_EQ(features(one_cutoff(), "died", kInPieces).code, 0);
  expect_same("one", "died");
}

TEST_F(GiantGroups, are_the_same_where_values_are_too_many_to_be_set_aside) {
  const auto bytes_set_aside = [](const std::string& run) {
    std::uintmax_t bytes = 0;
    for (const auto& [file, time] : pieces(run)) bytes += fs::file_size(file);
    return bytes;
  };
  ASSERT_EQ(features(many_cutoffs(), "rich", kInPieces, 1, {"die", "computing features"}).code, 128 + 9);
  ASSERT_EQ(features(many_cutoffs(), "lean", kInPieces, 1, {"lean", "die", "computing features"}).code, 128 + 9);
  EXPECT_EQ(pieces("lean").size(), pieces("rich").size());
  EXPECT_GT(bytes_set_aside("lean"), 0U);
  EXPECT_LT(bytes_set_aside("lean"), bytes_set_aside("rich") * 3 / 4);
  ASSERT_EQ(features(many_cutoffs(), "lean", kInPieces, 1, {"lean"}).code, 0);
  expect_same("many", "lean");
}

TEST_F(GiantGroups, are_told_of_before) {
  const auto outcome = features(one_cutoff(), "dry", kInPieces, 1, {"dry"});
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.out, HasSubstr("giant groups: "));
  EXPECT_THAT(outcome.out, HasSubstr(" pieces: more than 100 rows below one; up to "));
  EXPECT_THAT(outcome.out, HasSubstr(" on the disk meanwhile\n"));
  EXPECT_FALSE(fs::exists(folder() / "dry"));
}

}  // namespace
}  // namespace gridmill
