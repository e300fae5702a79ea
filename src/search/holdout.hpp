#pragma once

#include <cstddef>
#include <cstdint>

#include "core/dataset.hpp"
#include "core/value.hpp"
#include "search/folds.hpp"

namespace gridmill::search {

/// Which rows are held out of a search for the final report.
struct HoldoutOptions {
  enum class Kind {
    share,       // stratified for classes; random for values, and where rows are shuffled
    random,      // train_test_split(test_size=share)
    stratified,  // train_test_split(test_size=share, stratify=y)
    last,        // the last rows, in their order: train_test_split(test_size=share, shuffle=False)
    after,       // rows later than a time
    groups,      // whole groups: GroupShuffleSplit(n_splits=1, test_size=share)
  };
  Kind kind = Kind::share;
  double share = 0;   // of the rows, or of the groups, in [0, 1); 0: none is held out
  core::Value after;  // a time as text, or a number

  [[nodiscard]] bool any() const { return share > 0 || kind == Kind::after; }
  /// Says whether single rows are dealt at random, whatever their time or group.
  [[nodiscard]] bool deals_rows() const { return kind <= Kind::stratified && share > 0; }
  friend bool operator==(const HoldoutOptions&, const HoldoutOptions&) = default;
};

/// The order in which a search takes the rows.
enum class RowOrder {
  kept,      // that of the file, or of the time
  shuffled,  // that of scikit-learn's train_test_split, or of sklearn.utils.shuffle where none is held out
};

/// Returns which rows are learnt from, in the order in which they are taken, and which are held out.
///
/// `n_before`: for `after`, how many rows come first. Shuffled are rows that are dealt, and all rows where none is held
/// out. Errors: UserError where scikit-learn raises, and where a side would be left without rows or groups.
/// Source: scikit-learn 1.2.1 with random_state=seed.
Fold hold_out(const core::Dataset& data, const HoldoutOptions& options, RowOrder order, std::uint32_t seed,
              std::size_t n_before = 0);

}  // namespace gridmill::search
