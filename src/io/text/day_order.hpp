#pragma once

#include <cstddef>
#include <optional>

#include "io/text/datetime.hpp"

namespace gridmill::io {

/// Keeps day and month in one order throughout a column.
class ColumnDayOrder {
 public:
  /// `likely`: the order where no cell shows another; nothing: month first.
  explicit ColumnDayOrder(std::optional<DayOrder> likely = {}) : likely_(likely) {}
  /// Returns a column that has this order, whatever its cells show: one that shows another contradicts it.
  static ColumnDayOrder known(DayOrder order) {
    ColumnDayOrder days;
    days.shown_ = order;
    return days;
  }

  /// How to read the next cell; nothing: as its marks suggest.
  [[nodiscard]] std::optional<DayOrder> order() const { return shown_ ? shown_ : used_ ? used_ : likely_; }

  /// Takes note of a cell. Returns false if it contradicts those before it: where these only might have been read in
  /// the other order, all of them must be read again (`must_read_again`); otherwise the column has two orders.
  bool accept(const TimeText& cell) {
    if (cell.chose) {
      used_ = cell.chose;
      ++n_chosen_;
    }
    if (!cell.shows) return true;
    if (shown_ && *shown_ != *cell.shows) return false;
    shown_ = cell.shows;
    must_read_again_ = n_chosen_ > 0 && used_ != shown_;
    return !must_read_again_;
  }

  [[nodiscard]] bool must_read_again() const { return must_read_again_; }
  /// Begins anew with the order that a cell has shown.
  void read_again() {
    used_ = shown_;
    n_chosen_ = 0;
    must_read_again_ = false;
  }

  /// The order that no cell shows, but by which some were read.
  [[nodiscard]] std::optional<DayOrder> guessed() const {
    return shown_ || likely_ || n_chosen_ == 0 ? std::nullopt : used_;
  }
  [[nodiscard]] std::optional<DayOrder> shown() const { return shown_; }

 private:
  std::optional<DayOrder> likely_;
  std::optional<DayOrder> shown_;
  std::optional<DayOrder> used_;
  std::size_t n_chosen_ = 0;
  bool must_read_again_ = false;
};

}  // namespace gridmill::io
