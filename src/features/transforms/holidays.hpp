#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "features/transforms/calendar.hpp"

namespace gridmill::features::transforms {

struct Holiday {
  Day day = 0;
  std::string name;  // "Independence Day (Observed)"; of two on one day "Ascension; Fête du Travail"
};

/// Years whose holidays are known, as Featuretools has them.
constexpr int kFirstHolidayYear = 1950;
constexpr int kLastHolidayYear = 2074;

/// Returns the names by which countries with known holidays are called: US, GB, UK, DE, FR, JP.
std::vector<std::string> holiday_countries();

/// Returns the nationwide public holidays of a country by day, one entry a day, observed days included, in its own
/// language (GB and US: English). Cost: about 0.1 ms. Source: the rules and names of the Python package holidays 0.32.
std::vector<Holiday> holidays_of(std::string_view country);

}  // namespace gridmill::features::transforms
