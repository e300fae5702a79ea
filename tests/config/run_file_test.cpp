#include "config/run_file.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/resolved.hpp"
#include "config_text.hpp"
#include "core/error.hpp"

namespace gridmill::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(run_file_search, fills_in_the_defaults_of_a_minimal_config) {
  const SearchJob job = RunFile("data: {source: a.csv, target: y}\nmodel: svc\n", "configs/first.yaml").search_job();
  EXPECT_EQ(job.output, "runs/first");
  EXPECT_EQ(job.data.source.file, "a.csv");
  EXPECT_FALSE(job.data.holdout.any());
  EXPECT_EQ(job.search.scoring, std::vector<std::string>{"accuracy"});
  EXPECT_EQ(job.search.refit.metric, "accuracy");
  EXPECT_EQ(job.search.folds.kind, search::FoldKind::stratified);
  EXPECT_EQ(job.search.folds.n_folds, 5U);
  EXPECT_EQ(job.search.grids, std::vector<search::GridAxes>{search::GridAxes{}});
  EXPECT_EQ(job.task(), core::Task::classification);
}

TEST(run_file_search, a_regressor_gets_other_defaults) {
  const SearchJob job = RunFile("data: {source: a.csv, target: y}\nmodel: {name: svr, C: 2}\n", "a.yaml").search_job();
  EXPECT_EQ(job.search.scoring, std::vector<std::string>{"r2"});
  EXPECT_EQ(job.search.folds.kind, search::FoldKind::k_fold);
  EXPECT_EQ(job.fixed, (core::Params{{"C", 2}}));
}

TEST(run_file_search, says_all_that_is_wrong_at_once_in_the_files_order) {
  EXPECT_THAT(problems_of("seed: -1\n"
                          "dta: {}\n"
                          "data: {source: a.csv, target: y, holdout: 1.5, tpyes: {}}\n"
                          "model: svcc\n"
                          "search: {cv: 1, train_scores: 3}\n"),
              ElementsAre(HasSubstr("a.yaml:1:7: seed: must be whole number in [0, "),
                          HasSubstr("a.yaml:2:1: dta: unknown option\n  did you mean 'data'?"),
                          HasSubstr("a.yaml:3:43: data.holdout: must be number in [0, 1), or mapping, not 1.5"),
                          HasSubstr("a.yaml:3:48: data.tpyes: unknown option\n  did you mean 'types'?"),
                          HasSubstr("a.yaml:4:8: model: unknown model 'svcc'\n  did you mean 'svc'?"),
                          HasSubstr("a.yaml:5:14: search.cv: must be whole number >= 2"),
                          HasSubstr("a.yaml:5:31: search.train_scores: must be true or false, not 3")));
}

TEST(run_file_search, names_the_sections_and_keys_that_are_missing) {
  EXPECT_THAT(problems_of(""),
              ElementsAre(HasSubstr("section 'data' is missing"), HasSubstr("section 'model' is missing")));
  EXPECT_THAT(problems_of("data: {}\nmodel: svc"),
              ElementsAre(HasSubstr("data.source is missing"), HasSubstr("data.target is missing")));
  EXPECT_THAT(problems_of("data: {source: , target: y}\nmodel: svc"), ElementsAre(HasSubstr("data.source is missing")));
}

TEST(run_file_search, refuses_a_config_or_section_that_is_no_mapping) {
  EXPECT_THAT(problems_of("[1, 2]"), ElementsAre(HasSubstr("a config must be a mapping of options, not [1, 2]")));
  EXPECT_THAT(problems_of("data: a.csv\nmodel: svc"), ElementsAre(HasSubstr("data: must be mapping, not 'a.csv'")));
  EXPECT_THAT(problems_of("data:\nmodel: svc"), ElementsAre(HasSubstr("data: has no value")));
}

TEST(run_file_search, libsvm_text_names_no_target) {
  for (const std::string file : {"a.svm.gz", "heart_scale", "heart_scale.gz", "heart.scale", "a9a.t.xz"}) {
    EXPECT_THAT(problems_of("data: {source: " + file + "}\nmodel: svc"), ElementsAre()) << file;
  }
  for (const std::string file : {"a.csv", "a.csv.gz", "a.tsv.xz", "a.h5"}) {
    EXPECT_THAT(problems_of("data: {source: " + file + "}\nmodel: svc"),
                ElementsAre(HasSubstr("data.target is missing")))
        << file;
  }
}

TEST(run_file_search, takes_column_names_that_look_like_numbers_as_written) {
  const SearchJob job =
      RunFile("data: {source: a.csv, target: 0.0200, ignore: [1e3, 007], missing: [.nan, NA]}\nmodel: svc", "a.yaml")
          .search_job();
  EXPECT_EQ(job.data.target, "0.0200");
  EXPECT_THAT(job.data.ignore, ElementsAre("1e3", "007"));
  EXPECT_THAT(*job.data.source.missing, ElementsAre(".nan", "NA"));
}

