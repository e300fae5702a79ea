// The program as a user starts it: the same features at any number of ranks and in any memory, after a death, and what
// it says when something is wrong.
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
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
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t kCustomers = 9000;  // three parts

std::string contents(const fs::path& file) {
  std::ostringstream out;
  out << std::ifstream(file, std::ios::binary).rdbuf();
  return out.str();
}

/// Customers and their orders; some have none, some values are missing.
void write_shop(const fs::path& folder, double factor = 1) {
  std::string customers = "id,joined,region,late\n";
  std::string orders = "order_id,customer_id,placed,channel,amount,paid\n";
  std::size_t order = 0;
  for (std::size_t i = 0; i < kCustomers; ++i) {
    customers +=
        fmt::format("{},2020-01-{:02},{},{}\n", i, i % 28 + 1, std::string("nesw").substr(i * 7 % 4, 1), i % 3 / 2);
    for (std::size_t k = 0; k < i * 11 % 5; ++k) {
      const std::string amount =
          (i + k) % 13 == 0 ? "" : fmt::format("{:.2f}", factor * static_cast<double>((i * 37 + k * 101) % 1000) / 7);
      orders += fmt::format("{},{},2020-{:02}-{:02} {:02}:00:00,{},{},{}\n", order++, i, k % 12 + 1, (i + k) % 28 + 1,
                            i % 24, (i + 2 * k) % 3 == 0 ? "web" : "shop", amount, (i * k) % 2 == 0 ? "True" : "False");
    }
  }
  io::write_file(folder / "customers.csv", customers);
  io::write_file(folder / "orders.csv", orders);
}

class FeaturesJob : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    fs::remove_all(folder());
    fs::create_directories(folder());
    write_shop(folder());
    import();
  }
  static void TearDownTestSuite() { fs::remove_all(folder()); }

  static fs::path folder() { return fs::path(testing::TempDir()) / "features_job_test"; }

  static void import() {
    io::write_file(folder() / "import.yaml",
                   "import:\n"
                   "  store: " +
                       (folder() / "shop.h5").string() +
                       "\n"
                       "  tables:\n"
                       "    customers: {source: customers.csv, index: id, time_index: joined}\n"
                       "    orders: {source: orders.csv, index: order_id, time_index: placed}\n"
                       "  relationships: [orders.customer_id -> customers.id]\n");
    const auto outcome = cli::run_program(GRIDMILL_PROGRAM, {"import", folder() / "import.yaml", "--overwrite"});
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
  }

  static fs::path config(const std::string& options, const std::string& more = "") {
    const fs::path file = folder() / "features.yaml";
    io::write_file(file, fmt::format("{}features:\n  store: {}\n{}", more, (folder() / "shop.h5").string(), options));
    return file;
  }

  static fs::path full_config(const std::string& more = "") {
    return config(
        "  target: customers\n"
        "  cutoff_time: 2021-01-01\n"
        "  pass_through: [late]\n"
        "  encode: {top_n: 3}\n"
        "  select: {single_value: true, highly_correlated: 0.95, mutual_information: late}\n"
        "  csv: true\n",
        more);
  }

  static std::string config_that_learns_from(const fs::path& matrix) {
    const fs::path file = folder() / "learn.yaml";
    io::write_file(file, fmt::format("data: {{source: {}, target: late}}\nsearch: {{cv: 2}}\n"
                                     "model: {{name: svc, impute: mean, max_iter: 10}}\n",
                                     matrix.string()));
    return file;
  }

  static cli::Outcome features(const fs::path& config, const std::string& run, int ranks = 1,
                               std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"features",     config,    "--output",
                                       folder() / run, "--ranks", std::to_string(ranks)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return cli::run_program(GRIDMILL_PROGRAM, arguments);
  }

  static std::string complaint(const std::string& options) {
    const auto outcome = features(config(options), "wrong");
    EXPECT_EQ(outcome.code, 2);
    fs::remove_all(folder() / "wrong");
    return outcome.errors;
  }

  static void expect_same(const std::string& a, const std::string& b) {
    EXPECT_EQ(without_work(folder() / a / "summary.json"), without_work(folder() / b / "summary.json"));
    for (const char* name : {"features.h5", "features.csv", "features.json"}) {
      EXPECT_FALSE(contents(folder() / a / name).empty()) << name;
      EXPECT_TRUE(contents(folder() / a / name) == contents(folder() / b / name)) << name;
    }
    for (const auto& entry : fs::directory_iterator(folder() / a / "parts")) {
      const fs::path other = folder() / b / "parts" / entry.path().filename();
      EXPECT_TRUE(contents(entry.path()) == contents(other)) << other;
    }
  }
};

