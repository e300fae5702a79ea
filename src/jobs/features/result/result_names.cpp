#include "jobs/features/result/result_names.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/hint.hpp"
#include "features/matrix/encode.hpp"

namespace gridmill::jobs {

namespace {

std::vector<std::string> names_of(const FeaturesPlan& plan) {
  std::vector<std::string> names;
  for (const features::MatrixColumn& column : plan.columns) names.push_back(column.name);
  return names;
}

/// A feature, or perhaps a value of one that is encoded: which ones there are is known when they are counted.
bool can_be_in_result(const config::FeaturesOptions& options, const FeaturesPlan& plan, const std::string& name) {
  return std::any_of(plan.columns.begin(), plan.columns.end(), [&](const features::MatrixColumn& column) {
    return name == column.name ||
           (options.encode && features::can_be_encoded(column) && name.starts_with(column.name + " "));
  });
}

}  // namespace

void check_result_names(const config::FeaturesOptions& options, const FeaturesPlan& plan, const SideColumns& side) {
  if (options.encode) features::check_encodable(plan.columns, options.encode->columns);
  const config::SelectOptions& select = options.select;
  const std::string& target = select.mutual_information;
  const bool beside = std::any_of(side.behind.begin(), side.behind.end(),
                                  [&](const core::Column& column) { return column.name == target; });
  if (!target.empty() && !beside && !can_be_in_result(options, plan, target)) refuse_information_target(target);
  if (has_no_value(side, target)) {
    throw core::UserError(
        fmt::format("features.select.mutual_information: '{}' has no value in any row of the matrix", target),
        "nothing can be learnt from it; name another column");
  }
  for (const auto& [option, names] :
       {std::pair("keep", &select.keep), {"correlation_among", &select.correlation_among}}) {
    for (const std::string& name : *names) {
      if (can_be_in_result(options, plan, name)) continue;
      throw core::UserError(fmt::format("features.select.{}: no feature '{}'", option, name),
                            core::hint_for(name, names_of(plan)));
    }
  }
}

void refuse_information_target(const std::string& name) {
  throw core::UserError(fmt::format("features.select.mutual_information: no column '{}' in the result", name),
                        "columns of the target are in it when features.pass_through names them");
}

}  // namespace gridmill::jobs