TEST(run_file_search, refuses_null_where_a_word_may_be_meant) {
  EXPECT_THAT(problems_of("data: {source: a.csv, target: y, missing: [null, NA]}\nmodel: svc"),
              ElementsAre("a.yaml:1:44: data.missing: each entry must be a word, not null\n"
                          "  write it in quotes if the word is meant"));
}

TEST(run_file_search, says_once_that_a_target_is_no_word) {
  EXPECT_THAT(problems_of("data: {source: a.csv, target: [y]}\nmodel: svc"),
              ElementsAre(HasSubstr("data.target: must be")));
}

TEST(run_file_search, says_what_scikit_learns_words_are_called_here) {
  EXPECT_THAT(problems_of("n_jobs: -1\n"
                          "random_state: 0\n"
                          "estimator: svc\n"
                          "data: {source: a.csv, target: y}\n"
                          "model: {name: svc, cache_size: 500, probability: true, random_state: 1}\n"
                          "search: {param_grid: {C: [1]}, n_iter: 3, verbose: 2, return_train_score: true}\n"),
              ElementsAre(HasSubstr("a.yaml:1:1: n_jobs: unknown option\n  scikit-learn's n_jobs is "
                                    "gridmill search --ranks N"),
                          HasSubstr("random_state: unknown option\n  scikit-learn's random_state is seed"),
                          HasSubstr("estimator: unknown option\n  scikit-learn's estimator is model"),
                          HasSubstr("model.cache_size: svc has no such hyperparameter\n  scikit-learn's cache_size is "
                                    "memory_limit"),
                          HasSubstr("scikit-learn's probability is on where a metric of search.scoring needs it"),
                          HasSubstr("scikit-learn's random_state is seed"),
                          HasSubstr("search.param_grid: unknown option\n  scikit-learn's param_grid is search.grid"),
                          HasSubstr("scikit-learn's n_iter is search.random: {n: ...}"),
                          HasSubstr("scikit-learn's verbose is gridmill search --quiet"),
                          HasSubstr("scikit-learn's return_train_score is search.train_scores")));
  EXPECT_THAT(problems_of("data: {source: a.csv, target: y}\nmodel: svc\nsearch: {grid: {cache_size: [1]}}\n"),
              ElementsAre(HasSubstr("scikit-learn's cache_size is memory_limit")));
}

TEST(run_file_search, finds_paths_at_home_and_copies_of_addresses) {
  setenv("HOME", "/folks/ada", 1);
  const SearchJob job =
      RunFile("output: ~/run\ndata: {source: ~/a.csv, target: y, test: ~/b.csv}\nmodel: svc", "a.yaml").search_job();
  EXPECT_EQ(job.output, "/folks/ada/run");
  EXPECT_EQ(job.data.source.file, "/folks/ada/a.csv");
  EXPECT_EQ(job.data.test, "/folks/ada/b.csv");
  EXPECT_THAT(problems_of("output: gs://bucket/run\ndata: {source: \"https://u:p@a.b/c.csv\", target: y}\nmodel: svc"),
              ElementsAre(HasSubstr("a.yaml:1:9: output: 'gs://bucket/run' is an address of a kind"),
                          HasSubstr("data.source: an address of 'a.b' holds a password")));
  setenv("GRIDMILL_CACHE", "/copies", 1);
  const SearchJob there =
      RunFile("output: s3://bucket/run\ndata: {source: \"https://a.b/c.csv\", target: y}\nmodel: svc", "a.yaml")
          .search_job();
  EXPECT_EQ(there.output, "/copies/s3/bucket/run");
  EXPECT_EQ(there.data.source.file, "/copies/https/a.b/c.csv");
  const std::string resolved = resolved_yaml(there);  // on another machine, with another folder of copies, the same
  EXPECT_THAT(resolved,
              testing::AllOf(HasSubstr("output: \"s3://bucket/run\""), HasSubstr("source: \"https://a.b/c.csv\"")));
  EXPECT_EQ(RunFile(resolved, "b.yaml").search_job().output, there.output);
  unsetenv("GRIDMILL_CACHE");
}

TEST(run_file_search, refuses_roles_that_contradict_each_other) {
  EXPECT_THAT(problems_of("data: {source: a.csv, target: y, features: [x, y], ignore: [x, w], weight: w}\nmodel: svc"),
              ElementsAre(HasSubstr("data.features: 'y' is the target column"),
                          HasSubstr("data.ignore: 'w' is the weight column"),
                          HasSubstr("data.ignore: 'x' is among data.features")));
  EXPECT_THAT(problems_of("data: {source: a.csv, target: y, holdout: 0.5, test: b.csv}\nmodel: svc"),
              ElementsAre(HasSubstr("data.holdout and data.test both say what is held out")));
}

TEST(run_file_search, reads_column_types_and_refuses_unknown_ones) {
  const SearchJob job =
      RunFile("data: {source: a.csv, target: y, types: {zip: categorical}}\nmodel: svc", "a.yaml").search_job();
  EXPECT_EQ(job.data.source.types.at("zip"), core::ColumnType::categorical);
  EXPECT_THAT(problems_of("data: {source: a.csv, target: y, types: {zip: dobule}}\nmodel: svc"),
              ElementsAre(HasSubstr("data.types.zip: unknown type 'dobule'\n  did you mean 'double'?")));
}

