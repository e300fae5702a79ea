#include "core/numbers.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace gridmill::core {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr Numbers::Exact kBeyondUnsigned = 18446744073709551616.0L;  // 2^64

/// Says whether one of them may need a rest.
bool any_beyond_doubles(std::span<const std::int64_t> integers) {
  constexpr std::uint64_t kExact = std::uint64_t{1} << 53U;
  std::uint64_t any = 0;
  for (const std::int64_t each : integers) {
    any |= static_cast<std::uint64_t>(static_cast<std::uint64_t>(each) + kExact > 2 * kExact);
  }
  return any != 0;
}

}  // namespace

Numbers Numbers::of(std::span<const std::int64_t> integers, std::span<const std::uint8_t> valid) {
  Numbers numbers(integers.size());
  for (std::size_t i = 0; i < integers.size(); ++i) numbers[i] = static_cast<double>(integers[i]);
  for (std::size_t i = 0; i < valid.size(); ++i) {
    if (valid[i] == 0) numbers[i] = kNaN;
  }
  if (!any_beyond_doubles(integers)) return numbers;
  for (std::size_t i = 0; i < integers.size(); ++i) {
    if (!std::isnan(numbers[i])) numbers.set(i, static_cast<Exact>(integers[i]));
  }
  return numbers;
}

std::vector<Numbers::Exact> Numbers::all_exact() const {
  std::vector<Exact> all(size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = exact(i);
  return all;
}

void Numbers::set(std::size_t i, Exact number) {
  const auto nearest = static_cast<double>(number);
  (*this)[i] = nearest;
  const bool may_have_rest = std::abs(number) < kBeyondUnsigned && std::trunc(number) == number;
  const auto rest = may_have_rest ? static_cast<Rest>(number - Exact{nearest}) : Rest{0};
  if (rest != 0 && rests_.empty()) rests_.resize(size(), 0);
  if (!rests_.empty()) rests_[i] = rest;
}

std::int64_t Numbers::nearest_integer(Exact number) {
  constexpr auto kLeast = static_cast<Exact>(std::numeric_limits<std::int64_t>::min());
  constexpr auto kGreatest = static_cast<Exact>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::clamp(number, kLeast, kGreatest));
}

std::string Numbers::integer_text(std::size_t i) const { return digits_of(exact(i)); }

std::vector<double> Numbers::ranks() const {
  std::vector<Exact> levels;
  for (std::size_t i = 0; i < size(); ++i) {
    if (!std::isnan((*this)[i])) levels.push_back(exact(i));
  }
  std::sort(levels.begin(), levels.end());
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  std::vector<double> ranks(size(), kNaN);
  for (std::size_t i = 0; i < size(); ++i) {
    if (std::isnan((*this)[i])) continue;
    ranks[i] = static_cast<double>(std::lower_bound(levels.begin(), levels.end(), exact(i)) - levels.begin());
  }
  return ranks;
}

Numbers Numbers::take(std::span<const std::int64_t> rows) const {
  Numbers taken(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    taken[i] = rows[i] < 0 ? kNaN : (*this)[static_cast<std::size_t>(rows[i])];
  if (rests_.empty()) return taken;
  std::vector<Rest> rests(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    rests[i] = rows[i] < 0 ? Rest{0} : rests_[static_cast<std::size_t>(rows[i])];
  taken.set_rests(std::move(rests));
  return taken;
}

void Numbers::append(const Numbers& more) {
  if (has_rests() || more.has_rests()) {
    rests_.resize(size(), 0);
    rests_.insert(rests_.end(), more.rests_.begin(), more.rests_.end());
    rests_.resize(size() + more.size(), 0);
  }
  insert(end(), more.begin(), more.end());
}

void Numbers::set_rests(std::vector<Rest> rests) {
  GRIDMILL_ASSERT(rests.empty() || rests.size() == size(), "a rest for each entry, or none");
  const bool any = std::any_of(rests.begin(), rests.end(), [](Rest each) { return each != 0; });
  rests_ = any ? std::move(rests) : std::vector<Rest>();
}

std::string digits_of(Numbers::Exact whole) {
  if (whole < 0) return std::to_string(static_cast<std::int64_t>(std::max(whole, -kBeyondUnsigned / 2)));
  return std::to_string(whole < kBeyondUnsigned ? static_cast<std::uint64_t>(whole)
                                                : std::numeric_limits<std::uint64_t>::max());
}

}  // namespace gridmill::core
