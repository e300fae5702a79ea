#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "models/svm/kernels/kernel_rows.hpp"
#include "models/svm/kernels/problem_memory.hpp"
#include "models/svm/solver/deadline.hpp"
#include "models/svm/solver/smo_passes.hpp"

namespace gridmill::models::svm {

/// The kernel matrix of one problem: the entries of chosen samples, in the problem's order.
///
/// Where the samples lie close together in the source, as the training samples of a fold do, its rows are read in
/// place: variables then have slots, in windows over a row, and there are slots without variable. Where they are
/// scattered, or so few that idle slots would cost more, rows are copied when first used.
class ProblemRows {
 public:
  /// `positions`: of the problem's samples in `source`, at least one; their order decides ties. A regression names
  /// each twice. `memory` holds copies; those of earlier problems with the same positions are used. Both must outlive
  /// this, and one problem at a time uses the memory. What reads many rows at a time gives up at `deadline`.
  ProblemRows(KernelRows& source, std::vector<core::Index> positions, ProblemMemory& memory,
              const Deadline& deadline = {});

  /// Returns the position of each variable in the source.
  [[nodiscard]] std::span<const core::Index> positions() const { return positions_; }
  /// Returns how many variables there are.
  [[nodiscard]] std::size_t size() const { return positions_.size(); }
  /// Returns the slot of variable k; slots ascend with k.
  [[nodiscard]] std::size_t slot(std::size_t k) const { return slots_[k]; }
  [[nodiscard]] std::size_t n_slots() const { return positions_at_.size(); }
  /// Returns where in a row the slots are.
  [[nodiscard]] std::span<const Window> windows() const { return windows_; }

  /// Returns the row of the variable at `slot`, to be read in the windows; valid until the second next call.
  const float* row(std::size_t slot);
  /// Adds `factor` times the entries of variable k to the `sums` of all variables.
  void add_row(double factor, std::size_t k, std::span<double> sums);
  /// The same for one variable after the other. Returns false, with some left out, if the deadline passes.
  struct Addend {
    double factor;
    std::size_t k;
  };
  [[nodiscard]] bool add_rows(std::span<const Addend> addends, std::span<double> sums);
  /// Says that the row of the variable at `slot` will be asked for soon.
  void expect(std::size_t slot) { source_.expect(positions_at_[slot]); }
  /// Says, before each of them, that the rows of `slots` are asked for in their order, and which one is next.
  void expect_in_turn(std::span<const std::size_t> slots, std::size_t next);
  /// Returns how many rows ahead it is worth while to say so.
  [[nodiscard]] std::size_t foresight() const { return in_place_ || computes_ ? source_.foresight() : 0; }
  /// Says whether the row of the variable at `slot` would have to be computed, and others might be on a guess.
  [[nodiscard]] bool takes_guesses(std::size_t slot) const {
    return computes_ && !is_copied(slot) && source_.takes_guesses(positions_at_[slot]);
  }
  /// Returns where in a row the variable at `slot` is.
  [[nodiscard]] std::size_t column(std::size_t slot) const { return in_place_ ? positions_at_[slot] : slot; }
  /// Returns the kernel of the variable at `slot` with itself, in double.
  [[nodiscard]] double diagonal(std::size_t slot) const { return source_.diagonal()[positions_at_[slot]]; }

  /// Says whether rows are computed when they are asked for.
  [[nodiscard]] bool computes() const { return computes_; }
  /// Says of the whole matrix what KernelRows does.
  [[nodiscard]] bool is_bounded_and_definite() const { return source_.is_bounded_and_definite(); }

  /// Says whether products_with() knows the answer already.
  [[nodiscard]] bool knows_products_with(const std::vector<double>& direction) const;
  /// Returns sums_k = sum over l of K_kl direction_l; k and l count variables. Null if the deadline passes.
  /// Cost: reads half the matrix, unless one of the last calls for this memory, positions and direction did.
  [[nodiscard]] const std::vector<double>* products_with(const std::vector<double>& direction);

  /// Returns where parts of the problem find memory for copies of their rows.
  [[nodiscard]] RowSlots& part_copies() { return memory_.part_copies; }
  [[nodiscard]] std::size_t part_bytes() const { return memory_.bytes / 2; }

 private:
  void place_in(std::vector<Window> windows);
  const float* copied_row(std::size_t k);
  [[nodiscard]] bool is_copied(std::size_t k) const;
  [[nodiscard]] std::optional<std::vector<double>> sum_up(const std::vector<double>& direction);

  KernelRows& source_;
  std::vector<core::Index> positions_;
  ProblemMemory& memory_;
  Deadline deadline_;
  bool computes_;  // the source does
  bool in_place_ = false;
  std::vector<Window> windows_;
  std::vector<std::size_t> slots_;
  std::vector<core::Index> positions_at_;  // by slot; anything where there is no variable
  SmallCopies* small_copies_ = nullptr;    // of all rows of a small problem
  RowSlots* copies_ = nullptr;             // of some rows of a large one
};

}  // namespace gridmill::models::svm
