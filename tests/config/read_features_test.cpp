#include "config/run_file.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/resolved.hpp"
#include "core/error.hpp"

namespace gridmill::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

FeaturesJob features_of(std::string_view text) { return RunFile(text, "configs/loans.yaml").features_job(); }

FeaturesOptions options_of(const std::string& options) {
  return features_of("features: {store: a.h5, target: t, " + options + "}").features;
}

std::vector<std::string> features_problems_of(std::string_view text) {
  std::vector<std::string> all;
  try {
    (void)RunFile(text, "a.yaml").features_job();
  } catch (const core::UserError& error) {
    for (const core::Problem& problem : error.problems()) all.push_back(problem.text());
  }
  return all;
}

std::vector<std::string> option_problems(const std::string& options) {
  return features_problems_of("features: {store: a.h5, target: t, " + options + "}");
}

TEST(run_file_features, fills_in_the_defaults_of_a_minimal_config) {
  const FeaturesJob job = features_of("features: {store: loans.h5, target: applicants}\n");
  EXPECT_EQ(job.output, "runs/loans");
  EXPECT_EQ(job.features.store, "loans.h5");
  EXPECT_FALSE(job.features.aggregations.has_value());
  EXPECT_EQ(job.features.max_depth, 2);
  EXPECT_EQ(job.features.cutoff.kind, CutoffOptions::Kind::now);
  EXPECT_FALSE(job.features.encode.has_value());
}

TEST(run_file_features, takes_the_store_that_the_import_section_makes) {
  EXPECT_EQ(features_of("import: {source: a.csv.gz, store: b.h5}\nfeatures: {target: t}\n").features.store, "b.h5");
}

TEST(run_file_features, writes_beside_the_search_of_the_same_file) {
  EXPECT_EQ(features_of("output: runs/x\nfeatures: {store: a.h5, target: t}\n").output, "runs/x");
  EXPECT_EQ(features_of("output: runs/x\nmodel: svc\ndata: {}\nfeatures: {store: a.h5, target: t}\n").output,
            "runs/x/features");
  EXPECT_EQ(features_of("output: runs/x\nfeatures: {store: a.h5, target: t, output: here}\n").output, "here");
}

TEST(run_file_features, reads_primitives_with_arguments) {
  const auto options = options_of("aggregations: [count, {name: n_most_common, n: 2}], transforms: []");
  ASSERT_EQ(options.aggregations->size(), 2U);
  EXPECT_EQ(options.aggregations->at(1).primitive->name, "n_most_common");
  EXPECT_EQ(options.aggregations->at(1).arguments.at("n"), core::Value(2));
  EXPECT_THAT(*options.transforms, IsEmpty());
}

TEST(run_file_features, makes_a_use_of_each_value_of_a_list) {
  const auto options = options_of(
      "transforms: [{name: lag, periods: [4, 1 day], fill_value: [0, 1], columns: [Zone*], as: '{column}_{periods}'}, "
      "{name: rolling_mean, window_length: [3, 6h]}, 'lag(periods=[1, 2])']");
  ASSERT_EQ(options.transforms->size(), 8U);
  const features::PrimitiveUse& second = options.transforms->at(1);
  EXPECT_EQ(second.arguments.at("periods"), core::Value(4));
  EXPECT_EQ(second.arguments.at("fill_value"), core::Value(1));
  EXPECT_EQ(options.transforms->at(2).arguments.at("periods"), core::Value("1 day"));
  EXPECT_THAT(second.columns, ElementsAre("Zone*"));
  EXPECT_EQ(second.written_as, "{column}_{periods}");
  // What the config becomes says the same.
  const std::string resolved =
      resolved_yaml(features_of("features: {store: a.h5, target: t, transforms: [{name: lag, periods: "
                                "[4, 8], columns: [a], as: 'x {periods}'}]}"));
  EXPECT_THAT(resolved, HasSubstr(R"({"name": "lag", "periods": 8, "columns": ["a"], "as": )"));
  EXPECT_THAT(RunFile(resolved, "r.yaml").features_job().features.transforms->size(), 2U);
  // An argument that is a list stays one.
  EXPECT_EQ(options_of("transforms: [{name: isin, list_of_outputs: [1, 2]}]").transforms->size(), 1U);
}

