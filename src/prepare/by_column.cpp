#include "prepare/by_column.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/matrix.hpp"
#include "prepare/all_rows.hpp"
#include "prepare/column_exceptions.hpp"
#include "prepare/saved_step.hpp"

namespace gridmill::prepare {

namespace {

constexpr const char* kGroups = "by_column";

/// Some features, and what is done to them; null: nothing.
struct Group {
  std::vector<std::size_t> features;
  std::shared_ptr<const FittedStep> step;
};

core::Matrix picked(const core::MatrixView& x, std::span<const core::Index> rows,
                    const std::vector<std::size_t>& features) {
  core::Matrix out(features.size(), rows.size(), arma::fill::none);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::span<const double> sample = x.sample(rows[i]);
    for (std::size_t f = 0; f < features.size(); ++f) out(f, i) = sample[features[f]];
  }
  return out;
}

std::vector<std::string> picked(const std::vector<std::string>& names, const std::vector<std::size_t>& features) {
  std::vector<std::string> out;
  for (const std::size_t feature : features) out.push_back(names[feature]);
  return out;
}

class FittedByColumn final : public FittedStep {
 public:
  explicit FittedByColumn(std::vector<Group> groups) : groups_(std::move(groups)) {}

  [[nodiscard]] core::Matrix apply(const core::Frame& frame, std::span<const core::Index> rows) const override {
    core::Matrix out;
    const std::vector<core::Index> all = all_rows(rows.size());
    for (const Group& group : groups_) {
      core::Matrix part = picked(frame.numbers, rows, group.features);
      if (group.step != nullptr) part = group.step->apply({.numbers = part}, all);
      out = out.empty() ? std::move(part) : core::Matrix(arma::join_cols(out, part));
    }
    return out;
  }
  [[nodiscard]] bool fills_missing() const override {
    return std::ranges::all_of(groups_, [](const Group& each) { return each.step && each.step->fills_missing(); });
  }
  [[nodiscard]] std::size_t numbers_a_feature() const override {
    std::size_t most = 0;
    for (const Group& group : groups_) most = std::max(most, group.step ? group.step->numbers_a_feature() : 0);
    return most;
  }
  [[nodiscard]] std::vector<std::string> names(const std::vector<std::string>& before) const override {
    std::vector<std::string> all;
    for (const Group& group : groups_) {
      std::vector<std::string> own = picked(before, group.features);
      if (group.step != nullptr) own = group.step->names(own);
      all.insert(all.end(), own.begin(), own.end());
    }
    return all;
  }
  [[nodiscard]] core::ValueMapping to_value() const override {
    core::ValueList groups;
    for (const Group& group : groups_) {
      core::ValueList features;
      for (const std::size_t feature : group.features) features.emplace_back(static_cast<std::int64_t>(feature));
      groups.emplace_back(
          core::ValueMapping{{"features", std::move(features)},
                             {"step", group.step == nullptr ? core::Value() : core::Value(group.step->to_value())}});
    }
    return {{kGroups, std::move(groups)}};
  }

 private:
  std::vector<Group> groups_;  // their features are all that there are, each once
};

class ByColumn final : public Step {
 public:
  ByColumn(const StepKind& kind, core::Params params) : kind_(kind), params_(std::move(params)) {}

  [[nodiscard]] std::shared_ptr<const FittedStep> fit(const core::Frame& frame, const Lesson& lesson) const override {
    std::vector<std::pair<core::Params, Group>> groups{{own(params_), {}}};
    for (std::size_t f = 0; f < frame.numbers.n_features; ++f) {
      core::Params params = own(params_for(params_, lesson.names[f]));
      auto found = std::ranges::find(groups, params, &std::pair<core::Params, Group>::first);
      if (found == groups.end()) found = groups.insert(groups.end(), {std::move(params), {}});
      found->second.features.push_back(f);
    }
    std::vector<Group> fitted;
    for (auto& [params, group] : groups) {
      if (group.features.empty()) continue;
      if (const std::unique_ptr<Step> step = kind_.make(params)) {
        const core::Matrix part = picked(frame.numbers, lesson.rows, group.features);
        const std::vector<core::Index> all = all_rows(lesson.rows.size());
        Lesson of_group = lesson;
        of_group.rows = all;
        of_group.names = picked(lesson.names, group.features);
        group.step = step->fit({.numbers = part}, of_group);
      }
      fitted.push_back(std::move(group));
    }
    return std::make_shared<FittedByColumn>(std::move(fitted));
  }

 private:
  /// Those of the kind, with what is left out as its default.
  [[nodiscard]] core::Params own(const core::Params& params) const {
    core::Params own;
    for (const core::OptionSpec& option : kind_.options) own.emplace(option.name, kind_.value_of(params, option.name));
    return own;
  }

  const StepKind& kind_;
  core::Params params_;
};

}  // namespace

std::unique_ptr<Step> by_column(const StepKind& kind, const core::Params& params) {
  bool is_named = false;
  for (const auto& [pattern, own] : exceptions_of(params)) {
    if (!own.is_mapping()) continue;
    for (const auto& [name, value] : own.mapping()) {
      is_named = is_named || core::find_option(kind.options, name) != nullptr;
    }
  }
  return is_named ? std::make_unique<ByColumn>(kind, params) : kind.make(params);
}

bool is_by_column(const core::Value& saved) {
  return saved.is_mapping() && !saved.mapping().empty() && saved.mapping().front().first == kGroups;
}

std::shared_ptr<const FittedStep> read_by_column(const core::Value& saved, std::size_t n_features,
                                                 const StepKind& (*kind_of)(const core::Value& saved)) {
  const core::Value& list = saved_entry(saved, kGroups);
  if (!list.is_list()) reject_saved("by_column must be a list of groups");
  std::vector<Group> groups;
  std::vector<char> seen(n_features, 0);
  for (const core::Value& each : list.list()) {
    Group group;
    const core::Value& features = saved_entry(each, "features");
    if (!features.is_list()) reject_saved("features must be a list");
    for (const core::Value& feature : features.list()) {
      const bool is_one =
          feature.is_integer() && feature.integer() >= 0 && feature.integer() < static_cast<std::int64_t>(n_features);
      if (!is_one || std::exchange(seen[static_cast<std::size_t>(feature.integer())], 1) != 0) {
        reject_saved("features must be numbers of features, each once");
      }
      group.features.push_back(static_cast<std::size_t>(feature.integer()));
    }
    const core::Value& step = saved_entry(each, "step");
    if (!step.is_null()) group.step = kind_of(step).read(step, group.features.size());
    groups.push_back(std::move(group));
  }
  if (std::ranges::find(seen, 0) != seen.end()) reject_saved("by_column leaves features out");
  return std::make_shared<FittedByColumn>(std::move(groups));
}

}  // namespace gridmill::prepare
