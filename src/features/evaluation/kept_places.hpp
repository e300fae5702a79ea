#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gridmill::features {

/// Entries of which some are left out: where those that stay come to stand.
class KeptPlaces {
 public:
  /// Keeps the entries whose mask is 1.
  explicit KeptPlaces(const std::vector<std::uint8_t>& mask) : places_(mask.size() + 1, 0) {
    for (std::size_t i = 0; i < mask.size(); ++i) {
      places_[i + 1] = places_[i] + static_cast<std::int64_t>(mask[i] != 0);
      if (mask[i] != 0) entries_.push_back(static_cast<std::int64_t>(i));
    }
  }

  /// Returns how many of the entries before `i` stay.
  [[nodiscard]] std::int64_t place(std::int64_t i) const { return places_[static_cast<std::size_t>(i)]; }
  /// Returns the entries that stay.
  [[nodiscard]] const std::vector<std::int64_t>& entries() const { return entries_; }

 private:
  std::vector<std::int64_t> places_;
  std::vector<std::int64_t> entries_;
};

}  // namespace gridmill::features
