#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "jobs/search/fit_keys.hpp"
#include "search/kept_fits.hpp"
#include "search/plan.hpp"

namespace gridmill::jobs {

/// Keeps what long fits have learnt in files of the run directory, one a fit: `parts/fit-<key>`, with a checksum. A
/// file goes when its rank begins another fit; the others go with the folder when the search is done. A rank that does
/// not see the run directory keeps nothing. Used by one thread of a rank at a time.
class KeptFitFiles final : public search::KeptFits {
 public:
  /// `search`: hash of what all fits have in common (config, data, program). `stop`: a wish to stop, at which a fit
  /// keeps what it has; may be null. `plan`, which may grow, must outlive it.
  KeptFitFiles(std::filesystem::path run, const search::SearchPlan& plan, std::uint64_t search,
               const std::atomic<bool>* stop);

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
  std::filesystem::path at_work_;  // file of the last fit that was looked for
};

}  // namespace gridmill::jobs
