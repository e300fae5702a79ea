#include <algorithm>
#include <iterator>

#include "core/error.hpp"
#include "features/primitive.hpp"

namespace gridmill::features {
namespace {

using Family = std::vector<Primitive> (*)();

void append(std::vector<Primitive>& all, Family family, PrimitiveKind kind) {
  for (Primitive& each : family()) {
    GRIDMILL_ASSERT(each.kind == kind, "the family declares primitives of its own kind");
    all.push_back(std::move(each));
  }
}

std::vector<Primitive> put_together() {
  std::vector<Primitive> all;
  for (const Family family : std::initializer_list<Family>{}) {
    append(all, family, PrimitiveKind::aggregation);
  }
  const auto n_aggregations = static_cast<std::ptrdiff_t>(all.size());
  for (const Family family : std::initializer_list<Family>{}) {
    append(all, family, PrimitiveKind::transform);
  }
  const auto by_name = [](const Primitive& a, const Primitive& b) { return a.name < b.name; };
  std::sort(all.begin(), all.begin() + n_aggregations, by_name);
  std::sort(all.begin() + n_aggregations, all.end(), by_name);
  return all;
}

}  // namespace

const std::vector<Primitive>& all_primitives() {
  static const std::vector<Primitive> all = put_together();
  return all;
}

}  // namespace gridmill::features
