// Keys of several columns, as users write them. The oracle is the same data with one column that holds them all.
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child.hpp"
#include "files_test.hpp"

namespace gridmill::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class CompoundKeys : public FilesTest {
 protected:
  [[nodiscard]] static Outcome gridmill(const std::vector<std::string>& words) {
    return run_program(GRIDMILL_PROGRAM, words);
  }

  /// Weather by airport and hour, flights by airport, hour and minute; `joined`: with a column that holds both.
  void write_tables(bool joined, const std::string& first_flights = "") const {
    const std::vector<std::string> airports{"JFK", "EWR", "L, GA", "ATL"};
    std::string weather = joined ? "key,origin,hour,wind\n" : "origin,hour,wind\n";
    std::string flights = joined ? "id,key,origin,hour,at,delay\n" : "id,origin,hour,at,delay\n";
    if (!joined) flights += first_flights;
    const auto key = [&](const std::string& origin, const std::string& hour) {
      const std::string place = fmt::format("\"{}\",{}", origin, hour);
      return joined ? fmt::format("\"{}_{}\",{}", origin, hour, place) : place;
    };
    for (int i = 0; i < 48; ++i) {
      const std::string hour = fmt::format("2013-01-0{} {:02}:00:00", i / 24 + 1, i / 4 * 2 % 24);
      weather += fmt::format("{},{}\n", key(airports[static_cast<std::size_t>(i % 4)], hour), i * 7 % 13);
    }
    for (int i = 0; i < 150; ++i) {
      const std::string hour = fmt::format("2013-01-0{} {:02}:00:00", i / 75 + 1, i * 5 % 24);
      flights += fmt::format("{},{},2013-01-0{} {:02}:{:02}:00,{}\n", i,
                             key(airports[static_cast<std::size_t>(i * 3 % 4)], hour), i / 75 + 1, i * 5 % 24, i % 60,
                             i * i % 17);
    }
    (void)write("weather.csv", weather);
    (void)write("flights.csv", flights);
  }

  [[nodiscard]] std::string config(const std::string& index, const std::string& relationship,
                                   const std::string& more = "") const {
    return write("c.yaml", "output: " + at("run") + "\nimport:\n  store: " + at("s.h5") +
                               "\n  tables:\n    weather: {source: weather.csv, index: " + index +
                               ", time_index: hour}\n    flights: {source: flights.csv, index: id, time_index: at}\n" +
                               more + "  relationships:\n    - " + relationship + "\n");
  }

  [[nodiscard]] std::string features(const std::string& wanted) const {
    const std::string file = write("f.yaml", read("c.yaml") + "features: {csv: true, " + wanted + "}\n");
    const Outcome import = gridmill({"import", file, "-q", "--overwrite"});
    EXPECT_EQ(import.code, 0) << import.errors;
    const Outcome made = gridmill({"features", file, "-q", "--overwrite", "-n", "1"});
    EXPECT_EQ(made.code, 0) << made.errors;
    return read("run/features.csv");
  }
};

const std::string kCompound = "flights.[origin, hour] -> weather.[origin, hour]";

TEST_F(CompoundKeys, find_the_rows_that_one_column_of_both_finds) {
  const std::vector<std::string> jobs{
      "target: flights, cutoff_time: {column: at}, transforms: [hour, cum_sum], max_depth: 3",
      "target: weather, cutoff_time: 2013-02-01, aggregations: [count, mean, last, trend], transforms: [cum_mean], "
      "ignore_columns: {flights: [origin]}",
      "target: weather, cutoff_time: {column: hour}, training_window: 5 hours, include_cutoff_time: false",
      "target: flights, cutoff_time: 2013-02-01, group_by_transforms: [diff, cum_sum], transforms: []"};
  for (const std::string& job : jobs) {
    write_tables(false);
    (void)config("[origin, hour]", kCompound);
    std::string compound = features(job);
    write_tables(true);
    (void)config("key", "flights.key -> weather.key");
    // Where one column is the key, it counts as a category of its own.
    std::string single = features(job + ", drop_contains: [flights.key], drop_exact: [key]");
    // Names and values of the key alone differ.
    for (std::string* csv : {&compound, &single}) *csv = std::regex_replace(*csv, std::regex("\""), "");
    compound = std::regex_replace(compound, std::regex("origin, hour"), "key");
    compound = std::regex_replace(compound, std::regex(R"(L\\, GA)"), "L, GA");
    compound = std::regex_replace(compound, std::regex("(JFK|EWR|GA|ATL), ([0-9-]+)T([0-9:]+)Z"), "$1_$2 $3");
    compound = std::regex_replace(compound, std::regex("(JFK|EWR|GA|ATL), ([0-9-]+)"), "$1_$2 00:00:00");
    EXPECT_EQ(compound, single) << job;
  }
}

