#pragma once

#include <algorithm>
#include <cstddef>

namespace gridmill::features::aggregations {

/// The longest run of hits in a sequence, which may come in parts.
struct RunOfHits {
  std::size_t n = 0;        // entries
  std::size_t n_known = 0;  // not missing
  std::size_t longest = 0;
  std::size_t at_begin = 0;  // length of the run that begins the sequence
  std::size_t at_end = 0;    // ... that ends it

  void add(bool hit, bool known) {
    n_known += static_cast<std::size_t>(known);
    at_end = hit ? at_end + 1 : 0;
    longest = std::max(longest, at_end);
    ++n;
    if (at_end == n) at_begin = n;
  }

  /// Counts an entry that neither ends a run nor prolongs it.
  void leave_out() { ++n_left_out; }

  void merge(const RunOfHits& later) {
    longest = std::max({longest, later.longest, at_end + later.at_begin});
    if (at_begin == n) at_begin = n + later.at_begin;
    at_end = later.at_end == later.n ? at_end + later.n : later.at_end;
    n += later.n;
    n_known += later.n_known;
    n_left_out += later.n_left_out;
  }

  std::size_t n_left_out = 0;
};

}  // namespace gridmill::features::aggregations
