#include "jobs/search/search_findings.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/memory_size.hpp"
#include "search/candidates.hpp"

namespace gridmill::jobs {

using core::Value;
using core::ValueList;
using core::ValueMapping;

namespace {

Value of_params(const core::Params& params) {
  ValueMapping mapping;
  for (const auto& [name, value] : params) mapping.emplace_back(name, value);
  return mapping;
}

Value of_count(std::size_t count) { return static_cast<std::int64_t>(count); }

Value of_numbers(const std::vector<double>& numbers) { return ValueList(numbers.begin(), numbers.end()); }

Value of_texts(const std::vector<std::string>& texts) { return ValueList(texts.begin(), texts.end()); }

Value of_leaderboard(const Leaderboard& board) {
  ValueList rows;
  for (const LeaderboardRow& row : board.rows) {
    rows.push_back(ValueMapping{{"rank", of_count(row.rank)},
                                {"candidate", of_count(row.candidate)},
                                {"mean", of_numbers(row.means)},
                                {"std", of_numbers(row.stds)},
                                {"params", of_params(row.params)}});
  }
  return ValueMapping{{"metrics", of_texts(board.metrics)},
                      {"chosen_by", board.chosen_by},
                      {"n_candidates", of_count(board.n_candidates)},
                      {"chosen", board.chosen ? of_count(*board.chosen) : Value()},
                      {"rows", std::move(rows)}};
}

Value of_metrics(const std::vector<std::string>& metrics, const std::vector<double>& values) {
  ValueMapping mapping;
  for (std::size_t id = 0; id < metrics.size(); ++id) mapping.emplace_back(metrics[id], values[id]);
  return mapping;
}

ValueMapping of_baseline(const BaselineRow& baseline, const std::vector<std::string>& metrics) {
  return {{"rule", baseline.rule},
          {"mean", of_metrics(metrics, baseline.means)},
          {"std", of_metrics(metrics, baseline.stds)},
          {"held_out", baseline.held_out}};
}

/// The one that is hardest to beat; the others, if there are any, beside it.
Value of_baselines(const Leaderboard& board) {
  ValueMapping hardest = of_baseline(board.baselines.front(), board.metrics);
  ValueList others;
  for (std::size_t i = 1; i < board.baselines.size(); ++i) {
    others.emplace_back(of_baseline(board.baselines[i], board.metrics));
  }
  if (!others.empty()) hardest.emplace_back("others", std::move(others));
  return hardest;
}

[[noreturn]] void refuse_summary() {
  throw core::UserError("summary.json: not what gridmill search writes", "--overwrite to search anew");
}

/// Reads back what the functions above wrote.
const Value& entry(const Value& mapping, std::string_view name) {
  if (mapping.is_mapping()) {
    for (const auto& [key, value] : mapping.mapping()) {
      if (key == name) return value;
    }
  }
  refuse_summary();
}

std::size_t count(const Value& value) {
  if (!value.is_integer() || value.integer() < 0) refuse_summary();
  return static_cast<std::size_t>(value.integer());
}

std::optional<std::size_t> maybe_count(const Value& value) {
  if (value.is_null()) return std::nullopt;
  return count(value);
}

double number(const Value& value) {
  if (value.is_text()) return std::numeric_limits<double>::quiet_NaN();  // JSON has no NaN
  if (!value.is_number()) refuse_summary();
  return value.number();
}

std::optional<double> maybe_number(const Value& value) {
  if (value.is_null()) return std::nullopt;
  return number(value);
}

const std::string& text(const Value& value) {
  if (!value.is_text()) refuse_summary();
  return value.text();
}

const ValueList& list(const Value& value) {
  if (!value.is_list()) refuse_summary();
  return value.list();
}

std::vector<double> numbers(const Value& value) {
  std::vector<double> out;
  for (const Value& each : list(value)) out.push_back(number(each));
  return out;
}

std::vector<std::string> texts(const Value& value) {
  std::vector<std::string> out;
  for (const Value& each : list(value)) out.push_back(text(each));
  return out;
}

core::Params params(const Value& value) {
  if (!value.is_mapping()) refuse_summary();
  return {value.mapping().begin(), value.mapping().end()};
}

Leaderboard leaderboard(const Value& value) {
  Leaderboard board{.metrics = texts(entry(value, "metrics")),
                    .chosen_by = text(entry(value, "chosen_by")),
                    .n_candidates = count(entry(value, "n_candidates")),
                    .chosen = maybe_count(entry(value, "chosen"))};
  for (const Value& row : list(entry(value, "rows"))) {
    board.rows.push_back({.rank = count(entry(row, "rank")),
                          .candidate = count(entry(row, "candidate")),
                          .means = numbers(entry(row, "mean")),
                          .stds = numbers(entry(row, "std")),
                          .params = params(entry(row, "params"))});
  }
  return board;
}

std::vector<double> numbers_of(const Value& mapping, const std::vector<std::string>& metrics) {
  std::vector<double> out;
  for (const std::string& metric : metrics) out.push_back(number(entry(mapping, metric)));
  return out;
}

/// What a summary may lack: earlier versions did not write it, nor is it there where it was not asked for.
const Value* maybe_entry(const Value& mapping, std::string_view name) {
  for (const auto& [key, value] : mapping.mapping()) {
    if (key == name && !value.is_null()) return &value;
  }
  return nullptr;
}

BaselineRow baseline_from(const Value& value, const std::vector<std::string>& metrics) {
  return {.rule = text(entry(value, "rule")),
          .means = numbers_of(entry(value, "mean"), metrics),
          .stds = numbers_of(entry(value, "std"), metrics),
          .held_out = entry(value, "held_out")};
}

std::vector<BaselineRow> baselines_from(const Value& value, const std::vector<std::string>& metrics) {
  std::vector<BaselineRow> rows{baseline_from(value, metrics)};
  if (const Value* others = maybe_entry(value, "others")) {
    for (const Value& other : list(*others)) rows.push_back(baseline_from(other, metrics));
  }
  return rows;
}

Value of_nested(const NestedScore& nested) {
  ValueList best;
  for (const auto& params : nested.best_params) best.push_back(params ? of_params(*params) : Value());
  return ValueMapping{{"metric", nested.metric},
                      {"scores", of_numbers(nested.scores)},
                      {"mean", nested.mean},
                      {"std", nested.deviation},
                      {"best_params", std::move(best)}};
}

ValueMapping of_honest(const HonestFinding& honest) {
  return {{"metric", honest.metric},
          {"score", honest.score.score},
          {"low", honest.score.low},
          {"high", honest.score.high},
          {"bootstraps", of_count(honest.score.n_bootstraps)}};
}

/// The metric that chooses, and the others in a list.
ValueMapping of_honest_scores(const std::vector<HonestFinding>& all) {
  ValueMapping value = of_honest(all.front());
  ValueList others;
  for (std::size_t i = 1; i < all.size(); ++i) others.emplace_back(of_honest(all[i]));
  if (!others.empty()) value.emplace_back("others", std::move(others));
  return value;
}

HonestFinding honest_of(const Value& value) {
  return {.metric = text(entry(value, "metric")),
          .score = {.score = number(entry(value, "score")),
                    .low = number(entry(value, "low")),
                    .high = number(entry(value, "high")),
                    .n_bootstraps = count(entry(value, "bootstraps"))}};
}

std::vector<HonestFinding> honest_scores_of(const Value& value) {
  std::vector<HonestFinding> all{honest_of(value)};
  if (const Value* others = maybe_entry(value, "others")) {
    for (const Value& other : list(*others)) all.push_back(honest_of(other));
  }
  return all;
}

std::string honest_text(const std::vector<HonestFinding>& all) {
  std::size_t width = 0;
  for (const HonestFinding& each : all) width = std::max(width, each.metric.size());
  std::string text;
  for (const HonestFinding& each : all) {
    text += fmt::format("  {:<{}}  {:.4f}, in 95 of 100 searches between {:.4f} and {:.4f}\n", each.metric, width,
                        each.score.score, each.score.low, each.score.high);
  }
  return text + "  The best score above is too good: it was chosen for being the best.\n";
}

ValueMapping of_equal(const EqualFinding& equal) {
  ValueList rows;
  for (const std::size_t row : equal.rows) rows.push_back(of_count(row));
  return {{"metric", equal.metric},
          {"n_compared", of_count(equal.n_compared)},
          {"rows", std::move(rows)},
          {"simplest", of_count(equal.simplest)},
          {"simplest_params", of_params(equal.simplest_params)}};
}

EqualFinding equal_of(const Value& value) {
  EqualFinding equal{.metric = text(entry(value, "metric")),
                     .n_compared = count(entry(value, "n_compared")),
                     .rows = {},
                     .simplest = count(entry(value, "simplest")),
                     .simplest_params = params(entry(value, "simplest_params"))};
  for (const Value& row : list(entry(value, "rows"))) equal.rows.push_back(count(row));
  return equal;
}

std::string equal_text(const EqualFinding& equal) {
  std::string params;
  for (const auto& [name, value] : equal.simplest_params) {
    params += fmt::format("{}{}={}", params.empty() ? "" : ", ", name, value.python_str());
  }
  return fmt::format(
      "  {} of {} candidates, by {} (corrected resampled t test on the folds, 5 %).\n"
      "  The simplest of them: {}\n",
      equal.rows.size(), equal.n_compared, equal.metric, params);
}

NestedScore nested_score(const Value& value) {
  NestedScore nested{.metric = text(entry(value, "metric")),
                     .scores = numbers(entry(value, "scores")),
                     .mean = number(entry(value, "mean")),
                     .deviation = number(entry(value, "std"))};
  for (const Value& each : list(entry(value, "best_params"))) {
    nested.best_params.push_back(each.is_null() ? std::nullopt : std::optional(params(each)));
  }
  return nested;
}

Work work_of(const Value& value) {
  return {.n_ranks = count(entry(value, "ranks")),
          .n_tasks = count(entry(value, "tasks")),
          .busy_s = number(entry(value, "busy_s")),
          .idle_s = number(entry(value, "idle_s")),
          .read_bytes = count(entry(value, "read_bytes")),
          .peak_bytes = count(entry(value, "peak_bytes"))};
}

constexpr std::size_t kToldFeatures = 20;  // in summary.json; results.h5 has all
constexpr std::size_t kShownFeatures = 10;

/// The features that matter most, the greatest first; those of no importance left out.
std::vector<std::size_t> greatest_first(const std::vector<double>& importance) {
  std::vector<std::size_t> order(importance.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order,
                [&](std::size_t feature) { return importance[feature] == 0 || std::isnan(importance[feature]); });
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return std::abs(importance[a]) > std::abs(importance[b]); });
  order.resize(std::min(order.size(), kToldFeatures));
  return order;
}

