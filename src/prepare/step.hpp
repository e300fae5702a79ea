#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "core/frame.hpp"
#include "core/matrix.hpp"
#include "core/option.hpp"
#include "core/value.hpp"

namespace gridmill::prepare {

/// What a step has learnt: a value that stands alone, without the rows it was learnt from.
class FittedStep {
 public:
  virtual ~FittedStep() = default;

  /// Returns the rows `rows` of `frame`, changed: n_features x rows.size(). The frame's columns are those of the frame
  /// that was learnt from. Deterministic: what becomes of a row does not depend on the others.
  [[nodiscard]] virtual core::Matrix apply(const core::Frame& frame, std::span<const core::Index> rows) const = 0;
  /// Says whether no value is missing afterwards.
  [[nodiscard]] virtual bool fills_missing() const { return false; }
  /// Returns a mapping from which StepKind::read makes the same again, bit for bit. A NaN is null.
  [[nodiscard]] virtual core::ValueMapping to_value() const = 0;
};

/// Something that is learnt from training rows and done to all rows before a model sees them.
class Step {
 public:
  virtual ~Step() = default;

  /// Learns from the rows `rows` of `frame`, of which there is at least one.
  /// Deterministic: depends on the arguments and the setting only.
  [[nodiscard]] virtual std::shared_ptr<const FittedStep> fit(const core::Frame& frame,
                                                              std::span<const core::Index> rows) const = 0;
  /// Says whether no value will be missing afterwards.
  [[nodiscard]] virtual bool fills_missing() const { return false; }
};

/// A kind of step, which one option of a candidate turns on: its value says how, "none" leaves the step out.
struct StepKind {
  core::OptionSpec option;  // texts only; its name is the step's
  /// Makes the step of a value other than "none".
  std::unique_ptr<Step> (*make)(const std::string& how);
  /// Reads what FittedStep::to_value wrote for `n_features` features. Errors: UserError saying what is wrong.
  std::shared_ptr<const FittedStep> (*read)(const core::Value& value, std::size_t n_features);
};

}  // namespace gridmill::prepare
