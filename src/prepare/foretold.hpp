#pragma once

#include <cstddef>

#include "core/frame.hpp"
#include "core/value.hpp"
#include "prepare/step.hpp"

namespace gridmill::prepare {

/// What the samples of a setting will look like, and what it takes to prepare them; foretold, not learnt.
struct Foretold {
  double n_features = 0;
  double entries_a_row = 0;  // that are kept
  bool is_sparse = false;
  double learnt_bytes = 0;    // words and terms that are kept
  double learning_bytes = 0;  // what learning takes besides, for a time

  /// Returns what the samples take.
  [[nodiscard]] double sample_bytes(std::size_t n_rows) const;
};

/// Foretells what steps with these parameters will make of a frame.
///
/// Categories are counted. Terms are, too, where there are few texts; of many some are read, and the number of terms is
/// taken to grow with the texts as it does there (Heaps' law).
/// `labels`: of all rows. Deterministic: depends on the arguments only. Cost: that of a lesson, of some texts at most.
Foretold foretell(const core::Params& params, const core::Frame& frame, const Labels& labels, bool may_be_sparse);

}  // namespace gridmill::prepare