std::string nested_text(const NestedScore& nested) {
  std::string text = fmt::format("{} {:.4g} +- {:.2g} on rows the search has not seen: {:.4g}\n", nested.metric,
                                 nested.mean, nested.deviation, fmt::join(nested.scores, ", "));
  for (std::size_t k = 0; k < nested.best_params.size(); ++k) {
    std::string words;
    if (!nested.best_params[k])
      words = " no candidate had a score";
    else
      for (const auto& [name, value] : search::ordered(*nested.best_params[k], search::ParamOrder::by_name))
        words += fmt::format(" {}={}", name, value.python_str());
    text += fmt::format("  outer fold {} chose{}\n", k, words.empty() ? " the only candidate" : words);
  }
  return text;
}

}  // namespace

Leaderboard make_leaderboard(const search::SearchPlan& plan, const search::CvResults& results, std::size_t chosen_by,
                             std::size_t n_rows, std::optional<std::size_t> chosen) {
  const std::vector<std::size_t> candidates = search::table_rows(plan);
  Leaderboard board{
      .chosen_by = std::string(plan.scorers[chosen_by]->name()), .n_candidates = candidates.size(), .chosen = chosen};
  for (const models::Scorer* scorer : plan.scorers) board.metrics.emplace_back(scorer->name());
  const auto& ranks = results.find("rank_test_" + search::metric_column(plan, chosen_by))->numbers;
  const auto round_of = [&](std::size_t row) { return search::round_of(plan, candidates[row]); };
  const std::vector<search::Round> finals = search::final_rounds(plan);
  // The place of a row's round; final ones, of several brackets, count as one.
  const auto place_of = [&](std::size_t row) {
    const search::Round round = round_of(row);
    return std::ranges::find(finals, round) == finals.end() ? round.first_candidate : plan.candidates.size();
  };
  std::vector<std::size_t> order(ranks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const std::size_t place_a = place_of(a);
    const std::size_t place_b = place_of(b);
    return place_a != place_b ? place_a > place_b : ranks[a] < ranks[b];
  });
  order.resize(std::min(order.size(), n_rows));
  if (chosen && std::find(order.begin(), order.end(), *chosen) == order.end()) order.push_back(*chosen);
  for (const std::size_t row : order) {
    LeaderboardRow& line = board.rows.emplace_back();
    line.rank = static_cast<std::size_t>(ranks[row]);
    line.candidate = row;
    line.params = plan.candidates[candidates[row]];
    if (const std::size_t n = round_of(row).n_resources; n > 0) {
      line.params.emplace("n_resources", static_cast<std::int64_t>(n));
    }
    for (std::size_t id = 0; id < plan.scorers.size(); ++id) {
      line.means.push_back(results.find("mean_test_" + search::metric_column(plan, id))->numbers[row]);
      line.stds.push_back(results.find("std_test_" + search::metric_column(plan, id))->numbers[row]);
    }
  }
  return board;
}

