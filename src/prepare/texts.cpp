#include "prepare/texts.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/sparse.hpp"
#include "prepare/saved_step.hpp"
#include "prepare/term_counts.hpp"
#include "prepare/terms.hpp"

namespace gridmill::prepare {

namespace {

using core::Kind;

constexpr const char* kText = "text";
constexpr std::int64_t kHashed = std::int64_t{1} << 20U;  // features of hashing unless said otherwise

const core::Value& text_option(const core::Params& params, std::string_view name) {
  return core::value_of(params, text_options(), name);
}

/// How texts are read; saved with what is learnt.
struct Reading {
  std::string how;
  core::Value ngrams;
  std::string analyzer;
  bool sublinear = false;

  explicit Reading(const core::Params& params)
      : how(text_option(params, kText).text()),
        ngrams(text_option(params, "ngrams")),
        analyzer(text_option(params, "analyzer").text()),
        sublinear(text_option(params, "sublinear").boolean()) {}

  [[nodiscard]] TermRule rule() const {
    TermRule rule{.unit = analyzer == "word" ? TermRule::Unit::word : TermRule::Unit::char_wb};
    if (ngrams.is_integer()) {
      rule.most = static_cast<std::size_t>(ngrams.integer());
    } else {
      rule.least = static_cast<std::size_t>(ngrams.list()[0].integer());
      rule.most = static_cast<std::size_t>(ngrams.list()[1].integer());
    }
    return rule;
  }
};

/// Divides by the length that the entries from `first` on have together.
void normalise(std::vector<double>& values, std::size_t first) {
  double sum = 0;
  for (std::size_t e = first; e < values.size(); ++e) sum += values[e] * values[e];
  if (sum == 0) return;
  const double length = std::sqrt(sum);
  for (std::size_t e = first; e < values.size(); ++e) values[e] /= length;
}

/// Texts become entries by feature: what its occurrences in a text add up to.
class FittedTexts : public FittedEncoder {
 public:
  explicit FittedTexts(Reading reading) : reading_(std::move(reading)) {}

  [[nodiscard]] core::SparseMatrix encode(const core::WordList& list) const final {
    core::SparseMatrix out;
    out.n_features = n_features();
    const auto expected = static_cast<std::size_t>(1.05 * entries_a_row() * static_cast<double>(list.size()));
    out.feature.reserve(expected);
    out.value.reserve(expected);
    const TermRule rule = reading_.rule();
    std::vector<std::pair<core::Index, double>> entries;
    for (std::size_t t = 0; t <= list.size(); ++t) {
      entries.clear();
      if (t < list.size()) for_each_term(list[t], rule, [&](std::string_view term) { take(term, entries); });
      std::ranges::stable_sort(entries, {}, &std::pair<core::Index, double>::first);
      const std::size_t first = out.value.size();
      for (const auto& [feature, value] : entries) {
        if (out.value.size() > first && out.feature.back() == feature) {
          out.value.back() += value;
        } else {
          out.feature.push_back(feature);
          out.value.push_back(value);
        }
      }
      finish(out, first);
      out.start.push_back(out.value.size());
    }
    return out;
  }
  [[nodiscard]] core::ValueMapping to_value() const final {
    core::ValueMapping value{{kText, reading_.how},
                             {"ngrams", reading_.ngrams},
                             {"analyzer", reading_.analyzer},
                             {"sublinear", reading_.sublinear}};
    for (auto& entry : own_values()) value.push_back(std::move(entry));
    return value;
  }

 protected:
  [[nodiscard]] const Reading& reading() const { return reading_; }
  /// Appends what an occurrence of a term adds.
  virtual void take(std::string_view term, std::vector<std::pair<core::Index, double>>& entries) const = 0;
  /// Finishes the entries of a text, which are those from `first` on.
  virtual void finish(core::SparseMatrix& out, std::size_t first) const = 0;
  [[nodiscard]] virtual core::ValueMapping own_values() const = 0;