TEST_F(FeaturesJob, writes_the_same_bytes_at_any_number_of_ranks_and_in_any_memory) {
  for (const int ranks : {1, 2, 4}) {
    const auto outcome = features(full_config(), fmt::format("ranks{}", ranks), ranks);
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
  }
  const auto outcome = features(full_config("memory_limit: 1MiB\n"), "small");
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  for (const char* name : {"ranks2", "ranks4", "small"}) {
    SCOPED_TRACE(name);
    expect_same("ranks1", name);
  }
}

/// People whose later rows have labels that the first have not: more orders of a kind, addresses of other domains.
void write_people(const fs::path& folder) {
  std::string people = "id,mail,page\n";
  std::string orders = "order_id,person,kind\n";
  std::size_t order = 0;
  for (std::size_t i = 0; i < kCustomers; ++i) {
    const std::size_t n = i < 3000 ? 1 : 3;
    people += fmt::format("{},p{}@d{}.org,https://www.w{}.com/a{}\n", i, i, 90 - i / 100, i / 500, i);
    for (std::size_t k = 0; k < n; ++k) orders += fmt::format("{},{},{}\n", order++, i, i % 2 == 0 ? "a" : "b");
  }
  io::write_file(folder / "people.csv", people);
  io::write_file(folder / "bought.csv", orders);
  io::write_file(folder / "people.yaml",
                 "import:\n"
                 "  store: " +
                     (folder / "people.h5").string() +
                     "\n"
                     "  tables:\n"
                     "    people: {source: people.csv, index: id, types: {mail: EmailAddress, page: URL}}\n"
                     "    orders: {source: bought.csv, index: order_id, types: {kind: Categorical}}\n"
                     "  relationships: [orders.person -> people.id]\n");
}

TEST_F(FeaturesJob, writes_the_same_bytes_where_later_rows_bring_new_labels) {
  write_people(folder());
  const auto imported = cli::run_program(GRIDMILL_PROGRAM, {"import", folder() / "people.yaml", "--overwrite"});
  ASSERT_EQ(imported.code, 0) << imported.errors;
  // The second goes up and down again: labels grow in a stage before the parts, too.
  for (const char* target : {"people", "orders"}) {
    SCOPED_TRACE(target);
    const std::string features_of = fmt::format(
        "features:\n  store: {}\n  target: {}\n  cutoff_time: 2030-01-01\n  max_depth: 3\n"
        "  transforms: [email_address_to_domain, url_to_domain]\n"
        "  aggregations: [n_most_common_frequency, mode]\n  encode: false\n  csv: true\n",
        (folder() / "people.h5").string(), target);
    for (const auto& [name, limit] : {std::pair{"much", "1GiB"}, {"little", "1MiB"}}) {
      const fs::path file = folder() / "people_features.yaml";
      io::write_file(file, fmt::format("memory_limit: {}\n{}", limit, features_of));
      const auto outcome = features(file, fmt::format("{}_{}", target, name), 1);
      ASSERT_EQ(outcome.code, 0) << outcome.errors;
    }
    expect_same(fmt::format("{}_much", target), fmt::format("{}_little", target));
  }
  const std::string table = contents(folder() / "people_little/features.csv");
  EXPECT_THAT(table, HasSubstr("\n3001,b,3,0,,d60.org,w6.com\n"));
}

TEST_F(FeaturesJob, tells_what_the_ranks_measured_of_their_work) {
  const auto outcome = features(full_config(), "measured", 2);
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.out + outcome.errors, HasSubstr(" tasks on 2 ranks: "));
  const nlohmann::json work = nlohmann::json::parse(contents(folder() / "measured/summary.json"))["work"];
  EXPECT_EQ(work["ranks"], 2);
  EXPECT_GE(work["tasks"], 3);  // parts, and those that are encoded
  EXPECT_GT(work["busy_s"], 0.0);
  EXPECT_GT(work["read_bytes"], 10'000);
  EXPECT_GT(work["peak_bytes"], 10'000'000);
}

TEST_F(FeaturesJob, goes_on_with_the_parts_that_are_whole) {
  ASSERT_EQ(features(full_config(), "whole").code, 0);
  fs::copy(folder() / "whole", folder() / "killed", fs::copy_options::recursive);
  for (const char* name : {"summary.json", "features.h5", "features.json", "parts/rows-0001.h5"}) {
    ASSERT_TRUE(fs::remove(folder() / "killed" / name)) << name;
  }
  const fs::path cut = folder() / "killed/parts/rows-0002.h5";
  fs::resize_file(cut, fs::file_size(cut) / 2);
  const fs::path torn = folder() / "killed/parts/.rows-0001.h5.1.partial";
  io::write_file(torn, "torn");
  const auto kept = fs::last_write_time(folder() / "killed/parts/rows-0000.h5");
  const auto outcome = features(full_config(), "killed");
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  expect_same("whole", "killed");
  EXPECT_FALSE(fs::exists(torn));
  EXPECT_EQ(fs::last_write_time(folder() / "killed/parts/rows-0000.h5"), kept);
}

