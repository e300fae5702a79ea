#include "search/hyperparameters.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "prepare/keep_features.hpp"
#include "prepare/steps.hpp"
#include "search/calibration.hpp"
#include "search/candidates.hpp"

namespace gridmill::search {

std::vector<core::OptionSpec> hyperparameters(const models::Family& family) {
  std::vector<core::OptionSpec> options(family.options().begin(), family.options().end());
  options.insert(options.end(), prepare::step_options().begin(), prepare::step_options().end());
  return options;
}

const models::Family& family_in(std::span<const models::Family* const> families, const core::Params& candidate) {
  const auto named = candidate.find(kModelAxis);
  if (named == candidate.end()) return *families.front();
  const auto found =
      std::ranges::find_if(families, [&](const auto* each) { return each->name() == named->second.text(); });
  GRIDMILL_ASSERT(found != families.end(), "the families of a search are those that its candidates name");
  return **found;
}

core::Params hyperparameters_of(const core::Params& candidate, const models::Family& family,
                                const core::Params& fixed) {
  core::Params params = candidate;
  const bool is_one_of_several = params.erase(kModelAxis) > 0;
  for (const auto& [name, value] : fixed) {
    const bool has = !is_one_of_several || core::find_option(family.options(), name) != nullptr ||
                     core::find_option(prepare::step_options(), name) != nullptr;
    if (has) params.emplace(name, value);  // leaves what is there
  }
  params.erase(kCalibration);
  return params;
}

std::vector<std::string> check_together(const models::Family& family, const core::Params& params) {
  std::vector<std::string> wrong = family.check(params);
  for (std::string& sentence : prepare::check_steps(params)) wrong.push_back(std::move(sentence));
  if (prepare::keeps_by_model(params) && !family.abilities().weighs_features) {
    wrong.push_back(fmt::format(
        "keep_by: importance asks the model what it makes of features, and {} does not say; boosted trees and linear "
        "models (ridge, elastic_net, logistic) do; f_test, mutual_information and variance ask no model",
        family.name()));
  }
  return wrong;
}

std::string sharing_key(const models::Family& family, const core::Params& params) {
  return std::string(family.name()) + "|" + prepare::setting_of(params) + "|" + family.sharing_key(params);
}

bool shares_rows(const models::Family& family, const core::Params& params) {
  return family.shares_by_fold() || !prepare::setting_of(params).empty();
}

std::string_view free_axis_of(const models::Family& family, const core::Params& params) {
  return prepare::keeps_by_model(params) ? std::string_view{} : family.free_axis(params);
}

bool takes_missing(const models::Family& family, const core::Params& params, std::string_view column) {
  return family.abilities().missing || prepare::fills_missing(params, column);
}

models::Candidate told_candidate(core::Params params) {
  const bool is_prepared = !prepare::setting_of(params).empty();
  return {.params = std::move(params), .is_prepared = is_prepared};
}

}  // namespace gridmill::search