 private:
  Reading reading_;
};

/// counts and tfidf.
class FittedVocabulary final : public FittedTexts {
 public:
  /// `idf`: by term; empty: counts stay what they are.
  FittedVocabulary(Reading reading, std::vector<std::string> terms, std::vector<double> idf, double terms_a_row)
      : FittedTexts(std::move(reading)), terms_(std::move(terms)), idf_(std::move(idf)), terms_a_row_(terms_a_row) {
    for (std::size_t i = 0; i < terms_.size(); ++i) place_.emplace(terms_[i], static_cast<core::Index>(i));
  }

  [[nodiscard]] std::size_t n_features() const override { return terms_.size(); }
  [[nodiscard]] std::vector<std::string> names(const std::string& column) const override {
    std::vector<std::string> names;
    for (const std::string& term : terms_) names.push_back(fmt::format("{}_{}", column, term));
    return names;
  }
  [[nodiscard]] double entries_a_row() const override { return terms_a_row_; }

 protected:
  void take(std::string_view term, std::vector<std::pair<core::Index, double>>& entries) const override {
    if (const auto found = place_.find(term); found != place_.end()) entries.emplace_back(found->second, 1.0);
  }
  void finish(core::SparseMatrix& out, std::size_t first) const override {
    if (idf_.empty()) return;
    for (std::size_t e = first; e < out.value.size(); ++e) {
      if (reading().sublinear) out.value[e] = std::log(out.value[e]) + 1;
      out.value[e] *= idf_[out.feature[e]];
    }
    normalise(out.value, first);
  }
  [[nodiscard]] core::ValueMapping own_values() const override {
    return {{"terms", core::ValueList(terms_.begin(), terms_.end())},
            {"idf", list_of(idf_)},
            {"terms_a_row", terms_a_row_}};
  }

 private:
  std::vector<std::string> terms_;
  std::vector<double> idf_;
  double terms_a_row_;
  std::unordered_map<std::string_view, core::Index> place_;
};

/// Source: MurmurHash3_x86_32 (Austin Appleby, public domain) with the seed 0.
std::uint32_t murmur_hash(std::string_view key) {
  const auto rotated = [](std::uint32_t x, unsigned by) { return (x << by) | (x >> (32U - by)); };
  const auto mixed = [&](std::uint32_t k) { return rotated(k * 0xcc9e2d51U, 15) * 0x1b873593U; };
  std::uint32_t hash = 0;
  const std::size_t n_blocks = key.size() / 4;
  for (std::size_t i = 0; i < n_blocks; ++i) {
    std::uint32_t k = 0;
    std::memcpy(&k, key.data() + 4 * i, 4);
    hash = rotated(hash ^ mixed(k), 13) * 5 + 0xe6546b64U;
  }
  std::uint32_t tail = 0;
  for (std::size_t i = key.size(); i-- > 4 * n_blocks;) tail = (tail << 8U) | static_cast<unsigned char>(key[i]);
  if (key.size() % 4 != 0) hash ^= mixed(tail);
  hash ^= static_cast<std::uint32_t>(key.size());
  hash = (hash ^ (hash >> 16U)) * 0x85ebca6bU;
  hash = (hash ^ (hash >> 13U)) * 0xc2b2ae35U;
  return hash ^ (hash >> 16U);
}

class FittedHashing final : public FittedTexts {
 public:
  FittedHashing(Reading reading, std::int64_t n_features, double terms_a_row)
      : FittedTexts(std::move(reading)), n_features_(n_features), terms_a_row_(terms_a_row) {}

  [[nodiscard]] std::size_t n_features() const override { return static_cast<std::size_t>(n_features_); }
  [[nodiscard]] std::vector<std::string> names(const std::string& column) const override {
    std::vector<std::string> names;
    for (std::int64_t i = 0; i < n_features_; ++i) names.push_back(fmt::format("{}_#{}", column, i));
    return names;
  }
  [[nodiscard]] double entries_a_row() const override { return terms_a_row_; }

