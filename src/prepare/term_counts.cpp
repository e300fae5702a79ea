#include "prepare/term_counts.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/numpy_argsort.hpp"

namespace gridmill::prepare {

namespace {

struct Hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

struct Counts {
  std::size_t n_rows = 0;
  std::size_t n = 0;  // occurrences
  std::size_t last_text = 0;
};

using CountsOf = std::unordered_map<std::string, Counts, Hash, std::equal_to<>>;

/// Texts are numbered from 1.
CountsOf count_terms(const WordLesson& lesson, const TermRule& rule) {
  std::vector<std::size_t> rows_of(lesson.list.size(), 0);
  for (const std::int32_t code : lesson.codes) {
    if (code >= 0 && static_cast<std::size_t>(code) < rows_of.size()) ++rows_of[static_cast<std::size_t>(code)];
  }
  CountsOf counts;
  for (std::size_t t = 0; t < rows_of.size(); ++t) {
    if (rows_of[t] == 0) continue;
    for_each_term(lesson.list[t], rule, [&](std::string_view term) {
      auto found = counts.find(term);
      if (found == counts.end()) found = counts.emplace(std::string(term), Counts{}).first;
      found->second.n += rows_of[t];
      if (std::exchange(found->second.last_text, t + 1) != t + 1) found->second.n_rows += rows_of[t];
    });
  }
  return counts;
}

double rows_meant(const core::Value& limit, std::size_t n_rows) {
  return limit.is_integer() ? limit.number() : limit.number() * static_cast<double>(n_rows);
}

}  // namespace

Vocabulary vocabulary_of(const WordLesson& lesson, const TermRule& rule, const TermLimits& limits) {
  CountsOf counts = count_terms(lesson, rule);
  std::vector<std::pair<std::string, Counts>> kept;
  const double least = rows_meant(limits.min_df, lesson.codes.size());
  const double most = rows_meant(limits.max_df, lesson.codes.size());
  for (auto& [term, of] : counts) {
    const auto n_rows = static_cast<double>(of.n_rows);
    if (n_rows >= least && n_rows <= most) kept.emplace_back(term, of);
  }
  std::ranges::sort(kept, {}, &std::pair<std::string, Counts>::first);
  if (limits.max_features > 0 && kept.size() > limits.max_features) {
    std::vector<std::int64_t> by_number;
    for (const auto& [term, of] : kept) by_number.push_back(-static_cast<std::int64_t>(of.n));
    std::vector<std::size_t> order = core::numpy_argsort(by_number);
    order.resize(limits.max_features);
    std::ranges::sort(order);
    std::vector<std::pair<std::string, Counts>> first;
    for (const std::size_t place : order) first.push_back(std::move(kept[place]));
    kept = std::move(first);
  }
  Vocabulary vocabulary;
  double n = 0;
  for (auto& [term, of] : kept) {
    n += static_cast<double>(of.n_rows);
    vocabulary.n_rows.push_back(of.n_rows);
    vocabulary.terms.push_back(std::move(term));
  }
  vocabulary.terms_a_row = n / static_cast<double>(lesson.codes.size());
  return vocabulary;
}

}  // namespace gridmill::prepare
