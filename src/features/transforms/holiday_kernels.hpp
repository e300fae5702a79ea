#pragma once

#include "features/definitions/primitive.hpp"

/// Kernels by the date of a time; argument `country`, see holidays.hpp.
namespace gridmill::features::transforms {

Transform date_to_holiday_kernel();
/// Argument `holiday`; ties go to the earlier day.
Transform distance_to_holiday_kernel();
/// Missing where the time is.
Transform is_federal_holiday_kernel();

}  // namespace gridmill::features::transforms
