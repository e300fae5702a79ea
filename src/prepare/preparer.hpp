#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/frame.hpp"
#include "core/matrix.hpp"
#include "core/prepared_samples.hpp"
#include "prepare/steps.hpp"

namespace gridmill::prepare {

/// Prepares the samples of one frame again and again, learning each setting once from the same training rows.
///
/// Not thread-safe. Deterministic: what is learnt depends on the frame, the steps and the rows only.
class Preparer {
 public:
  /// What was learnt, and the key of the samples that come of it.
  struct Learnt {
    FittedSteps steps;
    std::uint64_t key = 0;
  };

  /// The frame's columns and the labels, of all its rows, must outlive it. None: no step may want them.
  explicit Preparer(const core::Frame& frame, const Labels& labels = {}, std::vector<std::string> names = {})
      : frame_(frame), labels_(labels), names_(std::move(names)) {}

  /// Learns `steps` from the rows `rows`, or finds what was learnt before: of numbers 1 MiB is kept, or one lesson, of
  /// words eight lessons. Where that is the same as was learnt from other rows just before, so is the key. No steps, or
  /// none with anything to do: key 0. Errors: UserError.
  [[nodiscard]] Learnt learn(const Steps& steps, std::span<const core::Index> rows);

  /// Returns all samples after the steps, which were learnt from `rows`. Memory: the samples once more.
  /// Errors: UserError.
  [[nodiscard]] core::PreparedSamples apply(const Learnt& learnt, std::span<const core::Index> rows) const;

  /// Returns how often something was learnt.
  [[nodiscard]] std::size_t n_learnt() const { return n_learnt_; }

 private:
  /// A setting, and the rows it was learnt from: how many, and their hash.
  using LessonKey = std::tuple<std::string, std::size_t, std::size_t>;

  [[nodiscard]] std::vector<double> labels_of(std::span<const core::Index> rows) const;

  core::Frame frame_;
  Labels labels_;
  std::vector<std::string> names_;  // of the frame's features; empty: they have none
  std::map<LessonKey, Learnt> learnt_;
  Learnt last_;
  std::size_t n_learnt_ = 0;
};

}  // namespace gridmill::prepare