TEST_F(FeaturesJob, tells_a_finished_run_again) {
  const fs::path simple = config("  target: customers\n");
  ASSERT_EQ(features(simple, "finished").code, 0);
  const auto outcome = features(simple, "finished");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.errors, HasSubstr("is finished; nothing is done again (--overwrite to start anew)"));
  const auto other = features(config("  target: customers\n  max_depth: 1\n"), "finished");
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.errors, HasSubstr("holds other features: features.max_depth: 2 -> 1"));
}

TEST_F(FeaturesJob, makes_again_what_a_finished_run_has_lost) {
  ASSERT_EQ(features(full_config(), "intact").code, 0);
  fs::copy(folder() / "intact", folder() / "lost", fs::copy_options::recursive);
  for (const char* name : {"features.json", "features.csv", "features.h5"}) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(fs::remove(folder() / "lost" / name));
    const auto outcome = features(full_config(), "lost");
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
    expect_same("intact", "lost");
  }
  // Parts that are damaged or gone do not matter before the matrix is lost, too.
  for (const char* name : {"parts/rows-0002.h5", "parts/encoded-0001.h5"}) {
    SCOPED_TRACE(name);
    const fs::path file = folder() / "lost" / name;
    fs::resize_file(file, fs::file_size(file) / 2);
    EXPECT_THAT(features(full_config(), "lost").errors, HasSubstr("is finished; nothing is done again"));
    ASSERT_TRUE(fs::remove(folder() / "lost/features.h5"));
    const auto outcome = features(full_config(), "lost");
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
    expect_same("intact", "lost");
  }
}

TEST_F(FeaturesJob, needs_no_parts_once_it_is_finished) {
  ASSERT_EQ(features(full_config(), "alone").code, 0);
  const fs::path matrix = folder() / "alone.h5";
  const core::Table before = io::StoreReader(folder() / "alone/features.h5").read("features");
  fs::copy_file(folder() / "alone/features.h5", matrix);
  fs::remove_all(folder() / "alone/parts");
  EXPECT_THAT(features(full_config(), "alone").errors, HasSubstr("is finished; nothing is done again"));
  fs::remove_all(folder() / "alone");
  const core::Table after = io::StoreReader(matrix).read("features");
  ASSERT_EQ(after.columns.size(), before.columns.size());
  for (std::size_t i = 0; i < before.columns.size(); ++i) {
    if (before.columns[i].type == core::ColumnType::real) continue;  // NaN differs from itself
    EXPECT_TRUE(after.columns[i].values == before.columns[i].values) << before.columns[i].name;
  }
  const auto outcome = cli::run_program(GRIDMILL_PROGRAM, {"search", config_that_learns_from(matrix), "--dry-run"});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
}

TEST_F(FeaturesJob, notices_a_byte_that_changed_in_the_matrix_itself) {
  const fs::path matrix = folder() / "own/features.h5";
  const fs::path resolved = folder() / "own/config.resolved.yaml";
  const std::string config = config_that_learns_from(matrix);
  ASSERT_EQ(features(full_config(), "own").code, 0);
  const std::string before = contents(matrix);
  // Anywhere: in what tells where the entries are, in ids and labels, in the checksum itself.
  for (const std::size_t at : {std::size_t{9}, before.size() / 4, before.size() / 2, before.size() - 1}) {
    SCOPED_TRACE(at);
    std::string changed = before;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    io::write_file(matrix, changed);
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"search", config, "--dry-run"}, {"info", matrix}}) {
      const auto outcome = cli::run_program(GRIDMILL_PROGRAM, command);
      EXPECT_EQ(outcome.code, 2) << command.front();
      EXPECT_THAT(outcome.errors,
                  AllOf(HasSubstr("own/features.h5: is damaged: it has changed since it was written"),
                        HasSubstr("'gridmill features " + resolved.string() + "' makes it again, and keeps what is")));
    }
  }
  const auto mended = cli::run_program(GRIDMILL_PROGRAM, {"features", resolved});
  ASSERT_EQ(mended.code, 0) << mended.errors;
  EXPECT_THAT(mended.errors, HasSubstr("features.h5 changed since it was written, or an earlier"));
  EXPECT_TRUE(contents(matrix) == before);
  EXPECT_EQ(cli::run_program(GRIDMILL_PROGRAM, {"info", matrix}).code, 0);
}

TEST_F(FeaturesJob, leaves_nothing_behind_that_a_refused_run_made) {
  EXPECT_EQ(features(config("  target: custmers\n"), "a/refused").code, 2);
  EXPECT_FALSE(fs::exists(folder() / "a"));
  const fs::path simple = config("  target: customers\n  transforms: []\n");
  ASSERT_EQ(features(simple, "other").code, 0);
  EXPECT_FALSE(fs::exists(folder() / "other/lock"));
  EXPECT_EQ(features(config("  target: customers\n  max_depth: 1\n"), "other").code, 2);
  EXPECT_FALSE(fs::exists(folder() / "other/lock"));
  const auto mistaken = features(config("  target: customers\n  max_depth: 1\n  ignore_tables: [odrers]\n"), "other");
  EXPECT_THAT(mistaken.errors, AllOf(HasSubstr("there is no table 'odrers'"), Not(HasSubstr("holds other features"))));
}

