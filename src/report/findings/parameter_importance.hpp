#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace gridmill::report {

/// Returns the share of the variance of the scores that one hyperparameter explains alone: the variance between the
/// means of candidates with equal values, over that of all (the main effect of a functional analysis of variance; exact
/// for a full grid). 0 to 1.
///
/// `group`: a number for each candidate, equal for equal values. `score`: NaN where a candidate has none; it is left
/// out. Nothing where fewer than two candidates remain, all scores are equal, or each value occurs once only, so that
/// nothing can be told apart from chance.
std::optional<double> explained_alone(std::span<const std::size_t> group, std::span<const double> score);

/// Returns groups of similar numbers, of about equal size and at most `n_groups`: for values that were drawn at random.
/// Equal numbers share a group. NaN stands for itself, in a group of its own.
std::vector<std::size_t> similar(std::span<const double> values, std::size_t n_groups);

}  // namespace gridmill::report