TEST(run_file_search, refuses_an_unreadable_memory_limit_and_delimiter) {
  EXPECT_THAT(problems_of("memory_limit: lots\ndata: {source: a.csv, target: y, delimiter: tab}\nmodel: svc"),
              ElementsAre(HasSubstr("memory_limit: 'lots' is no amount of memory"),
                          HasSubstr("data.delimiter: must be one character, not 'tab'")));
}

TEST(run_file_search, refuses_an_unknown_encoding_and_decimal_point) {
  EXPECT_THAT(
      problems_of("data: {source: a.csv, target: y, decimal: point, encoding: cp1252}\nmodel: svc"),
      ElementsAre(HasSubstr("data.decimal: must be \".\" or \",\", not 'point'"),
                  HasSubstr("data.encoding: must be utf-8 or latin1, not 'cp1252'\n  convert the file: iconv")));
  for (const char* name : {"latin1", "latin-1", "ISO-8859-1", "iso8859_1", "UTF-8", "utf8"}) {
    EXPECT_NO_THROW(RunFile(fmt::format("data: {{source: a.csv, target: y, encoding: {}}}\nmodel: svc", name), "a.yaml")
                        .search_job())
        << name;
  }
}

TEST(find_file, looks_in_the_working_directory_first_then_beside_the_config) {
  const auto folder = std::filesystem::temp_directory_path() / "gridmill_find_file_test";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "only_beside_the_config.csv") << "a\n";
  EXPECT_EQ(find_file("only_beside_the_config.csv", folder / "c.yaml"), folder / "only_beside_the_config.csv");
  EXPECT_EQ(find_file("nowhere.csv", folder / "c.yaml"), "nowhere.csv");
  EXPECT_EQ(find_file(".", folder / "c.yaml"), ".");
  std::filesystem::remove_all(folder);
}

TEST(run_file_import, names_the_store_after_the_source) {
  const ImportJob job = RunFile("import: {source: data/loans.csv.gz, types: {id: key}}", "a.yaml").import_job();
  EXPECT_EQ(job.store, "data/loans.h5");
  EXPECT_EQ(job.tables.at(0).types.held.at("id"), core::ColumnType::key);
  EXPECT_THROW(RunFile("import: {sorce: a.csv}", "a.yaml").import_job(), core::UserError);
}

TEST(validate, every_config_that_comes_with_gridmill_is_valid) {
  std::size_t n_configs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(GRIDMILL_SOURCE_DIR "/configs")) {
    EXPECT_NO_THROW(RunFile(entry.path()).check()) << entry.path();
    ++n_configs;
  }
  EXPECT_GE(n_configs, 1U);
}

TEST(run_file_search, reads_which_rows_are_taken_and_held_out) {
  const auto data_of = [](const std::string& rows) {
    return RunFile("data: {source: a.csv, target: y, " + rows + "}\nmodel: svc", "a.yaml").search_job().data;
  };
  const DataOptions data =
      data_of("time: day, holdout: {after: 2021-08-12}, filter: [[a, isin, [1, x]], [b, \">\", 0]]");
  EXPECT_EQ(data.holdout.kind, search::HoldoutOptions::Kind::after);
  EXPECT_EQ(data.holdout.after, core::Value("2021-08-12"));
  EXPECT_EQ(data.filter.at(1), (RowCondition{"b", ">", 0}));
  EXPECT_EQ(data_of("holdout: {groups: 0.2}, group: g").holdout.share, 0.2);
  EXPECT_EQ(data_of("holdout: 0.3, order: shuffled").order, search::RowOrder::shuffled);
  const auto wrong = [](const std::string& rows) {
    return problems_of("data: {source: a.csv, target: y, " + rows + "}\nmodel: svc");
  };
  EXPECT_THAT(wrong("holdout: {lats: 0.2}"), ElementsAre(HasSubstr("data.holdout.lats: unknown way to hold rows out")));
  EXPECT_THAT(wrong("holdout: {last: 2}"),
              ElementsAre(HasSubstr("data.holdout.last: must be a share in (0, 1), not 2")));
  EXPECT_THAT(wrong("holdout: {last: 0.2, groups: 0.2}"), ElementsAre(HasSubstr("must be a share, or one way")));
  EXPECT_THAT(wrong("holdout: {groups: 0.2}"), ElementsAre(HasSubstr("data.holdout: {groups: ...} needs groups")));
  EXPECT_THAT(wrong("order: shuffled, time: day"),
              ElementsAre(HasSubstr("have lost the order that data.time goes by")));
  EXPECT_THAT(wrong("order: shuffled, holdout: {last: 0.2}"),
              ElementsAre(HasSubstr("have lost the order that data.holdout goes by")));
  EXPECT_THAT(wrong("filter: [[a, \"=>\", 1]]"), ElementsAre(HasSubstr("data.filter[0]: unknown comparison '=>'")));
  EXPECT_THAT(wrong("ignore: [day], time: day"), ElementsAre(HasSubstr("data.ignore: 'day' is the time column")));
}

}  // namespace
}  // namespace gridmill::config
