#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/frame.hpp"
#include "core/matrix.hpp"
#include "core/option.hpp"
#include "core/sparse.hpp"
#include "core/value.hpp"
#include "prepare/encode.hpp"
#include "prepare/step.hpp"

namespace gridmill::prepare {

/// Returns the kinds of steps, in the order in which they are done.
const std::vector<const StepKind*>& step_kinds();
/// Says whether a column may have options of the kind for itself.
bool is_of_columns(const StepKind& kind);

/// Returns the options of all steps, in the order in which the steps are done, and the exceptions for columns.
const std::vector<core::OptionSpec>& step_options();

/// Returns what is wrong with single options of a candidate's steps, or with exceptions for columns, beyond their type.
std::vector<core::Problem> check_values(const core::Params& params);

/// Returns what is wrong with the options of a candidate's steps together, each already checked, in a sentence each.
std::vector<std::string> check_steps(const core::Params& params);

/// Says whether they leave no value of a column of numbers missing.
bool fills_missing(const core::Params& params, std::string_view column);

/// Returns a text that is equal for equal steps: "impute=mean preprocessing=minmax"; empty for none. Where features are
/// chosen by the model itself, its hyperparameters are part of it.
std::string setting_of(const core::Params& params);

/// What the steps of a candidate have learnt; a cheap value that stands alone.
class FittedSteps {
 public:
  FittedSteps() = default;  // change nothing
  explicit FittedSteps(std::vector<std::shared_ptr<const FittedStep>> steps) : steps_(std::move(steps)) {}

  [[nodiscard]] bool empty() const { return steps_.empty(); }
  /// Says whether no value is missing afterwards.
  [[nodiscard]] bool fills_missing() const;
  /// Returns how many numbers of a feature they keep at most.
  [[nodiscard]] std::size_t numbers_a_feature() const;
  /// Returns what the features are called after all steps, given the names of those before them.
  [[nodiscard]] std::vector<std::string> names(std::vector<std::string> before) const;
  /// Returns what a user is to be told of them, a sentence each; `before` as for `names`.
  [[nodiscard]] std::vector<std::string> report(std::vector<std::string> before) const;
  /// Says whether the rows come best without their 0s, as `apply_sparse` returns them.
  [[nodiscard]] bool is_sparse() const { return !steps_.empty() && steps_.back()->is_sparse(); }
  /// Returns all rows of `frame` after all steps: as many features as `names` says x n_rows. Takes little memory
  /// besides.
  [[nodiscard]] core::Matrix apply(const core::Frame& frame) const;
  [[nodiscard]] core::SparseMatrix apply_sparse(const core::Frame& frame) const;

  /// Says whether a model is to learn from the rows that the steps have learnt from as `apply_to_lesson` leaves them.
  [[nodiscard]] bool is_cross_fitted() const;
  /// Returns those rows, in the order of the lesson. Errors: UserError.
  [[nodiscard]] core::Matrix apply_to_lesson(const core::Frame& frame, const Lesson& lesson) const;

  /// Returns words of `frame` that the rows that were learnt from did not have, by column.
  [[nodiscard]] std::vector<UnseenWords> unseen_words(const core::Frame& frame) const;

  /// Returns a list, an entry a step, which `from_value` reads back bit for bit.
  [[nodiscard]] core::ValueList to_value() const;
  /// Errors: UserError when `value` is not what `to_value` writes for features of these names.
  static FittedSteps from_value(const core::Value& value, std::vector<std::string> names);

  friend bool operator==(const FittedSteps& a, const FittedSteps& b) { return a.to_value() == b.to_value(); }

 private:
  /// Returns the steps made ready for one frame.
  [[nodiscard]] FittedSteps bound_to(const core::Frame& frame) const;
  /// Calls `take` with the frame and its rows that the last step is to be applied to, block after block.
  template <class Take>
  void for_each_block(const core::Frame& frame, Take take) const;

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
  /// Lets samples be kept without their 0s where that pays.
  void allow_sparse();
  /// Gives the model by which features are chosen, where they are (keep_by: importance); `whose`: its name.
  void measure_by(MeasureByModel measure, std::string_view whose);

  /// Learns each step from the lesson's rows of `frame` as the steps before it leave them. Features without names are
  /// called x0, x1, ...
  [[nodiscard]] FittedSteps fit(const core::Frame& frame, Lesson lesson) const;

 private:
  std::vector<std::shared_ptr<const Step>> steps_;
  std::string setting_;
  bool may_be_sparse_ = false;
  bool asks_model_ = false;
  MeasureByModel measure_;
};

}  // namespace gridmill::prepare
