#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/matrix.hpp"
#include "core/sparse.hpp"
#include "core/value.hpp"
#include "core/words.hpp"
#include "prepare/step.hpp"

namespace gridmill::prepare {

/// The words of a column in the rows that an encoder learns from.
struct WordLesson {
  core::WordList list;
  std::vector<std::int32_t> codes;  // n rows: places in `list`; list.size(): missing, as a category of its own;
                                    // kMissingCode: missing, which tells nothing
  Labels labels = {};               // of the rows
};

/// What an encoder of words has learnt: what numbers a word becomes. What becomes of a row depends on its word only.
class FittedEncoder {
 public:
  virtual ~FittedEncoder() = default;

  [[nodiscard]] virtual std::size_t n_features() const = 0;
  /// Returns what the features are called if the column is called `column`.
  [[nodiscard]] virtual std::vector<std::string> names(const std::string& column) const = 0;
  /// Returns what becomes of each word of a list, and last what of a missing one: n_features x (list.size() + 1).
  [[nodiscard]] virtual core::SparseMatrix encode(const core::WordList& list) const = 0;
  /// Says whether the training rows had the word; true where an encoder has no use for the question.
  [[nodiscard]] virtual bool knows(std::string_view /*word*/) const { return true; }
  /// Says whether the rows that were learnt from are to be learnt from as `cross_fitted` has them, since what `encode`
  /// makes of them would show a row its own label.
  [[nodiscard]] virtual bool is_cross_fitted() const { return false; }
  /// Returns that: n_features x n rows. Errors: UserError.
  [[nodiscard]] virtual core::Matrix cross_fitted(const WordLesson& /*lesson*/) const { return {}; }
  /// Returns how many entries of a row are kept, on average over the training rows.
  [[nodiscard]] virtual double entries_a_row() const = 0;
  /// Returns a mapping from which the same can be read again, bit for bit.
  [[nodiscard]] virtual core::ValueMapping to_value() const = 0;
};

}  // namespace gridmill::prepare
