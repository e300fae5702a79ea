#include "jobs/report/comparison_content.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/counted.hpp"
#include "jobs/report/content.hpp"
#include "jobs/report/run_record.hpp"
#include "report/findings/paired_test.hpp"

namespace gridmill::jobs {

namespace {

namespace fs = std::filesystem;

/// The options of a resolved config by path: one a line, indented by two blanks a level.
std::vector<std::pair<std::string, std::string>> options_of(const std::string& config) {
  std::vector<std::pair<std::string, std::string>> all;
  std::vector<std::string> path;
  std::istringstream lines(config);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t indent = line.find_first_not_of(' ');
    const std::size_t colon = line.find(':');
    if (indent == std::string::npos || line[indent] == '#' || colon == std::string::npos) continue;
    path.resize(std::min(path.size(), indent / 2));
    path.push_back(line.substr(indent, colon - indent));
    if (colon + 2 > line.size()) continue;  // a section begins
    all.emplace_back(fmt::format("{}", fmt::join(path, ".")), line.substr(colon + 2));
  }
  return all;
}

core::ValueList differences(const std::vector<SearchRecord>& records) {
  std::vector<std::string> names;
  std::vector<std::map<std::string, std::string>> options(records.size());
  for (std::size_t r = 0; r < records.size(); ++r) {
    for (const auto& [name, value] : options_of(records[r].config())) {
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
      options[r][name] = value;
    }
  }
  core::ValueList list;
  for (const std::string& name : names) {
    core::ValueList row{core::Value(name)};
    bool differs = false;
    for (auto& each : options) {
      row.emplace_back(each[name]);
      differs = differs || each[name] != options.front()[name];
    }
    if (differs && name != "output") list.emplace_back(std::move(row));
  }
  return list;
}

std::optional<std::size_t> metric_of(const SearchRecord& record, const std::string& metric) {
  const auto found = std::ranges::find(record.metrics(), metric);
  if (found == record.metrics().end()) return std::nullopt;
  return static_cast<std::size_t>(found - record.metrics().begin());
}

/// Scores of the best candidate by fold; empty where the run knows no such metric or has no best one.
std::vector<double> scores_of(const SearchRecord& record, const std::string& metric) {
  const auto m = metric_of(record, metric);
  if (!m || !record.findings().best) return {};
  const std::span<const double> scores = record.scores(*m, *record.findings().best);
  return {scores.begin(), scores.end()};
}

core::Value run_content(const SearchRecord& record, const std::string& name, const std::vector<std::string>& metrics) {
  core::ValueMapping scores;
  core::ValueMapping held_out;
  for (const std::string& metric : metrics) {
    scores.emplace_back(metric, drawn_numbers(scores_of(record, metric)));
    if (!record.findings().held_out.is_mapping()) continue;
    for (const auto& [own, score] : record.findings().held_out.mapping()) {
      if (own == metric && score.is_number()) held_out.emplace_back(metric, drawn_number(score.number()));
    }
  }
  double fitting = 0;
  for (const char* column : {"timing/fit_time", "timing/score_time"}) {
    for (const double seconds : record.numbers(column)) fitting += std::isfinite(seconds) ? seconds : 0;
  }
  return core::ValueMapping{{"name", name},
                            {"model", config_word(record.config(), "model.name")},
                            {"best", params_words(record.findings().best_params)},
                            {"scores", std::move(scores)},
                            {"held_out", std::move(held_out)},
                            {"n_candidates", count_value(record.n_candidates())},
                            {"n_fits", count_value(record.findings().n_fits)},
                            {"fit_seconds", drawn_number(fitting)}};
}

/// Says whether both were judged on the same rows, fold by fold, of data that looks the same.
bool same_folds(const SearchRecord& a, const SearchRecord& b) {
  return a.n_folds() == b.n_folds() && std::ranges::equal(a.integers("out_of_fold/fold"), b.integers("out_of_fold/fold")) &&
         std::ranges::equal(a.integers("out_of_fold/row"), b.integers("out_of_fold/row")) &&
         std::ranges::equal(a.numbers("out_of_fold/truth"), b.numbers("out_of_fold/truth")) &&
         !a.integers("out_of_fold/row").empty();
}

/// Rows that a fold tests over those that it learns from, as of plain folds: all rows but the tested ones.
double test_share(const SearchRecord& record) {
  const auto k = static_cast<double>(record.n_folds());
  return k > 1 ? 1 / (k - 1) : 1;
}

core::ValueList tests(const std::vector<SearchRecord>& records, const std::vector<std::string>& names,
                      const std::vector<std::string>& metrics) {
  core::ValueList list;
  for (const std::string& metric : metrics) {
    for (std::size_t a = 0; a < records.size(); ++a) {
      for (std::size_t b = a + 1; b < records.size(); ++b) {
        const std::vector<double> first = scores_of(records[a], metric);
        const std::vector<double> second = scores_of(records[b], metric);
        if (first.empty() || second.empty()) continue;
        core::ValueMapping row{{"metric", metric}, {"first", names[a]}, {"second", names[b]}};
        if (!same_folds(records[a], records[b])) {
          row.emplace_back("why", "not the same folds of the same rows");
        } else if (const auto test = report::paired_test(first, second, test_share(records[a]))) {
          row.emplace_back("difference", drawn_number(test->difference));
          row.emplace_back("p", drawn_number(test->p));
        } else {
          row.emplace_back("why", "too few folds");
        }
        list.emplace_back(std::move(row));
      }
    }
  }
  return list;
}

/// Names of folders, longer where several have the same.
std::vector<std::string> names_of(std::span<const fs::path> folders) {
  std::vector<std::string> names;
  for (const fs::path& each : folders) {
    const std::string own = each.filename().string();
    const auto same = [&](const fs::path& other) { return other.filename().string() == own; };
    names.push_back(std::ranges::count_if(folders, same) > 1 ? each.string() : own);
  }
  return names;
}

}  // namespace

core::Value comparison_content(std::span<const fs::path> folders) {
  std::vector<SearchRecord> records;
  for (const fs::path& folder : folders) records.emplace_back(folder);
  const std::vector<std::string> names = names_of(folders);
  std::vector<std::string> metrics;
  for (const SearchRecord& record : records) {
    for (const std::string& metric : record.metrics()) {
      if (std::ranges::find(metrics, metric) == metrics.end()) metrics.push_back(metric);
    }
  }
  core::ValueList runs;
  for (std::size_t r = 0; r < records.size(); ++r) runs.push_back(run_content(records[r], names[r], metrics));
  return core::ValueMapping{
      {"kind", "comparison"},
      {"title", fmt::format("{} compared", core::counted(records.size(), "run"))},
      {"file", "comparison"},
      {"subtitle", fmt::format("{}", fmt::join(names, ", "))},
      {"comparison", core::ValueMapping{{"runs", std::move(runs)},
                                        {"metrics", core::ValueList(metrics.begin(), metrics.end())},
                                        {"differences", differences(records)},
                                        {"tests", tests(records, names, metrics)}}}};
}

}  // namespace gridmill::jobs
