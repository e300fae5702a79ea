#pragma once

#include <span>

#include "core/dataset.hpp"
#include "core/prepared_samples.hpp"
#include "core/value.hpp"
#include "prepare/preparer.hpp"

namespace gridmill::models::svm::test {

/// Returns all samples as the steps among `params` leave them, learnt from `train`. For one fit of a trainer: the keys
/// of different calls say nothing.
inline core::PreparedSamples prepared(const core::Dataset& data, const core::Params& params,
                                      std::span<const core::Index> train) {
  prepare::Preparer preparer({.numbers = data.x});
  return preparer.apply(preparer.learn(prepare::Steps(params), train), train);
}

}  // namespace gridmill::models::svm::test