void describe_steps(const prepare::FittedSteps& steps, const std::vector<std::string>& features,
                    SearchFindings& findings) {
  std::string lines;
  for (const std::string& sentence : steps.report(features)) lines += sentence + '\n';
  if (!lines.empty()) findings.blocks.push_back({.title = "Learnt before the model", .text = std::move(lines)});
}

void describe_importances(const std::vector<models::Importance>& importances, const std::vector<std::string>& features,
                          SearchFindings& findings) {
  ValueMapping ways;
  for (const models::Importance& way : importances) {
    ValueMapping greatest;
    std::string lines;
    for (const std::size_t feature : greatest_first(way.values)) {
      greatest.emplace_back(features[feature], way.values[feature]);
      if (greatest.size() <= kShownFeatures)
        lines += fmt::format("{:>14.4f}  {}\n", way.values[feature], features[feature]);
    }
    if (ways.empty() && !lines.empty()) {
      findings.blocks.push_back({.title = fmt::format("Importances ({}) of the features that matter most", way.name),
                                 .text = std::move(lines)});
    }
    ways.emplace_back(way.name, std::move(greatest));
  }
  if (!ways.empty()) findings.importances = std::move(ways);
}

void describe_permutation(const PermutationImportance& permutation, const std::vector<std::string>& features,
                          SearchFindings& findings) {
  ValueMapping greatest;
  std::string lines;
  for (const std::size_t feature : greatest_first(permutation.mean)) {
    const double mean = permutation.mean[feature];
    const double deviation = permutation.deviation[feature];
    greatest.emplace_back(features[feature], ValueMapping{{"mean", mean}, {"std", deviation}});
    if (greatest.size() <= kShownFeatures)
      lines += fmt::format("{:>14.4f} +- {:.4f}  {}\n", mean, deviation, features[feature]);
  }
  const char* rows = permutation.held_out ? "held-out rows" : "rows that the folds test";
  findings.blocks.push_back(
      {.title = fmt::format("Fall of {} when a feature is shuffled, on {}", permutation.metric, rows),
       .text = std::move(lines)});
  findings.permutation = ValueMapping{{"rows", permutation.held_out ? "held_out" : "out_of_fold"},
                                      {"metric", permutation.metric},
                                      {"repeats", of_count(permutation.n_repeats)},
                                      {"features", std::move(greatest)}};
}

