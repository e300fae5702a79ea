#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "config/field.hpp"
#include "config/metric_words.hpp"
#include "config/read_calibration.hpp"
#include "config/read_search.hpp"
#include "core/hint.hpp"
#include "prepare/steps.hpp"
#include "search/calibration.hpp"
#include "search/candidates.hpp"
#include "search/hyperparameters.hpp"

namespace gridmill::config {

namespace {

const models::Family* find_family(const Node& name, const std::string& path, Problems& problems) {
  const std::string word = name.value().python_str();
  const models::Family* family = models::find_family(word);
  if (family == nullptr) {
    problems.add(name.where, fmt::format("{}: unknown model '{}'", path, word),
                 core::hint_for(word, models::family_names()));
  }
  return family;
}

/// Gathers the models of a search, each once.
class ModelReader {
 public:
  ModelReader(SearchJob& job, Problems& problems) : job_(job), problems_(problems) {}

  NamedModels read(const Node* model, const Node* grid) {
    const Node* name = model != nullptr && model->is_mapping() ? model->find("name") : model;
    if (name != nullptr) {
      const models::Family* family = find_family(*name, "model", problems_);
      if (family == nullptr) return {};
      default_ = NamedModel{.family = family, .path = "model", .where = name->where};
      job_.model = family->name();
    }
    read_grid(grid);
    if (!names_models(grid) && model != nullptr && name == nullptr) {
      problems_.add(model->where, "model.name is missing: name of the model",
                    core::hint_for("", models::family_names()));
      return {};
    }
    if (grid_models_.empty() && default_) add(*default_);
    NamedModels all = std::move(grid_models_);
    if (!complete_) return {};
    if (model != nullptr && model->is_mapping()) read_shared(*model, all);
    return all;
  }

 private:
  /// What is wrong with the grid itself is not said here.
  void read_grid(const Node* grid) {
    if (grid == nullptr) return;
    if (grid->is_mapping()) return read_entry(*grid, "search.grid");
    for (std::size_t i = 0; i < grid->children.size(); ++i) {
      read_entry(grid->children[i], fmt::format("search.grid[{}]", i));
    }
  }

  void read_entry(const Node& entry, const std::string& path) {
    const Node* axis = entry.find(search::kModelAxis);
    if (axis == nullptr) {
      if (default_) add(*default_);
      return;
    }
    if (!axis->is_list() || axis->children.empty()) complete_ = false;  // which is said where axes are read
    for (const Node& name : axis->children) {
      const std::string where = path_of(path, search::kModelAxis);
      const models::Family* family = axis->is_list() ? find_family(name, where, problems_) : nullptr;
      if (family == nullptr) {
        complete_ = false;
      } else {
        add({.family = family, .path = where, .where = name.where});
      }
    }
  }

  void add(const NamedModel& model) {
    const auto known = std::ranges::find(grid_models_, model.family, &NamedModel::family);
    if (known != grid_models_.end()) return;
    if (!grid_models_.empty()) check_comparable(grid_models_.front(), model);
    grid_models_.push_back(model);
  }

  /// One table ranks all candidates by the same scores on the same folds.
  void check_comparable(const NamedModel& first, const NamedModel& other) {
    if (first.family->task() != other.family->task()) {
      problems_.add(other.where,
                    fmt::format("{}: {} is a model for {}, but {} is one for {}, and one table ranks them all",
                                other.path, other.family->name(), task_text(other.family->task()), first.family->name(),
                                task_text(first.family->task())),
                    "search for them apart");
    } else if (first.family->stratifies() != other.family->stratifies()) {
      const bool other_is_odd = first.family->stratifies();
      problems_.add(
          other.where,
          fmt::format(
              "{}: {} tells usual rows from unusual ones and {} classes from each other, so that their scores do "
              "not compare",
              other.path, (other_is_odd ? other : first).family->name(), (other_is_odd ? first : other).family->name()),
          "search for them apart");
    }
  }

