#include "jobs/audit/chosen_outside_folds.hpp"

#include <system_error>

#include <fmt/format.h>

#include "config/run_file.hpp"
#include "core/error.hpp"

namespace gridmill::jobs {

std::optional<Finding> find_chosen_outside_folds(const config::SelectOptions& select, const std::string& target) {
  const bool chooses = select.mutual_information_top > 0 || select.mutual_information_at_least > 0;
  if (select.mutual_information != target || target.empty() || !chooses) return std::nullopt;
  return Finding{
      .check = "selection outside folds",
      .what = fmt::format("features.select.mutual_information has chosen the features by what they tell of '{}' in all "
                          "rows",
                          target),
      .why = "so that those that folds test, or that are held out, had their say in it",
      .cure =
          "leave it out there, and let each fold choose: 'model: {keep_features: 20, keep_by: mutual_information}'"};
}

std::optional<Finding> find_chosen_outside_folds(const std::filesystem::path& matrix, const std::string& target) {
  const std::filesystem::path resolved = matrix.parent_path() / "config.resolved.yaml";
  std::error_code ignored;
  if (matrix.filename() != "features.h5" || !std::filesystem::exists(resolved, ignored)) return std::nullopt;
  try {
    const config::RunFile file(resolved);
    if (!file.has_features()) return std::nullopt;
    return find_chosen_outside_folds(file.features_job().features.select, target);
  } catch (const core::UserError&) {
    return std::nullopt;  // whoever reads the features says what is wrong with them
  }
}

}  // namespace gridmill::jobs
