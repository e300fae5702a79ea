#include "features/phrases.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace gridmill::features {
namespace {

using Entry = std::pair<std::string_view, std::string_view>;

constexpr std::array kPhrases = {
    Entry{"absolute", "the absolute value of {}"},
    Entry{"add_numeric", "the sum of {} and {}"},
    Entry{"add_numeric_scalar", "the sum of {} and <value>"},
    Entry{"age", "the age in years since {}"},
    Entry{"all", "whether all of {} are true"},
    Entry{"and", "whether both {} and {} are true"},
    Entry{"any", "whether any of {} is true"},
    Entry{"avg_time_between", "the average time in <unit> between each two of {}"},
    Entry{"count", "the number"},
    Entry{"count_above_mean", "the number of values above the average of {}"},
    Entry{"count_below_mean", "the number of values below the average of {}"},
    Entry{"count_greater_than", "the number of values greater than <threshold> of {}"},
    Entry{"count_inside_range", "the number of values from <lower> to <upper> of {}"},
    Entry{"count_less_than", "the number of values less than <threshold> of {}"},
    Entry{"count_outside_range", "the number of values outside <lower> to <upper> of {}"},
    Entry{"cum_count", "the running count of {}"},
    Entry{"cum_max", "the running maximum of {}"},
    Entry{"cum_mean", "the running average of {}"},
    Entry{"cum_min", "the running minimum of {}"},
    Entry{"cum_sum", "the running sum of {}"},
    Entry{"day", "the day of the month of {}"},
    Entry{"day_of_year", "the day of the year of {}"},
    Entry{"days_in_month", "the number of days in the month of {}"},
    Entry{"diff", "the difference to the previous value of {}"},
    Entry{"divide_by_feature", "<value> divided by {}"},
    Entry{"divide_numeric", "{} divided by {}"},
    Entry{"divide_numeric_scalar", "{} divided by <value>"},
    Entry{"entropy", "the entropy of {}"},
    Entry{"equal", "whether {} equals {}"},
    Entry{"equal_scalar", "whether {} equals <value>"},
    Entry{"first", "the first value of {}"},
    Entry{"greater_than", "whether {} is greater than {}"},
    Entry{"greater_than_equal_to", "whether {} is at least {}"},
    Entry{"greater_than_equal_to_scalar", "whether {} is at least <value>"},
    Entry{"greater_than_scalar", "whether {} is greater than <value>"},
    Entry{"haversine", "the great-circle distance in <unit> between {} and {}"},
    Entry{"hour", "the hour of {}"},
    Entry{"is_null", "whether {} is missing"},
    Entry{"is_weekend", "whether {} is on a weekend"},
    Entry{"isin", "whether {} is one of <list_of_outputs>"},
    Entry{"kurtosis", "the kurtosis of {}"},
    Entry{"lag", "the value <periods> rows before of {} in the order of {}"},
    Entry{"last", "the last value of {}"},
    Entry{"latitude", "the latitude of {}"},
    Entry{"less_than", "whether {} is less than {}"},
    Entry{"less_than_equal_to", "whether {} is at most {}"},
    Entry{"less_than_equal_to_scalar", "whether {} is at most <value>"},
    Entry{"less_than_scalar", "whether {} is less than <value>"},
    Entry{"longitude", "the longitude of {}"},
    Entry{"max", "the maximum of {}"},
    Entry{"mean", "the average of {}"},
    Entry{"median", "the median of {}"},
    Entry{"min", "the minimum of {}"},
    Entry{"minute", "the minute of {}"},
    Entry{"mode", "the most frequent value of {}"},
    Entry{"modulo_numeric", "the remainder of {} divided by {}"},
    Entry{"month", "the month of {}"},
    Entry{"multiply_boolean", "whether both {} and {} are true"},
    Entry{"multiply_numeric", "the product of {} and {}"},
    Entry{"multiply_numeric_boolean", "the product of {} and {}"},
    Entry{"multiply_numeric_scalar", "the product of {} and <value>"},
    Entry{"n_most_common", "the <n> most frequent values of {}"},
    Entry{"natural_logarithm", "the natural logarithm of {}"},
    Entry{"negate", "the negative of {}"},
    Entry{"not", "whether {} is not true"},
    Entry{"not_equal", "whether {} differs from {}"},
    Entry{"not_equal_scalar", "whether {} differs from <value>"},
    Entry{"num_characters", "the number of characters in {}"},
    Entry{"num_true", "the number of true values of {}"},
    Entry{"num_unique", "the number of different values of {}"},
    Entry{"num_words", "the number of words in {}"},
    Entry{"or", "whether {} or {} is true"},
    Entry{"percent_true", "the share of true values of {}"},
    Entry{"percentile", "the share of all rows that rank at or below {}"},
    Entry{"quarter", "the quarter of {}"},
    Entry{"scalar_subtract_numeric_feature", "<value> minus {}"},
    Entry{"second", "the second of {}"},
    Entry{"skew", "the skewness of {}"},
    Entry{"square_root", "the square root of {}"},
    Entry{"std", "the standard deviation of {}"},
    Entry{"subtract_numeric", "{} minus {}"},
    Entry{"subtract_numeric_scalar", "{} minus <value>"},
    Entry{"sum", "the sum of {}"},
    Entry{"time_since", "the time in <unit> from {} to the cutoff time"},
    Entry{"time_since_first", "the time in <unit> from the first {} to the cutoff time"},
    Entry{"time_since_last", "the time in <unit> from the last {} to the cutoff time"},
    Entry{"time_since_previous", "the time in <unit> since the previous {}"},
    Entry{"trend", "the linear trend of {} over {}"},
    Entry{"variance", "the variance of {}"},
    Entry{"week", "the week of the year of {}"},
    Entry{"weekday", "the day of the week of {}"},
    Entry{"year", "the year of {}"},
};

}  // namespace

std::optional<std::string_view> phrase_for(std::string_view primitive) {
  const auto found =
      std::find_if(kPhrases.begin(), kPhrases.end(), [&](const Entry& e) { return e.first == primitive; });
  return found == kPhrases.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace gridmill::features
