#include "config/resolved.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/features_sections.hpp"
#include "config/read_relationships.hpp"
#include "config/sections.hpp"
#include "core/address.hpp"
#include "models/family/model.hpp"

namespace gridmill::config {

namespace {

using core::Value;
using core::ValueMapping;

/// The first line of a resolved config, by which it is known to be ours.
std::string heading(std::string_view command) {
  return fmt::format("# The whole config of this run, defaults written out. 'gridmill {}' reads it back.\n", command);
}

/// Options that say where and within what bounds a job runs, not what comes out.
constexpr std::array kNotInResults{"output", "memory_limit"};

bool determines_results(const std::string& name) {
  return std::find(kNotInResults.begin(), kNotInResults.end(), name) == kNotInResults.end();
}

/// Writes a key so that it reads back as text, without quotes where none are due.
std::string yaml_key(const std::string& key) {
  const bool plain = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  });
  return plain ? key : Value(key).yaml();
}

/// Mappings of mappings as blocks, the innermost values on one line each.
std::string block_yaml(const ValueMapping& entries, std::size_t depth) {
  std::string text;
  for (const auto& [key, value] : entries) {
    text += std::string(2 * depth, ' ') + yaml_key(key) + ":";
    if (value.is_mapping() && !value.mapping().empty() && depth < 2) {
      text += "\n" + block_yaml(value.mapping(), depth + 1);
    } else {
      text += " " + value.yaml() + "\n";
    }
  }
  return text;
}

/// Options of later versions count where they are set only, so that what an earlier one began is still known.
void leave_out_unset(ValueMapping& entries) {
  for (auto& [section, options] : entries) {
    if ((section != "search" && section != "data") || !options.is_mapping()) continue;
    ValueMapping set = options.mapping();
    std::erase_if(set, [](const auto& option) {
      if (option.first == "learning_curves") return option.second == Value("");
      if (option.first == "permutation_importance") return option.second == Value(0);
      return (option.first == "sample" || option.first == "halving" || option.first == "hyperband" ||
              option.first == "nested" || option.first == "early_stopping") &&
             option.second.is_null();
    });
    options = std::move(set);
  }
}

ValueMapping result_options(const SearchJob& job) {
  ValueMapping entries = echo(job, top_fields());
  std::erase_if(entries, [](const auto& entry) { return !determines_results(entry.first); });
  leave_out_unset(entries);
  return entries;
}

/// As comments: what hyperparameters are where neither `model` nor `search` says so. Not in the fingerprint, so that a
/// hyperparameter of a later version lets go on what an earlier one began.
std::string defaults_of_models(const SearchJob& job) {
  std::string text;
  for (const models::Family* family : job.families()) {
    text += fmt::format("# {} takes, where nothing else is said ('gridmill describe {}' explains):\n", family->name(),
                        family->name());
    for (const core::OptionSpec& option : family->options()) {
      text += fmt::format("#   {}: {}\n", option.name, option.default_value.yaml());
    }
  }
  return text;
}

using Leaves = std::vector<std::pair<std::string, std::string>>;  // path, value as YAML

void flatten(const Value& value, const std::string& path, Leaves& leaves) {
  if (value.is_mapping()) {
    for (const auto& [key, entry] : value.mapping()) flatten(entry, path_of(path, key), leaves);
  } else if (value.is_list() && !value.list().empty() && value.list().front().is_mapping()) {
    for (std::size_t i = 0; i < value.list().size(); ++i) {
      flatten(value.list()[i], fmt::format("{}[{}]", path, i), leaves);
    }
  } else {
    leaves.emplace_back(path, value.yaml());
  }
}

const std::string* find_leaf(const Leaves& leaves, const std::string& path) {
  const auto it = std::find_if(leaves.begin(), leaves.end(), [&](const auto& leaf) { return leaf.first == path; });
  return it == leaves.end() ? nullptr : &it->second;
}

