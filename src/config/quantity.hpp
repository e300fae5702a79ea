#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace gridmill::config {

/// A time that configs write with its unit.
struct Duration {
  double seconds = 0;

  /// Returns it in the largest unit that it is a whole number of: "15 minutes", "1 hour", "90 seconds".
  [[nodiscard]] std::string text() const;

  friend bool operator==(const Duration&, const Duration&) = default;
};

/// Reads "90 s", "15 minutes", "2 hours", "1.5 h", "1 day", or nothing if it is not one.
std::optional<Duration> parse_duration(std::string_view text);

/// An amount of money that configs write with its currency.
struct Dollars {
  double usd = 0;

  /// Returns "5 USD".
  [[nodiscard]] std::string text() const;

  friend bool operator==(const Dollars&, const Dollars&) = default;
};

/// Reads "5 USD", "0.5 USD" or "5", or nothing if it is not one.
std::optional<Dollars> parse_dollars(std::string_view text);

/// What an hour of a machine costs, by its type [USD].
using Prices = std::map<std::string, double>;

/// What one run may take.
struct Budget {
  Duration time;  // wall clock; 0: no limit
  Dollars cost;   // of the machines that it works on; 0: no limit

  friend bool operator==(const Budget&, const Budget&) = default;
};

}  // namespace gridmill::config
