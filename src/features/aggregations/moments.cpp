#include <cmath>
#include <cstddef>
#include <vector>

#include "features/aggregations/group_moments.hpp"
#include "features/aggregations/reduction.hpp"
#include "features/aggregations/vocabulary.hpp"
#include "features/definitions/primitive.hpp"

namespace gridmill::features {
namespace {

using namespace aggregations;

struct OfTotals {
  using State = Totals;
  explicit OfTotals(const AggregateInput& input) : groups(totals(input)), semantics(input.semantics) {}
  [[nodiscard]] Totals summarize(std::size_t group) const { return groups[group]; }
  static void merge(Totals& into, const Totals& later) { into.merge(later); }

  const std::vector<Totals>& groups;
  Semantics semantics;
};

struct SumOf : OfTotals {
  using OfTotals::OfTotals;
  [[nodiscard]] double finish(const Totals& found, std::size_t) const {
    const bool unknown = semantics == Semantics::strict ? found.n == 0 && found.n_rows > 0 : found.n_rows == 0;
    return unknown ? kNaN : found.sum;
  }
};

/// Of whole numbers beyond 2^53. Sums of parts are sums of doubles: they differ in the last bits.
struct ExactSumOf {
  explicit ExactSumOf(const AggregateInput& input) : groups(exact_totals(input)), semantics(input.semantics) {}
  [[nodiscard]] Exact operator()(std::size_t group) const {
    const ExactTotals& found = groups[group];
    const bool unknown = semantics == Semantics::strict ? found.n == 0 && found.n_rows > 0 : found.n_rows == 0;
    return unknown ? Exact{kNaN} : found.sum;
  }

  const std::vector<ExactTotals>& groups;
  Semantics semantics;
};

struct MeanOf : OfTotals {
  explicit MeanOf(const AggregateInput& input) : OfTotals(input), skipna(input.arguments.at("skipna").boolean()) {}
  [[nodiscard]] double finish(const Totals& found, std::size_t) const {
    return !skipna && found.any_missing() ? kNaN : found.mean();
  }
  bool skipna;
};

/// What only the spread is needed for takes no third and fourth powers: its parts carry them as 0 and merge all the
/// same.
struct OfSpread {
  using State = Shape;
  explicit OfSpread(const AggregateInput& input) : groups(input) {}
  [[nodiscard]] Shape summarize(std::size_t group) const { return {.spread = groups[group]}; }
  static void merge(Shape& into, const Shape& later) { into.merge(later); }

  Spreads groups;
};

double variance_of(const Spread& found) { return found.n < 2 ? kNaN : found.m2 / static_cast<double>(found.n - 1); }

struct VarianceOf : OfSpread {
  using OfSpread::OfSpread;
  [[nodiscard]] double finish(const Shape& found, std::size_t) const { return variance_of(found.spread); }
};

struct DeviationOf : OfSpread {
  using OfSpread::OfSpread;
  [[nodiscard]] double finish(const Shape& found, std::size_t) const { return std::sqrt(variance_of(found.spread)); }
};

struct CoefficientOfVariation : OfSpread {
  using OfSpread::OfSpread;
  [[nodiscard]] double finish(const Shape& found, std::size_t) const {
    const double mean = found.spread.mean + found.spread.shift;
    return mean == 0 ? kNaN : std::sqrt(variance_of(found.spread)) / std::abs(mean);
  }
};

struct OfShape {
  using State = Shape;
  explicit OfShape(const AggregateInput& input) : groups(input), semantics(input.semantics) {}
  [[nodiscard]] Shape summarize(std::size_t group) const { return groups[group]; }
  static void merge(Shape& into, const Shape& later) { into.merge(later); }

