#include "jobs/report/features_content.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/counted.hpp"
#include "core/error.hpp"
#include "features/definitions/definitions.hpp"
#include "features/definitions/describe.hpp"
#include "io/files/json.hpp"
#include "io/store/store_entity_data.hpp"
#include "jobs/report/checks.hpp"
#include "jobs/report/content.hpp"
#include "jobs/report/correlated_features.hpp"
#include "jobs/report/rows_over_time.hpp"
#include "jobs/report/run_record.hpp"
#include "jobs/run/own_files.hpp"

namespace gridmill::jobs {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostSentences = 3000;  // beyond, the page would grow too large
constexpr std::size_t kMostLeftOut = 2000;
constexpr std::size_t kBars = 24;  // of a histogram on the page

const core::Value* find(const core::Value& mapping, std::string_view key) {
  if (!mapping.is_mapping()) return nullptr;
  for (const auto& [name, value] : mapping.mapping()) {
    if (name == key) return &value;
  }
  return nullptr;
}

const core::Value& at(const core::Value& mapping, std::string_view key, const fs::path& file) {
  if (const core::Value* value = find(mapping, key)) return *value;
  throw core::UserError(
      core::Problem{{.file = file.string()},
                    fmt::format("does not hold what gridmill features writes: '{}' is not there", key),
                    "repeat the features with --overwrite"});
}

std::string text_at(const core::Value& mapping, std::string_view key) {
  const core::Value* value = find(mapping, key);
  return value != nullptr && value->is_text() ? value->text() : "";
}

/// What a definition says of its feature.
struct Nature {
  std::string kind;
  std::size_t depth = 0;
};

/// What the definitions of features.json say, by name of the feature.
std::map<std::string, Nature> natures(const core::Value& definitions) {
  std::vector<Nature> all;
  std::map<std::string, Nature> by_name;
  for (const core::Value& each : definitions.list()) {
    Nature nature{.kind = text_at(each, "kind")};
    std::vector<std::int64_t> inputs;
    const auto add = [&](const core::Value* value) {
      if (value != nullptr && value->is_integer()) inputs.push_back(value->integer());
    };
    if (const core::Value* list = find(each, "inputs"); list != nullptr && list->is_list()) {
      for (const core::Value& input : list->list()) add(&input);
    }
    for (const char* key : {"input", "base", "group_by"}) add(find(each, key));
    for (const std::int64_t input : inputs) {
      if (input < 0 || static_cast<std::size_t>(input) >= all.size()) continue;
      nature.depth = std::max(nature.depth, all[static_cast<std::size_t>(input)].depth + 1);
    }
    if (const core::Value* primitive = find(each, "primitive")) nature.kind = text_at(*primitive, "name");
    if (nature.kind == "identity") nature.kind = "column";
    if (nature.kind == "direct") nature.kind = "of the parent";
    by_name[text_at(each, "name")] = nature;
    all.push_back(std::move(nature));
  }
  return by_name;
}

/// The feature that a column was made of: encoding makes several of one.
std::map<std::string, std::string> features_of_columns(const core::Value& encoding) {
  std::map<std::string, std::string> of;
  for (const core::Value& each : encoding.list()) {
    const std::string feature = text_at(each, "feature");
    if (const core::Value* values = find(each, "values"); values != nullptr && values->is_list()) {
      for (const core::Value& value : values->list()) of[fmt::format("{} = {}", feature, value.python_str())] = feature;
    }
    of[feature + " is unknown"] = feature;
  }
  return of;
}

std::string feature_of(const std::string& column, const std::map<std::string, std::string>& encoded,
                       const std::map<std::string, Nature>& known) {
  if (const auto found = encoded.find(column); found != encoded.end()) return found->second;
  // One of several outputs: NAME[0].
  const std::size_t bracket = column.rfind('[');
  if (!known.contains(column) && bracket != std::string::npos) return column.substr(0, bracket);
  return column;
}

/// Fewer, wider bars.
core::Value bars(const core::Value& histogram) {
  core::ValueList list;
  const core::Value* counts = find(histogram, "counts");
  if (counts == nullptr || !counts->is_list()) return list;
  const std::size_t n = counts->list().size();
  const std::size_t step = std::max<std::size_t>(1, (n + kBars - 1) / kBars);
  for (std::size_t i = 0; i < n; i += step) {
    std::int64_t sum = 0;
    for (std::size_t k = i; k < std::min(n, i + step); ++k) sum += counts->list()[k].integer();
    list.emplace_back(sum);
  }
  return list;
}

std::string most_common(const core::Value& frequent) {
  constexpr std::size_t kShown = 3;
  std::string words;
  for (std::size_t i = 0; frequent.is_mapping() && i < std::min(kShown, frequent.mapping().size()); ++i) {
    const auto& [name, n] = frequent.mapping()[i];
    words += fmt::format("{}{} ({})", words.empty() ? "" : ", ", name, n.python_str());
  }
  return words;
}

core::Value feature_entry(const std::string& column, const core::Value& facts, const Nature& nature,
                          const std::string& sentence) {
  core::ValueMapping entry{
      {"name", column}, {"kind", nature.kind}, {"depth", count_value(nature.depth)}, {"words", sentence}};
  const core::Value* rows = find(facts, "rows");
  const core::Value* missing = find(facts, "missing");
  const bool has_rows = rows != nullptr && rows->is_integer() && rows->integer() > 0;
  entry.emplace_back("missing", has_rows && missing != nullptr && missing->is_integer()
                                    ? drawn_number(missing->number() / rows->number())
                                    : core::Value(0.0));
  for (const char* name : {"mean", "std", "least", "greatest"}) {
    if (const core::Value* value = find(facts, name); value != nullptr && value->is_number()) {
      entry.emplace_back(name, drawn_number(value->number()));
    }
  }
  if (const core::Value* histogram = find(facts, "histogram")) entry.emplace_back("histogram", bars(*histogram));
  if (const core::Value* values = find(facts, "values")) entry.emplace_back("distinct", *values);
  if (const core::Value* frequent = find(facts, "most_frequent")) entry.emplace_back("common", most_common(*frequent));
  return entry;
}

core::ValueList tables(const core::EntityData& data) {
  const core::EntitySet& set = data.entity_set();
  core::ValueList list;
  for (core::TableId id = 0; id < set.tables.size(); ++id) {
    core::ValueList parents;
    for (const core::Relationship& each : set.relationships) {
      if (each.child != id) continue;
      parents.emplace_back(core::ValueMapping{{"table", set.tables[each.parent].name}, {"column", each.child_column}});
    }
    list.emplace_back(core::ValueMapping{{"name", set.tables[id].name},
                                         {"rows", count_value(set.tables[id].n_rows)},
                                         {"columns", count_value(set.tables[id].columns.size())},
                                         {"parents", std::move(parents)},
                                         {"times", rows_over_time(data, id)}});
  }
  return list;
}

/// What the store tells; nothing where it is gone or has become another one.
struct FromStore {
  core::ValueList tables;
  std::map<std::string, std::string> sentences;  // by name of the feature
};

FromStore from_store(const fs::path& store, const core::Value& definitions) {
  FromStore told;
  std::error_code ignored;
  if (store.empty() || !fs::exists(store, ignored)) return told;
  try {
    const io::StoreEntityData data(store);
    told.tables = tables(data);
    for (const features::FeatureRef& feature : features::read_definitions(data.entity_set(), definitions)) {
      if (told.sentences.size() == kMostSentences) break;
      told.sentences[feature->name] = features::sentence_for(data.entity_set(), *feature);
    }
  } catch (const core::UserError&) {
    // Another store by now: what it says is not of these features.
    return {};
  }
  return told;
}

core::ValueList left_out(const core::Value* reasons) {
  core::ValueList list;
  if (reasons == nullptr || !reasons->is_mapping()) return list;
  for (const auto& [name, why] : reasons->mapping()) {
    if (list.size() == kMostLeftOut) break;
    list.emplace_back(core::ValueList{name, why.is_text() ? why.text() : why.python_str()});
  }
  return list;
}

void note_same(const core::Value& correlations, Checks& checks) {
  const core::Value* same = find(correlations, "same");
  if (same == nullptr || same->integer() == 0) return;
  checks.note(fmt::format("{} of features {} the same but for their scale", core::counted(same->integer(), "pair"),
                          same->integer() == 1 ? "says" : "say"),
              "Linear models divide what they say between the two; trees and kernels only take longer.",
              "'highly_correlated' under 'features.select' leaves one of each out");
}

}  // namespace

