// Values of features as a user gets them, from CSV to CSV. What is expected came out of Featuretools 1.28 with Woodwork
// 0.27 and pandas 1.5.3, called with the same tables.
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child.hpp"
#include "files_test.hpp"

namespace gridmill::cli {
namespace {

using testing::Contains;
using testing::Key;
using testing::Not;

/// Splits a line of CSV; quoted fields have no quotes within.
std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

class FeatureValues : public FilesTest {
 protected:
  using Columns = std::map<std::string, std::string>;

  /// Imports the tables and returns each column of features.csv as its entries with blanks between; "-" is missing.
  [[nodiscard]] Columns features(const std::string& tables, const std::string& relationships,
                                 const std::string& wanted) const {
    const std::string config =
        write("c.yaml", "output: " + at("run") + "\nimport:\n  store: " + at("s.h5") + "\n  tables:\n" + tables +
                            "  relationships: [" + relationships + "]\nfeatures: {" + wanted + ", csv: true}\n");
    const Outcome import = run_program(GRIDMILL_PROGRAM, {"import", config, "-q", "--overwrite"});
    EXPECT_EQ(import.code, 0) << import.errors;
    const Outcome made = run_program(GRIDMILL_PROGRAM, {"features", config, "-q", "--overwrite"});
    EXPECT_EQ(made.code, 0) << made.errors;
    std::istringstream csv(read("run/features.csv"));
    std::string line;
    std::getline(csv, line);
    const std::vector<std::string> names = fields_of(line);
    Columns columns;
    while (std::getline(csv, line)) {
      const std::vector<std::string> fields = fields_of(line);
      for (std::size_t i = 0; i < names.size(); ++i) {
        std::string& column = columns[names[i]];
        column += (column.empty() ? "" : " ") + (fields.at(i).empty() ? "-" : fields[i]);
      }
    }
    return columns;
  }

  [[nodiscard]] std::string table(const std::string& name, const std::string& csv, const std::string& more) const {
    return "    " + name + ": {source: " + write(name + ".csv", csv) + ", " + more + "}\n";
  }

