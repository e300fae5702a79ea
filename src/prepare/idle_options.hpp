#pragma once

#include <compare>
#include <span>
#include <string>
#include <vector>

#include "core/frame.hpp"
#include "core/value.hpp"

namespace gridmill::prepare {

/// An option of a candidate that changes nothing, and why.
struct IdleOption {
  std::string option;  // "top_n", or "columns.zip.top_n" of an exception
  std::string why;     // a clause: "it goes with categories: one_hot, and categories is ordinal"

  friend auto operator<=>(const IdleOption&, const IdleOption&) = default;
};

/// Returns the options that parameters give another value than the default, and that do nothing to any column of the
/// frame, whose numbers are called `names`: there is none of their kind, or another option keeps them from it.
std::vector<IdleOption> idle_options(const core::Params& params, const core::Frame& frame,
                                     std::span<const std::string> names);

}  // namespace gridmill::prepare