TEST_F(CompoundKeys, may_be_written_in_several_ways) {
  write_tables(false);
  std::string first;
  for (const std::string& way :
       {kCompound, std::string("flights.[hour, origin] -> weather.[hour, origin]"),
        std::string("{parent: weather, child: flights, columns: [hour, origin]}"),
        std::string("{parent: weather, child: flights, columns: {origin: origin, hour: hour}}"),
        std::string(
            "{parent: weather, parent_column: [origin, hour], child: flights, child_column: [origin, hour]}")}) {
    const std::string file = config("[origin, hour]", way);
    ASSERT_EQ(gridmill({"validate", file}).code, 0) << gridmill({"validate", file}).errors;
    ASSERT_EQ(gridmill({"import", file, "-q", "--overwrite"}).code, 0);
    std::string info = gridmill({"info", at("s.h5")}).out;
    EXPECT_THAT(info, HasSubstr("weather: 48 rows, index origin, hour, time index hour\n"
                                "`- flights: 150 rows, index id, time index at, by origin, hour"));
    if (first.empty()) first = info;
    EXPECT_EQ(info, first);
  }
}

TEST_F(CompoundKeys, are_counted_and_refused_as_those_of_one_column) {
  write_tables(false,
               "1000,JFK,,2013-01-01,1\n1001,,2013-01-01 00:00:00,2013-01-01,1\n1002,ORD,2013-01-01,2013-01-01,1\n");
  const Outcome import = gridmill({"import", config("[origin, hour]", kCompound)});
  ASSERT_EQ(import.code, 0) << import.errors;
  const std::string arrow = "flights.[origin, hour] -> weather.[origin, hour]: ";
  EXPECT_THAT(import.errors, HasSubstr(arrow + "2 of 153 rows have no key\n"));
  EXPECT_THAT(import.errors, HasSubstr(" of 153 rows have a key without a row there, as 'ORD, 2013-01-01'\n"));

  const auto refused = [&](const std::string& weather, const std::string& index, const std::string& relationship) {
    (void)write("weather.csv", weather);
    const Outcome outcome = gridmill({"import", config(index, relationship), "-q", "--overwrite"});
    EXPECT_EQ(outcome.code, 2) << outcome.errors;
    return outcome.errors;
  };
  EXPECT_THAT(
      refused("origin,hour,wind\nJFK,2013-01-01,1\nJFK,2013-01-02,1\nJFK,2013-01-01,2\n", "[origin, hour]", kCompound),
      AllOf(HasSubstr(at("weather.csv") + ":4: index 'origin, hour' of table 'weather' has a value again in 1 of 3 "
                                          "rows: JFK, 2013-01-01 in row 3\n"),
            HasSubstr("c.yaml:5:43")));
  EXPECT_THAT(refused("origin,hour,wind\nJFK,2013-01-01,1\n,2013-01-02,1\n", "[origin, hour]", kCompound),
              HasSubstr(":3: index 'origin, hour' of table 'weather' has no value in 1 of 2 rows"));
  EXPECT_THAT(
      refused("origin,hour,wind\n1,2013-01-01,1\n2,2013-01-02,1\n", "[origin, hour]", kCompound),
      HasSubstr("import.relationships[0]: flights.origin holds categorical and weather.origin holds integer: they "
                "cannot match"));
  EXPECT_THAT(refused("origin,hour,wind\nJFK,2013-01-01,1.5\nJFK,2013-01-02,1\n", "[origin, wind]",
                      "flights.[origin, delay] -> weather.[origin, wind]"),
              HasSubstr("'wind' holds double; columns of an index hold whole numbers, categories or times"));
  EXPECT_THAT(refused("origin,hour,wind\n", "[origin, ours]", "flights.[origin, hour] -> weather.[origin, ours]"),
              HasSubstr("import.tables.weather.index: no column 'ours' in " + at("weather.csv")));
  EXPECT_THAT(refused("origin,hour,wind\n", "[origin, hour]", "flights.[origin, ours] -> weather.[origin, hour]"),
              HasSubstr("import.relationships[0]: no column 'ours' in " + at("flights.csv")));
  EXPECT_FALSE(std::filesystem::exists(at("s.h5.partial")));
}

TEST_F(CompoundKeys, that_do_not_fit_are_refused_before_data_is_read) {
  const auto says = [&](const std::string& index, const std::string& relationship) {
    return gridmill({"validate", config(index, relationship)}).errors;
  };
  EXPECT_THAT(
      says("[origin, hour]", "flights.origin -> weather.origin"),
      HasSubstr("import.relationships[0]: 'origin' is not the index of 'weather'\n  name a column of 'flights' for "
                "each of [origin, hour]"));
  EXPECT_THAT(says("[origin, hour]", "flights.origin -> weather.[origin, hour]"),
              HasSubstr("one column of 'flights' cannot equal 2 columns of 'weather'"));
  EXPECT_THAT(
      says("origin", "flights.[origin, hour] -> weather.[origin, hour]"),
      HasSubstr("'origin, hour' is not the index of 'weather'\n  give 'weather' that index: index: [origin, hour]"));
  EXPECT_THAT(says("[origin, origin]", kCompound),
              HasSubstr("import.tables.weather.index: 'origin' stands there twice"));
  EXPECT_THAT(says("[origin, hour]", "{parent: weather, child: flights}"), HasSubstr("parent_column is missing"));
  EXPECT_THAT(
      says("[origin, hour]", "{parent: weather, child: flights, columns: [origin, hour], child_column: origin}"),
      HasSubstr("child_column: 'columns' says it already"));
  EXPECT_THAT(says("[origin, hour], make_index: true", kCompound),
              HasSubstr("import.tables.weather.make_index: makes one column; the index names several"));
  EXPECT_THAT(says("[origin, hour], ignore: [hour]", kCompound), HasSubstr("ignore: 'hour' is part of the index"));
}

