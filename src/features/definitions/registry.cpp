#include <algorithm>
#include <iterator>

#include "core/error.hpp"
#include "features/definitions/primitive.hpp"

namespace gridmill::features {
namespace {

using Family = std::vector<Primitive> (*)();

constexpr Family kAggregations[] = {
    boolean_aggregations, category_aggregations, counting_aggregations, moment_aggregations,
    order_statistics,     sequence_aggregations, time_aggregations,
};
constexpr Family kTransforms[] = {
    binary_transforms, calendar_transforms, numeric_transforms,     parsing_transforms,
    place_transforms,  text_transforms,     time_series_transforms,
};

std::vector<Primitive> put_together(std::span<const Family> families, PrimitiveKind kind) {
  std::vector<Primitive> all;
  for (const Family family : families) {
    std::vector<Primitive> members = family();
    std::move(members.begin(), members.end(), std::back_inserter(all));
  }
  std::sort(all.begin(), all.end(), [](const Primitive& a, const Primitive& b) { return a.name < b.name; });
  for (std::size_t i = 0; i < all.size(); ++i) {
    GRIDMILL_ASSERT(all[i].kind == kind, "a family declares primitives of its own kind");
    GRIDMILL_ASSERT(i == 0 || all[i].name != all[i - 1].name, "a primitive is declared once");
  }
  return all;
}

std::vector<Primitive> put_together() {
  std::vector<Primitive> all = put_together(kAggregations, PrimitiveKind::aggregation);
  std::vector<Primitive> transforms = put_together(kTransforms, PrimitiveKind::transform);
  std::move(transforms.begin(), transforms.end(), std::back_inserter(all));
  return all;
}

}  // namespace

const std::vector<Primitive>& all_primitives() {
  static const std::vector<Primitive> all = put_together();
  return all;
}

}  // namespace gridmill::features
