#include <fmt/format.h>

#include "config/field.hpp"
#include "config/read_search.hpp"
#include "core/hint.hpp"
#include "search/hyperparameters.hpp"

namespace gridmill::config {

namespace {

const models::Family* find_family(const Node& name, Problems& problems) {
  const std::string word = name.value().python_str();
  const models::Family* family = models::find_family(word);
  if (family == nullptr) {
    problems.add(name.where, fmt::format("model: unknown model '{}'", word),
                 core::hint_for(word, models::family_names()));
  }
  return family;
}

/// Checks hyperparameters that each are fine for what they are together.
void check_together(const Node& node, const models::Family& family, const core::Params& params, Problems& problems) {
  for (const std::string& wrong : family.check(params)) problems.add(node.where, "model: " + wrong);
}

void read_params(const Node& node, const std::string& path, const models::Family& family, core::Params& params,
                 Problems& problems) {
  const std::vector<core::OptionSpec> options = search::hyperparameters(family);
  for (const Node& entry : node.children) {
    if (entry.key == "name") continue;
    const core::OptionSpec* spec = core::find_option(options, entry.key);
    const std::string entry_path = path_of(path, entry.key);
    if (spec == nullptr) {
      problems.add(entry.key_where, fmt::format("{}: {} has no such hyperparameter", entry_path, family.name()),
                   hint_for_key(entry.key, options));
    } else if (check_value(entry, entry_path, *spec, problems)) {
      params[entry.key] = entry.value();
    }
  }
}

}  // namespace

const models::Family* read_model(const Node& node, SearchJob& job, Problems& problems) {
  const Node* name = node.is_mapping() ? node.find("name") : &node;
  if (name == nullptr) {
    problems.add(node.where, "model.name is missing: name of the model", core::hint_for("", models::family_names()));
    return nullptr;
  }
  const models::Family* family = find_family(*name, problems);
  if (family == nullptr) return nullptr;
  job.model = family->name();
  if (node.is_mapping()) read_params(node, "model", *family, job.fixed, problems);
  check_together(node, *family, job.fixed, problems);
  return family;
}

}  // namespace gridmill::config
