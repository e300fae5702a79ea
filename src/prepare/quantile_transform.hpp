#pragma once

#include "prepare/preprocessing.hpp"

namespace gridmill::prepare {

/// Where a number stands among those of the training rows: from 0 to 1, or as many standard deviations from the middle
/// of a normal distribution, 5.2 at most.
///
/// Learnt are 1000 quantiles, fewer of fewer rows; of more than 10,000 rows, 10,000 are drawn by the job's seed.
/// Source: scikit-learn 1.2.1's QuantileTransformer(random_state=seed): uniform bit for bit, normal to 1e-14.
PreprocessingWay quantile_uniform_way();
PreprocessingWay quantile_normal_way();

}  // namespace gridmill::prepare