TEST_F(FeaturesJob, says_what_has_no_effect) {
  const auto outcome = features(config("  target: customers\n"
                                       "  aggregations: [count, max]\n"
                                       "  where_primitives: [count, mean]\n"
                                       "  drop_exact: [MAX(orders.amuont)]\n"
                                       "  drop_contains: [MIN(]\n"
                                       "  interesting_values: {orders: {channel: [web, wbe], paid: [true]}}\n"
                                       "  primitive_options: [{primitives: [mode], ignore_tables: [orders]}]\n"),
                                "idle", 1, {"--dry-run"});
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  for (const char* sentence :
       {"drop_exact: no feature is called 'MAX(orders.amuont)'; did you mean 'MAX(orders.amount)'?",
        "drop_contains: no feature has 'MIN(' in its name",
        "interesting_values: no row of 'orders' has 'wbe' in 'channel' (did you mean 'web'?",
        "where_primitives: 'mean' is not among the aggregations",
        "primitive_options: 'mode' is not among the primitives"}) {
    EXPECT_THAT(outcome.errors, HasSubstr(sentence));
  }
  EXPECT_THAT(outcome.errors, Not(HasSubstr("'web' in")));
  EXPECT_THAT(outcome.errors, Not(HasSubstr("'paid'")));
}

TEST_F(FeaturesJob, takes_options_for_each_input) {
  const std::string start = "  target: customers\n  aggregations: [trend]\n  transforms: []\n  csv: true\n";
  const auto outcome = features(config(start + "  primitive_options:\n"
                                               "    - primitives: [trend]\n"
                                               "      inputs: [{include_columns: {orders: [amount]}}, null]\n"),
                                "by_input");
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  const std::string head = contents(folder() / "by_input/features.csv").substr(0, 60);
  EXPECT_THAT(head, HasSubstr("id,region,late,\"TREND(orders.amount, placed)\""));
  const auto again = cli::run_program(GRIDMILL_PROGRAM, {"features", folder() / "by_input/config.resolved.yaml"});
  EXPECT_THAT(again.errors, HasSubstr("is finished")) << "the config it keeps says the same";
  EXPECT_THAT(complaint(start + "  primitive_options: [{primitives: [trend], inputs: [{}]}]\n"),
              HasSubstr("trend takes 2 inputs, and there are options for 1"));
  EXPECT_THAT(
      complaint(start + "  primitive_options: [{primitives: [trend], inputs: [{}, {}], ignore_tables: [orders]}]\n"),
      HasSubstr("ignore_tables says for all inputs what 'inputs' says for each"));
}

std::vector<std::string> cells(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> cells;
  for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
  return cells;
}

TEST_F(FeaturesJob, compares_times_in_conditions) {
  const std::string start =
      "  target: customers\n  aggregations: [count]\n  transforms: []\n  max_depth: 1\n  csv: true\n";
  const auto outcome = features(config(start + "  seed_features: [{aggregation: count, table: orders, columns: "
                                               "[order_id], where: [placed, '<', 2020-03-01]}]\n"
                                               "  interesting_values: {orders: {placed: [2020-01-05T04:00]}}\n"),
                                "times");
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  std::istringstream table(contents(folder() / "times/features.csv"));
  std::string line;
  std::getline(table, line);
  const std::vector<std::string> names = cells(line);
  // Customer 4 has orders of 5 January, 6 February, 7 March and 8 April, at 4 o'clock.
  while (std::getline(table, line) && !line.starts_with("4,")) {
  }
  const std::vector<std::string> row = cells(line);
  ASSERT_EQ(row.size(), names.size());
  const auto of = [&](const std::string& name) {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? "no " + name : row[static_cast<std::size_t>(found - names.begin())];
  };
  EXPECT_EQ(of("COUNT(orders)"), "4");
  EXPECT_EQ(of("COUNT(orders WHERE placed < 2020-03-01 00:00:00)"), "2");
  EXPECT_EQ(of("COUNT(orders WHERE placed = 2020-01-05 04:00:00)"), "1");
  EXPECT_THAT(complaint(start + "  interesting_values: {orders: {placed: [someday]}}\n"),
              HasSubstr("'someday' is no time, and column 'placed' holds times"));
}

