#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/search_config.hpp"
#include "core/error.hpp"

namespace gridmill::config {

/// Calls `f` and returns what it does. What is wrong there with the user's input, and has no place yet, gets the place
/// of the option that its words begin with ("search.nested: ..."), else of `option`: what is computed knows no config.
template <class F>
auto at_place(const SearchJob& job, const std::string& option, F f) {
  try {
    return f();
  } catch (const core::UserError& error) {
    std::vector<core::Problem> problems = error.problems();
    for (core::Problem& problem : problems) {
      if (!problem.where.file.empty()) continue;
      const std::string named = problem.what.substr(0, problem.what.find(':'));
      problem.where = job.place(job.places.contains(named) ? named : option);
    }
    throw core::UserError(std::move(problems));
  }
}

}  // namespace gridmill::config