Value to_value(const SearchFindings& findings) {
  ValueList blocks;
  for (const TextBlock& block : findings.blocks) {
    blocks.push_back(ValueMapping{{"title", block.title}, {"text", block.text}});
  }
  ValueMapping summary{{"n_fits", of_count(findings.n_fits)},
                       {"n_failed", of_count(findings.n_failed)},
                       {"refit_failed", findings.refit_failed},
                       {"best", findings.best ? of_count(*findings.best) : Value()},
                       {"best_params", of_params(findings.best_params)},
                       {"best_score", findings.best_score ? Value(*findings.best_score) : Value()},
                       {"held_out", findings.held_out},
                       {"warnings", of_texts(findings.warnings)},
                       {"leaderboard", of_leaderboard(findings.leaderboard)},
                       {"report", std::move(blocks)}};
  if (findings.sample) summary.emplace_back("sample", of_count(*findings.sample));
  const Leaderboard& board = findings.leaderboard;
  if (!board.baselines.empty()) summary.emplace_back("baseline", of_baselines(board));
  if (!findings.honest.empty()) summary.emplace_back("honest", of_honest_scores(findings.honest));
  if (findings.equal) summary.emplace_back("not_worse", of_equal(*findings.equal));
  if (findings.nested) summary.emplace_back("nested", of_nested(*findings.nested));
  if (!findings.early_stopping.is_null()) summary.emplace_back("early_stopping", findings.early_stopping);
  if (!findings.importances.is_null()) summary.emplace_back("importances", findings.importances);
  if (!findings.permutation.is_null()) summary.emplace_back("permutation_importance", findings.permutation);
  if (findings.work) summary.emplace_back("work", to_value(*findings.work));
  return summary;
}

