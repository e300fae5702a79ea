#include "jobs/report/search_content.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/counted.hpp"
#include "jobs/report/content.hpp"
#include "jobs/report/model_content.hpp"
#include "jobs/report/search_checks.hpp"
#include "jobs/run/own_files.hpp"
#include "report/findings/parameter_importance.hpp"

namespace gridmill::jobs {

namespace {

constexpr std::size_t kMostTasks = 1000;  // of the timeline: the longest ones
constexpr std::size_t kMostCurves = 12;   // of candidates, the best ones
constexpr std::size_t kMostRounds = 200;  // of a curve
constexpr std::size_t kGroups = 8;        // of values that were drawn at random
constexpr int kScoreDigits = 6;
constexpr int kTimeDigits = 4;
constexpr double kNoMean = std::numeric_limits<double>::quiet_NaN();

/// A hyperparameter and its value for each candidate.
struct Parameter {
  std::string name;
  core::ValueList values;
  std::vector<std::size_t> group;  // equal for values that are compared as one
};

/// Candidates of another model do not have the parameter.
bool is_absent(const core::Value& value) { return value.is_text() && value.text().empty(); }

std::vector<std::size_t> groups_of(const core::ValueList& values, std::span<const std::string> words) {
  std::map<std::string, std::size_t> number;
  std::vector<std::size_t> group;
  std::vector<double> numbers;
  for (std::size_t i = 0; i < values.size(); ++i) {
    group.push_back(number.emplace(words[i], number.size()).first->second);
    if (values[i].is_number()) numbers.push_back(values[i].number());
  }
  const bool drawn = numbers.size() == values.size() && number.size() > 2 * kGroups;
  return drawn ? report::similar(numbers, kGroups) : group;
}

std::vector<Parameter> parameters(const SearchRecord& record) {
  constexpr std::string_view kStart = "cv_results/param_";
  std::vector<Parameter> all;
  for (const auto& [path, array] : record.results().arrays) {
    if (!path.starts_with(kStart)) continue;
    const std::span<const std::string> words = record.texts(path);
    Parameter parameter{.name = path.substr(kStart.size())};
    for (const std::string& each : words) parameter.values.push_back(parameter_value(each));
    parameter.group = groups_of(parameter.values, words);
    all.push_back(std::move(parameter));
  }
  return all;
}

core::ValueList ranks(const SearchRecord& record) {
  core::ValueList list;
  for (std::size_t m = 0; m < record.metrics().size(); ++m) {
    const auto integers = record.integers(record.column("rank_test", m));
    list.emplace_back(core::ValueList(integers.begin(), integers.end()));
  }
  return list;
}

core::ValueList test_scores(const SearchRecord& record) {
  core::ValueList list;
  const std::size_t n = record.n_candidates() * record.n_folds();
  for (std::size_t m = 0; m < record.metrics().size(); ++m) {
    list.push_back(drawn_numbers(record.numbers("scores/test").subspan(m * n, n), kScoreDigits));
  }
  return list;
}

core::ValueList importance(const SearchRecord& record, const std::vector<Parameter>& parameters) {
  core::ValueList all;
  for (std::size_t m = 0; m < record.metrics().size(); ++m) {
    const std::span<const double> mean = record.numbers(record.column("mean_test", m));
    core::ValueList shares;
    for (const Parameter& each : parameters) {
      std::vector<double> scores(mean.begin(), mean.end());
      for (std::size_t i = 0; i < scores.size(); ++i) {
        if (is_absent(each.values[i])) scores[i] = kNoMean;
      }
      const auto share = report::explained_alone(each.group, scores);
      shares.push_back(share ? drawn_number(*share) : core::Value());
    }
    all.emplace_back(std::move(shares));
  }
  return all;
}

std::vector<std::int64_t> failed_fits(const SearchRecord& record) {
  std::vector<std::int64_t> failed(record.n_candidates(), 0);
  const std::span<const std::string> status = record.texts("fits/status");
  for (std::size_t i = 0; i < status.size(); ++i) failed[i / record.n_folds()] += status[i] == "ok" ? 0 : 1;
  return failed;
}

/// Mean over the folds that have a value.
std::vector<double> mean_curve(std::span<const double> values, std::size_t n_folds, std::size_t n_points) {
  std::vector<double> mean(n_points, kNoMean);
  for (std::size_t p = 0; p < n_points; ++p) {
    double sum = 0;
    double n = 0;
    for (std::size_t k = 0; k < n_folds; ++k) {
      const double value = values[k * n_points + p];
      if (std::isnan(value)) continue;
      sum += value;
      n += 1;
    }
    if (n > 0) mean[p] = sum / n;
  }
  return mean;
}

/// Learning curves of the best candidates; null where nothing was watched.
core::Value curves(const SearchRecord& record) {
  const io::Array* array = record.find("curves/watched");
  if (array == nullptr || array->shape.size() != 3) return {};
  const std::size_t n_points = array->shape[2];
  const std::size_t size = record.n_folds() * n_points;
  const std::span<const double> mean = record.numbers(record.column("mean_test", record.chosen_by()));
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < record.n_candidates(); ++i) {
    const auto watched = record.numbers("curves/watched").subspan(i * size, size);
    if (!std::ranges::all_of(watched, [](double value) { return std::isnan(value); })) order.push_back(i);
  }
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return mean[a] > mean[b]; });
  order.resize(std::min(order.size(), kMostCurves));
  const std::size_t step = std::max<std::size_t>(1, (n_points + kMostRounds - 1) / kMostRounds);
  core::ValueList series;
  for (const std::size_t i : order) {
    const auto rounds = record.integers("curves/round").subspan(i * size, size);
    const auto watched =
        mean_curve(record.numbers("curves/watched").subspan(i * size, size), record.n_folds(), n_points);
    const auto train = mean_curve(record.numbers("curves/train").subspan(i * size, size), record.n_folds(), n_points);
    core::ValueList round_list;
    core::ValueList watched_list;
    core::ValueList train_list;
    for (std::size_t p = 0; p < n_points; p += step) {
      std::int64_t round = 0;
      for (std::size_t k = 0; k < record.n_folds(); ++k) round = std::max(round, rounds[k * n_points + p]);
      if (round == 0) continue;
      round_list.emplace_back(round);
      watched_list.push_back(drawn_number(watched[p]));
      train_list.push_back(drawn_number(train[p]));
    }
    series.emplace_back(core::ValueMapping{{"candidate", count_value(i)},
                                           {"chosen", i == order.front()},
                                           {"round", std::move(round_list)},
                                           {"watched", std::move(watched_list)},
                                           {"train", std::move(train_list)}});
  }
  return core::ValueMapping{{"series", std::move(series)}};
}