 protected:
  void take(std::string_view term, std::vector<std::pair<core::Index, double>>& entries) const override {
    const auto hash = static_cast<std::int32_t>(murmur_hash(term));
    const std::int64_t feature = std::abs(std::int64_t{hash}) % n_features_;
    entries.emplace_back(static_cast<core::Index>(feature), hash >= 0 ? 1.0 : -1.0);
  }
  void finish(core::SparseMatrix& out, std::size_t first) const override { normalise(out.value, first); }
  [[nodiscard]] core::ValueMapping own_values() const override {
    return {{"n_features", n_features_}, {"terms_a_row", terms_a_row_}};
  }

 private:
  std::int64_t n_features_;
  double terms_a_row_;
};

/// Source: TfidfTransformer.fit.
std::vector<double> idf_of(const Vocabulary& vocabulary, std::size_t n_rows) {
  std::vector<double> idf;
  for (const std::size_t n : vocabulary.n_rows) {
    idf.push_back(std::log((static_cast<double>(n_rows) + 1) / (static_cast<double>(n) + 1)) + 1);
  }
  return idf;
}

/// Reads how texts were read, with the checks that a candidate has.
Reading read_reading(const core::Value& saved) {
  core::Params params;
  for (const core::OptionSpec& each : text_options()) {
    for (const auto& [name, value] : saved.mapping()) {
      if (name != each.name) continue;
      if (const auto problem = each.check(value)) reject_saved(fmt::format("{} {}", name, *problem));
      params.emplace(name, value);
    }
  }
  if (const std::string wrong = check_text(params); !wrong.empty()) reject_saved(wrong);
  return Reading(params);
}

double saved_number(const core::Value& saved, std::string_view name) {
  const core::Value& value = saved_entry(saved, name);
  if (!value.is_number()) reject_saved(fmt::format("{} must be a number", name));
  return value.number();
}

}  // namespace

const std::vector<core::OptionSpec>& text_options() {
  static const std::vector<core::OptionSpec> options{
      {.name = kText,
       .kinds = {Kind::text},
       .default_value = "none",
       .range = {},
       .choices = {"none", "counts", "tfidf", "hashing"},
       .meaning = "How columns of sentences become numbers, learnt from the training rows: counts of their terms, the "
                  "same weighed by how rare a term is, or counts by a hash of the term."},
      {.name = "ngrams",
       .kinds = {Kind::integer, Kind::list},
       .default_value = 1,
       .range = core::Range::at_least(1),
       .choices = {},
       .meaning = "Of text: so many words (or characters) in a row are a term, and fewer; [2, 3]: two or three."},
      {.name = "min_df",
       .kinds = {Kind::real},
       .default_value = 1,
       .range = core::Range::at_least(0),
       .choices = {},
       .meaning =
           "Of text: terms of fewer training rows are left out; a whole number of rows, or a share such as 0.01."},
      {.name = "max_df",
       .kinds = {Kind::real},
       .default_value = 1.0,
       .range = core::Range::at_least(0),
       .choices = {},
       .meaning = "Of text: terms of more training rows are left out; a whole number of rows, or a share such as 0.9."},
      {.name = "max_features",
       .kinds = {Kind::integer, Kind::null},
       .default_value = {},
       .range = {.low = 1, .high = 2147483647},
       .choices = {},
       .meaning = "Of text: so many terms are kept, those that occur most often; of hashing: the number of features, "
                  "1048576 by default."},
      {.name = "sublinear",
       .kinds = {Kind::boolean},
       .default_value = false,
       .range = {},
       .choices = {},
       .meaning = "Of tfidf: a term that occurs n times counts 1 + log(n), not n."},
      {.name = "analyzer",
       .kinds = {Kind::text},
       .default_value = "word",
       .range = {},
       .choices = {"word", "char_wb"},
       .meaning = "Of text: terms are words, or characters within words and the blanks beside them."}};
  return options;
}

const std::vector<OptionUse>& text_option_uses() {
  static const std::vector<OptionUse> uses{
      {.option = "ngrams", .beside = kText},
      {.option = "min_df", .beside = kText, .values = {"counts", "tfidf"}},
      {.option = "max_df", .beside = kText, .values = {"counts", "tfidf"}},
      {.option = "max_features", .beside = kText},
      {.option = "sublinear", .beside = kText, .values = {"tfidf"}},
      {.option = "analyzer", .beside = kText},
  };
  return uses;
}

std::string check_text(const core::Params& params) {
  const core::Value& ngrams = text_option(params, "ngrams");
  if (ngrams.is_list()) {
    const core::ValueList& list = ngrams.list();
    const bool counts = std::ranges::all_of(list, [](const auto& n) { return n.is_integer() && n.integer() >= 1; });
    if (list.size() != 2 || !counts || list[0].integer() > list[1].integer()) {
      return fmt::format("ngrams must be a whole number >= 1, or two, the lesser first, not {}", ngrams.python_repr());
    }
  }
  for (const char* name : {"min_df", "max_df"}) {
    const core::Value& limit = text_option(params, name);
    if (limit.is_real() && limit.number() > 1) {
      return fmt::format("{} is a share of the rows up to 1, or a whole number of them, not {}", name,
                         limit.python_repr());
    }
  }
  return {};
}

std::shared_ptr<const FittedEncoder> fit_text(const core::Params& params, const WordLesson& lesson) {
  Reading reading(params);
  const core::Value& most = text_option(params, "max_features");
  if (reading.how == "hashing") {
    constexpr double kTermsARow = 100;  // nothing is read to find out
    return std::make_shared<FittedHashing>(std::move(reading), most.is_null() ? kHashed : most.integer(), kTermsARow);
  }
  const TermLimits limits{.min_df = text_option(params, "min_df"),
                          .max_df = text_option(params, "max_df"),
                          .max_features = most.is_null() ? 0 : static_cast<std::size_t>(most.integer())};
  Vocabulary vocabulary = vocabulary_of(lesson, reading.rule(), limits);
  if (vocabulary.terms.empty()) {
    throw core::UserError(
        "no term of the training rows is left: they have no word of two letters or more, or min_df and max_df leave "
        "none");
  }
  std::vector<double> idf;
  if (reading.how == "tfidf") idf = idf_of(vocabulary, lesson.codes.size());
  return std::make_shared<FittedVocabulary>(std::move(reading), std::move(vocabulary.terms), std::move(idf),
                                            vocabulary.terms_a_row);
}

std::shared_ptr<const FittedEncoder> read_text(const core::Value& saved) {
  Reading reading = read_reading(saved);
  const double terms_a_row = saved_number(saved, "terms_a_row");
  if (reading.how == "hashing") {
    const core::Value& n = saved_entry(saved, "n_features");
    if (!n.is_integer() || n.integer() < 1) reject_saved("n_features must be a whole number");
    return std::make_shared<FittedHashing>(std::move(reading), n.integer(), terms_a_row);
  }
  const core::Value& list = saved_entry(saved, "terms");
  if (!list.is_list()) reject_saved("terms must be a list");
  std::vector<std::string> terms;
  for (const core::Value& term : list.list()) {
    if (!term.is_text()) reject_saved("terms must be a list of words");
    terms.push_back(term.text());
  }
  std::vector<double> idf = saved_numbers(saved, "idf", reading.how == "tfidf" ? terms.size() : 0);
  return std::make_shared<FittedVocabulary>(std::move(reading), std::move(terms), std::move(idf), terms_a_row);
}

}  // namespace gridmill::prepare
