#include "prepare/steps.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include <fmt/format.h>

#include "core/error.hpp"
#include "prepare/impute.hpp"
#include "prepare/keep_features.hpp"
#include "prepare/missing_indicator.hpp"
#include "prepare/preprocessing.hpp"
#include "prepare/saved_step.hpp"

namespace gridmill::prepare {

namespace {

// Rows go through all steps a block at a time, which the cache holds.
constexpr std::size_t kBlockEntries = std::size_t{1} << 15U;

/// In the order in which they are done.
std::array<const StepKind*, 4> kinds() {
  return {&missing_indicator_kind(), &impute_kind(), &preprocessing_kind(), &keep_features_kind()};
}

std::vector<core::Index> all_rows(std::size_t n) {
  std::vector<core::Index> rows(n);
  std::iota(rows.begin(), rows.end(), core::Index{0});
  return rows;
}

/// A fitted step is told from the others by the entry of its name.
const StepKind& kind_of(const core::Value& saved) {
  if (!saved.is_mapping()) reject_saved("a step must be a mapping");
  for (const StepKind* kind : kinds()) {
    for (const auto& [name, value] : saved.mapping()) {
      if (name == kind->options.front().name) return *kind;
    }
  }
  reject_saved("there is a step that this program does not know");
}

/// Its first option, and what else is not as it is by default.
std::string setting_of(const StepKind& kind, const core::Params& params) {
  std::string setting;
  for (const core::OptionSpec& option : kind.options) {
    const core::Value& value = kind.value_of(params, option.name);
    if (&option != &kind.options.front() && value == option.default_value) continue;
    setting += fmt::format("{}{}={}", setting.empty() ? "" : " ", option.name, value.python_str());
  }
  return setting;
}

}  // namespace

const std::vector<core::OptionSpec>& step_options() {
  static const std::vector<core::OptionSpec> options = [] {
    std::vector<core::OptionSpec> of_kinds;
    for (const StepKind* kind : kinds()) of_kinds.insert(of_kinds.end(), kind->options.begin(), kind->options.end());
    return of_kinds;
  }();
  return options;
}

std::vector<std::string> check_steps(const core::Params& params) { return check_keep_features(params); }

std::string setting_of(const core::Params& params) { return Steps(params).setting(); }

bool FittedSteps::fills_missing() const {
  return std::any_of(steps_.begin(), steps_.end(), [](const auto& step) { return step->fills_missing(); });
}

core::Matrix FittedSteps::apply(const core::Frame& frame) const {
  if (empty()) return {frame.numbers.data, frame.numbers.n_features, frame.numbers.n_samples};
  core::Matrix out;
  const std::vector<core::Index> rows = all_rows(frame.n_rows());
  const std::size_t most = std::max<std::size_t>(1, kBlockEntries / std::max<std::size_t>(1, frame.numbers.n_features));
  for (std::size_t first = 0; first < rows.size(); first += most) {
    const std::size_t n = std::min(most, rows.size() - first);
    const core::Matrix block = apply(frame, std::span(rows).subspan(first, n), std::span(rows).first(n));
    if (first == 0) out.set_size(block.n_rows, rows.size());
    std::copy(block.begin(), block.end(), out.colptr(first));
  }
  return out;
}

core::Matrix FittedSteps::apply(const core::Frame& frame, std::span<const core::Index> rows,
                                std::span<const core::Index> of_block) const {
  core::Matrix block = steps_.front()->apply(frame, rows);
  for (std::size_t s = 1; s < steps_.size(); ++s) block = steps_[s]->apply({.numbers = block}, of_block);
  return block;
}

core::ValueList FittedSteps::to_value() const {
  core::ValueList list;
  for (const auto& step : steps_) list.emplace_back(step->to_value());
  return list;
}

std::vector<std::string> FittedSteps::names(std::vector<std::string> before) const {
  for (const auto& step : steps_) before = step->names(before);
  return before;
}

std::vector<std::string> FittedSteps::report(std::vector<std::string> before) const {
  std::vector<std::string> sentences;
  for (const auto& step : steps_) {
    if (std::string sentence = step->report(before); !sentence.empty()) sentences.push_back(std::move(sentence));
    before = step->names(before);
  }
  return sentences;
}

FittedSteps FittedSteps::from_value(const core::Value& value, std::vector<std::string> names) {
  if (!value.is_list()) reject_saved("must be a list of steps");
  std::vector<std::shared_ptr<const FittedStep>> steps;
  for (const core::Value& saved : value.list()) {
    steps.push_back(kind_of(saved).read(saved, names.size()));
    names = steps.back()->names(names);
  }
  return FittedSteps(std::move(steps));
}

Steps::Steps(const core::Params& params) {
  for (const StepKind* kind : kinds()) {
    std::unique_ptr<Step> step = kind->make(params);
    if (step == nullptr) continue;
    steps_.push_back(std::move(step));
    setting_ += (setting_.empty() ? "" : " ") + setting_of(*kind, params);
  }
}

bool Steps::fills_missing() const {
  return std::any_of(steps_.begin(), steps_.end(), [](const auto& step) { return step->fills_missing(); });
}

FittedSteps Steps::fit(const core::Frame& frame, Lesson lesson) const {
  GRIDMILL_ASSERT(!lesson.rows.empty(), "there are rows to learn from");
  for (std::size_t j = lesson.names.size(); j < frame.numbers.n_features; ++j)
    lesson.names.push_back(fmt::format("x{}", j));
  std::vector<std::shared_ptr<const FittedStep>> fitted;
  core::Matrix held;  // the training rows alone, as the steps so far leave them
  std::vector<core::Index> rows_of_held;
  core::Frame seen = frame;
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    fitted.push_back(steps_[s]->fit(seen, lesson));
    if (s + 1 == steps_.size()) break;
    held = fitted.back()->apply(seen, lesson.rows);
    lesson.names = fitted.back()->names(lesson.names);
    rows_of_held = all_rows(held.n_cols);
    seen = {.numbers = held};
    lesson.rows = rows_of_held;
  }
  return FittedSteps(std::move(fitted));
}

}  // namespace gridmill::prepare