/// What was done when and where, in seconds since the first fit began.
core::Value work_content(const SearchRecord& record) {
  const auto start = record.numbers("timing/start");
  const auto end = record.numbers("timing/end");
  const auto rank = record.integers("timing/rank");
  const auto host = record.texts("timing/host");
  const auto status = record.texts("fits/status");
  std::vector<std::size_t> order;
  double fit_seconds = 0;
  for (std::size_t i = 0; i < start.size(); ++i) {
    if (!(end[i] >= start[i]) || end[i] == 0) continue;
    order.push_back(i);
    fit_seconds += end[i] - start[i];
  }
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return end[a] - start[a] > end[b] - start[b]; });
  const std::size_t n_left_out = order.size() - std::min(order.size(), kMostTasks);
  double first = std::numeric_limits<double>::infinity();
  double last = -first;
  for (const std::size_t i : order) {
    first = std::min(first, start[i]);
    last = std::max(last, end[i]);
  }
  order.resize(std::min(order.size(), kMostTasks));
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(start[i], i); });
  std::vector<std::string> hosts;
  core::ValueMapping host_of;
  std::set<std::int64_t> seen;
  core::ValueList tasks;
  for (const std::size_t i : order) {
    const std::size_t candidate = i / record.n_folds();
    if (std::ranges::find(hosts, host[i]) == hosts.end()) hosts.push_back(host[i]);
    if (seen.insert(rank[i]).second) {
      host_of.emplace_back(std::to_string(rank[i]),
                           count_value(static_cast<std::size_t>(std::ranges::find(hosts, host[i]) - hosts.begin())));
    }
    tasks.emplace_back(core::ValueList{drawn_number(start[i] - first), drawn_number(end[i] - first), rank[i],
                                       std::int64_t{status[i] == "ok" ? 0 : 1}, count_value(candidate),
                                       count_value(i % record.n_folds())});
  }
  core::ValueMapping work{{"tasks", std::move(tasks)},
                          {"left_out", count_value(n_left_out)},
                          {"seconds", order.empty() ? core::Value(1.0) : drawn_number(last - first)},
                          {"fit_seconds", drawn_number(fit_seconds)},
                          {"hosts", text_list(hosts)},
                          {"host_of", std::move(host_of)},
                          {"plan", record.events().plan}};
  if (const auto& done = record.findings().work) {
    work.emplace_back("ranks", count_value(done->n_ranks));
    work.emplace_back("busy_s", drawn_number(done->busy_s));
    work.emplace_back("idle_s", drawn_number(done->idle_s));
    work.emplace_back("read_bytes", count_value(done->read_bytes));
    work.emplace_back("peak_bytes", count_value(done->peak_bytes));
  }
  return work;
}

