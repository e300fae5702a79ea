#include "config/read_features.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "config/features_sections.hpp"
#include "config/read_condition.hpp"
#include "config/read_import.hpp"
#include "config/read_label.hpp"
#include "config/sections.hpp"
#include "config/source.hpp"
#include "core/glob.hpp"
#include "core/hint.hpp"

namespace gridmill::config {

namespace {

using features::PrimitiveKind;
using features::PrimitiveUse;
using Texts = std::vector<std::string>;

/// Runs `read`; what it refuses becomes problems at `node`.
template <class Read>
auto located(const Node& node, const std::string& path, Problems& problems, Read read)
    -> std::optional<decltype(read())> {
  try {
    return read();
  } catch (const core::UserError& error) {
    for (const core::Problem& each : error.problems()) {
      problems.add(node.where, fmt::format("{}: {}", path, each.what), each.hint);
    }
    return std::nullopt;
  }
}

std::optional<PrimitiveUse> read_primitive(const Node& node, const std::string& path, PrimitiveKind kind,
                                           Problems& problems) {
  return located(node, path, problems, [&] { return features::read_primitive(kind, node.value()); });
}

std::vector<PrimitiveUse> read_primitives(const Node& node, const std::string& path, PrimitiveKind kind,
                                          Problems& problems) {
  std::vector<PrimitiveUse> uses;
  for (const Node& child : node.children) {
    auto several = located(child, path, problems, [&] { return features::read_primitive_uses(kind, child.value()); });
    if (several) std::move(several->begin(), several->end(), std::back_inserter(uses));
  }
  return uses;
}

void read_texts(const Node& node, const std::string& path, Texts& texts, Problems& problems) {
  if (!node.is_list()) {
    problems.add(node.where, fmt::format("{}: must be a list, not {}", path, node.value().python_repr()),
                 node.is_mapping() ? "" : fmt::format("write [{}]", node.value().python_str()));
    return;
  }
  Conversion<Texts>::from_node(node, path, texts, problems);
}

void read_by_table(const Node& node, const std::string& path, std::map<std::string, Texts>& by_table,
                   Problems& problems) {
  for (const Node& table : node.children) read_texts(table, path_of(path, table.key), by_table[table.key], problems);
}

void read_interesting_column(const Node& node, const std::string& path, InterestingColumn& column, Problems& problems) {
  const Node* top = node.find("top");
  if (node.is_list()) {
    for (const Node& value : node.children) {
      if (value.shape != Node::Shape::scalar) {
        problems.add(value.where, fmt::format("{}: must be a value, not {}", path, value.value().python_repr()));
      }
      column.values.push_back(value.scalar);
    }
    if (column.values.empty()) problems.add(node.where, fmt::format("{}: is an empty list", path));
  } else if (top != nullptr && node.children.size() == 1 && top->scalar.is_integer() && top->scalar.integer() > 0) {
    column.top = static_cast<std::size_t>(top->scalar.integer());
  } else {
    problems.add(node.where, fmt::format("{}: must be a list of values or {{top: N}} with N >= 1, not {}", path,
                                         node.value().python_repr()));
  }
}

void read_interesting(const Node& node, FeaturesOptions& options, Problems& problems) {
  for (const Node& table : node.children) {
    const std::string path = "features.interesting_values." + table.key;
    if (!table.is_mapping()) {
      problems.add(table.where, fmt::format("{}: must be a mapping {{column: [values]}}, not {}", path,
                                            table.value().python_repr()));
      continue;
    }
    auto& columns = options.interesting_values.emplace_back(table.key, std::vector<InterestingColumn>{}).second;
    for (const Node& column : table.children) {
      columns.push_back({.column = column.key, .values = {}});
      read_interesting_column(column, path_of(path, column.key), columns.back(), problems);
    }
  }
}

void read_paths(const Node& node, FeaturesOptions& options, Problems& problems) {
  for (const Node& path : node.children) {
    read_texts(path, "features.allowed_paths", options.allowed_paths.emplace_back(), problems);
  }
}

void read_window(const Node* node, const std::string& path, bool rows_allowed, Problems& problems) {
  if (node == nullptr || node->is_null()) return;
  const auto window = located(*node, path, problems, [&] { return features::read_window(node->text); });
  if (window && !rows_allowed && window->unit == features::Window::Unit::observations) {
    problems.add(node->where, path + ": must be a length of time, not a number of rows");
  }
}

void check_where(const Node& node, const std::string& path, Problems& problems) {
  if (!node.is_null()) check_condition(node, path, problems);
}

void read_seed_primitive(const Node& node, const std::string& section, SeedFeature& seed, Problems& problems) {
  const Node* aggregation = node.find("aggregation");
  const Node* transform = node.find("transform");
  if ((aggregation == nullptr) == (transform == nullptr)) {
    problems.add(node.where, section + ": must name either an aggregation or a transform");
    return;
  }
  const Node& given = aggregation != nullptr ? *aggregation : *transform;
  const auto kind = aggregation != nullptr ? PrimitiveKind::aggregation : PrimitiveKind::transform;
  if (auto use = read_primitive(given, path_of(section, given.key), kind, problems)) seed.primitive = std::move(*use);
  const Texts idle_options = aggregation != nullptr ? Texts{"group_by"} : Texts{"for", "where", "use_previous"};
  for (const std::string& name : idle_options) {
    const Node* idle = node.find(name);
    if (idle != nullptr && !idle->is_null()) {
      problems.add(idle->key_where, fmt::format("{}.{} means nothing for {}", section, name,
                                                aggregation != nullptr ? "an aggregation" : "a transform"));
    }
  }
}

void read_seeds(const Node& node, FeaturesOptions& options, Problems& problems) {
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const Node& entry = node.children[i];
    const std::string section = fmt::format("features.seed_features[{}]", i);
    SeedFeature seed{.place = entry.where};
    const auto accepted = read_section(entry, section, seed_feature_fields(), seed, problems);
    if (!entry.is_mapping()) continue;
    read_seed_primitive(entry, section, seed, problems);
    read_window(find_entry(accepted, "use_previous"), section + ".use_previous", true, problems);
    if (const Node* where = find_entry(accepted, "where")) check_where(*where, section + ".where", problems);
    if (seed.primitive.primitive != nullptr) options.seed_features.push_back(std::move(seed));
  }
}

/// Reads what holds of the inputs of primitives: all of them, or one. Returns the entries that are known.
std::vector<const Node*> read_input_options(const Node& node, const std::string& section,
                                            const Fields<features::PrimitiveOptions>& fields,
                                            features::PrimitiveOptions& options, Problems& problems) {
  using Options = features::PrimitiveOptions;
  const std::array<std::pair<const char*, std::map<std::string, Texts> Options::*>, 4> kByTable{
      {{"include_columns", &Options::include_columns},
       {"ignore_columns", &Options::ignore_columns},
       {"include_group_by_columns", &Options::include_group_by_columns},
       {"ignore_group_by_columns", &Options::ignore_group_by_columns}}};
  auto accepted = read_section(node, section, fields, options, problems);
  for (const auto& [name, member] : kByTable) {
    if (const Node* entry = find_entry(accepted, name)) {
      read_by_table(*entry, path_of(section, name), options.*member, problems);
    }
  }
  return accepted;
}

void read_inputs(const Node& inputs, const std::string& section, const std::vector<const Node*>& entries,
                 features::PrimitiveOptions& options, Problems& problems) {
  Fields<features::PrimitiveOptions> fields = primitive_option_fields();
  std::erase_if(fields, [](const auto& each) { return each.spec.name == "primitives" || each.spec.name == "inputs"; });
  for (std::size_t i = 0; i < inputs.children.size(); ++i) {
    features::PrimitiveOptions& input = options.inputs.emplace_back();
    if (inputs.children[i].is_null()) continue;
    read_input_options(inputs.children[i], fmt::format("{}.inputs[{}]", section, i), fields, input, problems);
  }
  for (const Node* entry : entries) {
    if (entry->key == "primitives" || entry->key == "inputs" || entry->is_null()) continue;
    problems.add(entry->key_where,
                 fmt::format("{}.{} says for all inputs what 'inputs' says for each", section, entry->key),
                 "leave one of them out");
  }
}

void check_primitive_names(const Node& node, const std::string& section, const Texts& given, Problems& problems) {
  for (const std::string& name : given) {
    const bool known = features::find_primitive(PrimitiveKind::aggregation, name) != nullptr ||
                       features::find_primitive(PrimitiveKind::transform, name) != nullptr;
    if (known) continue;
    Texts names;
    for (const features::Primitive& primitive : features::all_primitives()) names.push_back(primitive.name);
    problems.add(node.where, fmt::format("{}.primitives: unknown primitive '{}'", section, name),
                 core::hint_for(name, names));
  }
}

void read_primitive_options(const Node& node, FeaturesOptions& options, Problems& problems) {
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const std::string section = fmt::format("features.primitive_options[{}]", i);
    features::PrimitiveOptions& each = options.primitive_options.emplace_back();
    const auto accepted = read_input_options(node.children[i], section, primitive_option_fields(), each, problems);
    const Node* inputs = find_entry(accepted, "inputs");
    if (inputs != nullptr && !inputs->is_null()) read_inputs(*inputs, section, accepted, each, problems);
    check_primitive_names(node.children[i], section, each.primitives, problems);
  }
}