  Shapes groups;
  Semantics semantics;
};

/// Says whether all values are equal but for rounding.
bool is_constant(const Spread& found) {
  const double rounding = 1e-15 * (found.mean + found.shift);
  return found.m2 <= static_cast<double>(found.n) * rounding * rounding;
}

/// Returns what the rounding of the mean lost, from which pandas takes deviations as it is; 0 where parts were merged.
double rounding_of_mean(const Spread& found) {
  constexpr double kFewUlps = 1e-15;
  return std::abs(found.shift) <= kFewUlps * std::abs(found.mean) ? found.shift : 0;
}

struct SkewnessOf : OfShape {
  using OfShape::OfShape;
  [[nodiscard]] double finish(const Shape& found, std::size_t) const {
    const auto n = static_cast<double>(found.spread.n);
    if (n < 3) return kNaN;
    double m2 = found.spread.m2;
    double m3 = found.m3;
    if (semantics == Semantics::strict) {
      if (is_constant(found.spread)) return kNaN;
    } else {  // as pandas, whatever the unit of the values
      const double shift = rounding_of_mean(found.spread);
      m3 += shift * (3 * m2 + n * shift * shift);
      m2 += n * shift * shift;
      if (std::abs(m2) < 1e-14) m2 = 0;
      if (std::abs(m3) < 1e-14) m3 = 0;
      if (m2 == 0) return 0;
    }
    return n * std::sqrt(n - 1) / (n - 2) * (m3 / (m2 * std::sqrt(m2)));
  }
};

struct KurtosisOf : OfShape {
  explicit KurtosisOf(const AggregateInput& input)
      : OfShape(input),
        fisher(input.arguments.at("fisher").boolean()),
        bias(input.arguments.at("bias").boolean()),
        propagate(input.arguments.at("nan_policy").text() == "propagate") {}
  [[nodiscard]] double finish(const Shape& found, std::size_t) const {
    const auto n = static_cast<double>(found.spread.n);
    if (propagate && found.spread.n < found.spread.n_rows) return kNaN;
    if (n == 0 || is_constant(found.spread)) return kNaN;
    const double m2 = found.spread.m2 / n;
    double excess = found.m4 / n / (m2 * m2) - 3;
    if (!bias && n > 3) excess = ((n + 1) * excess + 6) * (n - 1) / ((n - 2) * (n - 3));
    return fisher ? excess : excess + 3;
  }
  bool fisher;
  bool bias;
  bool propagate;
};

Primitive sum() {
  return {.name = "sum",
          .meaning = "Sum of the values; 0 if all are missing.",
          .inputs = {{kNumber}},
          .output = kUntypedNumber,
          .default_value = 0,
          .stacks_on_itself = false,
          .never_on = {"count"},
          .by_default = true};
}

Primitive mean() {
  return {.name = "mean",
          .meaning = "Mean of the values.",
          .inputs = {{kNumber}},
          .output = kUntypedNumber,
          .arguments = {skipna()},
          .by_default = true};
}

Primitive standard_deviation() {
  return {.name = "std",
          .meaning = "Standard deviation of the sample (n - 1); missing for fewer than two values.",
          .inputs = {{kNumber}},
          .output = kUntypedNumber,
          .stacks_on_itself = false,
          .by_default = true};
}

Primitive variance() {
  return {.name = "variance",
          .meaning = "Variance of the sample (n - 1); missing for fewer than two values.",
          .inputs = {{kNumber}},
          .output = kReal,
          .stacks_on_itself = false};
}

Primitive skew() {
  return {.name = "skew",
          .meaning = "Unbiased skewness; missing for fewer than three values, 0 if all are equal.",
          .inputs = {{kNumber}},
          .output = kUntypedNumber,
          .stacks_on_itself = false,
          .by_default = true};
}

Primitive kurtosis() {
  return {.name = "kurtosis",
          .meaning = "Kurtosis; missing if all values are equal.",
          .inputs = {{InputSlot{.type = LogicalType::integer, .tags = Tag::numeric}},
                     {InputSlot{.type = LogicalType::real, .tags = Tag::numeric}}},
          .output = kReal,
          .default_value = 0,
          .arguments = {switch_argument("fisher", true, "whether 3 is subtracted: 0 for a normal distribution"),
                        switch_argument("bias", true, "whether the bias of a small sample is left in"),
                        {.name = "nan_policy",
                         .kinds = {core::Kind::text},
                         .default_value = "propagate",
                         .range = {},
                         .choices = {"propagate", "omit"},
                         .meaning = "a missing value makes the result missing (propagate) or is left out (omit)"}},
          .stacks_on_itself = false};
}

Primitive coefficient_of_variation() {
  return {.name = "coefficient_of_variation",
          .meaning = "Standard deviation of the sample, as a fraction of the mean's amount; missing if the mean is 0.",
          .ours = true,
          .inputs = {{kNumber}},
          .output = kReal,
          .stacks_on_itself = false};
}

Primitive exact_sum() {
  Primitive primitive = reduced_by<SumOf>(sum());
  primitive.aggregate = each_group_exactly<Reduced<SumOf>, ExactSumOf>();
  return primitive;
}

}  // namespace

std::vector<Primitive> moment_aggregations() {
  return {
      exact_sum(),
      reduced_by<MeanOf>(mean()),
      reduced_by<DeviationOf>(standard_deviation()),
      reduced_by<VarianceOf>(variance()),
      reduced_by<SkewnessOf>(skew()),
      reduced_by<KurtosisOf>(kurtosis()),
      reduced_by<CoefficientOfVariation>(coefficient_of_variation()),
  };
}

}  // namespace gridmill::features