TEST_F(FeaturesJob, refuses_to_go_on_when_the_store_has_changed) {
  const fs::path simple = config("  target: customers\n  cutoff_time: 2021-01-01\n");
  ASSERT_EQ(features(simple, "changed").code, 0);
  write_shop(folder(), 2);
  import();
  const auto outcome = features(simple, "changed");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.errors, AllOf(HasSubstr("shop.h5 has changed since this run began"), HasSubstr("--overwrite")));
  EXPECT_EQ(features(simple, "changed", 1, {"--overwrite"}).code, 0);
  write_shop(folder());
  import();
}

TEST_F(FeaturesJob, applies_features_to_other_rows_as_they_were_fitted) {
  ASSERT_EQ(features(full_config(), "fitted").code, 0);
  const auto outcome =
      cli::run_program(GRIDMILL_PROGRAM, {"features", "--apply", folder() / "fitted/features.json",
                                          folder() / "shop.h5", "--output", folder() / "applied.h5", "--ranks", "1"});
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  const core::Table fitted = io::StoreReader(folder() / "fitted/features.h5").read("features");
  const core::Table applied = io::StoreReader(folder() / "applied.h5").read("features");
  ASSERT_EQ(applied.columns.size(), fitted.columns.size());
  EXPECT_EQ(applied.n_rows(), kCustomers);
  for (const core::Column& column : fitted.columns) {
    const core::Column* other = applied.find(column.name);
    ASSERT_NE(other, nullptr) << column.name;
    if (column.type == core::ColumnType::integer || column.type == core::ColumnType::boolean) {
      EXPECT_TRUE(other->values == column.values) << column.name;
    }
  }
  EXPECT_FALSE(fs::exists(folder() / "applied.h5.parts"));
  EXPECT_THAT(outcome.out + outcome.errors, AllOf(HasSubstr("applied.h5"), Not(HasSubstr("applied.h5.parts"))))
      << "files that are gone are not listed";
}

TEST_F(FeaturesJob, applies_features_to_no_rows) {
  ASSERT_EQ(features(full_config(), "fitted_on_some").code, 0);
  const fs::path none = folder() / "none";
  fs::create_directories(none);
  io::write_file(none / "customers.csv", "id,joined,region,late\n");
  io::write_file(none / "orders.csv", "order_id,customer_id,placed,channel,amount,paid\n");
  io::write_file(none / "import.yaml", "import:\n  store: " + (none / "shop.h5").string() +
                                           "\n  tables:\n"
                                           "    customers: {source: customers.csv, index: id, time_index: joined}\n"
                                           "    orders: {source: orders.csv, index: order_id, time_index: placed}\n"
                                           "  relationships: [orders.customer_id -> customers.id]\n");
  const auto import = cli::run_program(GRIDMILL_PROGRAM, {"import", none / "import.yaml", "--overwrite"});
  ASSERT_EQ(import.code, 0) << import.errors;
  const core::Table fitted = io::StoreReader(folder() / "fitted_on_some/features.h5").schema("features");
  for (const char* ranks : {"1", "2"}) {
    const auto outcome = cli::run_program(
        GRIDMILL_PROGRAM, {"features", "--apply", folder() / "fitted_on_some/features.json", none / "shop.h5",
                           "--output", none / "applied.h5", "--overwrite", "--ranks", ranks});
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
    EXPECT_THAT(outcome.errors, HasSubstr("'customers' has no row to make features of"));
    const core::Table applied = io::StoreReader(none / "applied.h5").read("features");
    EXPECT_EQ(applied.n_rows(), 0U);
    ASSERT_EQ(applied.columns.size(), fitted.columns.size());
    for (std::size_t i = 0; i < fitted.columns.size(); ++i) {
      EXPECT_EQ(applied.columns[i].name, fitted.columns[i].name);
      EXPECT_EQ(applied.columns[i].type, fitted.columns[i].type) << fitted.columns[i].name;
    }
  }
}

TEST_F(FeaturesJob, says_what_is_repeated_for_each_cutoff_and_what_approximate_does) {
  std::string cutoffs = "id,time\n";
  for (int day = 1; day <= 28; ++day) cutoffs += fmt::format("{},2020-03-{:02}\n", day, day);
  io::write_file(folder() / "daily.csv", cutoffs);
  const std::string daily = "  cutoff_time: {file: " + (folder() / "daily.csv").string() + "}\n";
  const std::string start = "  target: customers\n  aggregations: [count, sum]\n";
  const auto told = [](const cli::Outcome& outcome) {
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
    return outcome.errors;
  };
  EXPECT_THAT(told(features(config(start + daily + "  transforms: [percentile]\n"), "many", 1, {"--dry-run"})),
              Not(HasSubstr("computed anew")));
  std::string each = "id,time\n";
  for (std::size_t i = 0; i < kCustomers; ++i) {
    each += fmt::format("{},2020-03-{:02} {:02}:{:02}:01\n", i, i / 1440 + 1, i / 60 % 24, i % 60);
  }
  io::write_file(folder() / "each.csv", each);
  EXPECT_THAT(
      told(features(
          config(start + "  transforms: [cum_sum]\n  cutoff_time: {file: " + (folder() / "each.csv").string() + "}\n"),
          "each", 1, {"--dry-run"})),
      HasSubstr("2 features are computed anew over all rows known (up to 9000) at each of 9000 cutoff times, some "
                "162000000 entries: CUM_SUM("));
  const std::string one_time = start + "  transforms: []\n  approximate: 1 hour\n  cutoff_time: ";
  EXPECT_THAT(told(features(config(one_time + "2021-01-01\n"), "on", 1, {"--dry-run"})),
              HasSubstr("approximate: '1 hour' with one cutoff time for all changes nothing"));
  EXPECT_THAT(told(features(config(one_time + "2021-01-01 00:30:00\n"), "off", 1, {"--dry-run"})),
              HasSubstr("takes aggregations of parents at 2021-01-01 and saves nothing"));
}

