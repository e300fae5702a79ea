#include "search/hyperparameters.hpp"

#include <utility>

#include "prepare/steps.hpp"

namespace gridmill::search {

std::vector<core::OptionSpec> hyperparameters(const models::Family& family) {
  std::vector<core::OptionSpec> options(family.options().begin(), family.options().end());
  options.insert(options.end(), prepare::step_options().begin(), prepare::step_options().end());
  return options;
}

std::string sharing_key(const models::Family& family, const core::Params& params) {
  return prepare::setting_of(params) + "|" + family.sharing_key(params);
}

bool shares_rows(const models::Family& family, const core::Params& params) {
  return family.shares_by_fold() || !prepare::setting_of(params).empty();
}

bool takes_missing(const models::Family& family, const core::Params& params) {
  return family.abilities().missing || prepare::Steps(params).fills_missing();
}

models::Candidate told_candidate(core::Params params) {
  const bool is_prepared = !prepare::setting_of(params).empty();
  return {.params = std::move(params), .is_prepared = is_prepared};
}

}  // namespace gridmill::search
