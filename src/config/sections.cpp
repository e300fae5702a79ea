#include "config/sections.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "config/echo.hpp"
#include "config/features_sections.hpp"
#include "config/read_calibration.hpp"
#include "config/read_rows.hpp"

namespace gridmill::config {

namespace {

using core::Kind;
using core::Range;
using search::FoldKind;

const Range kSeeds{.low = 0, .high = std::numeric_limits<std::uint32_t>::max()};

template <class Options>
void append(std::vector<DeclaredOption>& all, const std::string& section, const Fields<Options>& fields) {
  for (const Field<Options>& each : fields) all.push_back({section, each.spec, each.required});
}

}  // namespace

Fields<SearchJob> top_fields() {
  Fields<SearchJob> fields{
      field("output", &SearchJob::output,
            "folder the job writes into (run directory); by default runs/<config's name>"),
      field("seed", &SearchJob::seed, "root of all seeds, as scikit-learn's random_state", kSeeds),
      {.spec = {.name = "data", .kinds = {Kind::mapping}, .meaning = "which rows and columns the model learns from"},
       .required = true,
       .get = [](const SearchJob& job) { return core::Value(echo(job.data, data_fields())); }},
      {.spec = {.name = "model",
                .kinds = {Kind::text, Kind::mapping},
                .meaning =
                    "name of the model, or {name: ..., C: ...} with hyperparameters all candidates share (of several "
                    "models: those that have them); may be left out where each mapping of search.grid names one"},
       .get = model_value},
      {.spec = {.name = "search",
                .kinds = {Kind::mapping},
                .meaning = "which candidates are tried and how they are judged"},
       .get = [](const SearchJob& job) { return core::Value(echo(job.search, search_fields())); }},
      field("memory_limit", &SearchJob::memory_limit,
            "memory of a node that its ranks may use together for what fits share: a size or a share of the node's"),
      {.spec = {.name = "import",
                .kinds = {Kind::mapping},
                .meaning = "which file becomes which store (gridmill import)"}},
      {.spec = {.name = "features",
                .kinds = {Kind::mapping},
                .meaning = "which features are computed from a store (gridmill features)"}},
      {.spec = {.name = "predict",
                .kinds = {Kind::mapping},
                .meaning = "which rows are predicted once the search is done (gridmill run)"}},
  };
  return fields;
}

Fields<SourceOptions> source_fields() {
  return {
      required(field("source", &SourceOptions::file,
                     "file with the rows: CSV or LIBSVM text (also .gz, .xz) or a store (.h5); relative to the working "
                     "directory, or else to the config's folder; of an import also several CSV files of the same "
                     "columns, sales-*.csv")),
      field("table", &SourceOptions::table, "table of a store; null: its only one"),
      field("types", &SourceOptions::types,
            "columns whose inferred type is overruled, {age: double, zip: categorical}; types: " + held_types()),
      field("delimiter", &SourceOptions::delimiter,
            "character between the cells of a CSV line; null: comma, semicolon, tab or |, found out"),
      field("decimal", &SourceOptions::decimal, "between a number's whole and its fraction: \".\" or \",\""),
      field("header", &SourceOptions::header,
            "the first line of a CSV file names the columns; false: they are called c0, c1, ...; null: it does if it "
            "holds a column that the config names, else its cells decide"),
      field("encoding", &SourceOptions::encoding, "encoding of the text: utf-8 or latin1"),
      field("missing", &SourceOptions::missing,
            "texts that mean a missing value; null: nothing, ?, NA, N/A, n/a, #N/A, #NA, <NA>, NaN, nan, NULL, null, "
            "None"),
      field("first_index", &SourceOptions::first_index,
            "index of the first feature of LIBSVM text, 0 or 1; null: 0 if the file has that index, else 1",
            Range{.low = 0, .high = 1}),
  };
}

Fields<DataOptions> data_fields() {
  Fields<DataOptions> fields = nested(&DataOptions::source, source_fields());
  const Fields<DataOptions> own{
      field("target", &DataOptions::target, "column to predict; LIBSVM text names none and calls it target"),
      field("features", &DataOptions::features,
            "columns to learn from; null: all that have no other role (a store may tag columns as index or time)"),
      field("ignore", &DataOptions::ignore,
            "columns to leave out; one without a name is called 'Unnamed: 0' after its place, and \"\" means all of "
            "them"),
      field("weight", &DataOptions::weight,
            "column of sample weights, each >= 0, for fits and scores (scikit-learn's GridSearchCV weighs fits only); "
            "null: all 1"),
      field("group", &DataOptions::group, "column of groups that `cv: group` keeps in one fold"),
      field("fold", &DataOptions::fold, "column of fold numbers for `cv: predefined`; -1: never tested"),
      field("test", &DataOptions::test, "file with rows for the final report, instead of `holdout`"),
      field("positive", &DataOptions::positive,
            "label that binary metrics call positive; null: 1 if there is such a label (as scikit-learn), else the "
            "greatest"),
  };
  fields.insert(fields.end(), own.begin(), own.end());
  const Fields<DataOptions> rows = row_fields();
  fields.insert(fields.end(), rows.begin(), rows.end());
  return fields;
}

Fields<SearchOptions> search_fields() {
  return {
      {.spec = {.name = "grid",
                .kinds = {Kind::mapping, Kind::list},
                .default_value = core::ValueMapping{},
                .meaning =
                    "hyperparameters to vary, {C: [1, 10], gamma: [0.1, 1]}, or a list of such mappings; a mapping may "
                    "name models of its own, {model: [svc, nu_svc], ...}; with "
                    "`random` also {uniform: [a, b]}, {loguniform: [a, b]}, {randint: [a, b]} in place of a list"},
       .get = grid_value},
      {.spec = {.name = "random",
                .kinds = {Kind::mapping, Kind::null},
                .meaning = "{n: ..., seed: ...}: draw n candidates instead of trying the whole grid"},
       .get = random_value},
      {.spec = {.name = "halving",
                .kinds = {Kind::mapping, Kind::null},
                .meaning =
                    "{factor: 3, ...} or {}: successive halving, as scikit-learn's HalvingGridSearchCV: first all "
                    "candidates on some rows, then the best of them on more; for `grid` and for `random`"},
       .get = halving_value},
      {.spec = {.name = "hyperband",
                .kinds = {Kind::mapping, Kind::null},
                .meaning =
                    "{max_resources: ..., factor: 3, seed: 0}: Hyperband: successive halving in brackets, from many "
                    "candidates that are given little to few that are given all; draws its candidates from `grid`"},
       .get = hyperband_value},
      {.spec = {.name = "cv",
                .kinds = {Kind::integer, Kind::text, Kind::mapping},
                .default_value = static_cast<std::int64_t>(search::FoldOptions{}.n_folds),
                .range = Range::at_least(2),
                .choices = words<FoldKind>(),
                .meaning = "folds of the cross-validation: their number, their kind, or a mapping of both and more; "
                           "stratified for classifiers, k_fold for regressors unless stated"},
       .get = folds_value},
      {.spec = {.name = "nested",
                .kinds = {Kind::integer, Kind::mapping, Kind::null},
                .range = Range::at_least(2),
                .meaning =
                    "number of outer folds, or {folds: ..., inner: ...}: the whole search once more within each, "
                    "judged on rows it has not seen, as cross_val_score(GridSearchCV(...)); kind, shuffle and "
                    "seed are those of `cv`"},
       .get = nested_value},
      {.spec = {.name = "early_stopping",
                .kinds = {Kind::mapping, Kind::null},
                .meaning =
                    "{rounds: 20, metric: logloss, ...}: boosted trees end where they get no better; n_estimators "
                    "is the most they take"},
       .get = early_stopping_value},
      field("learning_curves", &SearchOptions::learning_curves,
            "metric of the model ('gridmill describe MODEL' lists them) in which results.h5 tells how each fit went, "
            "round by round, on its training and on its watched rows"),
      {.spec =
           {.name = "scoring",
            .kinds = {Kind::list, Kind::text, Kind::null},
            .meaning =
                "metric, or list of metrics, which then name the columns of cv_results (mean_test_accuracy instead of "
                "mean_test_score); null: accuracy for classifiers, r2 for regressors"},
       .get = scoring_value},
      {.spec = {.name = "refit",
                .kinds = {Kind::text, Kind::boolean, Kind::null},
                .meaning = "metric whose best candidate is fitted again on all rows; false: none; null: the metric of "
                           "`scoring` if it is one"},
       .get = refit_value},
      {.spec = {.name = "one_standard_error",
                .kinds = {Kind::text, Kind::null},
                .meaning = "metric by which the simplest candidate within one standard error of the best is fitted "
                           "again, instead of the best"},
       .get = one_standard_error_value},
      field("error_score", &SearchOptions::error_score, "score of a fit that fails; raise: stop the search"),
      field("train_scores", &SearchOptions::train_scores,
            "also score each fold's training rows; with `halving` true unless stated, as scikit-learn"),
      field("predictions", &SearchOptions::predictions,
            "whose out-of-fold predictions are kept in results.h5: best; all, which also tells an honest score of the "
            "best; auto: all where they take at most 1 GiB of memory"),
      field("permutation_importance", &SearchOptions::n_permutations,
            "shuffles of each feature on the rows held out, or else on those each fold tests, by which importances are "
            "measured: how much the metric of `refit` falls, as scikit-learn's permutation_importance; 0: none",
            Range{.low = 0, .high = 1000}),
      field("mode", &SearchOptions::mode,
            "exact: each fit from nothing to its own tol, as scikit-learn; converged: from what fits before it have "
            "found, to tol 1e-5 or less, where the start no longer shows in the scores"),
      field("fit_time_limit", &SearchOptions::fit_time_limit_s,
            "longest time of one fit in seconds, without the kernel matrices that fits share; 0: no limit",
            Range::at_least(0)),
  };
}

Fields<RandomOptions> random_fields() {
  return {
      {.spec = {.name = "n",
                .kinds = {Kind::integer, Kind::text},
                .default_value = 10,
                .range = Range::at_least(1),
                .choices = {"exhaust"},
                .meaning = "candidates to draw; exhaust: with halving, one for each min_resources in max_resources"},
       .set =
           [](const Node& node, const std::string&, RandomOptions& options, Problems&) {
             options.n.reset();
             if (node.scalar.is_integer()) options.n = static_cast<std::size_t>(node.scalar.integer());
           },
       .get =
           [](const RandomOptions& options) {
             return options.n ? core::Value(static_cast<std::int64_t>(*options.n)) : core::Value("exhaust");
           }},
      field("seed", &RandomOptions::seed, "seed of the draws; by default the job's", kSeeds),
  };
}

Fields<search::HalvingOptions> halving_fields() {
  using search::HalvingOptions;
  return {
      field("factor", &HalvingOptions::factor,
            "one of so many candidates goes on to the next round, with so many times the resources",
            Range{.low = 1, .low_open = true}),
      field("resource", &HalvingOptions::resource,
            "what is rationed: n_samples, or a hyperparameter that is a whole number"),
      {.spec = {.name = "min_resources",
                .kinds = {Kind::integer, Kind::text},
                .default_value = "exhaust",
                .range = Range::at_least(1),
                .choices = words<search::FirstRation>(),
                .meaning = "what a candidate of the first round is given; exhaust: as much as lets the last round have "
                           "max_resources; smallest (with `random`, unless stated): two rows a fold and class"},
       .set =
           [](const Node& node, const std::string& path, HalvingOptions& options, Problems& problems) {
             if (node.scalar.is_integer()) {
               options.min_resources = static_cast<std::size_t>(node.scalar.integer());
             } else {
               Conversion<search::FirstRation>::from_node(node, path, options.first, problems);
             }
           },
       .get =
           [](const HalvingOptions& options) {
             if (options.min_resources) return core::Value(static_cast<std::int64_t>(*options.min_resources));
             return Conversion<search::FirstRation>::to_value(options.first);
           }},
      {.spec = {.name = "max_resources",
                .kinds = {Kind::integer, Kind::text},
                .default_value = "auto",
                .range = Range::at_least(1),
                .choices = {"auto"},
                .meaning = "the most a candidate is given; auto: all rows"},
       .set =
           [](const Node& node, const std::string&, HalvingOptions& options, Problems&) {
             if (node.scalar.is_integer()) options.max_resources = static_cast<std::size_t>(node.scalar.integer());
           },
       .get =
           [](const HalvingOptions& options) {
             return options.max_resources ? core::Value(static_cast<std::int64_t>(*options.max_resources))
                                          : core::Value("auto");
           }},
      field("aggressive_elimination", &HalvingOptions::aggressive_elimination,
            "repeat the first round's ration until the last round has few enough candidates for factor"),
      field("seed", &HalvingOptions::seed, "seed of the rows that are drawn; by default the job's", kSeeds),
  };
}

namespace {

/// An amount of what is rationed, or null.
Field<search::HalvingOptions> ration(std::string name, std::optional<std::size_t> search::HalvingOptions::*member,
                                     std::string meaning) {
  return {.spec = {.name = std::move(name),
                   .kinds = {Kind::integer, Kind::null},
                   .range = Range::at_least(1),
                   .meaning = std::move(meaning)},
          .set =
              [member](const Node& node, const std::string&, search::HalvingOptions& options, Problems&) {
                if (node.scalar.is_integer()) options.*member = static_cast<std::size_t>(node.scalar.integer());
              },
          .get =
              [member](const search::HalvingOptions& options) {
                const auto& amount = options.*member;
                return amount ? core::Value(static_cast<std::int64_t>(*amount)) : core::Value();
              }};
}

}  // namespace

Fields<search::HalvingOptions> hyperband_fields() {
  using search::HalvingOptions;
  return {
      field("factor", &HalvingOptions::factor,
            "one of so many candidates of a bracket goes on to its next round, with so many times the resources",
            Range::at_least(2)),
      field("resource", &HalvingOptions::resource,
            "what is rationed: n_samples, or a hyperparameter that is a whole number"),
      ration("min_resources", &HalvingOptions::min_resources, "the least a candidate is given; null: 1"),
      required(ration("max_resources", &HalvingOptions::max_resources,
                      "what the last round of each bracket gives to a candidate")),
      field("seed", &HalvingOptions::seed, "seed of the draws of candidates, and of rows; by default the job's",
            kSeeds),
  };
}

Fields<search::NestedOptions> nested_fields() {
  using search::NestedOptions;
  return {
      field("folds", &NestedOptions::n_folds, "number of outer folds", Range::at_least(2)),
      field("inner", &NestedOptions::inner,
            "splits that choose a candidate within an outer fold: own, made as `cv` says of its training rows; outer, "
            "the other outer folds, which takes half the fits"),
  };
}

Fields<search::EarlyStopping> early_stopping_fields() {
  using search::EarlyStopping;
  Fields<EarlyStopping> fields{
      field("rounds", &EarlyStopping::rounds, "rounds without a better score, after which a fit ends",
            Range::at_least(1)),
      field("metric", &EarlyStopping::metric, "in which the watched rows are scored: see 'gridmill describe MODEL'"),
      field("watch", &EarlyStopping::watch,
            "what is watched: fold, the rows that are scored then, which is optimistic; inner, a fifth of the training "
            "rows, which are not learnt from"),
      field(
          "refit", &EarlyStopping::refit,
          "rounds of the refit: mean, where the mean curve of the folds is best, as xgb.cv; median_best, the median of "
          "the folds' best rounds; scaled, the same, as much longer as there are more rows"),
  };
  fields[1].required = true;
  return fields;
}

Fields<search::FoldOptions> fold_fields() {
  using search::FoldOptions;
  return {
      field("kind", &FoldOptions::kind,
            "how rows are dealt to folds; by default stratified for classifiers, else k_fold"),
      field("folds", &FoldOptions::n_folds, "number of folds", Range::at_least(2)),
      field("shuffle", &FoldOptions::shuffle, "shuffle the rows before they are dealt"),
      field("seed", &FoldOptions::seed, "seed of the shuffle; by default the job's", kSeeds),
      field("repeats", &FoldOptions::n_repeats, "repeat with other shuffles this many times", Range::at_least(1)),
      field("gap", &FoldOptions::gap, "rows left out between training and test rows", Range::at_least(0)),
      field("test_size", &FoldOptions::test_size, "rows of each test fold; 0: rows / (folds + 1)", Range::at_least(0)),
      field("max_train_size", &FoldOptions::max_train_size, "most training rows; 0: no limit", Range::at_least(0)),
  };
}

bool fold_option_applies(FoldKind kind, std::string_view name) {
  if (name == "kind") return true;
  if (name == "folds") return kind != FoldKind::predefined && kind != FoldKind::leave_one_out;
  if (name == "repeats") return kind == FoldKind::stratified || kind == FoldKind::k_fold;
  if (name == "shuffle" || name == "seed") {
    return kind == FoldKind::stratified || kind == FoldKind::k_fold || kind == FoldKind::stratified_group;
  }
  return kind == FoldKind::time_series;
}

Fields<PredictOptions> predict_fields() {
  return {
      field("source", &PredictOptions::source,
            "file with rows to predict, with the columns that data.source has; null: 'tables' says what new rows are "
            "made of"),
      {.spec = {.name = "tables",
                .kinds = {Kind::mapping, Kind::null},
                .meaning =
                    "{orders: data/new-orders.csv}: files that take the place of those the import reads; the same "
                    "import, features and model are then used on them; tables that are not named stay as they are"}},
      field("rows", &PredictOptions::rows,
            "unlabelled: only rows without a label; without 'source' and 'tables' those of data.source"),
      field("output", &PredictOptions::output, "CSV file to write; null: predicted.csv in the run directory"),
      field("keep", &PredictOptions::keep, "columns written beside the predictions, such as an id"),
      field("decision", &PredictOptions::decision, "also write the decision values"),
      field("probability", &PredictOptions::probability, "also write the probability of each class"),
      field("contributions", &PredictOptions::contributions, "also write what each feature adds (boosted trees)"),
      field("leaf", &PredictOptions::leaf, "also write the leaf of each tree (boosted trees)"),
  };
}

std::vector<DeclaredOption> all_options() {
  std::vector<DeclaredOption> all;
  append(all, "", top_fields());
  append(all, "data", data_fields());
  all.push_back({.section = "model", .spec = calibration_option()});
  append(all, "search", search_fields());
  append(all, "search.random", random_fields());
  append(all, "search.halving", halving_fields());
  append(all, "search.hyperband", hyperband_fields());
  append(all, "search.cv", fold_fields());
  append(all, "search.nested", nested_fields());
  append(all, "search.early_stopping", early_stopping_fields());
  append(all, "import", import_fields());
  append(all, "import.tables.made", derived_fields());
  append(all, "import.relationships", relationship_fields());
  append(all, "features", features_fields());
  append(all, "features.cutoff_time", cutoff_fields());
  append(all, "features.seed_features", seed_feature_fields());
  append(all, "features.primitive_options", primitive_option_fields());
  append(all, "features.encode", encode_fields());
  append(all, "features.select", select_fields());
  append(all, "predict", predict_fields());
  return all;
}

}  // namespace gridmill::config
