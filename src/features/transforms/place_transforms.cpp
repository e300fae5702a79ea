#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "features/definitions/primitive.hpp"
#include "features/transforms/declaration.hpp"
#include "features/transforms/place_kernels.hpp"

namespace gridmill::features {

namespace {

using namespace transforms;
using core::Kind;
using core::OptionSpec;

const std::vector<Slots> kOnePlace = {{of_type(LogicalType::lat_long)}};
const std::vector<Slots> kTwoPlaces = {{of_type(LogicalType::lat_long), of_type(LogicalType::lat_long)}};

OptionSpec distance_unit_option() {
  return {"unit", {Kind::text}, "miles", {}, {"miles", "kilometers"}, "Unit of the distance."};
}

OptionSpec corner_option(std::string name) {
  return {std::move(name),
          {Kind::list},
          core::ValueList{0, 0},
          {},
          {},
          "Corner of the box: latitude, longitude [degrees]."};
}

std::optional<std::string> corner_problem(const core::Params& arguments) {
  for (const char* name : {"point1", "point2"}) {
    const core::ValueList& corner = arguments.at(name).list();
    const bool is_place = corner.size() == 2 && corner[0].is_number() && corner[1].is_number();
    if (!is_place) return std::string(name) + " must be two numbers: latitude, longitude";
  }
  return std::nullopt;
}

}  // namespace

std::vector<Primitive> place_transforms() {
  return {
      with(in_any_order(transform("cityblock_distance", kTwoPlaces, as_double(),
                                  "Distance along the circle of latitude, then along the meridian.",
                                  cityblock_distance_kernel())),
           {distance_unit_option()}),
      in_any_order(transform("geomidpoint", kTwoPlaces, ValueType{.type = LogicalType::lat_long, .tags = {}},
                             "Mean of the latitudes and of the longitudes.", geomidpoint_kernel())),
      with(by_default(in_any_order(transform("haversine", kTwoPlaces, as_number(),
                                             "Distance along the great circle of a sphere.", haversine_kernel()))),
           {distance_unit_option()}),
      checked(
          with(transform("is_in_geobox", kOnePlace, as_nullable_boolean(),
                         "Whether a place is in a box of degrees, edges included; false if missing. Strict: missing.",
                         is_in_geobox_kernel()),
               {corner_option("point1"), corner_option("point2")}),
          corner_problem),
      transform("latitude", kOnePlace, as_number(), "Latitude [degrees].", latitude_kernel()),
      transform("longitude", kOnePlace, as_number(), "Longitude [degrees].", longitude_kernel()),
  };
}

}  // namespace gridmill::features
