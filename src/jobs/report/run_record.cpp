#include "jobs/report/run_record.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "io/files/json.hpp"
#include "jobs/run/own_files.hpp"

namespace gridmill::jobs {

namespace {

namespace fs = std::filesystem;

core::Value plain_value(const nlohmann::ordered_json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  return json.is_null() ? core::Value() : core::Value(json.dump());
}

template <class Entry>
std::span<const Entry> entries(const io::ArrayFile& file, std::string_view path) {
  const io::Array* array = file.find(path);
  const auto* values = array == nullptr ? nullptr : std::get_if<std::vector<Entry>>(&array->values);
  return values == nullptr ? std::span<const Entry>() : std::span<const Entry>(*values);
}

}  // namespace

EventFacts read_event_facts(const fs::path& file) {
  EventFacts facts;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const auto event = nlohmann::ordered_json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!event.is_object() || !event.contains("event")) continue;
    const auto& kind = event["event"];
    if (kind == "begins" && event.contains("command") && event["command"].is_string()) {
      facts.command = event["command"].get<std::string>();
    } else if (kind == "warning" && event.contains("text") && event["text"].is_string()) {
      const auto words = event["text"].get<std::string>();
      if (std::ranges::find(facts.warnings, words) == facts.warnings.end()) facts.warnings.push_back(words);
    } else if (kind == "plan" && event.contains("facts") && event["facts"].is_object()) {
      facts.plan.clear();
      for (const auto& [name, value] : event["facts"].items()) {
        facts.plan.emplace_back(core::ValueList{core::Value(name), plain_value(value)});
      }
    }
  }
  return facts;
}

namespace {

SearchFindings findings_in(const fs::path& folder) {
  for (const char* name : {"summary.json", "results.h5"}) {
    if (fs::exists(folder / name)) continue;
    throw core::UserError(core::Problem{{.file = folder.string()},
                                        fmt::format("holds no finished search: there is no {} in it", name),
                                        "'gridmill status' tells how far it is, and the command that goes on"});
  }
  return findings_from(io::read_json(folder / "summary.json").value);
}

}  // namespace

SearchRecord::SearchRecord(const fs::path& folder)
    : SearchRecord(folder, findings_in(folder), io::read_array_file(folder / "results.h5", "out_of_fold_all")) {}

SearchRecord::SearchRecord(const fs::path& folder, SearchFindings findings, io::ArrayFile results)
    : folder_(folder), findings_(std::move(findings)), results_(std::move(results)) {
  events_ = read_event_facts(folder / kEvents);
  config_ = text_of(folder / "config.resolved.yaml");
  const std::span<const std::string> names = texts("scores/metric");
  const io::Array* test = find("scores/test");
  if (names.empty() || test == nullptr || test->shape.size() != 3 || test->shape[0] != names.size()) {
    throw core::UserError(core::Problem{{.file = (folder / "results.h5").string()},
                                        "does not hold the scores of a search",
                                        "repeat the search with --overwrite"});
  }
  metrics_.assign(names.begin(), names.end());
  n_candidates_ = test->shape[1];
  n_folds_ = test->shape[2];
  const auto chosen = std::ranges::find(metrics_, findings_.leaderboard.chosen_by);
  chosen_by_ = chosen == metrics_.end() ? 0 : static_cast<std::size_t>(chosen - metrics_.begin());
}

std::span<const double> SearchRecord::numbers(std::string_view path) const { return entries<double>(results_, path); }

std::span<const std::int64_t> SearchRecord::integers(std::string_view path) const {
  return entries<std::int64_t>(results_, path);
}

std::span<const std::string> SearchRecord::texts(std::string_view path) const {
  return entries<std::string>(results_, path);
}

std::span<const double> SearchRecord::scores(std::size_t metric, std::size_t candidate) const {
  return numbers("scores/test").subspan((metric * n_candidates_ + candidate) * n_folds_, n_folds_);
}

std::string SearchRecord::column(std::string_view what, std::size_t metric) const {
  // A search by one metric calls its columns "score", as scikit-learn does.
  const std::string named = fmt::format("cv_results/{}_{}", what, metrics_[metric]);
  return find(named) != nullptr ? named : fmt::format("cv_results/{}_score", what);
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("# checksum: ")) text << line << '\n';
  }
  return text.str();
}

std::string config_word(const std::string& config, std::string_view path) {
  std::istringstream lines(config);
  const std::size_t dot = path.find('.');
  const std::string section(path.substr(0, dot));
  const std::string name(dot == std::string_view::npos ? path : path.substr(dot + 1));
  const std::string start = dot == std::string_view::npos ? name + ": " : "  " + name + ": ";
  bool within = dot == std::string_view::npos;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.front() != ' ' && line.front() != '#' && dot != std::string_view::npos) {
      within = line.starts_with(section + ":");
    }
    if (!within || !line.starts_with(start)) continue;
    std::string word = line.substr(start.size());
    if (word.size() > 1 && word.front() == '"' && word.back() == '"') word = word.substr(1, word.size() - 2);
    return word == "null" ? "" : word;
  }
  return "";
}

core::Value parameter_value(const std::string& words) {
  if (words == "None") return {};
  if (words == "True" || words == "False") return words == "True";
  const char* end = words.data() + words.size();
  std::int64_t integer = 0;
  if (const auto read = std::from_chars(words.data(), end, integer); read.ec == std::errc() && read.ptr == end) {
    return integer;
  }
  double number = 0;
  const auto read = std::from_chars(words.data(), end, number);
  if (read.ec == std::errc() && read.ptr == end && std::isfinite(number)) return number;
  return words;
}

}  // namespace gridmill::jobs
