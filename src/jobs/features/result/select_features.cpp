#include "jobs/features/result/select_features.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "features/matrix/select.hpp"
#include "jobs/features/result/result_names.hpp"
#include "mpi/failure.hpp"

namespace gridmill::jobs {

namespace {

PartStatistics statistics_of(const FeaturesResult& result) {
  PartStatistics statistics;
  for (const ResultColumn& column : result.columns) statistics.push_back(column.statistics);
  return statistics;
}

/// Leaves out columns that `kept` denies, but for those that `select.keep` names.
void leave_out(FeaturesResult& result, const config::SelectOptions& select, const std::vector<bool>& kept,
               const std::string& reason) {
  std::vector<ResultColumn> remaining;
  for (std::size_t i = 0; i < result.columns.size(); ++i) {
    const std::string& name = result.columns[i].column.name;
    const bool wanted = std::find(select.keep.begin(), select.keep.end(), name) != select.keep.end();
    if (kept[i] || wanted) {
      remaining.push_back(std::move(result.columns[i]));
    } else {
      result.left_out.push_back({name, reason});
    }
  }
  result.columns = std::move(remaining);
}

features::Column information_target(const std::string& name, const SideColumns& side,
                                    const std::vector<const PartFiles*>& lists, const FeaturesResult& result) {
  for (const core::Column& column : side.behind) {
    if (column.name != name) continue;
    const features::DictionaryRef dictionary =
        column.type == core::ColumnType::categorical
            ? std::make_shared<const features::Dictionary>(
                  std::make_shared<const std::vector<std::string>>(column.categories))
            : nullptr;
    return features::to_column(core::Column(column), dictionary);
  }
  for (const ResultColumn& column : result.columns) {
    if (column.column.name != name) continue;
    return PartedMatrix(*lists[column.list]).read(column.at, 0, lists[column.list]->n_rows());
  }
  refuse_information_target(name);
}

/// Says which columns have most information: at least so much, and no more than so many.
std::vector<bool> most_informative(const FeaturesResult& result, const config::SelectOptions& select) {
  std::vector<double> all;
  for (const ResultColumn& column : result.columns) all.push_back(*column.mutual_information);
  std::vector<double> sorted = all;
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  const std::size_t top = select.mutual_information_top;
  const double least =
      std::max(select.mutual_information_at_least, top > 0 && top < sorted.size() ? sorted[top - 1] : 0.0);
  std::vector<bool> kept;
  std::size_t n_kept = 0;
  for (const double each : all) {
    kept.push_back(each >= least && (top == 0 || n_kept < top));
    n_kept += kept.back() ? 1U : 0U;
  }
  return kept;
}

}  // namespace

bool selects(const config::SelectOptions& select) {
  return select.highly_null || select.single_value || select.highly_correlated || !select.mutual_information.empty();
}

bool select_features(const PassContext& context, const config::SelectOptions& select, const SideColumns& side,
                     const std::vector<const PartFiles*>& lists, FeaturesResult& result) {
  if (select.highly_null) {
    leave_out(result, select, features::not_highly_null(statistics_of(result), *select.highly_null), "highly null");
  }
  if (select.single_value) {
    leave_out(result, select, features::not_single_valued(statistics_of(result), select.count_missing_as_value),
              "single value");
  }
  if (select.highly_correlated) {
    context.observer.stage("correlating features");
    const auto kept = find_correlated(context, result, select, lists);
    if (!kept) return false;
    leave_out(result, select, *kept, "highly correlated");
  }
  if (select.mutual_information.empty()) return true;
  context.observer.stage(fmt::format("comparing features with '{}'", select.mutual_information));
  features::Column target;
  mpi::run_together(context.session.transport(),
                    [&] { target = information_target(select.mutual_information, side, lists, result); });
  if (!find_mutual_information(context, result, target, lists)) return false;
  leave_out(result, select, most_informative(result, select), "little mutual information");
  return true;
}

}  // namespace gridmill::jobs
