#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/dataset.hpp"
#include "core/frame.hpp"
#include "core/matrix.hpp"
#include "core/option.hpp"
#include "core/sparse.hpp"
#include "core/value.hpp"

namespace gridmill::prepare {

/// What is known of rows beside their columns; a cheap value.
struct Labels {
  core::Task task = core::Task::regression;
  std::span<const double> y;  // class code in [0, n_classes), or the value; empty: not known
  std::size_t n_classes = 0;  // classification only
  std::uint32_t seed = 0;     // of what is random (random_state)
};

struct Lesson;

/// Returns how much a model, fitted to the lesson's rows of a frame without words, makes of each of its features.
/// Errors: those of the model.
using MeasureByModel = std::function<std::vector<double>(const core::Frame& frame, const Lesson& lesson)>;

/// The rows that a step learns from.
struct Lesson {
  std::span<const core::Index> rows;    // of the frame; at least one
  Labels labels = {};                   // of these rows, in their order: y has rows.size() entries
  std::vector<std::string> names = {};  // of the frame's numbers
  bool may_be_sparse = false;           // the samples that come of it may be kept without their 0s
  MeasureByModel measure = {};          // by the candidate's model; none: there is no step that wants it
};

/// What a step has learnt: a value that stands alone, without the rows it was learnt from.
class FittedStep {
 public:
  virtual ~FittedStep() = default;

  /// Returns the rows `rows` of `frame`, changed: as many features as `names` says x rows.size(). The frame's columns
  /// are those of the frame that was learnt from. Deterministic: what becomes of a row does not depend on the others.
  [[nodiscard]] virtual core::Matrix apply(const core::Frame& frame, std::span<const core::Index> rows) const = 0;
  /// Returns the same step for the rows of this frame alone, made ready to be applied block after block; null: it needs
  /// no getting ready.
  [[nodiscard]] virtual std::shared_ptr<const FittedStep> bound_to(const core::Frame& /*frame*/) const {
    return nullptr;
  }
  /// Says whether it leaves samples best kept without their 0s, by `apply_sparse`. Only where all steps behind it take
  /// such samples.
  [[nodiscard]] virtual bool is_sparse() const { return false; }
  [[nodiscard]] virtual core::SparseMatrix apply_sparse(const core::Frame& /*frame*/,
                                                        std::span<const core::Index> /*rows*/) const {
    return {};
  }
  /// Says whether the rows that were learnt from are to be learnt from as `apply_to_lesson` leaves them, not `apply`,
  /// which would show a row its own label. A step that was read says no.
  [[nodiscard]] virtual bool is_cross_fitted() const { return false; }
  /// Returns the lesson's rows. Errors: UserError.
  [[nodiscard]] virtual core::Matrix apply_to_lesson(const core::Frame& frame, const Lesson& lesson) const {
    return apply(frame, lesson.rows);
  }
  /// Says whether no value is missing afterwards.
  [[nodiscard]] virtual bool fills_missing() const { return false; }
  /// Returns how many numbers of a feature it keeps at most.
  [[nodiscard]] virtual std::size_t numbers_a_feature() const { return 3; }
  /// Returns what the features that it leaves are called, given the names of those it takes.
  [[nodiscard]] virtual std::vector<std::string> names(const std::vector<std::string>& before) const { return before; }
  /// Returns what a user is to be told of it, in a sentence; empty: nothing. `before`: as for `names`.
  [[nodiscard]] virtual std::string report(const std::vector<std::string>& /*before*/) const { return {}; }
  /// Returns a mapping from which StepKind::read makes the same again, bit for bit. A NaN is null.
  [[nodiscard]] virtual core::ValueMapping to_value() const = 0;
};

/// Something that is learnt from training rows and done to all rows before a model sees them.
class Step {
 public:
  virtual ~Step() = default;

  /// Learns from the lesson's rows of `frame`, and from nothing else of it. Errors: UserError saying why nothing can be
  /// learnt from them: to a search a fit that fails.
  /// Returns null where there is nothing for it to do in this frame.
  /// Deterministic: depends on the arguments and the setting only.
  [[nodiscard]] virtual std::shared_ptr<const FittedStep> fit(const core::Frame& frame, const Lesson& lesson) const = 0;
  /// Says whether no value will be missing afterwards.
  [[nodiscard]] virtual bool fills_missing() const { return false; }
  /// Says whether it learns from sparse samples (core::Frame::sparse), too.
  [[nodiscard]] virtual bool takes_sparse() const { return false; }
};

/// Where an option does something: beside another one at some of its values.
struct OptionUse {
  std::string_view option;
  std::string_view beside;
  std::vector<std::string_view> values = {};  // of the other; none: all but its default
};

/// A kind of step, which options of a candidate turn on.
struct StepKind {
  std::string saved_as = {};  // of what is learnt, where it is saved; empty: that of the first option
  std::vector<core::OptionSpec> options;
  std::vector<OptionUse> uses = {};  // of options that do nothing by themselves
  /// Makes the step that a candidate's parameters, already checked, ask for; null: they leave it out.
  std::unique_ptr<Step> (*make)(const core::Params& params);
  /// Reads what FittedStep::to_value wrote for `n_features` features. Errors: UserError saying what is wrong.
  std::shared_ptr<const FittedStep> (*read)(const core::Value& value, std::size_t n_features);

  [[nodiscard]] const std::string& saved_name() const { return saved_as.empty() ? options.front().name : saved_as; }
  /// Returns the option of that name as the parameters have it, or its default.
  [[nodiscard]] const core::Value& value_of(const core::Params& params, std::string_view name) const {
    return core::value_of(params, options, name);
  }
};

}  // namespace gridmill::prepare
