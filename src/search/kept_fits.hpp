#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gridmill::search {

/// Where fits that take long keep what they have learnt so far, so that little is lost with their rank. Results do not
/// depend on it: a fit goes on to the same bits that it has from nothing.
class KeptFits {
 public:
  virtual ~KeptFits() = default;

  /// Returns what was kept of a fit; empty: nothing. `fold`: none: a fit to all samples.
  virtual std::string find(std::size_t candidate, std::optional<std::size_t> fold) = 0;
  /// Says whether a fit is to keep what it has learnt in so many seconds.
  [[nodiscard]] virtual bool is_due(double seconds) const = 0;
  /// Keeps it in place of what was kept before. Never fails: what cannot be kept is lost with the rank.
  virtual void keep(std::size_t candidate, std::optional<std::size_t> fold, std::string_view state) = 0;
};

}  // namespace gridmill::search
