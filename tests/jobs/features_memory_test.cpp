// What `gridmill features --dry-run` promises of memory, and what a run takes: fourteen shapes of features.
#include <cstddef>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "io/files/atomic_file.hpp"
#include "tests/cli/child.hpp"

namespace gridmill {
namespace {

namespace fs = std::filesystem;

constexpr double kMebibyte = 1 << 20;
constexpr std::size_t kRows = 60'000;
constexpr std::size_t kPlanes = 500;

std::string time_text(std::size_t minute) {
  const std::size_t day = minute / 1440;
  return fmt::format("2020-{:02}-{:02} {:02}:{:02}:00", day / 28 + 1, day % 28 + 1, minute / 60 % 24, minute % 60);
}

/// Few places and some planes with many rows, which have legs; events that look at places and planes at their times.
void write_tables(const fs::path& folder) {
  std::string places = "place,height\n";
  for (int i = 0; i < 3; ++i) places += fmt::format("{},{}\n", i, 10 * i);
  std::string planes = "plane,seats\n";
  std::string plane_cutoffs = "plane,time\n";
  std::string some_planes = plane_cutoffs;
  for (std::size_t i = 0; i < kPlanes; ++i) {
    planes += fmt::format("{},{}\n", i, 50 + i % 7);
    for (std::size_t k = 1; k <= 4; ++k) plane_cutoffs += fmt::format("{},{}\n", i, time_text(60'000 * k + i));
    if (i < 10) some_planes += fmt::format("{},{}\n", i, time_text(240'000 + i));
  }
  std::string rows = "row,place,plane,at,delay,distance,carrier,late\n";
  std::string legs = "leg,row,flown,fuel,seats\n";
  for (std::size_t i = 0; i < kRows; ++i) {
    rows += fmt::format("{},{},{},{},{},{},{},{}\n", i, i * 7 % 3, i * 31 % kPlanes, time_text(i * 5), i * 37 % 1009,
                        static_cast<double>(i * 101 % 907) / 8, static_cast<char>('A' + i * i % 16),
                        i % 3 == 0 ? "True" : "False");
    for (std::size_t k = 0; k < 2; ++k) {
      legs += fmt::format("{},{},{},{},{}\n", 2 * i + k, i, time_text(i * 5 + 30 * k), (i * 13 + k) % 511, i % 200);
    }
  }
  std::string events = "event,place,plane,at\n";
  for (std::size_t i = 0; i < 5'000; ++i) {
    events += fmt::format("{},{},{},{}\n", i, i % 3, i % kPlanes, time_text(i * 7919 % 300'000));
  }
  io::write_file(folder / "places.csv", places);
  io::write_file(folder / "planes.csv", planes);
  io::write_file(folder / "some_planes.csv", some_planes);
  io::write_file(folder / "plane_cutoffs.csv", plane_cutoffs);
  io::write_file(folder / "rows.csv", rows);
  io::write_file(folder / "legs.csv", legs);
  io::write_file(folder / "events.csv", events);
  std::string some = "event,time\n";
  for (std::size_t i = 0; i < 150; ++i) some += fmt::format("{},{}\n", i, time_text(i * 7919 % 300'000));
  io::write_file(folder / "some_events.csv", some);
}

struct FeaturesShape {
  std::string name;
  std::string features;  // what stands below `features:`
  int limit_mib = 256;
};

void PrintTo(const FeaturesShape& shape, std::ostream* out) { *out << shape.name; }

const std::vector<FeaturesShape>& shapes() {
  static const std::vector<FeaturesShape> all{
      {.name = "one_cutoff", .features = "target: planes, cutoff_time: 2020-09-01"},
      {.name = "three_deep", .features = "target: places, cutoff_time: 2020-09-01, max_depth: 3"},
      {.name = "events",
       .features = "target: events, cutoff_time: {column: at}, aggregations: [count, mean, std, max], transforms: []"},
      {.name = "events_in_a_window", .features = "target: events, cutoff_time: {column: at}, training_window: 30 days"},
      {.name = "events_in_a_window_three_deep",
       .features = "target: events, cutoff_time: {file: some_events.csv}, training_window: 30 days, max_depth: 3"},
      {.name = "places_in_a_window_three_deep",
       .features = "target: places, cutoff_time: 2020-09-01, training_window: 30 days, max_depth: 3"},
      {.name = "planes_in_a_window_three_deep",
       .features = "target: planes, cutoff_time: 2020-09-01, training_window: 30 days, max_depth: 3"},
      {.name = "some_planes_three_deep",
       .features = "target: planes, cutoff_time: {file: some_planes.csv}, max_depth: 3, aggregations: [sum, mean]"},
      {.name = "events_and_medians",
       .features = "target: events, cutoff_time: {column: at}, aggregations: [median, mode, num_unique, entropy, "
                   "first], transforms: []"},
      {.name = "rows_known_anew",
       .features =
           "target: planes, cutoff_time: {file: plane_cutoffs.csv}, aggregations: [sum, mean, median], transforms: []"},
      {.name = "in_little_memory",
       .features =
           "target: planes, cutoff_time: {file: plane_cutoffs.csv}, aggregations: [sum, mean, median], transforms: []",
       .limit_mib = 64},
      {.name = "whole_tables",
       .features = "target: rows, cutoff_time: 2020-09-01, max_depth: 1, aggregations: [count, sum],"
                   " transforms: [cum_sum, percentile, diff, cum_max]"},
      {.name = "encoded",
       .features =
           "target: rows, cutoff_time: 2020-09-01, encode: {top_n: 12}, csv: true, transforms: [weekday, month, hour]"},
      {.name = "correlated",
       .features = "target: rows, cutoff_time: 2020-09-01, aggregations: [mean, std, min, max],"
                   " select: {highly_correlated: 0.95}"},
  };
  return all;
}

class FeaturesMemory : public testing::TestWithParam<FeaturesShape> {
 protected:
  static void SetUpTestSuite() {
    fs::remove_all(folder());
    fs::create_directories(folder());
    write_tables(folder());
    io::write_file(
        folder() / "import.yaml",
        "import:\n  store: " + (folder() / "flights.h5").string() +
            "\n  tables:\n"
            "    places: {source: places.csv, index: place}\n"
            "    planes: {source: planes.csv, index: plane}\n"
            "    rows: {source: rows.csv, index: row, time_index: at, types: {carrier: Categorical}}\n"
            "    legs: {source: legs.csv, index: leg, time_index: flown}\n"
            "    events: {source: events.csv, index: event}\n"
            "  relationships: [rows.place -> places.place, rows.plane -> planes.plane, legs.row -> rows.row,\n"
            "                  events.place -> places.place, events.plane -> planes.plane]\n");
    const auto outcome = cli::run_program(GRIDMILL_PROGRAM, {"import", folder() / "import.yaml"});
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
  }
  static void TearDownTestSuite() { fs::remove_all(folder()); }
  static fs::path folder() { return fs::path(testing::TempDir()) / "features_memory_test"; }
};

/// Reads "memory per rank  about 55.1 MiB of 256.0 MiB" [bytes]; 0 if it is not there.
double promised_bytes(const std::string& text) {
  static const std::regex promise(R"(memory per rank\s+about ([0-9.]+) (MiB|GiB))");
  std::smatch found;
  if (!std::regex_search(text, found, promise)) return 0;
  return std::stod(found[1]) * (found[2] == "GiB" ? 1024 : 1) * kMebibyte;
}

TEST_P(FeaturesMemory, is_what_was_promised_and_within_the_limit) {
  const FeaturesShape& shape = GetParam();
  const fs::path config = folder() / (shape.name + ".yaml");
  io::write_file(config, fmt::format("features: {{store: {}, {}}}\nmemory_limit: {}MiB\noutput: {}\n",
                                     (folder() / "flights.h5").string(), shape.features, shape.limit_mib,
                                     (folder() / shape.name).string()));
  const auto dry = cli::run_program(GRIDMILL_PROGRAM, {"features", config, "--ranks", "1", "--dry-run"});
  ASSERT_EQ(dry.code, 0) << dry.errors;
  const double promised = promised_bytes(dry.out + dry.errors);
  ASSERT_GT(promised, 0) << dry.out << dry.errors;
  const auto run = cli::run_program(GRIDMILL_PROGRAM, {"features", config, "--ranks", "1", "--quiet"});
  ASSERT_EQ(run.code, 0) << run.errors;
  const auto taken = static_cast<double>(run.peak_bytes);
  RecordProperty("promised_mib", fmt::format("{:.1f}", promised / kMebibyte));
  RecordProperty("taken_mib", fmt::format("{:.1f}", taken / kMebibyte));
  EXPECT_NEAR(taken / kMebibyte, promised / kMebibyte, 0.25 * promised / kMebibyte);
  EXPECT_LE(taken, shape.limit_mib * kMebibyte);
}

INSTANTIATE_TEST_SUITE_P(Shapes, FeaturesMemory, testing::ValuesIn(shapes()),
                         [](const auto& shape) { return shape.param.name; });

}  // namespace
}  // namespace gridmill
