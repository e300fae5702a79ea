#include "features/transforms/place_kernels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string>
#include <tuple>
#include <utility>

#include "features/transforms/entries.hpp"

namespace gridmill::features::transforms {

namespace {

using Coordinates = std::array<double, 2>;  // latitude, longitude [degrees]

/// Mean radius of the earth.
double radius_in(const std::string& unit) { return unit == "kilometers" ? 6371.0088 : 3958.7613; }

double radians(double degrees) { return degrees * (std::numbers::pi / 180); }

/// Angle between two places [rad], by the haversine formula.
double angle_between(const Coordinates& a, const Coordinates& b) {
  const double lat_a = radians(a[0]);
  const double lat_b = radians(b[0]);
  const double half_lat = std::sin((lat_b - lat_a) / 2);
  const double half_lon = std::sin((radians(b[1]) - radians(a[1])) / 2);
  return 2 * std::asin(std::sqrt(half_lat * half_lat + std::cos(lat_a) * std::cos(lat_b) * half_lon * half_lon));
}

/// distance(a, b) [rad] in the unit asked for.
template <class F>
Column distances(const TransformInput& input, F distance) {
  const Column::Places& a = input.columns[0]->places();
  const Column::Places& b = input.columns[1]->places();
  const double radius = radius_in(input.arguments.at("unit").text());
  Column::Numbers y(input.n);
  for (std::size_t i = 0; i < input.n; ++i) y[i] = radius * distance(a[i], b[i]);
  return numbers(std::move(y));
}

Transform coordinate(std::size_t which) {
  return [which](const TransformInput& input) {
    const Column::Places& places = input.columns[0]->places();
    Column::Numbers y(input.n);
    for (std::size_t i = 0; i < input.n; ++i) y[i] = places[i][which];
    return numbers(std::move(y));
  };
}

struct Box {
  Coordinates low;
  Coordinates high;

  explicit Box(const core::Params& arguments) {
    const core::ValueList& first = arguments.at("point1").list();
    const core::ValueList& second = arguments.at("point2").list();
    for (std::size_t k = 0; k < 2; ++k) {
      std::tie(low[k], high[k]) = std::minmax({first.at(k).number(), second.at(k).number()});
    }
  }
  [[nodiscard]] bool holds(const Coordinates& place) const {
    return low[0] <= place[0] && place[0] <= high[0] && low[1] <= place[1] && place[1] <= high[1];
  }
};

}  // namespace

Transform haversine_kernel() {
  return [](const TransformInput& input) { return distances(input, angle_between); };
}

Transform cityblock_distance_kernel() {
  return [](const TransformInput& input) {
    return distances(input, [](const Coordinates& a, const Coordinates& b) {
      return angle_between(a, {a[0], b[1]}) + angle_between(a, {b[0], a[1]});
    });
  };
}

Transform geomidpoint_kernel() {
  return [](const TransformInput& input) {
    const Column::Places& a = input.columns[0]->places();
    const Column::Places& b = input.columns[1]->places();
    Column::Places middle(input.n);
    for (std::size_t i = 0; i < input.n; ++i) middle[i] = {(a[i][0] + b[i][0]) / 2, (a[i][1] + b[i][1]) / 2};
    return Column{std::move(middle), nullptr};
  };
}

Transform is_in_geobox_kernel() {
  return [](const TransformInput& input) {
    const Box box(input.arguments);
    const Column& column = *input.columns[0];
    Column::Booleans result(input.n);
    for (std::size_t i = 0; i < input.n; ++i) {
      const bool unknown = input.semantics == Semantics::strict && column.missing(i);
      result[i] = unknown ? Column::kMissingBoolean : bit(box.holds(column.places()[i]));
    }
    return booleans(std::move(result));
  };
}

Transform latitude_kernel() { return coordinate(0); }
Transform longitude_kernel() { return coordinate(1); }

}  // namespace gridmill::features::transforms