void read_cutoff(const Node& node, const std::filesystem::path& config, CutoffOptions& cutoff, Problems& problems) {
  cutoff.where = node.where;
  if (node.is_null()) return;
  if (!node.is_mapping()) {
    if (node.text == "now") return;
    cutoff.kind = CutoffOptions::Kind::time;
    cutoff.time = node.text;
    return;
  }
  read_section(node, "features.cutoff_time", cutoff_fields(), cutoff, problems);
  const int n_given = static_cast<int>(!cutoff.time.empty()) + static_cast<int>(!cutoff.column.empty()) +
                      static_cast<int>(!cutoff.file.empty());
  if (n_given != 1) {
    problems.add(node.where, "features.cutoff_time: must be a time, {column: ...} or {file: ...}");
    return;
  }
  if (!cutoff.column.empty()) cutoff.kind = CutoffOptions::Kind::column;
  if (!cutoff.file.empty()) cutoff.kind = CutoffOptions::Kind::file;
  if (cutoff.kind != CutoffOptions::Kind::file && !(cutoff.instance_column.empty() && cutoff.time_column.empty())) {
    problems.add(node.where, "features.cutoff_time: instance and time are columns of a file, and no file is given");
  }
  cutoff.file = find_file(cutoff.file, config);
}

void read_encode(const Node& node, FeaturesOptions& options, Problems& problems) {
  if (node.is_mapping()) {
    read_section(node, "features.encode", encode_fields(), options.encode.emplace(), problems);
  } else if (!node.is_null() && node.scalar.boolean()) {
    options.encode.emplace();
  }
}

