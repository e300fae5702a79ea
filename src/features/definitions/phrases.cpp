#include "features/definitions/phrases.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace gridmill::features {
namespace {

using Phrase = std::pair<std::string_view, std::string_view>;

constexpr std::array kPhrases = {
    Phrase{"absolute", "the absolute value of {}"},
    Phrase{"add_numeric", "the sum of {} and {}"},
    Phrase{"add_numeric_scalar", "the sum of {} and <value>"},
    Phrase{"age", "the age in years since {}"},
    Phrase{"all", "whether all of {} are true"},
    Phrase{"and", "whether both {} and {} are true"},
    Phrase{"any", "whether any of {} is true"},
    Phrase{"avg_time_between", "the average time in <unit> between each two of {}"},
    Phrase{"count", "the number"},
    Phrase{"count_above_mean", "the number of values above the average of {}"},
    Phrase{"count_below_mean", "the number of values below the average of {}"},
    Phrase{"count_greater_than", "the number of values greater than <threshold> of {}"},
    Phrase{"count_inside_range", "the number of values from <lower> to <upper> of {}"},
    Phrase{"count_less_than", "the number of values less than <threshold> of {}"},
    Phrase{"count_outside_range", "the number of values outside <lower> to <upper> of {}"},
    Phrase{"cum_count", "the running count of {}"},
    Phrase{"cum_max", "the running maximum of {}"},
    Phrase{"cum_mean", "the running average of {}"},
    Phrase{"cum_min", "the running minimum of {}"},
    Phrase{"cum_sum", "the running sum of {}"},
    Phrase{"day", "the day of the month of {}"},
    Phrase{"day_of_year", "the day of the year of {}"},
    Phrase{"days_in_month", "the number of days in the month of {}"},
    Phrase{"diff", "the difference to the previous value of {}"},
    Phrase{"divide_by_feature", "<value> divided by {}"},
    Phrase{"divide_numeric", "{} divided by {}"},
    Phrase{"divide_numeric_scalar", "{} divided by <value>"},
    Phrase{"entropy", "the entropy of {}"},
    Phrase{"equal", "whether {} equals {}"},
    Phrase{"equal_scalar", "whether {} equals <value>"},
    Phrase{"first", "the first value of {}"},
    Phrase{"greater_than", "whether {} is greater than {}"},
    Phrase{"greater_than_equal_to", "whether {} is at least {}"},
    Phrase{"greater_than_equal_to_scalar", "whether {} is at least <value>"},
    Phrase{"greater_than_scalar", "whether {} is greater than <value>"},
    Phrase{"haversine", "the great-circle distance in <unit> between {} and {}"},
    Phrase{"hour", "the hour of {}"},
    Phrase{"is_null", "whether {} is missing"},
    Phrase{"is_weekend", "whether {} is on a weekend"},
    Phrase{"isin", "whether {} is one of <list_of_outputs>"},
    Phrase{"kurtosis", "the kurtosis of {}"},
    Phrase{"lag", "the value <periods> rows before of {} in the order of {}"},
    Phrase{"last", "the last value of {}"},
    Phrase{"latitude", "the latitude of {}"},
    Phrase{"less_than", "whether {} is less than {}"},
    Phrase{"less_than_equal_to", "whether {} is at most {}"},
    Phrase{"less_than_equal_to_scalar", "whether {} is at most <value>"},
    Phrase{"less_than_scalar", "whether {} is less than <value>"},
    Phrase{"longitude", "the longitude of {}"},
    Phrase{"max", "the maximum of {}"},
    Phrase{"mean", "the average of {}"},
    Phrase{"median", "the median of {}"},
    Phrase{"min", "the minimum of {}"},
    Phrase{"minute", "the minute of {}"},
    Phrase{"mode", "the most frequent value of {}"},
    Phrase{"modulo_numeric", "the remainder of {} divided by {}"},
    Phrase{"month", "the month of {}"},
    Phrase{"multiply_boolean", "whether both {} and {} are true"},
    Phrase{"multiply_numeric", "the product of {} and {}"},
    Phrase{"multiply_numeric_boolean", "the product of {} and {}"},
    Phrase{"multiply_numeric_scalar", "the product of {} and <value>"},
    Phrase{"n_most_common", "the <n> most frequent values of {}"},
    Phrase{"natural_logarithm", "the natural logarithm of {}"},
    Phrase{"negate", "the negative of {}"},
    Phrase{"not", "whether {} is not true"},
    Phrase{"not_equal", "whether {} differs from {}"},
    Phrase{"not_equal_scalar", "whether {} differs from <value>"},
    Phrase{"num_characters", "the number of characters in {}"},
    Phrase{"num_true", "the number of true values of {}"},
    Phrase{"num_unique", "the number of different values of {}"},
    Phrase{"num_words", "the number of words in {}"},
    Phrase{"or", "whether {} or {} is true"},
    Phrase{"percent_true", "the share of true values of {}"},
    Phrase{"percentile", "the share of all rows that rank at or below {}"},
    Phrase{"quarter", "the quarter of {}"},
    Phrase{"scalar_subtract_numeric_feature", "<value> minus {}"},
    Phrase{"second", "the second of {}"},
    Phrase{"skew", "the skewness of {}"},
    Phrase{"square_root", "the square root of {}"},
    Phrase{"std", "the standard deviation of {}"},
    Phrase{"subtract_numeric", "{} minus {}"},
    Phrase{"subtract_numeric_scalar", "{} minus <value>"},
    Phrase{"sum", "the sum of {}"},
    Phrase{"time_since", "the time in <unit> from {} to the cutoff time"},
    Phrase{"time_since_first", "the time in <unit> from the first {} to the cutoff time"},
    Phrase{"time_since_last", "the time in <unit> from the last {} to the cutoff time"},
    Phrase{"time_since_previous", "the time in <unit> since the previous {}"},
    Phrase{"trend", "the linear trend of {} over {}"},
    Phrase{"variance", "the variance of {}"},
    Phrase{"week", "the week of the year of {}"},
    Phrase{"weekday", "the day of the week of {}"},
    Phrase{"year", "the year of {}"},
};

}  // namespace

std::optional<std::string_view> phrase_for(std::string_view primitive) {
  const auto found =
      std::find_if(kPhrases.begin(), kPhrases.end(), [&](const Phrase& e) { return e.first == primitive; });
  return found == kPhrases.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace gridmill::features