TEST_F(FeaturesJob, takes_parents_of_which_none_is_young_enough) {
  io::write_file(folder() / "agencies.csv", "id,founded\n1,1990-01-01\n2,1991-01-01\n");
  io::write_file(folder() / "guests.csv", "id,agency,city\n1,1,Rome\n2,1,Rome\n3,2,Oslo\n4,2,Oslo\n");
  io::write_file(folder() / "agencies.yaml",
                 "import:\n"
                 "  store: " +
                     (folder() / "agencies.h5").string() +
                     "\n"
                     "  tables:\n"
                     "    agencies: {source: agencies.csv, index: id, time_index: founded}\n"
                     "    guests: {source: guests.csv, index: id, types: {city: Categorical}}\n"
                     "  relationships: [guests.agency -> agencies.id]\n"
                     "features:\n"
                     "  target: guests\n"
                     "  cutoff_time: 2020-01-01\n"
                     "  training_window: 365 days\n");
  const auto imported = cli::run_program(GRIDMILL_PROGRAM, {"import", folder() / "agencies.yaml", "--overwrite"});
  ASSERT_EQ(imported.code, 0) << imported.errors;
  const auto outcome = features(folder() / "agencies.yaml", "agencies", 1);
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  const core::Table table = io::StoreReader(folder() / "agencies/features.h5").read("features");
  const auto column = std::find_if(table.columns.begin(), table.columns.end(),
                                   [](const core::Column& each) { return each.name == "agencies.MODE(guests.city)"; });
  ASSERT_NE(column, table.columns.end());
  EXPECT_THAT(std::get<core::Column::Codes>(column->values), testing::Each(core::kMissingCode));
}

TEST_F(FeaturesJob, can_be_searched_as_it_is) {
  ASSERT_EQ(features(full_config(), "searched").code, 0);
  io::write_file(folder() / "search.yaml",
                 fmt::format("data: {{source: {}, target: late}}\nmodel: {{name: svc, impute: mean, max_iter: 10}}\n"
                             "search: {{cv: 2}}\n",
                             (folder() / "searched/features.h5").string()));
  const auto outcome = cli::run_program(GRIDMILL_PROGRAM, {"search", folder() / "search.yaml", "--dry-run"});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  const std::size_t n_columns = io::StoreReader(folder() / "searched/features.h5").schema("features").columns.size();
  EXPECT_THAT(outcome.errors + outcome.out, HasSubstr(fmt::format("9000 rows x {} features", n_columns - 2)));
}

TEST_F(FeaturesJob, takes_cutoff_times_with_labels_from_a_file) {
  io::write_file(folder() / "cutoffs.csv", "id,time,bought\n7,2020-02-01,1\n3,2020-01-20,0\n7,2020-03-01,0\n");
  const auto outcome = features(config("  target: customers\n  aggregations: [count]\n  transforms: []\n  csv: true\n"
                                       "  cutoff_time: {file: " +
                                       (folder() / "cutoffs.csv").string() + "}\n"),
                                "cutoffs");
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_EQ(contents(folder() / "cutoffs/features.csv"),
            "id,time,region,late,COUNT(orders),bought\n"
            "7,2020-02-01 00:00:00,e,0,1,1\n"
            "3,2020-01-20 00:00:00,e,0,1,0\n"
            "7,2020-03-01 00:00:00,e,0,2,0\n");
}