void read_select(const Node& node, FeaturesOptions& options, Problems& problems) {
  if (node.is_null()) return;
  SelectOptions& select = options.select;
  read_section(node, "features.select", select_fields(), select, problems);
  if (!select.mutual_information.empty()) return;
  for (const char* name : {"mutual_information_top", "mutual_information_at_least"}) {
    const Node* entry = node.find(name);
    if (entry != nullptr && entry->scalar.is_number() && entry->scalar.number() > 0) {
      problems.add(entry->key_where, fmt::format("features.select.{} needs the column to compare with", name),
                   "name it: mutual_information: COLUMN");
    }
  }
}

void read_primitive_lists(const std::vector<const Node*>& entries, FeaturesOptions& options, Problems& problems) {
  const auto read = [&](const char* name, PrimitiveKind kind) -> std::optional<std::vector<PrimitiveUse>> {
    const Node* entry = find_entry(entries, name);
    if (entry == nullptr || entry->is_null()) return std::nullopt;
    return read_primitives(*entry, path_of("features", name), kind, problems);
  };
  options.aggregations = read("aggregations", PrimitiveKind::aggregation);
  options.transforms = read("transforms", PrimitiveKind::transform);
  options.where_primitives = read("where_primitives", PrimitiveKind::aggregation);
  for (const PrimitiveUse& each : options.where_primitives.value_or(std::vector<PrimitiveUse>{})) {
    if (each.columns.empty() && each.written_as.empty()) continue;
    problems.add(find_entry(entries, "where_primitives")->where,
                 fmt::format("features.where_primitives: {}: 'columns' and 'as' stand at the aggregation itself",
                             each.primitive->name));
  }
  options.group_by_transforms =
      read("group_by_transforms", PrimitiveKind::transform).value_or(std::vector<PrimitiveUse>{});
}