TEST(run_file_features, refuses_what_makes_no_primitive) {
  const auto refused = [](const std::string& transforms, const std::string& what) {
    EXPECT_THAT(option_problems("transforms: [" + transforms + "]"), ElementsAre(HasSubstr(what))) << transforms;
  };
  refused("{name: lag, periods: []}", "features.transforms: lag: an argument is an empty list");
  refused("{name: lag, periods: [1, 1.5]}", "features.transforms: lag: periods must be whole number, or text, not 1.5");
  refused("{name: lag, periods: soon}", "lag: periods: cannot read 'soon' as a length of time; write a number of rows");
  refused("{name: lag, periods: 0 days}", "lag: periods: '0 days' is no time before");
  refused("{name: lag, periods: 3 observations}", "lag: periods: rows are a plain number");
  refused("{name: lag, columns: []}", "lag: columns: is an empty list");
  refused("{name: lag, as: '{colum}'}", "lag: as: '{colum' in '{colum}' stands for nothing");
  refused("{name: season, months: {warm: 4-9}}", "season: months: month 1 is in none of them");
  refused("{name: season, months: {warm: 4-9, cold: 10-4}}",
          "season: months: month 4 stands in 'warm' and again in 'cold'");
  refused("{name: season, months: {warm: [summer]}}",
          "season: months: 'warm': 'summer' is neither month from 1 to 12 nor");
  refused("{name: part_of_day, parts: {day: 6-24}}", "part_of_day: parts: 'day': '6-24' is neither hour from 0 to 23");
  EXPECT_THAT(option_problems("where_primitives: [{name: count, columns: [a]}]"),
              ElementsAre(HasSubstr("'columns' and 'as' stand at the aggregation itself")));
}

TEST(run_file_features, takes_a_file_in_place_of_a_store) {
  const FeaturesJob job =
      features_of("features: {source: shop.csv.gz, index: id, time_index: at, types: {zip: PostalCode}}");
  EXPECT_TRUE(job.features.of_file());
  EXPECT_EQ(job.features.target, "shop");
  EXPECT_EQ(job.features.table.index, "id");
  EXPECT_EQ(job.features.table.time_index, "at");
  const FeaturesOptions plain = features_of("features: {source: a.csv, target: t}").features;
  EXPECT_EQ(plain.table.source.table, "t");
  EXPECT_EQ(plain.table.index, "row");
  EXPECT_TRUE(plain.table.make_index);
  EXPECT_EQ(RunFile(resolved_yaml(job), "r.yaml").features_job().features.table, job.features.table);
  EXPECT_THAT(features_problems_of("features: {source: a.csv, store: b.h5}"),
              ElementsAre(HasSubstr("features.store and features.source both say where the rows are")));
  EXPECT_THAT(features_problems_of("features: {store: b.h5, target: t, time_index: at}"),
              ElementsAre(HasSubstr("features.time_index: says something of a file, and features.source names none")));
  EXPECT_THAT(features_problems_of("features: {store: b.h5}"), ElementsAre(HasSubstr("features.target is missing")));
}

TEST(run_file_features, reads_labels) {
  const auto label = [](const std::string& text) { return *options_of("label: " + text).label; };
  EXPECT_EQ(label("default").column, "default");
  EXPECT_EQ(label("{y: days}").column, "days");
  const LabelOptions bad = label("{bad: [status, isin, [B, D]]}");
  EXPECT_EQ(bad.column, "status");
  EXPECT_EQ(bad.comparison, "isin");
  const LabelOptions sum = label("{zone1: SUM(power.Zone1)}");
  EXPECT_EQ(sum.aggregation->primitive->name, "sum");
  EXPECT_EQ(sum.inputs, "power.Zone1");
  // Commas of YAML's flow style do not tear it apart.
  const LabelOptions churned = label("{churned: [COUNT(orders, Next 30 days), \"=\", 0]}");
  EXPECT_EQ(churned.inputs, "orders");
  EXPECT_EQ(churned.next, "30 days");
  EXPECT_EQ(churned.comparison, "==");
  EXPECT_EQ(label("{x: SUM(a.b, Next 2 hours)}").next, "2 hours");
  EXPECT_EQ(label("{x: 'ENTROPY(a.b, Next 2 hours, base=2)'}").aggregation->arguments.at("base"), core::Value(2));
  const auto refused = [](const std::string& text, const std::string& what) {
    EXPECT_THAT(option_problems("label: " + text), ElementsAre(HasSubstr(what))) << text;
  };
  refused("{a: x, b: y}", "features.label: has 2 entries");
  refused("{a: [x, like, y]}", "features.label: unknown comparison 'like'");
  refused("{a: [x, isin, y]}", "features.label: isin takes a list");
  refused("{a: 'SUM(a.b, Last 3 days)'}", "looks back; a label is what comes true");
  refused("{a: 'SUM(a.b, Next 3 observations)'}", "a window that looks forward is a length of time");
  refused("{a: 'SUM(a.b, Next soon)'}", "cannot read 'soon' as a length of time");
}

TEST(run_file_features, reads_each_form_of_the_cutoff_time) {
  using Kind = CutoffOptions::Kind;
  EXPECT_EQ(options_of("cutoff_time: null").cutoff.kind, Kind::now);
  EXPECT_EQ(options_of("cutoff_time: 2020-01-01").cutoff.time, "2020-01-01");
  EXPECT_EQ(options_of("cutoff_time: {column: application_time}").cutoff.column, "application_time");
  const CutoffOptions file = options_of("cutoff_time: {file: c.csv, instance: id, time: at}").cutoff;
  EXPECT_EQ(file.kind, Kind::file);
  EXPECT_EQ(file.instance_column, "id");
  EXPECT_EQ(file.time_column, "at");
}

