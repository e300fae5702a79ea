#pragma once

#include "prepare/preprocessing.hpp"

namespace gridmill::prepare {

/// What lies beyond the quantiles `clip_share` and 1 - clip_share of the training rows becomes these.
/// Source: numpy.clip(x, *numpy.nanquantile(x, [share, 1 - share], axis=0)), bit for bit.
PreprocessingWay clip_way();

/// Returns the option that says how many values are cut off on each side.
core::OptionSpec clip_share_option();

}  // namespace gridmill::prepare