void describe_early_stopping(const search::EarlyStopping& stopping, std::size_t n_rounds, SearchFindings& findings) {
  const bool optimistic = stopping.watch == search::EarlyStopping::Watched::fold;
  ValueMapping entries{{"rounds", static_cast<std::int64_t>(stopping.rounds)},
                       {"metric", stopping.metric},
                       {"watch", optimistic ? "fold" : "inner"},
                       {"optimistic", optimistic}};
  if (n_rounds > 0) entries.emplace_back("n_rounds", static_cast<std::int64_t>(n_rounds));
  findings.early_stopping = std::move(entries);
  if (!optimistic) return;
  findings.warnings.emplace_back(
      "early stopping watches the rows that score a fit, so that the scores are optimistic; 'watch: inner' watches "
      "others");
}

SearchFindings findings_from(const Value& summary) {
  SearchFindings findings{.n_fits = count(entry(summary, "n_fits")),
                          .n_failed = count(entry(summary, "n_failed")),
                          .refit_failed = entry(summary, "refit_failed") == Value(true),
                          .warnings = texts(entry(summary, "warnings")),
                          .leaderboard = leaderboard(entry(summary, "leaderboard")),
                          .best = maybe_count(entry(summary, "best")),
                          .best_params = params(entry(summary, "best_params")),
                          .best_score = maybe_number(entry(summary, "best_score")),
                          .held_out = entry(summary, "held_out")};
  if (!findings.best) findings.best_score.reset();  // earlier versions wrote 0
  if (const Value* sample = maybe_entry(summary, "sample")) findings.sample = count(*sample);
  if (const Value* baseline = maybe_entry(summary, "baseline")) {
    findings.leaderboard.baselines = baselines_from(*baseline, findings.leaderboard.metrics);
  }
  if (const Value* honest = maybe_entry(summary, "honest")) findings.honest = honest_scores_of(*honest);
  if (const Value* equal = maybe_entry(summary, "not_worse")) findings.equal = equal_of(*equal);
  if (const Value* nested = maybe_entry(summary, "nested")) findings.nested = nested_score(*nested);
  if (const Value* stopping = maybe_entry(summary, "early_stopping")) findings.early_stopping = *stopping;
  if (const Value* importances = maybe_entry(summary, "importances")) findings.importances = *importances;
  if (const Value* permutation = maybe_entry(summary, "permutation_importance")) findings.permutation = *permutation;
  if (const Value* work = maybe_entry(summary, "work")) findings.work = work_of(*work);
  for (const Value& block : list(entry(summary, "report"))) {
    findings.blocks.push_back({.title = text(entry(block, "title")), .text = text(entry(block, "text"))});
  }
  return findings;
}

std::string sample_words(std::size_t n) {
  return fmt::format("a sample of {} rows, not the whole data: what it finds is for trying things out", n);
}

void tell(const SearchFindings& findings, Observer& observer) {
  if (findings.sample) observer.warning(sample_words(*findings.sample));
  for (const std::string& warning : findings.warnings) observer.warning(warning);
  observer.leaderboard(findings.leaderboard);
  if (!findings.honest.empty()) {
    observer.block(
        {.title = "What to expect of the best on new rows (honest scores)", .text = honest_text(findings.honest)});
  }
  if (findings.equal && findings.equal->rows.size() > 1) {
    observer.block({.title = "Not worse than the best beyond chance", .text = equal_text(*findings.equal)});
  }
  for (const TextBlock& block : findings.blocks) observer.block(block);
  if (findings.nested) observer.block({.title = "Nested cross-validation", .text = nested_text(*findings.nested)});
  if (findings.work) observer.note(work_text(*findings.work, "bundles of fits"));
}

}  // namespace gridmill::jobs
