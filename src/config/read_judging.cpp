#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "config/field.hpp"
#include "config/metric_words.hpp"
#include "config/read_search.hpp"
#include "core/hint.hpp"
#include "models/scorer.hpp"

namespace gridmill::config {

namespace {

std::vector<std::string> scorer_names_for(const models::Family* family) {
  std::vector<std::string> names = models::scorer_names();
  if (family == nullptr) return names;
  std::erase_if(names, [&](const std::string& name) { return models::find_scorer(name)->task() != family->task(); });
  return names;
}

/// Returns the short names for scorers of that task.
std::vector<std::string> aliases_for(const models::Family* family) {
  std::vector<std::string> aliases;
  for (const models::ScorerAlias& each : models::scorer_aliases()) {
    const bool fits = family == nullptr || models::find_scorer(each.name)->task() == family->task();
    if (fits) aliases.emplace_back(each.alias);
  }
  return aliases;
}

/// Lists the short names first, as long lists are cut. What is known but for a "neg_" too many or too few is meant,
/// however far that is in letters ("neg_rmse").
std::string metric_hint(const std::string& word, const models::Family* family) {
  constexpr std::string_view kNegated = "neg_";
  std::vector<std::string> known = aliases_for(family);
  const std::vector<std::string> names = scorer_names_for(family);
  known.insert(known.end(), names.begin(), names.end());
  const std::string other = word.starts_with(kNegated) ? word.substr(kNegated.size()) : std::string(kNegated) + word;
  const bool is_meant = std::find(known.begin(), known.end(), other) != known.end();
  if (!is_meant) {
    if (auto hint = hint_for_metric_word(word, known)) return *hint;
  }
  return core::hint_for(is_meant ? other : word, known);
}

/// Returns the scorer's own name for the word a user wrote, or nothing (and a problem).
std::optional<std::string> read_metric(const Node& node, const std::string& path, const NamedModels& models,
                                       Problems& problems) {
  const models::Family* family = models.empty() ? nullptr : models.front().family;
  const std::string word = node.value().python_str();
  const models::Scorer* scorer = models::find_scorer(word);
  if (scorer == nullptr) {
    problems.add(node.where, fmt::format("{}: unknown metric '{}'", path, word), metric_hint(word, family));
    return std::nullopt;
  }
  if (family != nullptr && scorer->task() != family->task()) {
    problems.add(node.where,
                 fmt::format("{}: '{}' is a metric for {}, but {} is a model for {}", path, word,
                             task_text(scorer->task()), family->name(), task_text(family->task())),
                 fmt::format("for {}: {}", task_text(family->task()), fmt::join(scorer_names_for(family), ", ")));
    return std::nullopt;
  }
  for (const NamedModel& model : models) {
    if (!scorer->needs().probability || model.family->abilities().probability) continue;
    problems.add(node.where, fmt::format("{}: '{}' needs probabilities, which {} does not give{}", path, scorer->name(),
                                         model.family->name(), place_words(model, models)));
    return std::nullopt;
  }
  return std::string(scorer->name());
}

/// Reads the metric that chooses a candidate: one of `scoring`, under the name used there or an alias of it.
void read_choice(const Node& node, const std::string& path, SearchOptions& options, Problems& problems) {
  const std::string& word = node.scalar.text();
  const models::Scorer* scorer = models::find_scorer(word);
  const std::string name = scorer == nullptr ? word : std::string(scorer->name());
  if (std::find(options.scoring.begin(), options.scoring.end(), name) == options.scoring.end()) {
    problems.add(node.where, fmt::format("{}: '{}' is not among the metrics of search.scoring", path, word),
                 core::hint_for(word, options.scoring));
  }
  options.refit.metric = name;
}

void refuse_two_choices(const Node* refit, Problems& problems) {
  if (refit == nullptr || refit->is_null()) return;
  const bool names_no_rule = refit->scalar.is_boolean() && refit->scalar.boolean();
  if (names_no_rule) return;
  problems.add(refit->where, "search.refit and search.one_standard_error both say which candidate is fitted again",
               "leave out one of the two");
}

}  // namespace

bool read_scoring(const Node* node, const NamedModels& models, SearchOptions& options, Problems& problems) {
  if (node == nullptr || node->is_null()) {
    if (models.empty()) return false;
    options.scoring = {models.front().family->task() == core::Task::classification ? "accuracy" : "r2"};
    return true;
  }
  options.scoring_is_list = node->is_list();
  const std::vector<Node> metrics = node->is_list() ? node->children : std::vector<Node>{*node};
  if (metrics.empty()) problems.add(node->where, "search.scoring: is an empty list; it needs at least one metric");
  for (const Node& metric : metrics) {
    const auto name = read_metric(metric, "search.scoring", models, problems);
    if (!name) continue;
    if (std::find(options.scoring.begin(), options.scoring.end(), *name) != options.scoring.end()) {
      problems.add(metric.where, fmt::format("search.scoring: '{}' is listed twice", *name));
    }
    options.scoring.push_back(*name);
  }
  return !metrics.empty() && options.scoring.size() == metrics.size();
}

void read_refit(const Node* refit, const Node* one_standard_error, const core::Location& place, SearchOptions& options,
                Problems& problems) {
  if (one_standard_error != nullptr && !one_standard_error->is_null()) {
    options.refit.rule = RefitOptions::Rule::one_standard_error;
    read_choice(*one_standard_error, "search.one_standard_error", options, problems);
    refuse_two_choices(refit, problems);
  } else if (refit != nullptr && refit->scalar.is_text()) {
    read_choice(*refit, "search.refit", options, problems);
  } else if (refit != nullptr && refit->scalar.is_boolean() && !refit->scalar.boolean()) {
    options.refit.rule = RefitOptions::Rule::none;
  } else if (options.scoring.size() == 1) {
    options.refit.metric = options.scoring.front();
  } else {
    problems.add(refit != nullptr ? refit->where : place,
                 "search.refit must name the metric that chooses the best candidate, as there are several",
                 fmt::format("write 'refit: {}' (or 'refit: false' to fit none again)", options.scoring.front()));
  }
}

}  // namespace gridmill::config