  /// Accounts and their moves, whose keys and references are equal as doubles. 2^53 is 9007199254740992.
  [[nodiscard]] Columns of_accounts(const std::string& wanted) const {
    const std::string accounts = "acct,branch\n9007199254740993,9007199254740995\n9007199254740994,9007199254740997\n";
    const std::string moves =
        "move,acct,ref,old\n"
        "1,9007199254740993,9007199254740993,9007199254740993\n"
        "2,9007199254740994,9007199254740995,9007199254740994\n"
        "3,9007199254740994,9007199254740993,9007199254740994\n";
    return features(table("accounts", accounts, "index: acct") + table("moves", moves, "index: move"),
                    "moves.acct -> accounts.acct", "cutoff_time: 2029-01-01, " + wanted);
  }
};

TEST_F(FeatureValues, keep_keys_and_references_beyond_2_to_the_53) {
  const Columns columns = of_accounts("target: moves, aggregations: [first, last], transforms: []");
  EXPECT_EQ(columns.at("acct"), "9007199254740993 9007199254740994 9007199254740994");
  EXPECT_EQ(columns.at("ref"), "9007199254740993 9007199254740995 9007199254740993");
  EXPECT_EQ(columns.at("accounts.branch"), "9007199254740995 9007199254740997 9007199254740997");
  EXPECT_EQ(columns.at("accounts.FIRST(moves.ref)"), "9007199254740993 9007199254740995 9007199254740995");
  EXPECT_EQ(columns.at("accounts.LAST(moves.ref)"), "9007199254740993 9007199254740993 9007199254740993");
}

TEST_F(FeatureValues, compare_and_subtract_what_doubles_do_not_tell_apart) {
  const Columns columns = of_accounts(
      "target: moves, aggregations: [], transforms: [subtract_numeric, modulo_numeric, greater_than, equal, diff, "
      "same_as_previous, percentile, {name: greater_than_scalar, value: 9007199254740993}, "
      "{name: equal_scalar, value: 9007199254740993}]");
  EXPECT_EQ(columns.at("old - ref"), "0.0 -1.0 1.0");
  EXPECT_EQ(columns.at("ref % old"), "0.0 1.0 9007199254740992.0");
  EXPECT_EQ(columns.at("old > ref"), "False False True");
  EXPECT_EQ(columns.at("old = ref"), "True False False");
  EXPECT_EQ(columns.at("old > 9007199254740993"), "False True True");
  EXPECT_EQ(columns.at("ref = 9007199254740993"), "True False True");
  EXPECT_EQ(columns.at("DIFF(ref)"), "- 2.0 -2.0");
  EXPECT_EQ(columns.at("SAME_AS_PREVIOUS(old)"), "False False True");
  EXPECT_EQ(columns.at("PERCENTILE(ref)"), "0.5 1.0 0.5");
  EXPECT_EQ(columns.at("accounts.branch - old"), "2.0 3.0 3.0");
}

TEST_F(FeatureValues, aggregate_what_doubles_do_not_tell_apart) {
  const Columns columns = of_accounts(
      "target: accounts, aggregations: [max_min_delta, has_no_duplicates, is_monotonically_increasing, max_count, sum, "
      "count], transforms: [], where_primitives: [count], interesting_values: {moves: {ref: [9007199254740993]}}, "
      "max_depth: 2");
  EXPECT_EQ(columns.at("acct"), "9007199254740993 9007199254740994");
  EXPECT_EQ(columns.at("MAX_MIN_DELTA(moves.ref)"), "0.0 2.0");
  EXPECT_EQ(columns.at("MAX_MIN_DELTA(moves.old)"), "0.0 0.0");
  EXPECT_EQ(columns.at("HAS_NO_DUPLICATES(moves.ref)"), "True True");
  EXPECT_EQ(columns.at("IS_MONOTONICALLY_INCREASING(moves.ref)"), "True False");
  EXPECT_EQ(columns.at("MAX_COUNT(moves.ref)"), "1.0 1.0");
  EXPECT_EQ(columns.at("SUM(moves.ref)"), "9007199254740992.0 1.8014398509481988e+16");
  EXPECT_EQ(columns.at("COUNT(moves WHERE ref = 9007199254740993)"), "1 1");
}

TEST_F(FeatureValues, group_and_encode_by_keys_beyond_2_to_the_53) {
  const Columns columns = of_accounts(
      "target: moves, aggregations: [], transforms: [], group_by_transforms: [diff], encode: {columns: [acct]}");
  EXPECT_EQ(columns.at("DIFF(ref) by acct"), "- - -2.0");
  EXPECT_EQ(columns.at("acct = 9007199254740994"), "False True True");
  EXPECT_EQ(columns.at("acct = 9007199254740993"), "True False False");
  EXPECT_EQ(columns.at("acct is unknown"), "False False False");
}

TEST_F(FeatureValues, name_the_most_frequent_numbers_exactly) {
  const Columns columns = of_accounts(
      "target: accounts, aggregations: [count], transforms: [], where_primitives: [count], max_depth: 2, "
      "interesting_values: {moves: {ref: {top: 1}}}");
  EXPECT_EQ(columns.at("COUNT(moves WHERE ref = 9007199254740993)"), "1 1");
}

/// What missing integers of aggregations do depends on what the aggregation was made from.
TEST_F(FeatureValues, take_missing_results_of_aggregations_for_nan_unless_made_from_nullable_integers) {
  const std::string tables =
      table("p", "pid,q\n1,4\n2,5\n3,0\n", "index: pid, types: {pid: Integer, q: Integer}") +
      table("k", "kid,pid,c,n,b\n1,2,x,7,True\n2,2,y,,False\n3,3,x,9,True\n",
            "index: kid, types: {kid: Integer, pid: Integer, c: Categorical, n: IntegerNullable, b: Boolean}");
  const Columns columns = features(tables, "k.pid -> p.pid",
                                   "target: p, cutoff_time: 2029-01-01, aggregations: [num_unique, max, last, mean, "
                                   "any, num_zero_crossings], transforms: [cum_sum, cum_min, cum_max, cum_mean, "
                                   "less_than, not_equal, 'not', {name: modulo_numeric_scalar, value: 0}, "
                                   "same_as_previous]");
  EXPECT_EQ(columns.at("NUM_UNIQUE(k.c)"), "- 2 1");
  EXPECT_EQ(columns.at("CUM_SUM(NUM_UNIQUE(k.c))"), "- 2.0 3.0");
  EXPECT_EQ(columns.at("CUM_MIN(NUM_UNIQUE(k.c))"), "- 2.0 1.0");
  EXPECT_EQ(columns.at("CUM_MEAN(NUM_UNIQUE(k.c))"), "- 1.0 1.0");
  EXPECT_EQ(columns.at("NUM_UNIQUE(k.c) < q"), "False True False");
  EXPECT_EQ(columns.at("NUM_UNIQUE(k.c) != q"), "True True True");
  EXPECT_EQ(columns.at("NUM_UNIQUE(k.c) % 0"), "- - -");
  EXPECT_EQ(columns.at("SAME_AS_PREVIOUS(NUM_UNIQUE(k.c))"), "False False False");
  EXPECT_EQ(columns.at("CUM_MAX(LAST(k.kid))"), "- 2.0 3.0");
  EXPECT_EQ(columns.at("NOT(ANY(k.b))"), "False False False");
  EXPECT_EQ(columns.at("CUM_SUM(LAST(k.n))"), "- - -");
  EXPECT_EQ(columns.at("CUM_MIN(MAX(k.n))"), "- 1.0 1.0");
  EXPECT_EQ(columns.at("CUM_SUM(MEAN(k.n))"), "- 7.0 16.0");
  EXPECT_EQ(columns.at("MEAN(k.n) < q"), "- False False");
  EXPECT_EQ(columns.at("MEAN(k.n) % 0"), "- - -");
  EXPECT_EQ(columns.at("CUM_SUM(NUM_ZERO_CROSSINGS(k.n))"), "- - -");
  EXPECT_EQ(columns.at("MAX(k.n) != q"), "- True True");
}

TEST_F(FeatureValues, take_booleans_of_missing_parents_as_numpy_does) {
  const std::string tables =
      table("p", "pid,b,at\nx,True,2020-01-05\ny,False,2020-01-07\n",
            "index: pid, time_index: at, types: {pid: Categorical, b: Boolean}") +
      table("k",
            "kid,pid,c,d,gid\n1,x,True,True,1\n2,,False,True,1\n3,,True,False,2\n4,y,,False,2\n5,y,True,True,3\n"
            "6,x,,True,1\n",
            "index: kid, types: {kid: Integer, pid: Categorical, c: BooleanNullable, d: Boolean, gid: Integer}") +
      table("g", "gid\n1\n2\n3\n", "index: gid, types: {gid: Integer}");
  const Columns columns =
      features(tables, "k.pid -> p.pid, k.gid -> g.gid",
               "target: k, cutoff_time: 2029-01-01, aggregations: [], transforms: ['and', 'or', multiply_boolean, "
               "'not', equal]");
  EXPECT_EQ(columns.at("AND(c, p.b)"), "True False - - False -");
  EXPECT_EQ(columns.at("AND(d, p.b)"), "True - False False False True");
  EXPECT_EQ(columns.at("OR(c, p.b)"), "True - True - True -");
  EXPECT_EQ(columns.at("OR(d, p.b)"), "True True - False True True");
  EXPECT_EQ(columns.at("c * p.b"), "True False True False False -");
  EXPECT_EQ(columns.at("d * p.b"), "True False False False False True");
  EXPECT_EQ(columns.at("c = p.b"), "True False False - False -");
  EXPECT_EQ(columns.at("NOT(c)"), "False True False - False -");
  EXPECT_EQ(columns.at("p.NOT(b)"), "False - - True True False");
}

TEST_F(FeatureValues, take_the_time_of_the_first_and_last_row_even_if_it_is_missing) {
  const std::string tables =
      table("p", "pid,at\nx,2020-01-05\ny,2020-01-07\n", "index: pid, time_index: at, types: {pid: Categorical}") +
      table("k", "kid,pid,gid\n1,x,1\n2,,1\n3,,2\n4,y,2\n5,y,3\n6,x,1\n",
            "index: kid, types: {kid: Integer, pid: Categorical, gid: Integer}") +
      table("g", "gid\n1\n2\n3\n", "index: gid, types: {gid: Integer}");
  const std::string wanted =
      "target: g, cutoff_time: 2020-01-10, aggregations: [time_since_first, time_since_last], transforms: [], "
      "max_depth: 3";
  const Columns columns = features(tables, "k.pid -> p.pid, k.gid -> g.gid", wanted);
  EXPECT_EQ(columns.at("TIME_SINCE_FIRST(k.p.at)"), "432000.0 - 259200.0");
  EXPECT_EQ(columns.at("TIME_SINCE_LAST(k.p.at)"), "432000.0 259200.0 259200.0");
}

TEST_F(FeatureValues, pass_over_neighbours_that_belong_to_no_instance) {
  const std::string tables =
      table("p", "pid\na\nb\n", "index: pid") +
      table("k",
            "kid,pid,at,v\n1,a,2020-01-01,1\n2,,2020-01-02,10\n3,a,2020-01-03,4\n4,b,2020-01-04,6\n"
            "5,a,2020-01-05,3\n",
            "index: kid, time_index: at, types: {kid: Integer, pid: Categorical, v: Double}");
  const std::string wanted =
      "target: p, cutoff_time: 2029-01-01, aggregations: [mean, sum], transforms: [absolute_diff, percent_change, "
      "time_since_previous]";
  const Columns columns = features(tables, "k.pid -> p.pid", wanted);
  EXPECT_EQ(columns.at("MEAN(k.ABSOLUTE_DIFF(v))"), "3.0 2.0");
  EXPECT_EQ(columns.at("MEAN(k.PERCENT_CHANGE(v))"), "1.25 0.5");
  EXPECT_EQ(columns.at("MEAN(k.TIME_SINCE_PREVIOUS(at))"), "129600.0 86400.0");
}

TEST_F(FeatureValues, keep_one_value_where_the_rarest_is_left_out) {
  const std::string t =
      table("t", "id,c,d\n1,x,u\n2,x,v\n3,x,v\n", "index: id, types: {id: Integer, c: Categorical, d: Categorical}");
  const std::string wanted = "target: t, cutoff_time: 2029-01-01, transforms: [], encode: {drop_first: true}";
  const Columns columns = features(t, "", wanted);
  EXPECT_EQ(columns.at("c = x"), "True True True");
  EXPECT_EQ(columns.at("c is unknown"), "False False False");
  EXPECT_EQ(columns.at("d = v"), "False True True");
  EXPECT_THAT(columns, Not(Contains(Key("d = u"))));
}

class Neighbours : public FeatureValues {
 protected:
  [[nodiscard]] Columns of_cutoffs(const std::string& cutoffs, const std::string& wanted) const {
    const std::string p = "pid,x\na,1\nb,4\nc,9\n";
    const std::string k =
        "kid,pid,at,v\n1,a,2020-01-01,1\n2,b,2020-01-02,3\n3,a,2020-01-03,7\n4,c,2020-01-04,8\n5,b,2020-01-05,20\n";
    return features(table("p", p, "index: pid, types: {x: Double}") +
                        table("k", k, "index: kid, time_index: at, types: {v: Double}"),
                    "k.pid -> p.pid",
                    "cutoff_time: {file: " + write("cutoffs.csv", cutoffs) + "}, " + wanted +
                        ", transforms: [absolute_diff, time_since_previous]");
  }
};

TEST_F(Neighbours, are_rows_of_instances_of_the_same_cutoff_time) {
  const Columns columns = of_cutoffs("pid,time\na,2020-01-06\nb,2020-01-06\nc,2020-01-07\na,2020-01-07\n",
                                     "target: p, aggregations: [sum, last]");
  EXPECT_EQ(columns.at("ABSOLUTE_DIFF(x)"), "- 3.0 8.0 -");
  EXPECT_EQ(columns.at("LAST(k.ABSOLUTE_DIFF(v))"), "4.0 13.0 1.0 6.0");
  EXPECT_EQ(columns.at("SUM(k.ABSOLUTE_DIFF(v))"), "4.0 15.0 1.0 6.0");
  EXPECT_EQ(columns.at("SUM(k.TIME_SINCE_PREVIOUS(at))"), "86400.0 259200.0 86400.0 172800.0");
  EXPECT_EQ(columns.at("ABSOLUTE_DIFF(SUM(k.v))"), "- 15.0 0.0 -");
}

TEST_F(Neighbours, among_parents_are_those_of_instances) {
  const Columns columns = of_cutoffs("kid,time\n1,2020-01-06\n5,2020-01-06\n2,2020-01-07\n4,2020-01-07\n3,2020-01-08\n",
                                     "target: k, aggregations: []");
  EXPECT_EQ(columns.at("ABSOLUTE_DIFF(v)"), "- 19.0 - 5.0 -");
  EXPECT_EQ(columns.at("TIME_SINCE_PREVIOUS(at)"), "- 345600.0 - 172800.0 -");
  EXPECT_EQ(columns.at("p.ABSOLUTE_DIFF(x)"), "- 3.0 - 5.0 -");
}

class CutoffTimes : public FeatureValues {
 protected:
  /// Users without times, and their ratings at 2000-07-30T18:45:03, ...18:20:47 and 2016, written as `times` says.
  [[nodiscard]] Columns of_users(const std::string& times, const std::string& format,
                                 const std::string& cutoff_time) const {
    return features(table("u", "uid\n7\n18446744073709551615\n007\n", "index: uid") +
                        table("r", "rid,uid,at\n1,7," + times, "index: rid, time_index: at" + format),
                    "r.uid -> u.uid", "target: u, aggregations: [count], transforms: [], cutoff_time: " + cutoff_time);
  }
  static constexpr const char* kSeconds = "964982703\n2,18446744073709551615,964981247\n3,007,1456963200\n";
  static constexpr const char* kDaysFirst = "31/12/2019\n2,18446744073709551615,01/02/2020\n3,007,05/06/2020\n";
};

TEST_F(CutoffTimes, are_numbers_where_the_times_of_the_tables_are) {
  const std::string format = ", time_format: {at: s}";
  EXPECT_EQ(of_users(kSeconds, format, "1000000000").at("COUNT(r)"), "1 1 0");
  EXPECT_EQ(of_users(kSeconds, format, "964982000.5").at("COUNT(r)"), "0 1 0");
  EXPECT_EQ(of_users(kSeconds, format, "2015-01-01").at("COUNT(r)"), "1 1 0");
}

TEST_F(CutoffTimes, of_a_file_are_numbers_or_dates_and_its_keys_exact) {
  const std::string format = ", time_format: {at: s}";
  const std::string numbers =
      write("n.csv", "uid,time\n007,1456963200\n7,1456963200\n7,964982000\n18446744073709551615,964982000\n");
  EXPECT_EQ(of_users(kSeconds, format, "{file: " + numbers + "}").at("COUNT(r)"), "1 1 0 1");
  const std::string dates = write("d.csv", "uid,time\n007,2016-03-03\n18446744073709551615,1999-01-01\n");
  EXPECT_EQ(of_users(kSeconds, format, "{file: " + dates + "}").at("COUNT(r)"), "1 0");
}

TEST_F(CutoffTimes, have_the_day_first_where_the_tables_do) {
  EXPECT_EQ(of_users(kDaysFirst, "", "02/01/2020").at("COUNT(r)"), "1 0 0");
  EXPECT_EQ(of_users(kDaysFirst, "", "01/02/2020").at("COUNT(r)"), "1 1 0");
  const std::string file = write("f.csv", "uid,time\n007,04/06/2020\n7,05/06/2020\n");
  EXPECT_EQ(of_users(kDaysFirst, "", "{file: " + file + "}").at("time"), "2020-06-04 00:00:00 2020-06-05 00:00:00");
}

}  // namespace
}  // namespace gridmill::cli