/// The stem up to the first dot, as io names tables after files.
std::string table_name_of(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  const std::string stem = name.substr(0, name.find('.', 1));
  return core::is_glob(stem) ? core::without_glob(stem) : stem;
}

/// The one table of a file, or the target that a store needs.
void read_table(const Node& node, const std::filesystem::path& config, FeaturesOptions& options, Problems& problems) {
  if (!node.is_mapping()) return;
  if (options.of_file()) {
    if (!options.store.empty()) {
      problems.add(node.find("store")->where, "features.store and features.source both say where the rows are",
                   "leave out one of the two");
    }
    const std::string& named = options.table.source.table;
    if (options.target.empty()) options.target = named.empty() ? table_name_of(options.table.source.file) : named;
    complete_table(node, config, options.target, options.table, options.table_places, problems);
    return;
  }
  const Node* target = node.find("target");
  if (target == nullptr || target->is_null()) {
    problems.add(target == nullptr ? node.where : target->where,
                 "features.target is missing: table to make features for");
  }
  for (const Field<TableOptions>& field : table_fields()) {
    const Node* entry = node.find(field.spec.name);
    if (entry == nullptr || entry->is_null()) continue;
    problems.add(entry->key_where,
                 fmt::format("features.{}: says something of a file, and features.source names none", field.spec.name),
                 "write it at the table in the section 'import', or name a file: source");
  }
}

}  // namespace

void read_features(const Node& node, const std::filesystem::path& config, FeaturesOptions& options,
                   Problems& problems) {
  const auto entries = read_section(node, "features", features_fields(), options, problems);
  const auto entry = [&](std::string_view name) { return find_entry(entries, name); };
  for (const Node& child : node.children) options.places[child.key] = child.where;
  read_primitive_lists(entries, options, problems);
  if (const Node* given = entry("interesting_values")) read_interesting(*given, options, problems);
  if (const Node* given = entry("ignore_columns")) {
    read_by_table(*given, "features.ignore_columns", options.ignore_columns, problems);
  }
  if (const Node* given = entry("allowed_paths")) read_paths(*given, options, problems);
  if (const Node* given = entry("primitive_options")) read_primitive_options(*given, options, problems);
  if (const Node* given = entry("seed_features")) read_seeds(*given, options, problems);
  const Node* const cutoff = entry("cutoff_time");
  if (cutoff != nullptr) read_cutoff(*cutoff, config, options.cutoff, problems);
  if (options.semantics == features::Semantics::strict && (cutoff == nullptr || cutoff->is_null())) {
    problems.add(node.where, "features.cutoff_time is missing: with 'semantics: strict' there is no now by default");
  }
  read_window(entry("training_window"), "features.training_window", false, problems);
  read_window(entry("approximate"), "features.approximate", false, problems);
  if (const Node* given = entry("label")) read_label(*given, options.label, problems);
  if (const Node* given = entry("encode")) read_encode(*given, options, problems);
  if (const Node* given = entry("select")) read_select(*given, options, problems);
  if (!options.store.empty()) options.store = find_file(options.store, config);
  read_table(node, config, options, problems);
}

}  // namespace gridmill::config