/// With one cutoff time MODE of the customers is computed in a stage of its own and read from its parts; with several
/// it is not. Categories that an aggregation gave must be known as such either way.
TEST_F(FeaturesJob, counts_categories_of_stages_as_those_computed_at_once) {
  const fs::path store = folder() / "regions.h5";
  io::write_file(folder() / "r_regions.csv", "id,size\nn,1\ns,2\n");
  io::write_file(folder() / "r_customers.csv", "id,region\n1,n\n2,n\n3,s\n");
  io::write_file(folder() / "r_orders.csv",
                 "order_id,customer_id,placed,channel\n1,1,2020-01-01,web\n2,2,2020-01-02,web\n3,3,2020-01-03,shop\n"
                 "4,3,2020-01-04,phone\n5,3,2020-01-05,shop\n");
  io::write_file(folder() / "r_cutoffs.csv",
                 "order_id,time\n1,2021-01-01\n2,2021-01-01\n3,2021-01-01\n4,2021-01-01\n5,2021-01-02\n");
  const std::string features_of =
      "import:\n  store: " + store.string() +
      "\n  tables:\n"
      "    customers: {source: r_customers.csv, index: id}\n"
      "    orders: {source: r_orders.csv, index: order_id, time_index: placed, types: {channel: Categorical}}\n"
      "    regions: {source: r_regions.csv, index: id}\n"
      "  relationships: [customers.region -> regions.id, orders.customer_id -> customers.id]\n"
      "features:\n  target: orders\n  max_depth: 4\n  transforms: []\n  csv: true\n"
      "  aggregations: [mode, n_most_common_frequency]\n  cutoff_time: ";
  io::write_file(folder() / "r_one.yaml", features_of + "2021-01-01\n");
  io::write_file(folder() / "r_several.yaml", features_of + "{file: " + (folder() / "r_cutoffs.csv").string() + "}\n");
  const auto imported = cli::run_program(GRIDMILL_PROGRAM, {"import", folder() / "r_one.yaml"});
  ASSERT_EQ(imported.code, 0) << imported.errors;
  for (const char* run : {"r_one", "r_several"}) {
    const auto outcome = features(folder() / (std::string(run) + ".yaml"), run);
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
  }
  std::string several = contents(folder() / "r_several/features.csv");
  for (const char* time : {",2021-01-01 00:00:00", ",2021-01-02 00:00:00", ",time"}) {
    for (std::size_t at; (at = several.find(time)) != std::string::npos;) several.erase(at, std::string(time).size());
  }
  const std::string one = contents(folder() / "r_one/features.csv");
  EXPECT_THAT(one, HasSubstr("N_MOST_COMMON_FREQUENCY(customers.MODE(orders.channel))[2]"));
  EXPECT_EQ(one, several);
}

TEST_F(FeaturesJob, says_what_the_store_does_not_have) {
  EXPECT_THAT(
      complaint("  target: custmers\n"),
      HasSubstr("features.yaml:3:11: features.target: the store has no table 'custmers'\n  did you mean 'customers'?"));
  EXPECT_THAT(
      complaint("  target: customers\n  pass_through: [lat]\n"),
      HasSubstr(
          "features.yaml:4:17: features.pass_through: table 'customers' has no column 'lat'\n  did you mean 'late'?"));
  EXPECT_THAT(complaint("  target: customers\n  interesting_values: {orders: {chanel: {top: 1}}}\n"),
              HasSubstr("features.yaml:4:23: features.interesting_values: table 'orders' has no column 'chanel'\n  did "
                        "you mean 'channel'?"));
  EXPECT_THAT(complaint("  target: customers\n  ignore_tables: [odrers]\n"),
              HasSubstr("features.yaml:4:18: ignore_tables: there is no table 'odrers'\n  did you mean 'orders'?"));
  EXPECT_THAT(complaint("  target: customers\n  aggregations: [coutn]\n"), HasSubstr("did you mean 'count'?"));
  EXPECT_THAT(complaint("  target: customers\n  max_depth: -2\n"), HasSubstr("features.max_depth: must be"));
}

TEST_F(FeaturesJob, says_what_is_wrong_with_cutoff_times) {
  EXPECT_THAT(complaint("  target: customers\n  cutoff_time: 2020-13-01\n"),
              AllOf(HasSubstr("features.yaml:4:16: features.cutoff_time: '2020-13-01' is no time"),
                    HasSubstr("write it as 2024-02-29")));
  EXPECT_THAT(complaint("  target: customers\n  cutoff_time: {column: region}\n"),
              HasSubstr("features.cutoff_time.column: 'region' is of type categorical, not a time"));
  io::write_file(folder() / "unknown.csv", "id,time\n7,2020-02-01\n99999,2020-02-01\n");
  EXPECT_THAT(complaint("  target: customers\n  cutoff_time: {file: " + (folder() / "unknown.csv").string() + "}\n"),
              HasSubstr("unknown.csv:3: table 'customers' has no row '99999' (column 'id')"));
  io::write_file(folder() / "no_time.csv", "id,time\n7,2020-02-01\n3,2020-02-30\n");
  EXPECT_THAT(complaint("  target: customers\n  cutoff_time: {file: " + (folder() / "no_time.csv").string() + "}\n"),
              HasSubstr("no_time.csv:3: '2020-02-30' in column 'time' is no time"));
  io::write_file(folder() / "twice.csv", "id,time\n7,2020-02-01\n3,2020-02-01\n7,2020-02-01 00:00:00\n");
  EXPECT_THAT(complaint("  target: customers\n  cutoff_time: {file: " + (folder() / "twice.csv").string() + "}\n"),
              HasSubstr("twice.csv:4: '7' at 2020-02-01 was in line 2 before"));
}