  /// Reads the hyperparameters beside the model's name: those of all candidates whose model has them.
  void read_shared(const Node& node, const NamedModels& all) {
    for (const Node& entry : node.children) {
      if (entry.key == "name" || entry.key == search::kCalibration) continue;
      const std::string path = path_of("model", entry.key);
      bool known = false;
      bool passes = true;
      for (const NamedModel& model : all) {
        const std::vector<core::OptionSpec> options = search::hyperparameters(*model.family);
        const core::OptionSpec* spec = core::find_option(options, entry.key);
        known = known || spec != nullptr;
        passes = passes && (spec == nullptr || check_value(entry, path, *spec, problems_));
      }
      if (!known) refuse(entry, path, all);
      if (known && passes) job_.fixed[entry.key] = entry.value();
    }
    for (const core::Problem& wrong : prepare::check_values(job_.fixed)) {
      problems_.add(node.where, "model: " + wrong.what, wrong.hint);
    }
    for (const NamedModel& model : all) {
      const core::Params params = search::hyperparameters_of({{search::kModelAxis, std::string(model.family->name())}},
                                                             *model.family, job_.fixed);
      for (const std::string& wrong : search::check_together(*model.family, params))
        problems_.add(node.where, "model: " + wrong);
    }
  }

  void refuse(const Node& entry, const std::string& path, const NamedModels& all) {
    std::string names;
    for (const NamedModel& model : all)
      names += fmt::format("{}{}", names.empty() ? "" : " nor ", model.family->name());
    const models::Family& first = default_ ? *default_->family : *all.front().family;
    problems_.add(entry.key_where,
                  fmt::format("{}: {}{} has {} hyperparameter", path, all.size() > 1 ? "neither " : "", names,
                              all.size() > 1 ? "such a" : "no such"),
                  hint_for_key(entry.key, search::hyperparameters(first)));
  }

  SearchJob& job_;
  Problems& problems_;
  std::optional<NamedModel> default_;  // of entries that name none
  NamedModels grid_models_;
  bool complete_ = true;
};

}  // namespace

NamedModels read_models(const Node* model, const Node* grid, SearchJob& job, Problems& problems) {
  return ModelReader(job, problems).read(model, grid);
}

void read_calibration(const Node* model, const NamedModels& models, SearchJob& job, Problems& problems) {
  const Node* node = model == nullptr || !model->is_mapping() ? nullptr : model->find(search::kCalibration);
  if (node == nullptr) return;
  const std::string path = path_of("model", search::kCalibration);
  if (!check_value(*node, path, calibration_option(), problems) || node->is_null()) return;
  for (const NamedModel& each : models) {
    if (each.family->stratifies()) continue;
    const bool is_of_numbers = each.family->task() == core::Task::regression;
    problems.add(node->where,
                 fmt::format("{}: {} does not tell classes apart, so that there are no probabilities", path,
                             each.family->name()),
                 is_of_numbers ? "leave it out; 'predict --interval 0.9' tells how far off a value may be"
                               : "leave it out");
    return;
  }
  if (job.search.refit.rule == RefitOptions::Rule::none) {
    problems.add(node->where, path + ": there is no model to calibrate, as search.refit is false",
                 "leave out one of the two");
  }
  job.fixed[search::kCalibration] = node->value();
}

core::OptionSpec calibration_option() {
  return {.name = search::kCalibration,
          .kinds = {core::Kind::text, core::Kind::null},
          .choices = {"sigmoid", "isotonic", "platt"},
          .meaning =
              "how the probabilities of the best model are made of what the fits of the folds say of the rows they "
              "have not seen, as CalibratedClassifierCV(ensemble=False) does; platt is another word for sigmoid; null: "
              "they are the model's own"};
}

bool names_models(const Node* grid) {
  if (grid == nullptr) return false;
  const auto names = [](const Node& entry) { return entry.find(search::kModelAxis) != nullptr; };
  return grid->is_mapping() ? names(*grid) : std::ranges::any_of(grid->children, names);
}

std::string place_words(const NamedModel& model, const NamedModels& all) {
  if (all.size() < 2) return "";
  return fmt::format(" ({}, line {})", model.path, model.where.line);
}

}  // namespace gridmill::config