std::vector<std::string> differences(const ValueMapping& before, const ValueMapping& now) {
  Leaves old_leaves, new_leaves;
  flatten(before, "", old_leaves);
  flatten(now, "", new_leaves);
  std::vector<std::string> sentences;
  for (const auto& [path, value] : old_leaves) {
    const std::string* other = find_leaf(new_leaves, path);
    if (other == nullptr || *other != value) {
      sentences.push_back(fmt::format("{}: {} -> {}", path, value, other == nullptr ? "(not given)" : *other));
    }
  }
  for (const auto& [path, value] : new_leaves) {
    if (find_leaf(old_leaves, path) == nullptr) sentences.push_back(fmt::format("{}: (not given) -> {}", path, value));
  }
  return sentences;
}

/// Says whether an option of `features` is one of the table that a file holds.
bool is_of_table(const std::string& name) {
  const Fields<TableOptions> fields = table_fields();
  return std::any_of(fields.begin(), fields.end(), [&](const auto& field) { return field.spec.name == name; });
}

ValueMapping result_options(const FeaturesJob& job) {
  ValueMapping entries = echo(job.features, features_fields());
  std::erase_if(entries, [&](const auto& entry) {
    const bool is_now = entry.first == "cutoff_time" && job.features.cutoff.kind == CutoffOptions::Kind::now;
    if (!job.features.of_file() && is_of_table(entry.first)) return true;
    return is_now || entry.first == "store" || entry.first == "output" || entry.first == "csv";
  });
  return {{"features", std::move(entries)}};
}

}  // namespace

std::string resolved_yaml(const SearchJob& job) {
  return heading("search") + block_yaml(echo(job, top_fields()), 0) + defaults_of_models(job);
}

std::optional<std::string_view> resolved_by(std::string_view text) {
  for (const std::string_view command : {"search", "features"}) {
    if (text.starts_with(heading(command))) return command;
  }
  return std::nullopt;
}

std::string fingerprint(const SearchJob& job) { return block_yaml(result_options(job), 0); }

std::vector<std::string> differences(const SearchJob& before, const SearchJob& now) {
  return differences(result_options(before), result_options(now));
}

std::vector<std::string> described(const ImportJob& job) {
  ValueMapping tables;
  for (const TableOptions& table : job.tables) {
    ValueMapping options = echo(table, table_fields());
    std::erase_if(options, [](const auto& entry) { return entry.first == "source"; });
    tables.emplace_back(table.source.table, std::move(options));
  }
  for (const DerivedOptions& table : job.derived) tables.emplace_back(table.name, echo(table, derived_fields()));
  Leaves leaves;
  flatten(Value(tables), "", leaves);
  std::vector<std::string> lines;
  for (const auto& [path, value] : leaves) lines.push_back(fmt::format("{}: {}", path, value));
  std::vector<std::string> arrows;
  for (const RelationshipOptions& each : job.relationships) {
    arrows.push_back(fmt::format("{}.{} -> {}.{}", each.child, shown_key(each.child_column, each.child_columns),
                                 each.parent, shown_key(each.parent_column, each.parent_columns)));
    lines.push_back(fmt::format("relationship {}: there", arrows.back()));
  }
  lines.push_back(fmt::format("order of relationships: {}", fmt::join(arrows, ", ")));
  return lines;
}

std::string resolved_yaml(const FeaturesJob& job) {
  ValueMapping section = echo(job.features, features_fields());
  std::erase_if(section, [&](const auto& entry) {
    if (entry.first == "store") return job.features.of_file();  // made of the file
    return entry.first == "output" || (!job.features.of_file() && is_of_table(entry.first));
  });
  const ValueMapping entries{{"output", core::told_path(job.output)},
                             {"memory_limit", job.memory_limit.text()},
                             {"features", std::move(section)}};
  return heading("features") + block_yaml(entries, 0);
}

std::string fingerprint(const FeaturesJob& job) { return block_yaml(result_options(job), 0); }

std::vector<std::string> differences(const FeaturesJob& before, const FeaturesJob& now) {
  return differences(result_options(before), result_options(now));
}

bool operator==(const SearchJob& a, const SearchJob& b) { return resolved_yaml(a) == resolved_yaml(b); }

}  // namespace gridmill::config
