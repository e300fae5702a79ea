#include "search/candidates.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_set>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/numpy_random.hpp"

namespace gridmill::search {

namespace {

using core::NumpyRandom;
using core::Params;
using core::UserError;
using core::Value;
using core::ValueList;

std::size_t size_of(const GridAxes& axes) {
  std::size_t size = 1;
  for (const auto& [name, values] : axes) {
    if (values.empty()) throw UserError(fmt::format("the grid has no values for '{}'", name), "give at least one");
    if (__builtin_mul_overflow(size, values.size(), &size)) throw UserError("the grid has too many candidates");
  }
  return size;
}

/// Candidate `index` of one grid: a number whose digits are the axes, the last axis the least significant.
Params candidate_of(const GridAxes& axes, std::size_t index) {
  Params params;
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
    const ValueList& values = axis->second;
    params.emplace(axis->first, values[index % values.size()]);
    index /= values.size();
  }
  return params;
}

Params candidate_of(const std::vector<GridAxes>& grids, std::size_t index) {
  for (const GridAxes& axes : grids) {
    const std::size_t size = size_of(axes);
    if (index < size) return candidate_of(axes, index);
    index -= size;
  }
  GRIDMILL_ASSERT(false, "the candidate lies within the grids");
}

/// scikit-learn's sample_without_replacement(population, n, method='auto').
std::vector<std::size_t> draw_distinct(std::size_t population, std::size_t n, NumpyRandom& random) {
  const double ratio = static_cast<double>(n) / static_cast<double>(population);
  std::vector<std::size_t> drawn;
  if (ratio > 0.01 && ratio < 0.99) {
    drawn = random.permutation(population);
    drawn.resize(n);
  } else if (ratio < 0.2) {
    std::unordered_set<std::size_t> seen;
    while (drawn.size() < n) {
      const std::size_t candidate = random.interval(population - 1);
      if (seen.insert(candidate).second) drawn.push_back(candidate);
    }
  } else {  // reservoir
    drawn.resize(n);
    std::iota(drawn.begin(), drawn.end(), std::size_t{0});
    for (std::size_t i = n; i < population; ++i) {
      const std::size_t place = random.interval(i);
      if (place < n) drawn[place] = i;
    }
  }
  return drawn;
}

bool all_lists(const std::vector<RandomAxes>& grids) {
  return std::all_of(grids.begin(), grids.end(), [](const RandomAxes& axes) {
    return std::all_of(axes.begin(), axes.end(),
                       [](const auto& axis) { return std::holds_alternative<ValueList>(axis.second); });
  });
}

std::vector<GridAxes> as_grids(const std::vector<RandomAxes>& random_grids) {
  std::vector<GridAxes> grids;
  for (const RandomAxes& random_axes : random_grids) {
    GridAxes& axes = grids.emplace_back();
    for (const auto& [name, axis] : random_axes) axes.emplace(name, std::get<ValueList>(axis));
  }
  return grids;
}

void check(const std::string& name, const ValueList& values) {
  if (values.empty()) throw UserError(fmt::format("there are no values to draw '{}' from", name), "give at least one");
}

void check(const std::string& name, const Uniform& axis) {
  const bool drawable = std::isfinite(axis.low) && std::isfinite(axis.high) && axis.low <= axis.high;
  if (drawable) return;
  throw UserError(fmt::format("uniform '{}' needs low <= high, not {} and {}", name, axis.low, axis.high));
}

void check(const std::string& name, const LogUniform& axis) {
  const bool drawable = axis.low > 0 && axis.low < axis.high && std::isfinite(axis.high);
  if (drawable) return;
  throw UserError(fmt::format("loguniform '{}' needs 0 < low < high, not {} and {}", name, axis.low, axis.high));
}

void check(const std::string& name, const RandomInteger& axis) {
  if (axis.low < axis.high) return;
  throw UserError(fmt::format("randint '{}' needs low < high, not {} and {}", name, axis.low, axis.high),
                  "high itself is never drawn");
}

void check(const std::vector<RandomAxes>& grids) {
  for (const RandomAxes& axes : grids) {
    for (const auto& entry : axes) {
      std::visit([&](const auto& axis) { check(entry.first, axis); }, entry.second);
    }
  }
}

Value draw(const ValueList& values, NumpyRandom& random) { return values[random.interval(values.size() - 1)]; }

Value draw(const Uniform& axis, NumpyRandom& random) {
  const double width = axis.high - axis.low;
  if (width == 0) return axis.low;  // as scipy, which draws nothing then
  return random.unit() * width + axis.low;
}

Value draw(const LogUniform& axis, NumpyRandom& random) {
  return axis.low * std::pow(axis.high / axis.low, random.unit());
}

Value draw(const RandomInteger& axis, NumpyRandom& random) { return random.integer(axis.low, axis.high); }

}  // namespace

core::ValueMapping ordered(const Params& params, ParamOrder order) {
  core::ValueMapping entries(params.begin(), params.end());
  std::ranges::stable_partition(entries, [](const auto& entry) { return entry.first == kModelAxis; });
  if (order == ParamOrder::by_name_reversed) std::ranges::reverse(entries);
  return entries;
}

std::size_t grid_size(const std::vector<GridAxes>& grids) {
  std::size_t size = 0;
  for (const GridAxes& axes : grids) {
    if (__builtin_add_overflow(size, size_of(axes), &size)) throw UserError("the grids have too many candidates");
  }
  return size;
}

std::vector<Params> expand_grid(const std::vector<GridAxes>& grids) {
  std::vector<Params> candidates;
  candidates.reserve(grid_size(grids));
  for (const GridAxes& axes : grids) {
    const std::size_t size = size_of(axes);
    for (std::size_t index = 0; index < size; ++index) candidates.push_back(candidate_of(axes, index));
  }
  return candidates;
}

std::vector<Params> sample_candidates(const std::vector<RandomAxes>& grids, std::size_t n, std::uint32_t seed) {
  check(grids);
  if (grids.empty()) throw UserError("a random search needs at least one mapping of axes");
  NumpyRandom random(seed);
  std::vector<Params> candidates;
  if (all_lists(grids)) {
    const std::vector<GridAxes> lists = as_grids(grids);
    const std::size_t population = grid_size(lists);
    for (const std::size_t index : draw_distinct(population, std::min(n, population), random)) {
      candidates.push_back(candidate_of(lists, index));
    }
    return candidates;
  }
  candidates.resize(n);
  for (Params& params : candidates) {
    for (const auto& [name, axis] : grids[random.interval(grids.size() - 1)]) {
      params.emplace(name, std::visit([&](const auto& distribution) { return draw(distribution, random); }, axis));
    }
  }
  return candidates;
}

ParamOrder sampled_param_order(const std::vector<RandomAxes>& axes) {
  return all_lists(axes) ? ParamOrder::by_name_reversed : ParamOrder::by_name;
}

}  // namespace gridmill::search
