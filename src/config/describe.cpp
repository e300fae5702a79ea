#include "config/describe.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "config/metric_words.hpp"
#include "config/place.hpp"
#include "config/sections.hpp"
#include "core/error.hpp"
#include "core/hint.hpp"
#include "features/definitions/describe.hpp"
#include "features/definitions/primitive.hpp"
#include "models/family/model.hpp"
#include "models/scorer.hpp"
#include "prepare/steps.hpp"
#include "search/hyperparameters.hpp"

namespace gridmill::config {

namespace {

/// One option in full: path, meaning, what it takes, default.
std::string option_text(const std::string& path, const core::OptionSpec& spec, bool required) {
  return fmt::format("{}\n  {}\n  takes:   {}\n  default: {}\n", path, spec.meaning, spec.takes(),
                     required ? "none, it must be given" : spec.default_value.yaml());
}

std::string model_text(const models::Family& family) {
  std::string text =
      fmt::format("{} - model for {}\n  {}\n\nHyperparameters (fixed in 'model', varied in 'search.grid'):\n",
                  family.name(), task_text(family.task()), family.meaning());
  for (const core::OptionSpec& spec : search::hyperparameters(family))
    text += "\n" + option_text(spec.name, spec, false);
  if (!family.notes().empty()) text += "\nGood to know:\n";
  for (const std::string_view note : family.notes()) text += fmt::format("  {}\n", note);
  const auto metrics = family.watch_metrics({});
  if (!metrics.empty()) text += "\nMetrics of search.early_stopping and search.learning_curves:\n";
  for (const models::WatchMetric& metric : metrics) {
    text += fmt::format("  {:<24} {}{}\n", metric.name, metric.meaning,
                        metric.greater_is_better ? "; greater is better" : "");
  }
  if (family.details().empty()) return text;
  text += "\nWhat each fit tells (group 'fits' of results.h5):\n";
  for (const models::Detail& each : family.details()) text += fmt::format("  {:<24} {}\n", each.name, each.meaning);
  return text;
}

/// Returns "  also called mse\n", or nothing for a metric without a short name.
std::string alias_text(const models::Scorer& scorer) {
  for (const models::ScorerAlias& each : models::scorer_aliases()) {
    if (each.name == scorer.name()) return fmt::format("  also called {}\n", each.alias);
  }
  return {};
}

std::string metric_text(const models::Scorer& scorer) {
  return fmt::format("{} - metric for {}; greater is better\n  {}\n{}{}", scorer.name(), task_text(scorer.task()),
                     scorer.meaning(), scorer.binary_only() ? "  needs exactly two classes\n" : "", alias_text(scorer));
}

std::string models_text() {
  std::string text = "Models ('gridmill describe NAME' lists the hyperparameters):\n";
  for (const std::string& name : models::family_names()) {
    text += fmt::format("  {:<24} {}\n", name, models::find_family(name)->meaning());
  }
  return text;
}

std::string metrics_text() {
  std::string text = "Metrics for 'search.scoring', as scikit-learn defines them:\n";
  for (const std::string& name : models::scorer_names()) {
    text += fmt::format("  {:<32} {}\n", name, models::find_scorer(name)->meaning());
  }
  return text;
}

std::string primitives_text(features::PrimitiveKind kind) {
  const bool aggregates = kind == features::PrimitiveKind::aggregation;
  std::string text = fmt::format("{} ('*': used if none are named; 'gridmill describe NAME' tells all of one):\n",
                                 aggregates ? "Aggregations, of the rows of a child table" : "Transforms, of a row");
  for (const features::Primitive& each : features::all_primitives()) {
    if (each.kind != kind) continue;
    text += fmt::format("{} {:<32} {}\n", each.by_default ? '*' : ' ', each.name, each.meaning);
  }
  return text;
}

std::string matching_primitives(std::string_view topic) {
  std::string text;
  for (const auto kind : {features::PrimitiveKind::aggregation, features::PrimitiveKind::transform}) {
    const features::Primitive* primitive = features::find_primitive(kind, topic);
    if (primitive != nullptr) text += (text.empty() ? "" : "\n") + features::describe(*primitive);
  }
  return text;
}

std::string options_text(const std::vector<DeclaredOption>& options, const std::string& section = {}) {
  std::string text;
  for (const DeclaredOption& option : options) {
    const bool inside = section.empty() || option.section == section;
    if (inside) text += fmt::format("  {:<28} {}\n", option.path(), option.spec.meaning);
  }
  return text;
}

std::string config_text() { return "Options of a config:\n" + options_text(all_options()); }

std::string places_text() {
  return "Options of the file of --on, which says where a job runs (clusters/slurm.yaml, hosts.yaml, aws.yaml):\n" +
         options_text(place_options());
}

/// Every word `describe` knows; for the hint.
std::vector<std::string> topics() {
  std::vector<std::string> all{"options",      "places",     "models", "metrics", "primitives",
                               "aggregations", "transforms", "slurm",  "hosts",   "aws"};
  for (const DeclaredOption& option : all_options()) all.push_back(option.path());
  for (const DeclaredOption& option : place_options()) all.push_back(option.path());
  for (const std::string& name : models::family_names()) {
    all.push_back(name);
    for (const core::OptionSpec& spec : search::hyperparameters(*models::find_family(name))) all.push_back(spec.name);
  }
  for (const std::string& name : models::scorer_names()) all.push_back(name);
  for (const features::Primitive& each : features::all_primitives()) all.push_back(each.name);
  std::vector<std::string> unique;
  std::set<std::string> seen;
  for (std::string& topic : all) {
    if (seen.insert(topic).second) unique.push_back(std::move(topic));
  }
  return unique;
}

std::string topics_text() {
  return "Topics:\n"
         "  options    all options of a config\n"
         "  places     all options of where a job runs (--on)\n"
         "  models     all models\n"
         "  metrics    all metrics\n"
         "  primitives all aggregations and transforms that features are made with\n"
         "or the name of one option ('search.cv', 'cv'), hyperparameter ('C'), model ('svc'), metric ('accuracy') or "
         "primitive ('skew')\n\n" +
         models_text() + "\n" + config_text();
}

/// All options of that path or, by their last word, of that name; with what stands below them.
std::string matching_options(const std::vector<DeclaredOption>& options, std::string_view topic) {
  std::string text;
  for (const DeclaredOption& option : options) {
    if (option.path() != topic && option.spec.name != topic) continue;
    text += (text.empty() ? "" : "\n") + option_text(option.path(), option.spec, option.required);
    const std::string below = options_text(options, option.path());
    if (!below.empty()) text += "  options:\n" + below;
  }
  return text;
}

std::string matching_hyperparameters(std::string_view topic) {
  std::string text;
  for (const std::string& name : models::family_names()) {
    const core::OptionSpec* spec = core::find_option(models::find_family(name)->options(), topic);
    if (spec == nullptr) continue;
    text += (text.empty() ? "" : "\n") + option_text(fmt::format("{} of {}", spec->name, name), *spec, false);
  }
  if (const core::OptionSpec* spec = core::find_option(prepare::step_options(), topic)) {
    text += (text.empty() ? "" : "\n") + option_text(fmt::format("{} of every model", spec->name), *spec, false);
  }
  return text;
}

}  // namespace

std::string describe(std::string_view topic) {
  if (topic.empty()) return topics_text();
  if (topic == "models") return models_text();
  if (topic == "metrics") return metrics_text();
  if (topic == "aggregations") return primitives_text(features::PrimitiveKind::aggregation);
  if (topic == "transforms") return primitives_text(features::PrimitiveKind::transform);
  if (topic == "primitives") return describe("aggregations") + "\n" + describe("transforms");
  if (topic == "options") return config_text();
  if (topic == "places" || topic == "slurm" || topic == "hosts" || topic == "aws") return places_text();
  if (const models::Family* family = models::find_family(topic)) return model_text(*family);
  if (const models::Scorer* scorer = models::find_scorer(topic)) return metric_text(*scorer);
  std::string text;
  for (const std::string& each : {matching_options(all_options(), topic), matching_options(place_options(), topic),
                                  matching_hyperparameters(topic), matching_primitives(topic)}) {
    if (!each.empty()) text += (text.empty() ? "" : "\n") + each;
  }
  if (text.empty()) throw core::UserError(fmt::format("unknown topic '{}'", topic), core::hint_for(topic, topics()));
  return text;
}

std::string describe_primitive(std::string_view name) {
  if (std::string text = matching_primitives(name); !text.empty()) return text;
  std::vector<std::string> known;
  for (const features::Primitive& primitive : features::all_primitives()) known.push_back(primitive.name);
  throw core::UserError(fmt::format("unknown primitive '{}'", name), core::hint_for(name, known));
}

}  // namespace gridmill::config