core::ValueList tiles(const SearchRecord& record) {
  const SearchFindings& findings = record.findings();
  const std::string& metric = record.metrics()[record.chosen_by()];
  core::ValueList all;
  if (findings.best && findings.best_score) {
    const double std = record.numbers(record.column("std_test", record.chosen_by()))[*findings.best];
    all.push_back(
        tile(fmt::format("Best {} of {}", metric, core::counted(record.n_candidates(), "candidate")),
             fmt::format("{:.4g}", *findings.best_score),
             fmt::format("\u00b1 {:.2g} over {} folds; optimistic, as it is the best of them", std, record.n_folds())));
  } else {
    all.push_back(tile(fmt::format("Best {}", metric), "none", "no candidate has a score"));
  }
  if (findings.held_out.is_mapping()) {
    for (const auto& [name, score] : findings.held_out.mapping()) {
      if (name != metric || !score.is_number()) continue;
      all.push_back(tile(fmt::format("{} on held-out rows", metric), fmt::format("{:.4g}", score.number()),
                         "rows that the search has not seen"));
    }
  }
  for (const HonestFinding& honest : findings.honest) {
    all.push_back(tile(fmt::format("Honest {} of the best", honest.metric), fmt::format("{:.4g}", honest.score.score),
                       fmt::format("{:.4g} to {:.4g} in 95 of 100 searches; corrected for having been chosen",
                                   honest.score.low, honest.score.high)));
  }
  if (const auto& equal = findings.equal; equal && equal->rows.size() > 1) {
    all.push_back(tile("Not worse beyond chance", fmt::format("{} of {}", equal->rows.size(), equal->n_compared),
                       "candidates; the simplest: " + params_words(equal->simplest_params)));
  }
  if (findings.nested) {
    all.push_back(tile(fmt::format("{} of the whole search", findings.nested->metric),
                       fmt::format("{:.4g}", findings.nested->mean),
                       fmt::format("\u00b1 {:.2g}, nested cross-validation", findings.nested->deviation)));
  }
  if (!findings.leaderboard.baselines.empty()) {
    const BaselineRow& hardest = findings.leaderboard.baselines.front();
    all.push_back(tile("Baseline", fmt::format("{:.4g}", hardest.means.at(record.chosen_by())), hardest.rule));
  }
  const std::string best = params_words(findings.best_params);
  if (findings.best) all.push_back(tile("Parameters", best.empty() ? "the only candidate" : best));
  return all;
}

core::Value text_content(const SearchRecord& record) {
  core::ValueMapping text{{"command", record.events().command}, {"config", record.config()}};
  if (record.findings().leaderboard.chosen) {
    // 'gridmill run' has made the rows from tables, and can do so again.
    const bool from_tables = std::filesystem::exists(record.folder() / kRunConfig);
    text.emplace_back("predict", fmt::format("gridmill predict {} {} -o predictions.csv", record.folder().string(),
                                             from_tables ? "--table TABLE=new.csv" : "new.csv"));
  }
  return text;
}

}  // namespace

core::Value search_content(const SearchRecord& record) {
  const std::vector<Parameter> all = parameters(record);
  core::ValueList params;
  for (const Parameter& each : all) {
    params.emplace_back(core::ValueMapping{{"name", each.name}, {"values", each.values}});
  }
  const std::vector<std::int64_t> failed = failed_fits(record);
  const SearchFindings& findings = record.findings();
  core::ValueMapping search{
      {"n_candidates", count_value(record.n_candidates())},
      {"n_folds", count_value(record.n_folds())},
      {"n_fits", count_value(findings.n_fits)},
      {"n_failed", count_value(findings.n_failed)},
      {"metrics", text_list(record.metrics())},
      {"chosen_by", count_value(record.chosen_by())},
      {"chosen", findings.leaderboard.chosen ? count_value(*findings.leaderboard.chosen) : core::Value()},
      {"params", std::move(params)},
      {"test", test_scores(record)},
      {"rank", ranks(record)},
      {"fit_time", drawn_numbers(record.numbers("cv_results/mean_fit_time"), kTimeDigits)},
      {"failed", core::ValueList(failed.begin(), failed.end())},
      {"importance", importance(record, all)},
      {"curves", curves(record)},
      {"work", work_content(record)}};
  if (const auto resources = record.integers("cv_results/n_resources"); !resources.empty()) {
    const auto iter = record.integers("cv_results/iter");
    search.emplace_back("n_resources", core::ValueList(resources.begin(), resources.end()));
    search.emplace_back("iter", core::ValueList(iter.begin(), iter.end()));
  }
  const std::string model = config_word(record.config(), "model.name");
  return core::ValueMapping{
      {"kind", "search"},
      {"title", record.folder().filename().string()},
      {"file", record.folder().filename().string()},
      {"subtitle", fmt::format("{} learns {} from {}: {}, {} folds", model.empty() ? "Several models" : model,
                               config_word(record.config(), "data.target"), config_word(record.config(), "data.source"),
                               core::counted(record.n_candidates(), "candidate"), record.n_folds())},
      {"tiles", tiles(record)},
      {"search", std::move(search)},
      {"model", model_content(record)},
      {"checks", search_checks(record)},
      {"text", text_content(record)}};
}

}  // namespace gridmill::jobs
