#pragma once

#include "features/definitions/primitive.hpp"

/// Kernels of places; missing ones give missing results.
namespace gridmill::features::transforms {

Transform cityblock_distance_kernel();  // argument unit
Transform geomidpoint_kernel();
Transform haversine_kernel();  // argument unit
/// Arguments point1, point2. False if missing; in strict semantics missing.
Transform is_in_geobox_kernel();
Transform latitude_kernel();
Transform longitude_kernel();

}  // namespace gridmill::features::transforms
