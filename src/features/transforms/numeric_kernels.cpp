#include "features/transforms/numeric_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/table.hpp"
#include "features/transforms/entries.hpp"
#include "features/transforms/series.hpp"

namespace gridmill::features::transforms {

namespace {

using NumberSeries = std::span<const double>;
using Result = std::span<double>;

/// What pandas 1.5 makes of missing entries of nullable integers in cumulative functions.
enum class Quirk : std::uint8_t {
  none,
  ends,  // everything behind the first is missing
  one,   // they count as 1
};

Quirk quirk_of(const TransformInput& input, Quirk quirk) {
  return held(input, 0).is_nullable_integer() && input.semantics == Semantics::featuretools ? quirk : Quirk::none;
}

/// y = the fold of all present entries so far.
template <class Step>
Transform accumulated(Step step, Quirk nullable) {
  return [step, nullable](const TransformInput& input) {
    const Quirk quirk = quirk_of(input, nullable);
    return exact_number_series(input, 0, [step, quirk]<class Number>(std::span<const Number> x, std::span<Number> y) {
      bool any = false;
      Number so_far = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const bool missing = std::isnan(x[i]);
        if (missing && quirk == Quirk::ends) return;
        if (missing && quirk == Quirk::none) continue;
        const Number value = missing ? Number{1} : x[i];
        so_far = any ? step(so_far, value) : value;
        any = true;
        if (!missing) y[i] = so_far;
      }
    });
  };
}

/// How missing entries are filled: from the entry before or after, at most `limit` in a row.
struct Filling {
  bool forward = true;
  std::size_t limit = 0;  // 0 = all

  Filling(const core::Params& arguments, const std::string& method) {
    const std::string& word = arguments.at(method).text();
    forward = word == "pad" || word == "ffill";
    const core::Value& most = arguments.at("limit");
    limit = most.is_null() ? 0 : static_cast<std::size_t>(most.integer());
  }

  template <class Number>
  [[nodiscard]] std::vector<Number> filled(std::span<const Number> x) const {
    std::vector<Number> y(x.begin(), x.end());
    if (forward) {
      fill(y.begin(), y.end());
    } else {
      fill(y.rbegin(), y.rend());
    }
    return y;
  }

 private:
  template <class Iterator>
  void fill(Iterator begin, Iterator end) const {
    typename std::iterator_traits<Iterator>::value_type last = std::numeric_limits<double>::quiet_NaN();
    std::size_t n_filled = 0;
    for (Iterator each = begin; each != end; ++each) {
      if (!std::isnan(*each)) {
        last = *each;
        n_filled = 0;
      } else if (limit == 0 || n_filled < limit) {
        *each = last;
        ++n_filled;
      }
    }
  }
};

/// x[i], or NaN outside the series.
template <class Number>
Number entry(std::span<const Number> x, std::int64_t i) {
  return i < 0 || i >= static_cast<std::int64_t>(x.size()) ? Number{kNaN} : x[static_cast<std::size_t>(i)];
}

/// Average ranks of the present entries over their number.
template <class Number>
void rank(std::span<const Number> x, std::span<Number> y) {
  std::vector<std::pair<Number, std::size_t>> sorted;
  sorted.reserve(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!std::isnan(x[i])) sorted.emplace_back(x[i], i);
  }
  std::sort(sorted.begin(), sorted.end());
  const auto n = static_cast<double>(sorted.size());
  for (std::size_t begin = 0; begin < sorted.size();) {
    std::size_t end = begin + 1;
    while (end < sorted.size() && sorted[end].first == sorted[begin].first) ++end;
    const double average = static_cast<double>(begin + 1 + end) / 2;
    for (std::size_t k = begin; k < end; ++k) y[sorted[k].second] = average / n;
    begin = end;
  }
}

}  // namespace

Transform cum_count_kernel() {
  return [](const TransformInput& input) {
    Column::Numbers y(input.n);
    for_each_series(input, [&y](std::size_t begin, std::size_t n) {
      for (std::size_t i = 0; i < n; ++i) y[begin + i] = static_cast<double>(i + 1);
    });
    return numbers(std::move(y));
  };
}

Transform cum_max_kernel() {
  return accumulated([](auto so_far, auto x) { return std::max(so_far, x); }, Quirk::one);
}
Transform cum_min_kernel() {
  return accumulated([](auto so_far, auto x) { return std::min(so_far, x); }, Quirk::one);
}
Transform cum_sum_kernel() {
  return accumulated([](auto so_far, auto x) { return so_far + x; }, Quirk::ends);
}

