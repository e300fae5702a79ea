#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/run_file.hpp"
#include "core/error.hpp"

namespace gridmill::config {

/// Returns what reading the text as a search called a.yaml complains about, a problem an entry.
inline std::vector<std::string> problems_of(std::string_view text) {
  std::vector<std::string> all;
  try {
    (void)RunFile(text, "a.yaml").search_job();
  } catch (const core::UserError& error) {
    for (const core::Problem& problem : error.problems()) all.push_back(problem.text());
  }
  return all;
}

/// Returns a config with that text in its `search` section.
inline std::string with_search(std::string_view search, std::string_view model = "svc") {
  return "data: {source: a.csv, target: y, group: g}\nmodel: " + std::string(model) +
         "\nsearch: " + std::string(search) + "\n";
}

inline std::vector<std::string> search_problems(std::string_view search, std::string_view model = "svc") {
  return problems_of(with_search(search, model));
}

inline SearchOptions search_of(std::string_view search, std::string_view model = "svc") {
  return RunFile(with_search(search, model), "a.yaml").search_job().search;
}

}  // namespace gridmill::config
