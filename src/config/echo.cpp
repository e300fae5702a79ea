#include "config/echo.hpp"

#include <utility>
#include <variant>

#include "config/sections.hpp"

namespace gridmill::config {

namespace {

using core::Value;
using core::ValueList;
using core::ValueMapping;

Value range_value(const char* name, Value low, Value high) {
  return ValueMapping{{name, ValueList{std::move(low), std::move(high)}}};
}

Value axis_value(const search::Axis& axis) {
  if (const auto* values = std::get_if<ValueList>(&axis)) return *values;
  if (const auto* uniform = std::get_if<search::Uniform>(&axis)) {
    return range_value("uniform", uniform->low, uniform->high);
  }
  if (const auto* log = std::get_if<search::LogUniform>(&axis)) return range_value("loguniform", log->low, log->high);
  const auto& integer = std::get<search::RandomInteger>(axis);
  return range_value("randint", integer.low, integer.high);
}

template <class Axes>
Value axes_value(const std::vector<Axes>& grids) {
  ValueList mappings;
  for (const Axes& axes : grids) {
    ValueMapping mapping;
    for (const auto& [name, values] : axes) mapping.emplace_back(name, axis_value(values));
    mappings.emplace_back(std::move(mapping));
  }
  return mappings.size() == 1 ? mappings.front() : Value(mappings);
}

}  // namespace

Value model_value(const SearchJob& job) {
  ValueMapping entries;
  if (!job.model.empty()) entries.emplace_back("name", job.model);
  for (const auto& [name, value] : job.fixed) entries.emplace_back(name, value);
  return entries;
}

Value grid_value(const SearchOptions& search) {
  return search.random ? axes_value(search.random->axes) : axes_value(search.grids);
}

bool is_hyperband(const SearchOptions& search) {
  return search.halving && search.halving->brackets == search::Brackets::all;
}

Value random_value(const SearchOptions& search) {
  // What Hyperband draws follows from its brackets.
  return search.random && !is_hyperband(search) ? Value(echo(*search.random, random_fields())) : Value();
}

Value halving_value(const SearchOptions& search) {
  return search.halving && !is_hyperband(search) ? Value(echo(*search.halving, halving_fields())) : Value();
}

Value hyperband_value(const SearchOptions& search) {
  return is_hyperband(search) ? Value(echo(*search.halving, hyperband_fields())) : Value();
}

Value nested_value(const SearchOptions& search) {
  return search.nested ? Value(echo(*search.nested, nested_fields())) : Value();
}

Value folds_value(const SearchOptions& search) {
  ValueMapping applying;
  for (auto& [name, value] : echo(search.folds, fold_fields())) {
    // The seed of folds that are not shuffled would be refused when it is read back.
    const bool idle = name == "seed" && !search.folds.shuffle;
    if (!idle && fold_option_applies(search.folds.kind, name)) applying.emplace_back(name, value);
  }
  return applying;
}

Value scoring_value(const SearchOptions& search) {
  if (!search.scoring_is_list) return search.scoring.empty() ? Value() : Value(search.scoring.front());
  return ValueList(search.scoring.begin(), search.scoring.end());
}

Value refit_value(const SearchOptions& search) {
  switch (search.refit.rule) {
    case RefitOptions::Rule::none: return false;
    case RefitOptions::Rule::best: return search.refit.metric;
    case RefitOptions::Rule::one_standard_error: return {};
  }
  GRIDMILL_ASSERT(false, "every rule is echoed");
}

Value one_standard_error_value(const SearchOptions& search) {
  return search.refit.rule == RefitOptions::Rule::one_standard_error ? Value(search.refit.metric) : Value();
}

}  // namespace gridmill::config
