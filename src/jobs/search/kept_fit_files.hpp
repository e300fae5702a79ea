#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/search/fit_keys.hpp"
#include "search/kept_fits.hpp"
#include "search/plan.hpp"

namespace gridmill::jobs {

/// Keeps what long fits have learnt in files of the run directory, one a fit: `parts/fit-<key>`, with a checksum. A
/// file goes when its rank begins the second bundle after; the others go with the folder when the search is done. A rank that does
/// not see the run directory keeps nothing. Used by one thread of a rank at a time.
class KeptFitFiles final : public search::KeptFits {
 public:
  /// `search`: hash of what all fits have in common (config, data, program). `stop`: a wish to stop, at which a fit
  /// keeps what it has; may be null. `plan`, which may grow, must outlive it.
  KeptFitFiles(std::filesystem::path run, const search::SearchPlan& plan, std::uint64_t search,
               const std::atomic<bool>* stop);

  void next_bundle() override;
  std::string find(std::size_t candidate, std::optional<std::size_t> fold) override;
  [[nodiscard]] bool is_due(double seconds) const override;
  void keep(std::size_t candidate, std::optional<std::size_t> fold, std::string_view state) override;

 private:
  [[nodiscard]] std::filesystem::path file_of(std::size_t candidate, std::optional<std::size_t> fold);

  std::filesystem::path run_;
  FitKeys keys_;
  std::uint64_t search_;
  const std::atomic<bool>* stop_;
  double interval_s_;
  std::vector<std::filesystem::path> of_bundle_;  // files of the fits that the bundle at work looked for
  std::vector<std::filesystem::path> before_;     // of the bundle before: its results may not be on the disk yet
};

}  // namespace gridmill::jobs
