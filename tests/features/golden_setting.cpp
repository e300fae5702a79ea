#include "golden_setting.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>

#include <yaml-cpp/yaml.h>

#include "brief.hpp"

namespace gridmill::features {
namespace {

namespace fs = std::filesystem;
using core::Value;
using Names = std::vector<std::string>;

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

Value value_of(const YAML::Node& node) {
  if (node.IsNull()) return {};
  if (node.IsSequence()) {
    core::ValueList values;
    for (const YAML::Node& each : node) values.push_back(value_of(each));
    return values;
  }
  const auto text = node.as<std::string>();
  if (node.Tag() == "!") return text;  // it stood in quotes
  if (text == "true" || text == "false") return text == "true";
  std::int64_t whole = 0;
  const char* const end = text.data() + text.size();
  if (std::from_chars(text.data(), end, whole).ptr == end) return whole;
  double real = 0;
  if (std::from_chars(text.data(), end, real).ptr == end) return real;
  return text;
}

Names names_in(const YAML::Node& node) { return node.as<Names>(); }

std::map<std::string, Names> names_by_table(const YAML::Node& node) { return node.as<std::map<std::string, Names>>(); }

core::TableId table_named(const core::EntitySet& set, const YAML::Node& name) {
  const core::TableId id = set.find(name.as<std::string>());
  if (id == set.tables.size()) throw std::runtime_error("no table " + name.as<std::string>());
  return id;
}

core::EntityTable read_table(const YAML::Node& node) {
  core::EntityTable table;
  table.name = node["name"].as<std::string>();
  table.index = node["index"].as<std::string>();
  if (node["time_index"] && !node["time_index"].IsNull()) table.time_index = node["time_index"].as<std::string>();
  for (const auto& entry : node["columns"]) {
    core::EntityColumn column;
    column.name = entry.first.as<std::string>();
    column.type = core::logical_type_named(entry.second.as<std::string>()).value();
    column.tags = column.name == table.index ? core::Tags(core::Tag::index) : core::standard_tags(column.type);
    if (column.name == table.time_index) column.tags.add(core::Tag::time_index);
    if (node["tags"] && node["tags"][column.name]) {
      for (const std::string& tag : names_in(node["tags"][column.name])) column.tags.add(core::tag_named(tag).value());
    }
    table.columns.push_back(std::move(column));
  }
  if (const YAML::Node secondary = node["secondary_time_index"]) {
    for (const auto& entry : secondary) {
      table.secondary_times.push_back(
          {.time_column = entry.first.as<std::string>(), .columns = names_in(entry.second)});
    }
  }
  return table;
}

void read_entity_set(const fs::path& folder, GoldenSetting& setting) {
  const YAML::Node root = YAML::LoadFile(folder / "entityset.yaml");
  core::EntitySet& set = setting.set;
  for (const YAML::Node& node : root["tables"]) {
    set.tables.push_back(read_table(node));
    setting.table_files.push_back(folder / node["file"].as<std::string>());
  }
  for (const YAML::Node& node : root["relationships"]) {
    core::Relationship link;
    link.parent = table_named(set, node["parent"]);
    link.child = table_named(set, node["child"]);
    link.parent_column = node["parent_column"].as<std::string>();
    link.child_column = node["child_column"].as<std::string>();
    for (core::EntityColumn& each : set.tables[link.child].columns) {
      if (each.name == link.child_column) each.tags.add(core::Tag::foreign_key);
    }
    set.relationships.push_back(std::move(link));
  }
}

std::vector<PrimitiveUse> read_primitives(PrimitiveKind kind, const YAML::Node& node) {
  std::vector<PrimitiveUse> uses;
  for (const std::string& text : names_in(node)) uses.push_back(read_primitive(kind, text));
  return uses;
}

std::vector<core::RelationshipId> only_relationship(const core::EntitySet& set, core::TableId parent,
                                                    core::TableId child) {
  for (core::RelationshipId id = 0; id < set.relationships.size(); ++id) {
    if (set.relationships[id].parent == parent && set.relationships[id].child == child) return {id};
  }
  throw std::runtime_error("no relationship for a seed feature");
}

FeatureRef read_seed(const core::EntitySet& set, const YAML::Node& node) {
  const bool aggregates = node["kind"].as<std::string>() == "aggregation";
  const core::TableId table = table_named(set, node[aggregates ? "child" : "table"]);
  std::vector<FeatureRef> bases;
  for (const std::string& column : names_in(node["base"])) bases.push_back(make_identity(set, table, column));
  const PrimitiveKind kind = aggregates ? PrimitiveKind::aggregation : PrimitiveKind::transform;
  PrimitiveUse primitive = read_primitive(kind, node["primitive"].as<std::string>());
  FeatureRef seed;
  if (aggregates) {
    std::optional<Where> where;
    if (const YAML::Node condition = node["where"]) {
      where = Where{make_identity(set, table, condition[0].as<std::string>()), condition[1].as<std::string>(),
                    value_of(condition[2])};
    }
    std::optional<Window> use_previous;
    if (node["use_previous"]) use_previous = read_window(node["use_previous"].as<std::string>());
    seed = make_aggregation(set, std::move(primitive), std::move(bases),
                            only_relationship(set, table_named(set, node["parent"]), table), where, use_previous);
  } else {
    seed = make_transform(set, std::move(primitive), std::move(bases));
  }
  return node["name"] ? renamed(*seed, node["name"].as<std::string>()) : seed;
}

PrimitiveOptions read_input_options(const YAML::Node& node) {
  PrimitiveOptions options;
  const std::map<std::string, Names PrimitiveOptions::*> lists = {
      {"include_dataframes", &PrimitiveOptions::include_tables},
      {"ignore_dataframes", &PrimitiveOptions::ignore_tables},
      {"include_groupby_dataframes", &PrimitiveOptions::include_group_by_tables},
      {"ignore_groupby_dataframes", &PrimitiveOptions::ignore_group_by_tables}};
  const std::map<std::string, std::map<std::string, Names> PrimitiveOptions::*> maps = {
      {"include_columns", &PrimitiveOptions::include_columns},
      {"ignore_columns", &PrimitiveOptions::ignore_columns},
      {"include_groupby_columns", &PrimitiveOptions::include_group_by_columns},
      {"ignore_groupby_columns", &PrimitiveOptions::ignore_group_by_columns}};
  for (const auto& entry : node) {
    const auto key = entry.first.as<std::string>();
    if (lists.contains(key)) {
      options.*lists.at(key) = names_in(entry.second);
    } else {
      options.*maps.at(key) = names_by_table(entry.second);
    }
  }
  return options;
}

/// A mapping for all inputs, or a list of one for each.
PrimitiveOptions read_primitive_options(const std::string& names, const YAML::Node& node) {
  PrimitiveOptions options;
  if (node.IsSequence()) {
    for (const YAML::Node& input : node) options.inputs.push_back(read_input_options(input));
  } else {
    options = read_input_options(node);
  }
  std::istringstream in(names);
  for (std::string name; std::getline(in, name, '|');) options.primitives.push_back(name);
  return options;
}

void read_interesting_values(const YAML::Node& node, SynthesisOptions& options) {
  for (const auto& table : node) {
    auto& columns = options.interesting_values[table.first.as<std::string>()];
    for (const auto& column : table.second) {
      std::vector<Value> values;
      for (const YAML::Node& each : column.second) values.push_back(value_of(each));
      columns.emplace_back(column.first.as<std::string>(), std::move(values));
    }
  }
}

void read_cutoffs(const YAML::Node& node, const fs::path& data, GoldenSetting& setting) {
  const auto text = node.as<std::string>();
  if (!text.ends_with(".csv")) {
    setting.cutoff = golden_time(text);
    return;
  }
  const auto rows = read_golden_csv(data / text);
  for (auto row = rows.begin() + 1; row != rows.end(); ++row) {
    setting.cutoffs.push_back({.instance = row->at(0), .time = golden_time(row->at(1))});
  }
}

std::optional<std::size_t> depth_limit(int max_depth) {
  return max_depth == -1 ? std::nullopt : std::optional(static_cast<std::size_t>(max_depth));
}

using Read = std::function<void(GoldenSetting&, const YAML::Node&, const fs::path& data)>;

const std::map<std::string, Read>& readers() {
  using G = GoldenSetting;
  using N = YAML::Node;
  using P = fs::path;
  constexpr auto kAggregation = PrimitiveKind::aggregation;
  constexpr auto kTransform = PrimitiveKind::transform;
  const Read nothing = [](G&, const N&, const P&) {};
  static const std::map<std::string, Read> all = {
      {"name", nothing},
      {"data", nothing},
      {"about", nothing},
      {"features", nothing},
      {"rows", nothing},
      {"order", [](G& g, const N&, const P&) { g.in_order = false; }},
      {"names_only", nothing},
      {"target", [](G& g, const N& n, const P&) { g.synthesis.target = table_named(g.set, n); }},
      {"max_depth", [](G& g, const N& n, const P&) { g.synthesis.max_depth = depth_limit(n.as<int>()); }},
      {"max_features", [](G& g, const N& n, const P&) { g.synthesis.max_features = n.as<std::size_t>(); }},
      {"agg_primitives",
       [](G& g, const N& n, const P&) { g.synthesis.aggregations = read_primitives(kAggregation, n); }},
      {"trans_primitives", [](G& g, const N& n, const P&) { g.synthesis.transforms = read_primitives(kTransform, n); }},
      {"groupby_trans_primitives",
       [](G& g, const N& n, const P&) { g.synthesis.group_by_transforms = read_primitives(kTransform, n); }},
      {"where_primitives",
       [](G& g, const N& n, const P&) { g.synthesis.where_primitives = read_primitives(kAggregation, n); }},
      {"where_stacking_limit",
       [](G& g, const N& n, const P&) { g.synthesis.where_stacking_limit = n.as<std::size_t>(); }},
      {"ignore_dataframes", [](G& g, const N& n, const P&) { g.synthesis.ignore_tables = names_in(n); }},
      {"ignore_columns", [](G& g, const N& n, const P&) { g.synthesis.ignore_columns = names_by_table(n); }},
      {"allowed_paths", [](G& g, const N& n, const P&) { g.synthesis.allowed_paths = n.as<std::vector<Names>>(); }},
      {"drop_contains", [](G& g, const N& n, const P&) { g.synthesis.drop_contains = names_in(n); }},
      {"drop_exact", [](G& g, const N& n, const P&) { g.synthesis.drop_exact = names_in(n); }},
      {"return_types", [](G& g, const N&, const P&) { g.synthesis.return_types = ReturnTypes::all; }},
      {"interesting_values", [](G& g, const N& n, const P&) { read_interesting_values(n, g.synthesis); }},
      {"primitive_options",
       [](G& g, const N& n, const P&) {
         for (const auto& entry : n) {
           g.synthesis.primitive_options.push_back(read_primitive_options(entry.first.as<std::string>(), entry.second));
         }
       }},
      {"seed_features",
       [](G& g, const N& n, const P&) {
         for (const N& each : n) g.synthesis.seed_features.push_back(read_seed(g.set, each));
       }},
      {"cutoff_time", [](G& g, const N& n, const P& data) { read_cutoffs(n, data, g); }},
      {"training_window",
       [](G& g, const N& n, const P&) { g.evaluation.training_window = read_window(n.as<std::string>()); }},
      {"include_cutoff_time", [](G& g, const N& n, const P&) { g.evaluation.include_cutoff_time = n.as<bool>(); }},
      {"last_time_indexes", [](G& g, const N& n, const P&) { g.evaluation.last_time_indexes = n.as<bool>(); }},
      {"approximate",
       [](G& g, const N& n, const P&) { g.evaluation.approximate = -read_window(n.as<std::string>()).before(0); }},
      {"post",
       [](G& g, const N& n, const P&) {
         for (const N& each : n) g.post.push_back(each["call"].as<std::string>());
       }},
  };
  return all;
}

}  // namespace

std::optional<fs::path> outside_folder(const std::string& name) {
  const char* const shared = std::getenv("GRIDMILL_SHARED");
  if (shared == nullptr || *shared == '\0') return {};
  fs::path folder = fs::path(shared) / name;
  if (!fs::is_directory(folder)) throw std::runtime_error("GRIDMILL_SHARED: no folder " + folder.string());
  return folder;
}

std::vector<fs::path> golden_folders() {
  const fs::path project = GRIDMILL_SOURCE_DIR;
  std::vector<fs::path> folders = {project / "tests/features/golden"};
  if (const std::optional<fs::path> outside = outside_folder("golden/featuretools")) folders.push_back(*outside);
  return folders;
}

std::vector<fs::path> golden_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& each : fs::directory_iterator(folder)) {
    const fs::path features = fs::path(each.path()).replace_extension(".features.csv");
    if (each.path().extension() == ".yaml" && fs::exists(features)) files.push_back(each.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<fs::path> some_golden_files(const fs::path& folder) {
  constexpr std::size_t kOneOf = 3;
  std::vector<fs::path> files = golden_files(folder);
  if (!tests_are_brief()) return files;
  std::size_t n = 0;
  std::erase_if(files, [&](const fs::path&) { return n++ % kOneOf != 0; });
  return files;
}

GoldenSetting read_golden_setting(const fs::path& file) {
  const YAML::Node root = YAML::LoadFile(file);
  const fs::path data = file.parent_path() / "data" / root["data"].as<std::string>();
  GoldenSetting setting;
  setting.name = file.stem();
  setting.features_file = fs::path(file).replace_extension(".features.csv");
  setting.values_file = fs::path(file).replace_extension(".csv");
  setting.names_only = !fs::exists(setting.values_file);
  read_entity_set(data, setting);
  for (const auto& entry : root) {
    const auto key = entry.first.as<std::string>();
    const auto reader = readers().find(key);
    if (reader == readers().end()) throw std::runtime_error(file.string() + ": unknown key " + key);
    reader->second(setting, entry.second, data);
  }
  return setting;
}

std::vector<GoldenFeature> read_golden_features(const fs::path& file) {
  const auto rows = read_golden_csv(file);
  std::vector<GoldenFeature> features;
  for (auto row = rows.begin() + 1; row != rows.end(); ++row) {
    GoldenFeature feature{.name = row->at(1), .kind = row->at(2)};
    if (row->size() == 8) {
      feature.depth = row->at(3);
      feature.logical_type = row->at(4);
      feature.tags = row->at(5);
      feature.n_outputs = row->at(6);
      feature.default_value = row->at(7);
    }
    features.push_back(std::move(feature));
  }
  return features;
}

std::vector<std::vector<std::string>> read_golden_csv(const fs::path& file) {
  const std::string text = text_of(file);
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row;
  std::string field;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inside && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      field += text[++i];
    } else if (c == '"') {
      inside = !inside;
    } else if (!inside && (c == ',' || c == '\n')) {
      row.push_back(std::exchange(field, {}));
      if (c == '\n') rows.push_back(std::exchange(row, {}));
    } else if (inside || c != '\r') {
      field += c;
    }
  }
  return rows;
}

std::int64_t golden_time(const std::string& text) {
  using namespace std::chrono;
  std::array<int, 3> date{};
  std::array<int, 3> clock{};
  if (std::sscanf(text.c_str(), "%d-%d-%d %d:%d:%d", &date[0], &date[1], &date[2], &clock[0], &clock[1], &clock[2]) <
      3) {
    throw std::runtime_error("not a time: " + text);
  }
  const sys_days day =
      year(date[0]) / month(static_cast<unsigned>(date[1])) / std::chrono::day(static_cast<unsigned>(date[2]));
  const nanoseconds time = day.time_since_epoch() + hours(clock[0]) + minutes(clock[1]) + seconds(clock[2]);
  return time.count();
}

}  // namespace gridmill::features