Transform cum_mean_kernel() {
  return [](const TransformInput& input) {
    const bool count_all = input.semantics == Semantics::featuretools;
    const Quirk quirk = quirk_of(input, Quirk::ends);
    return number_series(input, 0, [count_all, quirk](NumberSeries x, Result y) {
      double sum = 0;
      std::size_t n_present = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        if (std::isnan(x[i])) {
          if (quirk == Quirk::ends) return;
          continue;
        }
        sum += x[i];
        ++n_present;
        y[i] = sum / static_cast<double>(count_all ? i + 1 : n_present);
      }
    });
  };
}

Transform absolute_diff_kernel() {
  return [](const TransformInput& input) {
    const Filling filling(input.arguments, "method");
    return exact_number_series(input, 0, [&filling]<class Number>(std::span<const Number> x, std::span<Number> y) {
      const std::vector<Number> values = filling.filled(x);
      for (std::size_t i = 1; i < x.size(); ++i) y[i] = std::abs(values[i] - values[i - 1]);
    });
  };
}

Transform diff_kernel() {
  return [](const TransformInput& input) {
    const std::int64_t periods = input.arguments.at("periods").integer();
    return exact_number_series(input, 0, [periods]<class Number>(std::span<const Number> x, std::span<Number> y) {
      for (std::size_t i = 1; i < x.size(); ++i) {
        const std::int64_t from = static_cast<std::int64_t>(i) - periods;
        y[i] = entry(x, from) - entry(x, from - 1);
      }
    });
  };
}

Transform percent_change_kernel() {
  return [](const TransformInput& input) {
    const Filling filling(input.arguments, "fill_method");
    const std::int64_t periods = input.arguments.at("periods").integer();
    return number_series(input, 0, [&filling, periods](NumberSeries x, Result y) {
      const std::vector<double> values = filling.filled(x);
      for (std::size_t i = 0; i < x.size(); ++i) {
        y[i] = values[i] / entry(NumberSeries(values), static_cast<std::int64_t>(i) - periods) - 1;
      }
    });
  };
}

Transform rate_of_change_kernel() {
  return [](const TransformInput& input) {
    const Column::Numbers& x = input.columns[0]->numbers();
    const Column::Times& times = input.columns[1]->times();
    Column::Numbers y(input.n, kNaN);
    for_each_series(input, [&](std::size_t begin, std::size_t n) {
      for (std::size_t i = begin + 1; i < begin + n; ++i) {
        if (times[i] == core::kMissingTime || times[i - 1] == core::kMissingTime) continue;
        const auto change = static_cast<double>(x.exact(i) - x.exact(i - 1));
        y[i] = change / (static_cast<double>(times[i] - times[i - 1]) / 1e9);
      }
    });
    return numbers(std::move(y));
  };
}

Transform same_as_previous_kernel() {
  return [](const TransformInput& input) {
    const Filling filling(input.arguments, "fill_method");
    const bool keeps_missing = held(input, 0).nullable || input.semantics == Semantics::strict;
    const Column::Numbers& x = input.columns[0]->numbers();
    Column::Booleans y(input.n, 0);
    const auto compare = [&]<class Number>(std::span<const Number> entries) {
      for_each_series(input, [&](std::size_t begin, std::size_t n) {
        const std::vector<Number> values = filling.filled(entries.subspan(begin, n));
        for (std::size_t i = 1; i < n; ++i) {
          const bool missing = std::isnan(values[i]) || std::isnan(values[i - 1]);
          y[begin + i] = missing && keeps_missing ? Column::kMissingBoolean : bit(values[i] == values[i - 1]);
        }
      });
    };
    if (x.has_rests()) {
      const std::vector<core::Numbers::Exact> exact = x.all_exact();
      compare(std::span<const core::Numbers::Exact>(exact));
    } else {
      compare(NumberSeries(x));
    }
    return booleans(std::move(y));
  };
}

Transform percentile_kernel() {
  return [](const TransformInput& input) {
    return exact_number_series(input, 0,
                               []<class Number>(std::span<const Number> x, std::span<Number> y) { rank(x, y); });
  };
}

}  // namespace gridmill::features::transforms
