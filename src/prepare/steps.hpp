#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/frame.hpp"
#include "core/matrix.hpp"
#include "core/option.hpp"
#include "core/value.hpp"
#include "prepare/step.hpp"

namespace gridmill::prepare {

/// Returns the options of all steps, in the order in which the steps are done.
const std::vector<core::OptionSpec>& step_options();

/// Returns what is wrong with the options of a candidate's steps together, each already checked, in a sentence each.
std::vector<std::string> check_steps(const core::Params& params);

/// Returns a text that is equal for equal steps: "impute=mean preprocessing=minmax"; empty for none.
std::string setting_of(const core::Params& params);

/// What the steps of a candidate have learnt; a cheap value that stands alone.
class FittedSteps {
 public:
  FittedSteps() = default;  // change nothing
  explicit FittedSteps(std::vector<std::shared_ptr<const FittedStep>> steps) : steps_(std::move(steps)) {}

  [[nodiscard]] bool empty() const { return steps_.empty(); }
  /// Says whether no value is missing afterwards.
  [[nodiscard]] bool fills_missing() const;
  /// Returns what the features are called after all steps, given the names of those before them.
  [[nodiscard]] std::vector<std::string> names(std::vector<std::string> before) const;
  /// Returns what a user is to be told of them, a sentence each; `before` as for `names`.
  [[nodiscard]] std::vector<std::string> report(std::vector<std::string> before) const;
  /// Returns all rows of `frame` after all steps: as many features as `names` says x n_rows. Takes little memory
  /// besides.
  [[nodiscard]] core::Matrix apply(const core::Frame& frame) const;

  /// Returns a list, an entry a step, which `from_value` reads back bit for bit.
  [[nodiscard]] core::ValueList to_value() const;
  /// Errors: UserError when `value` is not what `to_value` writes for features of these names.
  static FittedSteps from_value(const core::Value& value, std::vector<std::string> names);

  friend bool operator==(const FittedSteps& a, const FittedSteps& b) { return a.to_value() == b.to_value(); }

 private:
  /// Returns some rows after all steps; `of_block`: 0, 1, ..., as many as there are.
  [[nodiscard]] core::Matrix apply(const core::Frame& frame, std::span<const core::Index> rows,
                                   std::span<const core::Index> of_block) const;

  std::vector<std::shared_ptr<const FittedStep>> steps_;
};

/// The steps that a candidate asks for, in the order in which they are done; a cheap value.
class Steps {
 public:
  Steps() = default;  // none
  /// Reads their options, already checked, from a candidate's parameters; others are of no concern.
  explicit Steps(const core::Params& params);

  [[nodiscard]] bool empty() const { return steps_.empty(); }
  /// Says whether no value will be missing afterwards.
  [[nodiscard]] bool fills_missing() const;
  /// Returns setting_of the candidate.
  [[nodiscard]] const std::string& setting() const { return setting_; }

  /// Learns each step from the lesson's rows of `frame` as the steps before it leave them. Features without names are
  /// called x0, x1, ...
  [[nodiscard]] FittedSteps fit(const core::Frame& frame, Lesson lesson) const;

 private:
  std::vector<std::shared_ptr<const Step>> steps_;
  std::string setting_;
};

}  // namespace gridmill::prepare
