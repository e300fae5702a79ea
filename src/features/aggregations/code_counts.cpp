#include "features/aggregations/code_counts.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace gridmill::features::aggregations {
namespace {

using Codes = std::span<const std::int32_t>;
using CountEntries = std::vector<CodeCounts::Entry>;

constexpr std::size_t kBits = 64;
constexpr std::size_t kFewEntries = 24;

/// Counts categories of a small dictionary: a bit for each that occurs gives them in order.
class BitCounter {
 public:
  std::size_t count(Codes codes, CountEntries& entries) {
    std::uint64_t present = 0;
    std::size_t n_missing = 0;
    for (const std::int32_t code : codes) {
      if (code < 0) {
        ++n_missing;
        continue;
      }
      present |= std::uint64_t{1} << static_cast<unsigned>(code);
      ++counts_[static_cast<std::size_t>(code)];
    }
    for (; present != 0; present &= present - 1) {
      const int code = std::countr_zero(present);
      std::uint32_t& count = counts_[static_cast<std::size_t>(code)];
      entries.push_back({code, count});
      count = 0;
    }
    return n_missing;
  }

 private:
  std::array<std::uint32_t, kBits> counts_{};
};

/// Counts categories of any dictionary: few codes by sorting them, many in a table that is cleared through those found.
class TableCounter {
 public:
  explicit TableCounter(std::size_t n_codes) : counts_(n_codes) {}

  std::size_t count(Codes codes, CountEntries& entries) {
    return codes.size() <= kFewEntries ? count_few(codes, entries) : count_many(codes, entries);
  }

 private:
  static std::size_t count_few(Codes codes, CountEntries& entries) {
    std::array<std::int32_t, kFewEntries> sorted{};
    std::size_t n = 0;
    for (const std::int32_t code : codes) {
      if (code < 0) continue;
      std::size_t place = n++;
      for (; place > 0 && sorted[place - 1] > code; --place) sorted[place] = sorted[place - 1];
      sorted[place] = code;
    }
    for (std::size_t i = 0; i < n;) {
      const std::size_t first = i;
      while (i < n && sorted[i] == sorted[first]) ++i;
      entries.push_back({sorted[first], static_cast<std::uint32_t>(i - first)});
    }
    return codes.size() - n;
  }

  std::size_t count_many(Codes codes, CountEntries& entries) {
    const auto first = static_cast<std::ptrdiff_t>(entries.size());
    std::size_t n_missing = 0;
    for (const std::int32_t code : codes) {
      if (code < 0) {
        ++n_missing;
      } else if (counts_[static_cast<std::size_t>(code)]++ == 0) {
        entries.push_back({code, 0});
      }
    }
    std::sort(entries.begin() + first, entries.end(), [](const auto& a, const auto& b) { return a.code < b.code; });
    for (auto entry = entries.begin() + first; entry != entries.end(); ++entry) {
      entry->count = counts_[static_cast<std::size_t>(entry->code)];
      counts_[static_cast<std::size_t>(entry->code)] = 0;
    }
    return n_missing;
  }

  std::vector<std::uint32_t> counts_;
};

template <class Counter>
void count_groups(Counter counter, const Column::Codes& codes, const GroupRanges& groups, CountEntries& entries,
                  std::vector<std::size_t>& ends, std::vector<std::uint32_t>& n_missing) {
  for (std::size_t group = 0; group < n_missing.size(); ++group) {
    const auto begin = static_cast<std::size_t>(groups.begin(group));
    const auto end = static_cast<std::size_t>(groups.end(group));
    n_missing[group] = static_cast<std::uint32_t>(counter.count(Codes(codes).subspan(begin, end - begin), entries));
    ends[group + 1] = entries.size();
  }
}

}  // namespace

CodeCounts::CodeCounts(const Column& column, const GroupRanges& groups)
    : ends_(groups.size() + 1), n_missing_(groups.size()) {
  entries_.reserve(static_cast<std::size_t>(groups.n_entries()));  // memory is taken as it is written
  const std::size_t n_codes = column.dictionary->size();
  if (n_codes <= kBits) {
    count_groups(BitCounter(), column.codes(), groups, entries_, ends_, n_missing_);
  } else {
    count_groups(TableCounter(n_codes), column.codes(), groups, entries_, ends_, n_missing_);
  }
}

CodeCounts::CodeCounts(std::vector<Entry> entries, std::size_t n_missing)
    : entries_(std::move(entries)), ends_{0, entries_.size()}, n_missing_{static_cast<std::uint32_t>(n_missing)} {}

const CodeCounts& code_counts(const AggregateInput& input, std::size_t column) {
  const Column& values = *input.columns[column];
  return input.memo.get<CodeCounts>(values, [&] { return CodeCounts(values, input.groups); });
}

}  // namespace gridmill::features::aggregations
