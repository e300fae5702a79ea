#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/value.hpp"
#include "features/definitions/primitive.hpp"

namespace gridmill::features::transforms {

/// What stands beyond the ends of a series.
enum class Edge : std::uint8_t { mirror, constant, nearest, interpolate, wrap };

struct SavgolOptions {
  std::size_t window = 5;
  std::size_t degree = 3;  // < window
  std::size_t derivative = 0;
  double delta = 1.0;  // distance of the samples
  Edge edge = Edge::interpolate;
  double constant = 0.0;
};

/// Smooths x by polynomials fitted to windows by least squares. Range: x.size() >= window for Edge::interpolate, which
/// fits the first and last window at the ends. Cost: O(n window). Source: Savitzky and Golay 1964; edges and windows
/// of even length as scipy.signal.savgol_filter.
std::vector<double> savgol_filter(std::span<const double> x, const SavgolOptions& options);

/// Says what is wrong with the arguments window_length and polyorder together, or nothing.
std::optional<std::string> savgol_problem(const core::Params& arguments);

/// Missing entries are interpolated first; series of fewer than 20 rows, or shorter than the window, stay as they are.
Transform savgol_filter_kernel();

}  // namespace gridmill::features::transforms
