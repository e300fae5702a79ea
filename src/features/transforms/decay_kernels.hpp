#pragma once

#include <optional>
#include <string>

#include "core/value.hpp"
#include "features/definitions/primitive.hpp"

/// Kernels with exponentially decaying weights: pandas ewm(adjust=True, ignore_na), bias corrected.
namespace gridmill::features::transforms {

/// Says what is wrong with the arguments com, span, halflife, alpha together, or nothing.
std::optional<std::string> decay_problem(const core::Params& arguments);

Transform decaying_mean_kernel();
Transform decaying_variance_kernel();
Transform decaying_deviation_kernel();

}  // namespace gridmill::features::transforms
