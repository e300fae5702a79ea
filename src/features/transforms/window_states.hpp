#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "features/transforms/windows.hpp"

namespace gridmill::features::transforms {

// States of windows: each holds what some values give together, and takes in the values of another behind its own.
// Merging centred moments loses no digits to a large common offset, and nothing is ever taken away again.

struct MeanState {
  double n = 0;
  double sum = 0;

  void take_in(const MeanState& later) {
    n += later.n;
    sum += later.sum;
  }
};

/// Source: Chan, Golub, LeVeque 1979, updating formulae for variances.
struct VarianceState {
  double n = 0;
  double mean = 0;
  double squares = 0;  // sum of squared distances from the mean

  void take_in(const VarianceState& later) {
    if (later.n == 0) return;
    if (n == 0) {
      *this = later;
      return;
    }
    const double total = n + later.n;
    const double distance = later.mean - mean;
    mean += distance * later.n / total;
    squares += later.squares + distance * distance * n * later.n / total;
    n = total;
  }
};

/// Least squares of y over x, both centred.
struct TrendState {
  double n = 0;
  double mean_x = 0;
  double mean_y = 0;
  double xx = 0;
  double xy = 0;
  std::int64_t first = 0;  // time of the first value [ns]

  void take_in(const TrendState& later) {
    if (later.n == 0) return;
    if (n == 0) {
      *this = later;
      return;
    }
    const double total = n + later.n;
    const double dx = later.mean_x - mean_x;
    const double dy = later.mean_y - mean_y;
    const double weight = n * later.n / total;
    mean_x += dx * later.n / total;
    mean_y += dy * later.n / total;
    xx += later.xx + dx * dx * weight;
    xy += later.xy + dx * dy * weight;
    n = total;
  }
};

/// Calls emit(i, state of window i) for each window. `states` holds one state a value, the empty state for those that
/// do not count. Cost: O(n) merges: a queue of two stacks, the older of which holds states of its values and all later
/// ones in it.
template <class State, class Emit>
void slide(const Windows& windows, std::span<const State> states, Emit emit) {
  std::vector<State> older;  // older[k]: values [end_of_older - 1 - k, end_of_older)
  State newer;               // values [end_of_older, end)
  std::size_t end_of_older = 0;
  std::size_t end = 0;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    for (; end < windows.end[i]; ++end) newer.take_in(states[end]);
    const std::size_t begin = windows.begin[i];
    if (begin >= end_of_older) {
      older.clear();
      for (std::size_t k = end; k-- > begin;) {
        State both = states[k];
        if (!older.empty()) both.take_in(older.back());
        older.push_back(both);
      }
      end_of_older = end;
      newer = State{};
    }
    older.resize(end_of_older > begin ? end_of_older - begin : 0);
    State whole = older.empty() ? State{} : older.back();
    whole.take_in(newer);
    emit(i, whole);
  }
}

}  // namespace gridmill::features::transforms
