#include "jobs/search/fit_keys.hpp"

#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/bytes.hpp"
#include "io/files/checksum.hpp"

namespace gridmill::jobs {

namespace {

std::uint64_t checksum_of(const search::SearchPlan& plan, std::size_t candidate) {
  std::string text = fmt::format("{}\n", plan.number_of(candidate));
  for (const auto& [name, value] : plan.candidates[candidate]) text += fmt::format("{}: {}\n", name, value.yaml());
  return io::checksum(text);
}

std::uint64_t checksum_of_fold(const search::SearchPlan& plan, std::size_t fold) {
  return io::checksum(fmt::format("{} {:016x} {:016x}", plan.number_of_fold(fold),
                                  io::checksum(core::text_of(plan.folds[fold].train)),
                                  io::checksum(core::text_of(plan.folds[fold].test))));
}

}  // namespace

FitKey FitKeys::of(search::Trial trial) {
  folds_.resize(plan_.folds.size());
  auto& fold = folds_[trial.fold];
  if (!fold) fold = checksum_of_fold(plan_, trial.fold);
  return io::checksum(fmt::format("{:016x} {:016x}", of_candidate(trial.candidate), *fold));
}

FitKey FitKeys::of_candidate(std::size_t candidate) {
  candidates_.resize(plan_.candidates.size());
  auto& key = candidates_[candidate];
  if (!key) key = checksum_of(plan_, candidate);
  return *key;
}

FitKey FitKeys::of(const search::Bundle& bundle) {
  std::string text;
  for (const search::SharedFit& fit : bundle.fits) {
    for (const search::Trial& trial : fit.trials) text += fmt::format("{:016x} ", of(trial));
  }
  return io::checksum(text);
}

}  // namespace gridmill::jobs
