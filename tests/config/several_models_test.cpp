// Searches whose grids name their models.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/resolved.hpp"
#include "config_text.hpp"

namespace gridmill::config {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> problems_of_grid(const std::string& grid, const std::string& model = "model: svc\n",
                                          const std::string& more = "") {
  return problems_of("data: {source: a.csv, target: y}\n" + model + "search:\n  grid: " + grid + "\n" + more);
}

SearchJob job_of(const std::string& grid, const std::string& model = "model: svc\n", const std::string& more = "") {
  return RunFile("data: {source: a.csv, target: y}\n" + model + "search:\n  grid: " + grid + "\n" + more, "a.yaml")
      .search_job();
}

std::vector<std::string> models_of(const SearchJob& job) {
  std::vector<std::string> names;
  for (const models::Family* family : job.families()) names.emplace_back(family->name());
  return names;
}

TEST(several_models, a_grid_that_names_none_is_of_the_model_at_the_top) {
  const SearchJob job = job_of("[{C: [1]}, {model: [nu_svc], nu: [0.5]}]");
  EXPECT_THAT(models_of(job), ElementsAre("svc", "nu_svc"));
  EXPECT_EQ(job.search.grids[0].at("model"), core::ValueList{"svc"});
  EXPECT_THAT(models_of(job_of("[{model: [nu_svc], nu: [0.5]}]")), ElementsAre("nu_svc"));
}

TEST(several_models, without_one_at_the_top_each_grid_names_its_own) {
  const SearchJob job = job_of("{model: [nu_svc, svc], gamma: [0.1]}", "");
  EXPECT_THAT(models_of(job), ElementsAre("nu_svc", "svc"));
  EXPECT_EQ(job.model, "");
  EXPECT_THAT(problems_of_grid("[{C: [1]}, {model: [nu_svc]}]", ""),
              ElementsAre(AllOf(HasSubstr("a.yaml:3:10"), HasSubstr("search.grid[0] names no model, and nothing"))));
  EXPECT_THAT(problems_of_grid("[{C: [1]}]", ""), ElementsAre(HasSubstr("section 'model' is missing")));
  EXPECT_THAT(problems_of_grid("[{C: [1]}, {model: [svc]}]", "model: {tol: 0.1}\n"),
              ElementsAre(HasSubstr("search.grid[0] names no model, and nothing at the top does")));
  EXPECT_THAT(problems_of_grid("[{C: [1]}]", "model: {tol: 0.1}\n"), ElementsAre(HasSubstr("model.name is missing")));
}

TEST(several_models, a_search_of_one_model_says_nothing_of_it) {
  const SearchJob job = job_of("[{C: [1]}, {gamma: [1]}]");
  EXPECT_FALSE(job.search.grids[0].contains("model"));
  EXPECT_THAT(models_of(job), ElementsAre("svc"));
}

TEST(several_models, are_read_back_from_the_resolved_config) {
  for (const char* model : {"", "model: svc\n", "model: {name: svc, C: 3}\n", "model: {tol: 0.1}\n"}) {
    const std::string grid = "[{model: [svc, nu_svc], gamma: [0.1]}, {model: [nu_svc], nu: [0.1, 0.2]}]";
    const SearchJob job = job_of(grid, model);
    EXPECT_EQ(RunFile(resolved_yaml(job), "b.yaml").search_job(), job) << resolved_yaml(job);
  }
  const SearchJob drawn =
      job_of("[{C: {loguniform: [1, 9]}}, {model: [nu_svc]}]", "model: svc\n", "  random: {n: 3}\n");
  EXPECT_EQ(RunFile(resolved_yaml(drawn), "b.yaml").search_job(), drawn);
}

TEST(several_models, each_is_asked_for_its_own_hyperparameters) {
  EXPECT_THAT(
      problems_of_grid("[{C: [1]}, {model: [nu_svc], C: [1]}]"),
      ElementsAre(AllOf(HasSubstr("a.yaml:4:38"), HasSubstr("search.grid[1].C: nu_svc has no such"), HasSubstr("nu"))));
  EXPECT_THAT(problems_of_grid("[{model: [svc, nu_svc], nu: [0.5]}]"),
              ElementsAre(HasSubstr("search.grid[0].nu: svc has no such hyperparameter")));
  EXPECT_THAT(problems_of_grid("[{model: [nu_svc], nu: [0.5, 2]}]"),
              ElementsAre(AllOf(HasSubstr("search.grid[0].nu"), HasSubstr("not 2"))));
}

TEST(several_models, names_are_a_list_of_known_ones) {
  EXPECT_THAT(problems_of_grid("[{model: nu_svc, nu: [0.5]}]"),
              ElementsAre(AllOf(HasSubstr("search.grid[0].model: must be a list of values"), HasSubstr("[nu_svc]"))));
  EXPECT_THAT(problems_of_grid("[{model: [nu_svx], nu: [0.5]}]"),
              ElementsAre(AllOf(HasSubstr("search.grid[0].model: unknown model 'nu_svx'"), HasSubstr("'nu_svc'"))));
  EXPECT_THAT(problems_of_grid("[{model: [], nu: [0.5]}]"), ElementsAre(HasSubstr("empty list")));
  EXPECT_THAT(problems_of_grid("[{model: {uniform: [0, 1]}}]", "model: svc\n", "  random: {n: 3}\n"),
              ElementsAre(HasSubstr("must be a list of names of models")));
}

TEST(several_models, compare_by_the_same_scores) {
  EXPECT_THAT(
      problems_of_grid("[{C: [1]}, {model: [svr]}]"),
      ElementsAre(AllOf(HasSubstr("a.yaml:4:29"), HasSubstr("svr is a model for regression, but svc is one for"))));
  EXPECT_THAT(problems_of_grid("[{C: [1]}, {model: [one_class]}]"),
              ElementsAre(HasSubstr("one_class tells usual rows from unusual ones")));
  EXPECT_THAT(problems_of_grid("{model: [one_class, nu_svc]}", ""), ElementsAre(HasSubstr("one_class tells usual")));
  EXPECT_THAT(problems_of_grid("{model: [one_class]}", ""), IsEmpty());
}

TEST(several_models, must_all_do_what_the_search_asks_for) {
  const std::string grid = "[{C: [1]}, {model: [nu_svc]}]";
  EXPECT_THAT(problems_of_grid(grid, "model: svc\n", "  scoring: neg_log_loss\n"),
              ElementsAre(AllOf(HasSubstr("a.yaml:5:"),
                                HasSubstr("which nu_svc does not give (search.grid[1].model, line 4)"))));
  EXPECT_THAT(
      problems_of_grid(grid, "model: svc\n", "  fit_time_limit: 3\n"),
      ElementsAre(HasSubstr("search.fit_time_limit: nu_svc (search.grid[1].model, line 4) knows no time limit")));
  EXPECT_THAT(problems_of_grid(grid, "model: svc\n", "  halving: {resource: degree, max_resources: 9}\n"), IsEmpty());
  EXPECT_THAT(
      problems_of_grid(grid, "model: svc\n", "  halving: {resource: max_iter, max_resources: 99}\n"),
      ElementsAre(HasSubstr("'max_iter' is no hyperparameter of nu_svc that is a whole number (search.grid[1].model")));
}

TEST(several_models, share_what_stands_beside_the_name_where_they_have_it) {
  const SearchJob job = job_of("[{C: [1]}, {model: [nu_svc]}]", "model: {name: svc, C: 3, tol: 0.01}\n");
  EXPECT_EQ(job.fixed.at("tol"), core::Value(0.01));
  EXPECT_EQ(job.fixed.at("C"), core::Value(3));
  EXPECT_THAT(problems_of_grid("[{C: [1]}, {model: [nu_svc]}]", "model: {name: svc, nuu: 0.1}\n"),
              ElementsAre(HasSubstr("model.nuu: neither svc nor nu_svc has such a hyperparameter")));
  EXPECT_THAT(models_of(job_of("[{model: [svc, nu_svc]}]", "model: {preprocessing: standardize}\n")),
              ElementsAre("svc", "nu_svc"));
}

TEST(several_models, values_that_do_not_go_together_are_told_by_model) {
  EXPECT_THAT(problems_of_grid("[{model: [nu_svc]}, {C: [1, 2], class_weight: [{a: -1}]}]"),
              ElementsAre(AllOf(HasSubstr("a.yaml:4:29"), HasSubstr("search.grid[1]: svc: class_weight of class"))));
}

TEST(hyperband, draws_as_many_candidates_as_its_brackets_begin_with) {
  const SearchOptions search =
      search_of("{grid: {C: {loguniform: [1, 9]}}, hyperband: {min_resources: 100, max_resources: 1000, seed: 3}}");
  EXPECT_EQ(search.random->n, 9U + 5 + 3);
  EXPECT_EQ(search.random->seed, 3U);
  EXPECT_EQ(search.halving->brackets, search::Brackets::all);
  const SearchJob job = job_of("{C: {loguniform: [1, 9]}}", "model: svc\n", "  hyperband: {max_resources: 81}\n");
  EXPECT_EQ(RunFile(resolved_yaml(job), "b.yaml").search_job(), job) << resolved_yaml(job);
}

TEST(hyperband, is_told_what_it_needs_and_nothing_besides) {
  const std::string grid = "{C: {loguniform: [1, 9]}}";
  EXPECT_THAT(problems_of_grid(grid, "model: svc\n", "  hyperband: {factor: 3}\n"),
              ElementsAre(HasSubstr("search.hyperband.max_resources is missing")));
  EXPECT_THAT(problems_of_grid(grid, "model: svc\n", "  hyperband: {max_resources: 9}\n  random: {n: 3}\n"),
              ElementsAre(HasSubstr("search.random: search.hyperband says which candidates are tried when")));
  EXPECT_THAT(problems_of_grid(grid, "model: svc\n", "  hyperband: {max_resources: 9}\n  halving: {}\n"),
              ElementsAre(HasSubstr("search.halving: search.hyperband says")));
  EXPECT_THAT(problems_of_grid(grid, "model: svc\n", "  hyperband: {max_resources: 9, min_resources: 10}\n"),
              ElementsAre(HasSubstr("min_resources: 10 is more than max_resources, 9")));
  EXPECT_THAT(problems_of_grid(grid, "model: svc\n", "  hyperband: {max_resources: 9, resource: trees}\n"),
              ElementsAre(HasSubstr("search.hyperband.resource: 'trees' is no hyperparameter of svc")));
  EXPECT_THAT(search_problems("{hyperband: {max_resources: 9}}"),
              ElementsAre(HasSubstr("search.hyperband draws from the axes of search.grid, which is missing")));
}

}  // namespace
}  // namespace gridmill::config
