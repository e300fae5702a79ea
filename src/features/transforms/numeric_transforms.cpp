#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "features/definitions/primitive.hpp"
#include "features/transforms/declaration.hpp"
#include "features/transforms/entries.hpp"
#include "features/transforms/numeric_kernels.hpp"
#include "features/transforms/savgol_filter.hpp"

namespace gridmill::features {

namespace {

using namespace transforms;
using core::Kind;
using core::OptionSpec;

const std::vector<Slots> kAnyNumber = {{numeric()}};

Primitive of_number(std::string name, std::string meaning, Transform kernel) {
  return transform(std::move(name), kAnyNumber, as_number(), std::move(meaning), std::move(kernel));
}

Primitive to_double(std::string name, std::string meaning, Transform kernel) {
  return transform(std::move(name), kAnyNumber, as_double(), std::move(meaning), std::move(kernel));
}

std::vector<Primitive> functions() {
  return {
      of_number("absolute", "Absolute value.", exact_number_to_number([](auto x) { return std::abs(x); })),
      to_double("cosine", "Cosine of an angle [rad].", number_to_number([](double x) { return std::cos(x); })),
      to_double("natural_logarithm", "Natural logarithm: -inf of 0, missing of negative numbers.",
                number_to_number([](double x) { return std::log(x); })),
      written(
          of_number("negate", "The number with its sign changed.", exact_number_to_number([](auto x) { return -x; })),
          [](std::span<const std::string> inputs, const core::Params&) { return "-(" + inputs[0] + ")"; }),
      to_double("sine", "Sine of an angle [rad].", number_to_number([](double x) { return std::sin(x); })),
      to_double("square_root", "Square root, missing of negative numbers.",
                number_to_number([](double x) { return std::sqrt(x); })),
      to_double("tangent", "Tangent of an angle [rad].", number_to_number([](double x) { return std::tan(x); })),
  };
}

std::vector<Primitive> cumulative() {
  return {
      over_table(transform("cum_count", {{tagged(Tag::foreign_key)}, {tagged(Tag::category)}}, as_count(),
                           "Number of the row, from 1; missing entries count.", cum_count_kernel())),
      over_table(of_number("cum_max", "Greatest value so far; missing where the value is.", cum_max_kernel())),
      over_table(of_number("cum_mean",
                           "Sum so far / number of the row, rows with missing entries counted; missing where the "
                           "value is. Strict: rows with missing entries do not count.",
                           cum_mean_kernel())),
      over_table(of_number("cum_min", "Least value so far; missing where the value is.", cum_min_kernel())),
      over_table(of_number("cum_sum", "Sum so far; missing where the value is.", cum_sum_kernel())),
  };
}

/// Options of those that fill missing entries from their neighbours first.
std::vector<OptionSpec> filling_options(const std::string& method) {
  return {{method,
           {Kind::text},
           method == "method" ? "ffill" : "pad",
           {},
           {"backfill", "bfill", "pad", "ffill"},
           "Whence missing entries are filled first: pad, ffill = the entry before; backfill, bfill = the one after."},
          {"limit",
           {Kind::integer, Kind::null},
           {},
           core::Range::at_least(1),
           {},
           "Most missing entries in a row that are filled; null = all."}};
}

/// Those that fill backwards look ahead.
Primitive filling(Primitive primitive, const std::string& method) {
  return ahead_if(std::move(primitive), [method](const core::Params& arguments) {
    const core::Value* periods = arguments.contains("periods") ? &arguments.at("periods") : nullptr;
    return arguments.at(method).text().starts_with("b") || (periods != nullptr && periods->integer() < 0);
  });
}

std::vector<OptionSpec> percent_change_options() {
  std::vector<OptionSpec> options = {
      {"periods", {Kind::integer}, 1, {}, {}, "How many rows before the value to compare with is."}};
  for (OptionSpec& each : filling_options("fill_method")) options.push_back(std::move(each));
  options.push_back({"freq", {Kind::null}, {}, {}, {}, "Rows are compared, never times: only null."});
  return options;
}

std::vector<Primitive> differences() {
  return {
      filling(with(among_instances(of_number("absolute_diff", "Absolute difference from the previous row's value.",
                                             absolute_diff_kernel())),
                   filling_options("method")),
              "method"),
      ahead_if_negative(
          with(over_table(
                   of_number("diff", "Difference from the previous row's value; missing if either is.", diff_kernel())),
               {{"periods", {Kind::integer}, 0, {}, {}, "Rows by which values are shifted first."}})),
      filling(
          with(among_instances(to_double("percent_change", "Change from an earlier row's value, as a share of that.",
                                         percent_change_kernel())),
               percent_change_options()),
          "fill_method"),
      over_table(transform("rate_of_change", {{numeric(), time_index()}}, as_double(),
                           "Change from the previous row's value per second.", rate_of_change_kernel())),
      filling(with(among_instances(transform("same_as_previous", kAnyNumber, as_nullable_boolean(),
                                             "Whether the previous row's value is the same; false for the first row.",
                                             same_as_previous_kernel())),
                   filling_options("fill_method")),
              "fill_method"),
  };
}

std::vector<Primitive> ranks_and_filters() {
  const auto always = [](const core::Params&) { return true; };
  return {
      ahead_if(over_table(of_number("percentile",
                                    "Rank among all values / their number; equal values share the average rank.",
                                    percentile_kernel())),
               always),
      checked(
          ahead_if(
              with(over_table(
                       to_double("savgol_filter",
                                 "The series smoothed by polynomials fitted to windows (Savitzky and Golay 1964); "
                                 "missing entries are interpolated first; fewer than 20 rows stay as they are.",
                                 savgol_filter_kernel())),
                   {{"window_length",
                     {Kind::integer, Kind::null},
                     {},
                     {.low = 1, .high = 100'001},
                     {},
                     "Rows in a window; null = two tenths of the rows, plus one."},
                    {"polyorder", {Kind::integer, Kind::null}, {}, {.low = 0, .high = 100}, {}, "Degree; null = 3."},
                    {"deriv",
                     {Kind::integer},
                     0,
                     core::Range::at_least(0),
                     {},
                     "Which derivative to give; 0 = the values."},
                    {"delta", {Kind::real}, 1.0, {}, {}, "Distance between rows, for derivatives."},
                    {"mode",
                     {Kind::text},
                     "interp",
                     {},
                     {"mirror", "constant", "nearest", "interp", "wrap"},
                     "What stands beyond the ends; interp = a polynomial fitted to the last window."},
                    {"cval", {Kind::real}, 0.0, {}, {}, "The value beyond the ends, for constant."}}),
              always),
          savgol_problem),
  };
}

}  // namespace

std::vector<Primitive> numeric_transforms() {
  std::vector<Primitive> all = functions();
  append(all, cumulative());
  append(all, differences());
  append(all, ranks_and_filters());
  return all;
}

}  // namespace gridmill::features