core::Value features_content(const fs::path& folder) {
  const fs::path summary_file = folder / "summary.json";
  const fs::path fitted_file = folder / "features.json";
  for (const fs::path& file : {summary_file, fitted_file}) {
    if (fs::exists(file)) continue;
    throw core::UserError(
        core::Problem{{.file = folder.string()},
                      fmt::format("holds no finished features: there is no {} in it", file.filename().string()),
                      "'gridmill status' tells how far they are, and the command that goes on"});
  }
  const core::Value summary = io::read_json(summary_file).value;
  const core::Value fitted = io::read_json(fitted_file).value;
  const core::Value& definitions = at(fitted, "features", fitted_file);
  const std::map<std::string, Nature> known = natures(at(definitions, "definitions", fitted_file));
  const std::map<std::string, std::string> encoded = features_of_columns(at(fitted, "encoding", fitted_file));
  const std::string config = text_of(folder / "config.resolved.yaml");
  const FromStore store = from_store(config_word(config, "features.store"), definitions);
  core::ValueList features;
  std::vector<std::string> names;
  for (const auto& [column, facts] : at(summary, "columns", summary_file).mapping()) {
    names.push_back(column);
    const std::string feature = feature_of(column, encoded, known);
    const auto nature = known.find(feature);
    const auto sentence = store.sentences.find(feature);
    features.push_back(feature_entry(column, facts, nature == known.end() ? Nature{.kind = "column"} : nature->second,
                                     sentence == store.sentences.end() ? "" : sentence->second));
  }
  const std::string target = text_at(summary, "target");
  const core::ValueList out = left_out(find(summary, "left_out"));
  const EventFacts events = read_event_facts(folder / kEvents);
  Checks checks;
  checks.sentences(events.warnings);
  core::Value correlations = correlations_content(folder / "features.h5", names);
  note_same(correlations, checks);
  const core::Value& n_rows = at(summary, "rows", summary_file);
  return core::ValueMapping{
      {"kind", "features"},
      {"title", fmt::format("Features of {}", target)},
      {"file", folder.filename().string()},
      {"subtitle", fmt::format("{}, a row for each of {} {}", core::counted(features.size(), "feature"),
                               n_rows.python_str(), target)},
      {"tiles",
       core::ValueList{tile("Features", std::to_string(features.size()), ""), tile("Rows", n_rows.python_str(), target),
                       tile("Tables", std::to_string(store.tables.size()),
                            store.tables.empty() ? "the store is not found from this folder" : ""),
                       tile("Left out", std::to_string(out.size()), "of no use, or said twice")}},
      {"features", core::ValueMapping{{"target", target},
                                      {"tables", store.tables},
                                      {"features", std::move(features)},
                                      {"correlations", std::move(correlations)},
                                      {"left_out", out}}},
      {"checks", std::move(checks).list()},
      {"text", core::ValueMapping{{"command", events.command}, {"config", config}}}};
}

}  // namespace gridmill::jobs
