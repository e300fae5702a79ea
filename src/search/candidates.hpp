#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "core/value.hpp"

namespace gridmill::search {

/// The axis whose values are names of model families; a candidate that has it says of which it is.
inline constexpr const char* kModelAxis = "model";

/// The order of axes: by name, the model first, as in scikit-learn's grids of a pipeline, where all others are called
/// model__C and so on.
struct AxisOrder {
  bool operator()(const std::string& a, const std::string& b) const {
    if ((a == kModelAxis) != (b == kModelAxis)) return a == kModelAxis;
    return a < b;
  }
};

/// One grid: the values of each axis in the order given.
using GridAxes = std::map<std::string, core::ValueList, AxisOrder>;

/// A distribution an axis of a random search draws from.
struct Uniform {
  double low = 0, high = 1;
};  // scipy.stats.uniform(low, high - low)
struct LogUniform {
  double low = 0, high = 1;
};  // scipy.stats.loguniform(low, high)
struct RandomInteger {
  std::int64_t low = 0, high = 1;
};  // scipy.stats.randint(low, high), high excluded
using Axis = std::variant<core::ValueList, Uniform, LogUniform, RandomInteger>;
using RandomAxes = std::map<std::string, Axis, AxisOrder>;

/// In which order scikit-learn names a candidate's parameters (cv_results_ shows it).
enum class ParamOrder { by_name, by_name_reversed };

/// Returns a candidate's parameters in that order, the model's name before (reversed: after) all others.
core::ValueMapping ordered(const core::Params& params, ParamOrder order);

/// Returns the candidates of scikit-learn's ParameterGrid in its order: grids in list order, axes in AxisOrder, the
/// last axis fastest. An empty grid gives one candidate without parameters.
/// Errors: UserError for an axis without values, or more candidates than can be counted.
std::vector<core::Params> expand_grid(const std::vector<GridAxes>& grids);

/// Returns the number of candidates without making them. Errors: as expand_grid.
std::size_t grid_size(const std::vector<GridAxes>& grids);

/// Returns the candidates of scikit-learn 1.2.1's ParameterSampler(axes, n, random_state=seed): the same
/// draws from the same generator (loguniform within two units in the last place, as pow differs between processors);
/// without replacement when every axis is a list (then at most the grid's size). With several mappings one is drawn for
/// each candidate. Errors: UserError for an axis without values or an empty interval, naming the axis. Source:
/// scikit-learn 1.2.1, scipy 1.10 (`rvs` of uniform, loguniform, randint).
std::vector<core::Params> sample_candidates(const std::vector<RandomAxes>& axes, std::size_t n, std::uint32_t seed);

/// Returns the order of parameters of sampled candidates: scikit-learn's ParameterGrid builds single
/// candidates backwards, which is how it samples when every axis is a list.
ParamOrder sampled_param_order(const std::vector<RandomAxes>& axes);

}  // namespace gridmill::search
