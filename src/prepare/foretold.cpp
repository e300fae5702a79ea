#include "prepare/foretold.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/error.hpp"
#include "core/table.hpp"
#include "core/words.hpp"
#include "prepare/all_rows.hpp"
#include "prepare/categories.hpp"
#include "prepare/column_statistics.hpp"
#include "prepare/dates.hpp"
#include "prepare/encode.hpp"
#include "prepare/keep_features.hpp"
#include "prepare/missing_indicator.hpp"
#include "prepare/sparse_pays.hpp"
#include "prepare/texts.hpp"

namespace gridmill::prepare {

namespace {

constexpr double kTextsRead = 1U << 22U;  // bytes

/// What an encoder makes of a column.
struct Width {
  double n_features = 0;
  double entries_a_row = 0;
  double learnt_bytes = 0;
  double learning_bytes = 0;
};

/// Every so-manieth row, as a lesson.
WordLesson some_rows(const core::Words& words, const Labels& labels, std::size_t stride, std::vector<double>& y) {
  WordLesson lesson{.list = words.list, .codes = {}, .labels = labels};
  for (std::size_t row = 0; row < words.codes.size(); row += stride) {
    lesson.codes.push_back(words.codes[row]);
    if (!labels.y.empty()) y.push_back(labels.y[row]);
  }
  lesson.labels.y = y;
  return lesson;
}

/// None of it can be learnt: a fit that fails takes nothing.
std::shared_ptr<const FittedEncoder> learnt_from(const core::Params& own, const WordLesson& lesson, bool is_text) {
  try {
    return is_text ? fit_text(own, lesson) : fit_categories(own, lesson);
  } catch (const core::UserError&) {
    return nullptr;
  }
}

Width width_of_names(const core::Params& own, const core::Words& words, const Labels& labels) {
  std::vector<double> y;
  const auto learnt = learnt_from(own, some_rows(words, labels, 1, y), /*is_text=*/false);
  if (learnt == nullptr) return {};
  constexpr double kBytesAWord = 120;  // the word, its place, what it becomes
  const double bytes =
      kBytesAWord * static_cast<double>(words.list.size()) + static_cast<double>(words.list.bytes.size());
  return {.n_features = static_cast<double>(learnt->n_features()),
          .entries_a_row = learnt->entries_a_row(),
          .learnt_bytes = bytes,
          .learning_bytes = sizeof(std::int32_t) * 2.0 * static_cast<double>(words.codes.size())};
}

double text_bytes(const core::Words& words) { return static_cast<double>(words.list.bytes.size()); }

Width width_of_texts(const core::Params& own, const core::Words& words, const Labels& labels) {
  // Measured, a term: its text, its place in a table, its number of rows; while it is counted, its counts besides.
  constexpr double kLearntATerm = 150;
  constexpr double kLearningATerm = 230;
  const auto stride = static_cast<std::size_t>(std::ceil(std::max(1.0, text_bytes(words) / kTextsRead)));
  std::vector<double> y;
  const auto learnt = learnt_from(own, some_rows(words, labels, stride, y), /*is_text=*/true);
  if (learnt == nullptr) return {};
  Width width{.n_features = static_cast<double>(learnt->n_features()), .entries_a_row = learnt->entries_a_row()};
  const bool is_hashed = encode_kind().value_of(own, "text").text() == "hashing";
  if (is_hashed) return width;
  if (stride > 1) {
    y.clear();
    const auto half = learnt_from(own, some_rows(words, labels, 2 * stride, y), /*is_text=*/true);
    const double of_half = half == nullptr ? 1 : static_cast<double>(half->n_features());
    const double growth = std::clamp(std::log2(width.n_features / std::max(1.0, of_half)), 0.0, 1.0);
    width.n_features *= std::pow(static_cast<double>(stride), growth);
    const core::Value& most = encode_kind().value_of(own, "max_features");
    if (!most.is_null()) width.n_features = std::min(width.n_features, most.number());
  }
  width.learnt_bytes = kLearntATerm * width.n_features;
  width.learning_bytes = kLearningATerm * width.n_features;
  return width;
}

std::size_t n_missing_features(const core::MatrixView& x) {
  const std::vector<core::Index> rows = all_rows(x.n_samples);
  const std::vector<double> present = present_counts(x, rows);
  return static_cast<std::size_t>(
      std::ranges::count_if(present, [&](double n) { return n < static_cast<double>(x.n_samples); }));
}

std::size_t n_parts(const core::Params& own) {
  const core::Value& parts = dates_kind().value_of(own, "dates");
  return parts.is_list() ? parts.list().size() : 0;
}

}  // namespace

double Foretold::sample_bytes(std::size_t n_rows) const {
  const auto n = static_cast<double>(n_rows);
  if (!is_sparse) return n * n_features * sizeof(double);
  return n * (entries_a_row * (sizeof(double) + sizeof(core::Index)) + sizeof(std::uint64_t));
}

Foretold foretell(const core::Params& params, const core::Frame& frame, const Labels& labels, bool may_be_sparse) {
  Foretold all{.n_features = static_cast<double>(frame.numbers.n_features)};
  if (missing_indicator_kind().value_of(params, "missing_indicator") == core::Value(true)) {
    all.n_features += static_cast<double>(n_missing_features(frame.numbers));
  }
  for (const core::Words& words : frame.words) {
    if (words.type == core::ColumnType::datetime)
      all.n_features += static_cast<double>(n_parts(own_params(params, words.name)));
  }
  all.entries_a_row = all.n_features;
  for (const core::Words& words : frame.words) {
    const core::Params own = own_params(params, words.name);
    const Encoding encoding = encoding_of(own, words.type == core::ColumnType::text);
    if (words.type == core::ColumnType::datetime || encoding == Encoding::none) continue;
    const Width width =
        encoding == Encoding::text ? width_of_texts(own, words, labels) : width_of_names(own, words, labels);
    all.n_features += width.n_features;
    all.entries_a_row += width.entries_a_row;
    all.learnt_bytes += width.learnt_bytes;
    all.learning_bytes = std::max(all.learning_bytes, width.learning_bytes);
  }
  const auto n = static_cast<double>(frame.n_rows());
  all.is_sparse = may_be_sparse && !frame.words.empty() && sparse_pays(all.n_features * n, all.entries_a_row * n);
  const core::Value& keep = keep_features_kind().value_of(params, "keep_features");
  if (keep.is_null()) return all;
  // While features are chosen all of them are there.
  all.learning_bytes += all.sample_bytes(frame.n_rows());
  const double kept = keep.is_integer() ? std::min(all.n_features, keep.number()) : keep.number() * all.n_features;
  all.entries_a_row *= all.n_features > 0 ? kept / all.n_features : 0;  // more: the frequent ones are chosen, as a rule
  all.n_features = kept;
  all.is_sparse = all.is_sparse && sparse_pays(kept * n, all.entries_a_row * n);
  return all;
}

}  // namespace gridmill::prepare
