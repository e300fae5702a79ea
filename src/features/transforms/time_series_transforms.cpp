#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "features/definitions/primitive.hpp"
#include "features/transforms/decay_kernels.hpp"
#include "features/transforms/declaration.hpp"
#include "features/transforms/lag_kernels.hpp"
#include "features/transforms/rolling_kernels.hpp"
#include "features/transforms/windows.hpp"

namespace gridmill::features {

namespace {

using namespace transforms;
using core::Kind;
using core::OptionSpec;

const std::vector<Slots> kTimeAndNumber = {{time_index(), numeric()}};

std::vector<OptionSpec> rolling_options(int min_periods) {
  return {{"window_length",
           {Kind::integer, Kind::text},
           3,
           core::Range::at_least(1),
           {},
           "Rows in the window, or its length in time: 6h, 2D, 90min."},
          {"gap",
           {Kind::integer, Kind::text},
           1,
           core::Range::at_least(0),
           {},
           "Rows between the window and the row it is for, or time (if window_length is a time): 1h."},
          {"min_periods",
           {Kind::integer, Kind::null},
           min_periods,
           core::Range::at_least(0),
           {},
           "Fewest values in the window, else the result is missing; 0 is as 1."}};
}

std::vector<OptionSpec> expanding_options() {
  return {{"gap", {Kind::integer}, 1, core::Range::at_least(0), {}, "Rows between the last value and the row."},
          {"min_periods",
           {Kind::integer},
           1,
           core::Range::at_least(0),
           {},
           "Fewest values, else the result is missing; 0 is as 1."}};
}

Primitive rolling(std::string name, int min_periods, const std::string& meaning, Transform kernel) {
  return checked(with(over_table(transform(std::move(name), kTimeAndNumber, as_double(),
                                           meaning + " in a window of the rows before.", std::move(kernel))),
                      rolling_options(min_periods)),
                 WindowOptions::problem);
}

Primitive expanding(std::string name, ValueType output, const std::string& meaning, Transform kernel) {
  return with(over_table(transform(std::move(name), kTimeAndNumber, output, meaning + " in all rows before.",
                                   std::move(kernel))),
              expanding_options());
}

Primitive lagging(std::string name, std::size_t input, std::vector<Slots> inputs, std::optional<ValueType> output,
                  Transform kernel) {
  const std::vector<OptionSpec> options{
      {"periods",
       {Kind::integer, Kind::text},
       1,
       {},
       {},
       "How many rows before, or how long: 1 day, 2 weeks; then the last row of exactly that time counts."},
      {"fill_value",
       {Kind::integer, Kind::real, Kind::null},
       {},
       {},
       {},
       "The value where there is no such row, of numbers and booleans; others are missing then."}};
  Primitive primitive =
      transform(std::move(name), std::move(inputs), output, "The value of an earlier row.", std::move(kernel));
  primitive.lagged_input = input;
  return checked(ahead_if(with(over_table(std::move(primitive)), options), lags_ahead), problem_with_periods);
}

std::vector<Primitive> lags() {
  const InputSlot time = tagged(Tag::time_index);
  return {
      lagging("lag", 0,
              {{tagged(Tag::category), time},
               {numeric(), time},
               {of_type(LogicalType::boolean), time},
               {of_type(LogicalType::boolean_nullable), time}},
              std::nullopt, lag_kernel()),
      lagging("numeric_lag", 1, {{time, numeric()}}, as_number(), numeric_lag_kernel()),
  };
}

std::vector<Primitive> windows() {
  return {
      checked(with(over_table(transform("rolling_count", {{time_index()}}, as_double(),
                                        "Number of rows in a window of the rows before.",
                                        rolling_kernel(Statistic::count))),
                   rolling_options(0)),
              WindowOptions::problem),
      rolling("rolling_max", 1, "Greatest value", rolling_kernel(Statistic::greatest)),
      rolling("rolling_mean", 0, "Mean", rolling_kernel(Statistic::mean)),
      rolling("rolling_min", 1, "Least value", rolling_kernel(Statistic::least)),
      rolling("rolling_outlier_count", 0, "Number of values farther than 1.5 interquartile ranges from the quartiles",
              rolling_kernel(Statistic::outliers)),
      rolling("rolling_std", 1, "Standard deviation (n - 1)", rolling_kernel(Statistic::deviation)),
      rolling("rolling_trend", 0,
              "Slope of the least-squares line, per day, hour, minute or second: the largest that divides the first "
              "time of the window; strict: per day;",
              rolling_kernel(Statistic::trend)),
  };
}

std::vector<Primitive> expansions() {
  return {
      with(over_table(transform("expanding_count", {{time_index()}}, as_count(), "Number of rows before.",
                                expanding_kernel(Statistic::count))),
           expanding_options()),
      expanding("expanding_max", as_number(), "Greatest value", expanding_kernel(Statistic::greatest)),
      expanding("expanding_mean", as_double(), "Mean", expanding_kernel(Statistic::mean)),
      expanding("expanding_min", as_number(), "Least value", expanding_kernel(Statistic::least)),
      expanding("expanding_std", as_double(), "Standard deviation (n - 1)", expanding_kernel(Statistic::deviation)),
      expanding("expanding_trend", as_double(),
                "Slope of the least-squares line, per day, hour, minute or second: the largest that divides the first "
                "time; strict: per day;",
                expanding_kernel(Statistic::trend)),
  };
}

std::vector<OptionSpec> decay_options() {
  return {
      {"com", {Kind::real, Kind::null}, {}, core::Range::at_least(0), {}, "Centre of mass; 0.5 if nothing is given."},
      {"span", {Kind::real, Kind::null}, {}, core::Range::at_least(1), {}, "Span: com = (span - 1) / 2."},
      {"halflife", {Kind::real, Kind::null}, {}, core::Range::positive(), {}, "Rows after which weight is halved."},
      {"alpha", {Kind::real, Kind::null}, {}, {.low = 0, .high = 1, .low_open = true}, {}, "Weight of a new value."},
      {"ignore_na", {Kind::boolean}, false, {}, {}, "Whether rows with missing entries do not age the others."}};
}

/// Featuretools fills in com when nothing is given, so that names show it.
std::string decay_name(const std::string& word, std::span<const std::string> inputs, const core::Params& arguments) {
  std::string name = word + "(" + inputs[0];
  bool given = false;
  for (const char* way : {"com", "span", "halflife", "alpha"}) given = given || !arguments.at(way).is_null();
  if (!given) name += ", com=0.5";
  for (const OptionSpec& option : decay_options()) {
    const core::Value& value = arguments.at(option.name);
    if (!(value == option.default_value)) name += ", " + option.name + "=" + value.python_str();
  }
  return name + ")";
}

Primitive decaying(std::string name, const std::string& word, const std::string& meaning, Transform kernel) {
  return written(checked(with(over_table(transform(std::move(name), {{numeric()}}, as_double(),
                                                   meaning + " of the values so far, later ones weighing more.",
                                                   std::move(kernel))),
                              decay_options()),
                         decay_problem),
                 [word](std::span<const std::string> inputs, const core::Params& arguments) {
                   return decay_name(word, inputs, arguments);
                 });
}

std::vector<Primitive> decays() {
  return {
      decaying("exponential_weighted_average", "EXPONENTIAL_WEIGHTED_AVERAGE", "Mean", decaying_mean_kernel()),
      decaying("exponential_weighted_std", "EXPONENTIAL_WEIGHTED_STD", "Standard deviation (unbiased)",
               decaying_deviation_kernel()),
      decaying("exponential_weighted_variance", "EXPONENTIAL_WEIGHTED_VARIANCE", "Variance (unbiased)",
               decaying_variance_kernel()),
  };
}

std::vector<Primitive> since_last() {
  const std::vector<Slots> inputs = {{time_index(), of_type(LogicalType::boolean)}};
  return {
      over_table(transform("cumulative_time_since_last_false", inputs, as_double(),
                           "Time since the last row, this one included, in which a boolean was false [s].",
                           time_since_last_kernel(false))),
      over_table(transform("cumulative_time_since_last_true", inputs, as_double(),
                           "Time since the last row, this one included, in which a boolean was true [s].",
                           time_since_last_kernel(true))),
  };
}

}  // namespace

std::vector<Primitive> time_series_transforms() {
  std::vector<Primitive> all = lags();
  append(all, windows());
  append(all, expansions());
  append(all, decays());
  append(all, since_last());
  return all;
}

}  // namespace gridmill::features