TEST_F(FeaturesJob, says_wrong_names_before_anything_is_removed) {
  const std::string right = "  target: customers\n  cutoff_time: 2021-01-01\n";
  ASSERT_EQ(features(config(right), "kept").code, 0);
  const std::string before = contents(folder() / "kept/features.h5");
  const auto expect_refused = [&](const std::string& option, const std::string& what) {
    const auto outcome = features(config(right + option), "kept", 1, {"--overwrite"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.errors, HasSubstr(what));
    EXPECT_TRUE(contents(folder() / "kept/features.h5") == before) << option;
  };
  expect_refused("  encode: {columns: [regoin]}\n", "features.encode.columns: no feature 'regoin'");
  expect_refused("  select: {mutual_information: latte}\n", "mutual_information: no column 'latte' in the result");
  expect_refused("  select: {highly_correlated: 0.9, keep: [regoin]}\n", "features.select.keep: no feature 'regoin'");
  expect_refused("  select: {highly_correlated: 0.9, correlation_among: [amount]}\n",
                 "features.select.correlation_among: no feature 'amount'");
}

TEST_F(FeaturesJob, says_which_columns_a_primitive_takes) {
  EXPECT_THAT(complaint("  target: customers\n"
                        "  seed_features: [{aggregation: sum, table: orders, columns: [channel]}]\n"),
              AllOf(HasSubstr("features.yaml:4:19: features.seed_features[0]: sum takes (numeric), not channel"),
                    HasSubstr("Categorical")));
}

TEST_F(FeaturesJob, describes_features_and_primitives) {
  const fs::path file = config("  target: customers\n");
  auto outcome = cli::run_program(GRIDMILL_PROGRAM, {"describe", "feature", "COUNT(orders)", file});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.out, HasSubstr("COUNT(orders)"));
  outcome = cli::run_program(GRIDMILL_PROGRAM, {"describe", "feature", "COUNT(order)", file});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("makes no feature 'COUNT(order)'\n  did you mean 'COUNT(orders)'?"));
  outcome = cli::run_program(GRIDMILL_PROGRAM, {"describe", "primitive", "trnd"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("unknown primitive 'trnd'\n  did you mean 'trend'?"));
}

TEST_F(FeaturesJob, warns_when_the_limit_is_less_than_a_rank_may_need) {
  const fs::path limited = full_config("memory_limit: 200KiB\n");
  const auto outcome = features(limited, "limited", 2, {"--dry-run"});
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.errors,
              testing::ContainsRegex(".+ may take [0-9.]+ [KM]iB, but memory_limit "
                                     "leaves a rank 100.0 KiB: set it to [0-9]+MiB at least, or start fewer ranks"));
  EXPECT_THAT(outcome.out + outcome.errors, HasSubstr("more than the limit of 100.0 KiB"));
  EXPECT_THAT(features(full_config(), "unlimited", 2, {"--dry-run"}).errors, Not(HasSubstr("memory_limit leaves")));
}

TEST_F(FeaturesJob, names_all_tables_that_are_read) {
  const std::string grouped =
      "  target: customers\n  transforms: []\n  aggregations: []\n  drop_exact: [favourite]\n  seed_features:\n"
      "    - {aggregation: mode, table: orders, columns: [channel], name: favourite}\n"
      "    - {transform: cum_sum, table: customers, columns: [late], group_by: favourite}\n";
  const auto each = features(config(grouped + "  cutoff_time: {column: joined}\n"), "grouped", 1, {"--dry-run"});
  ASSERT_EQ(each.code, 0) << each.errors;
  EXPECT_THAT(each.out + each.errors, testing::ContainsRegex("passes +customers .9000 rows., orders .[0-9]+ rows.\n"));
  const auto once = features(config(grouped + "  cutoff_time: 2021-01-01\n"), "grouped", 1, {"--dry-run"});
  ASSERT_EQ(once.code, 0) << once.errors;
  EXPECT_THAT(once.out + once.errors,
              testing::ContainsRegex("customers .9000 rows., orders .[0-9]+ rows.; customers .9000 rows.; customers"))
      << "what an earlier pass has computed is not read again";
}

TEST_F(FeaturesJob, dry_run_writes_nothing) {
  const auto outcome = features(full_config(), "dry", 2, {"--dry-run"});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  for (const char* fact : {"9000 of 'customers'", "aggregation", "memory per rank", "passes", "time", " rows, in "}) {
    EXPECT_THAT(outcome.out + outcome.errors, HasSubstr(fact));
  }
  EXPECT_FALSE(fs::exists(folder() / "dry"));
}

}  // namespace
}  // namespace gridmill
