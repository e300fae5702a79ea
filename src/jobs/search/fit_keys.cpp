#include "jobs/search/fit_keys.hpp"

#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "io/files/checksum.hpp"

namespace gridmill::jobs {

namespace {

std::string_view bytes_of(std::span<const core::Index> rows) {
  return {reinterpret_cast<const char*>(rows.data()), rows.size_bytes()};
}

std::uint64_t checksum_of(const search::SearchPlan& plan, std::size_t candidate) {
  std::string text = fmt::format("{}\n", plan.number_of(candidate));
  for (const auto& [name, value] : plan.candidates[candidate]) text += fmt::format("{}: {}\n", name, value.yaml());
  return io::checksum(text);
}

std::uint64_t checksum_of_fold(const search::SearchPlan& plan, std::size_t fold) {
  return io::checksum(fmt::format("{} {:016x} {:016x}", plan.number_of_fold(fold),
                                  io::checksum(bytes_of(plan.folds[fold].train)),
                                  io::checksum(bytes_of(plan.folds[fold].test))));
}

}  // namespace

FitKey FitKeys::of(search::Trial trial) {
  candidates_.resize(plan_.candidates.size());
  folds_.resize(plan_.folds.size());
  auto& candidate = candidates_[trial.candidate];
  if (!candidate) candidate = checksum_of(plan_, trial.candidate);
  auto& fold = folds_[trial.fold];
  if (!fold) fold = checksum_of_fold(plan_, trial.fold);
  return io::checksum(fmt::format("{:016x} {:016x}", *candidate, *fold));
}

FitKey FitKeys::of(const search::Bundle& bundle) {
  std::string text;
  for (const search::SharedFit& fit : bundle.fits) {
    for (const search::Trial& trial : fit.trials) text += fmt::format("{:016x} ", of(trial));
  }
  return io::checksum(text);
}

}  // namespace gridmill::jobs