TEST_F(CompoundKeys, name_the_rows_of_tables_made_of_tables_and_find_those_of_others) {
  write_tables(false);
  (void)write("plans.csv", "plan,origin,day,crew\n1,JFK,2013-01-01,5\n2,EWR,2013-01-02,7\n3,JFK,2013-01-09,1\n");
  const std::string more =
      "    days: {from: flights, each: [origin, 1 day], index: [origin, begin]}\n"
      "    hours: {from: flights, each: [origin, 1 hour]}\n"
      "    plans: {source: plans.csv, index: plan}\n";
  const std::string file = config("[origin, hour]",
                                  kCompound + "\n    - hours.[origin, begin] -> weather.[origin, hour]\n" +
                                      "    - plans.[origin, day] -> days.[origin, begin]",
                                  more);
  const Outcome import = gridmill({"import", file, "--overwrite"});
  ASSERT_EQ(import.code, 0) << import.errors;
  EXPECT_THAT(import.errors,
              HasSubstr("plans.[origin, day] -> days.[origin, begin]: 1 of 3 rows have a key without a row "
                        "there, as 'JFK, 2013-01-09'"));
  const std::string days = features(
      "target: days, cutoff_time: 2013-02-01, aggregations: [count, {name: sum, columns: [crew]}], transforms: [], "
      "max_depth: 1");
  EXPECT_THAT(days, HasSubstr("\"origin, begin\",origin,COUNT(plans),SUM(plans.crew),COUNT(flights)\n"));
  EXPECT_THAT(days, HasSubstr("\"JFK, 2013-01-01\",JFK,1,5.0,19\n"));
  EXPECT_THAT(days, HasSubstr("\"EWR, 2013-01-02\",EWR,1,7.0,19\n"));
  const std::string hours = features("target: hours, cutoff_time: 2013-02-01, aggregations: [], transforms: []");
  EXPECT_THAT(hours, HasSubstr("weather.wind"));
  const Outcome wrong = gridmill(
      {"import",
       config("[origin, hour]", kCompound, "    days: {from: flights, each: [origin, 1 day], index: [origin, day]}\n"),
       "-q", "--overwrite"});
  EXPECT_THAT(wrong.errors,
              HasSubstr("import.tables.days.index: [origin, day] do not tell the rows apart\n  name all that "
                        "do: [origin, begin]"));
}

TEST_F(CompoundKeys, name_the_instances_of_cutoff_times_and_make_rows_that_are_predicted) {
  write_tables(false);
  (void)config("[origin, hour]", kCompound);
  const std::string times = write("t.csv",
                                  "hour,time,origin,note\n2013-01-01 00:00:00,2013-01-03,JFK,9\n"
                                  "2013-01-01 10:00:00,2013-01-04,\"L, GA\",8\n");
  const std::string csv =
      features("target: weather, aggregations: [count], transforms: [], cutoff_time: {file: " + times + "}");
  EXPECT_THAT(csv, HasSubstr("\n\"JFK, 2013-01-01\",2013-01-03 00:00:00,"));
  EXPECT_THAT(csv, HasSubstr("\n\"L\\, GA, 2013-01-01T10:00:00Z\",2013-01-04 00:00:00,"));

  const std::string run = write(
      "r.yaml", read("c.yaml") +
                    "features: {target: flights, label: delay, aggregations: [mean], transforms: [hour]}\n"
                    "model: {name: ridge, impute: mean, categories: one_hot}\nsearch: {grid: {alpha: [1]}, cv: 3}\n");
  const Outcome learnt = gridmill({"run", run, "--overwrite", "-q", "-n", "1"});
  ASSERT_EQ(learnt.code, 0) << learnt.errors;
  const auto predict = [&](const std::string& n) {
    return gridmill(
        {"predict", at("run"), "--table", "flights=" + at("flights.csv"), "-o", at("p" + n), "-n", n, "-q"});
  };
  ASSERT_EQ(predict("1").code, 0) << predict("1").errors;
  ASSERT_EQ(predict("2").code, 0);
  EXPECT_EQ(read("p1"), read("p2"));
  ASSERT_EQ(gridmill({"predict", at("run"), at("run/features/features.h5"), "--keep", "id", "-o", at("p3")}).code, 0);
  EXPECT_EQ(read("p1"), read("p3"));
}

}  // namespace
}  // namespace gridmill::cli