TEST(run_file_features, reads_seed_features) {
  const auto seeds = options_of(
                         "seed_features: [{aggregation: sum, table: orders, columns: [amount], "
                         "where: [channel, ==, web], use_previous: 2 days, name: recent}]")
                         .seed_features;
  ASSERT_EQ(seeds.size(), 1U);
  EXPECT_EQ(seeds[0].primitive.primitive->name, "sum");
  EXPECT_EQ(seeds[0].columns, std::vector<std::string>{"amount"});
  EXPECT_EQ(seeds[0].use_previous, "2 days");
  EXPECT_EQ(seeds[0].name, "recent");
}

TEST(run_file_features, says_all_that_is_wrong_at_once) {
  EXPECT_THAT(features_problems_of("features:\n"
                                   "  target: applicants\n"
                                   "  agregations: [count]\n"
                                   "  aggregations: [sum, mdian]\n"
                                   "  max_depth: -2\n"
                                   "  training_window: 3 observations\n"),
              ElementsAre(HasSubstr("features.store is missing: store with the tables"),
                          AllOf(HasSubstr("a.yaml:3:3: features.agregations: unknown option"),
                                HasSubstr("did you mean 'aggregations'?")),
                          AllOf(HasSubstr("a.yaml:4:23: features.aggregations: unknown aggregation 'mdian'"),
                                HasSubstr("did you mean 'median'?")),
                          HasSubstr("a.yaml:5:14: features.max_depth: must be whole number >= -1, not -2"),
                          HasSubstr("features.training_window: must be a length of time, not a number of rows")));
}

TEST(run_file_features, refuses_what_means_nothing) {
  EXPECT_THAT(option_problems("cutoff_time: {column: a, file: b.csv}"),
              ElementsAre(HasSubstr("features.cutoff_time: must be a time, {column: ...} or {file: ...}")));
  EXPECT_THAT(
      option_problems("interesting_values: {orders: {channel: web}}"),
      ElementsAre(HasSubstr("features.interesting_values.orders.channel: must be a list of values or {top: N}")));
  EXPECT_THAT(option_problems("seed_features: [{table: orders, columns: [a]}]"),
              ElementsAre(HasSubstr("features.seed_features[0]: must name either an aggregation or a transform")));
  EXPECT_THAT(option_problems("seed_features: [{aggregation: sum, table: o, columns: [a], where: [a, '=', 1]}]"),
              ElementsAre(HasSubstr("features.seed_features[0].where: unknown comparison '='")));
  EXPECT_THAT(option_problems("semantics: strict"), ElementsAre(HasSubstr("features.cutoff_time is missing")));
  EXPECT_THAT(option_problems("semantics: strict, cutoff_time: 2020-01-01"), IsEmpty());
  EXPECT_THAT(option_problems("select: {mutual_information_top: 5}"),
              ElementsAre(HasSubstr("features.select.mutual_information_top needs the column to compare with")));
}

TEST(resolved_yaml, of_features_reads_back_as_the_same_job) {
  const FeaturesJob job = features_of(
      "output: runs/x\n"
      "features:\n"
      "  store: a.h5\n"
      "  target: customers\n"
      "  aggregations: [count, {name: n_most_common, n: 2}]\n"
      "  group_by_transforms: [cum_sum]\n"
      "  interesting_values: {orders: {channel: [web, shop], paid: {top: 1}}}\n"
      "  max_features: 10\n"
      "  ignore_columns: {orders: [note]}\n"
      "  allowed_paths: [[customers, orders]]\n"
      "  primitive_options: [{primitives: [count], ignore_tables: [items]}]\n"
      "  seed_features: [{transform: year, table: orders, columns: [placed]}]\n"
      "  cutoff_time: {file: c.csv, time: at}\n"
      "  encode: {top_n: 3}\n"
      "  select: {highly_null: 0.5, single_value: true}\n");
  const std::string text = resolved_yaml(job);
  const FeaturesJob again = RunFile(text, "config.resolved.yaml").features_job();
  EXPECT_EQ(resolved_yaml(again), text);
  EXPECT_EQ(fingerprint(again), fingerprint(job));
  EXPECT_THAT(differences(job, again), IsEmpty());
}

TEST(differences, of_features_name_what_changes_results_only) {
  const FeaturesJob before = features_of("features: {store: a.h5, target: t, max_depth: 2}");
  const FeaturesJob now =
      features_of("memory_limit: 1GiB\nfeatures: {store: b.h5, target: t, max_depth: 3, csv: true}");
  EXPECT_THAT(differences(before, now), ElementsAre("features.max_depth: 2 -> 3"));
}

TEST(differences, any_now_is_the_same_now) {
  const FeaturesJob before = features_of("features: {store: a.h5, target: t, cutoff_time: {now: '2020-01-01'}}");
  EXPECT_EQ(before.features.cutoff.kind, CutoffOptions::Kind::now);
  EXPECT_THAT(differences(before, features_of("features: {store: a.h5, target: t}")), IsEmpty());
}

}  // namespace
}  // namespace gridmill::config
