#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/field.hpp"
#include "config/read_search.hpp"
#include "config/sections.hpp"
#include "core/hint.hpp"

namespace gridmill::config {

namespace {

/// The metrics by which fits of any of the models can be watched, each once.
std::vector<std::string> watch_metrics(const NamedModels& models, const core::Params& fixed) {
  std::vector<std::string> names;
  for (const NamedModel& model : models) {
    core::Params params;
    for (const auto& [name, value] : fixed) {
      if (core::find_option(model.family->options(), name) != nullptr) params.emplace(name, value);
    }
    for (const models::WatchMetric& metric : model.family->watch_metrics(params)) {
      if (std::ranges::find(names, metric.name) == names.end()) names.emplace_back(metric.name);
    }
  }
  return names;
}

void check_metric(const Node& node, const std::string& path, const std::string& metric, const NamedModels& models,
                  const SearchJob& job, Problems& problems) {
  if (models.empty()) return;  // what is wrong with them is said already
  const std::vector<std::string> known = watch_metrics(models, job.fixed);
  if (known.empty()) {
    problems.add(node.where, fmt::format("{}: {} has no rounds to watch", path, models.front().family->name()),
                 "boosted trees have: xgb_classifier and xgb_regressor with booster: gbtree");
  } else if (std::ranges::find(known, metric) == known.end()) {
    problems.add(node.where, fmt::format("{}: no model here is watched by the metric '{}'", path, metric),
                 core::hint_for(metric, known));
  }
}

}  // namespace

void read_early_stopping(const Node* node, const Node* curves, const NamedModels& models, const SearchJob& job,
                         SearchOptions& options, Problems& problems) {
  if (curves != nullptr && !options.learning_curves.empty()) {
    check_metric(*curves, "search.learning_curves", options.learning_curves, models, job, problems);
  }
  if (node == nullptr || node->is_null()) return;
  search::EarlyStopping& stopping = options.early_stopping.emplace();
  const auto accepted = read_section(*node, "search.early_stopping", early_stopping_fields(), stopping, problems);
  const Node* metric = find_entry(accepted, "metric");
  if (metric == nullptr) return;
  check_metric(*metric, "search.early_stopping.metric", stopping.metric, models, job, problems);
  if (!options.learning_curves.empty() && options.learning_curves != stopping.metric) {
    problems.add(
        curves->where,
        fmt::format("search.learning_curves: {} is not the metric of early_stopping, {}; a fit is watched by one",
                    options.learning_curves, stopping.metric));
  }
}

}  // namespace gridmill::config
