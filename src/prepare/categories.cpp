#include "prepare/categories.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "core/matrix.hpp"
#include "core/sparse.hpp"
#include "core/table.hpp"
#include "prepare/saved_step.hpp"
#include "prepare/target_encoding.hpp"

namespace gridmill::prepare {

namespace {

using core::Kind;

constexpr const char* kCategories = "categories";

/// The distinct words of the training rows, in their order; a missing one comes last if it is a category.
struct Known {
  std::vector<std::string> words;
  bool missing = false;

  [[nodiscard]] std::size_t n() const { return words.size() + (missing ? 1 : 0); }
};

/// Each row's place among them; kMissingCode: none.
struct Learnt {
  Known known;
  std::vector<std::int32_t> codes;
  std::vector<std::size_t> count;  // of rows, by category
};

Learnt learn(const WordLesson& lesson) {
  std::vector<std::size_t> rows_of(lesson.list.size() + 1, 0);
  for (const std::int32_t code : lesson.codes) {
    if (code >= 0) ++rows_of[static_cast<std::size_t>(code)];
  }
  Learnt learnt;
  std::vector<std::int32_t> place(rows_of.size(), core::kMissingCode);
  for (std::size_t w = 0; w < rows_of.size(); ++w) {
    if (rows_of[w] == 0) continue;
    place[w] = static_cast<std::int32_t>(learnt.count.size());
    learnt.count.push_back(rows_of[w]);
    if (w < lesson.list.size()) {
      learnt.known.words.emplace_back(lesson.list[w]);
    } else {
      learnt.known.missing = true;
    }
  }
  for (const std::int32_t code : lesson.codes) {
    learnt.codes.push_back(code < 0 ? core::kMissingCode : place[static_cast<std::size_t>(code)]);
  }
  return learnt;
}

class FittedCategories : public FittedEncoder {
 public:
  FittedCategories(std::string how, Known known) : how_(std::move(how)), known_(std::move(known)) {
    for (std::size_t c = 0; c < known_.words.size(); ++c) place_.emplace(known_.words[c], c);
  }
  FittedCategories(const FittedCategories&) = delete;  // places refer to its words
  FittedCategories& operator=(const FittedCategories&) = delete;
  FittedCategories(FittedCategories&&) = delete;
  FittedCategories& operator=(FittedCategories&&) = delete;
  ~FittedCategories() override = default;

  [[nodiscard]] core::SparseMatrix encode(const core::WordList& list) const final {
    core::SparseMatrix out;
    out.n_features = n_features();
    for (std::size_t w = 0; w < list.size(); ++w) {
      const auto found = place_.find(list[w]);
      add(found == place_.end() ? std::nullopt : std::optional(found->second), out);
    }
    add(known_.missing ? std::optional(known_.words.size()) : std::nullopt, out);
    return out;
  }
  [[nodiscard]] bool knows(std::string_view word) const final { return place_.contains(word); }
  [[nodiscard]] core::ValueMapping to_value() const final {
    core::ValueMapping value{{kCategories, how_},
                             {"known", core::ValueList(known_.words.begin(), known_.words.end())},
                             {"missing", known_.missing}};
    for (auto& entry : own_values()) value.push_back(std::move(entry));
    return value;
  }

 protected:
  [[nodiscard]] const Known& known() const { return known_; }
  /// What a category is called.
  [[nodiscard]] std::string word(std::size_t category) const {
    return category < known_.words.size() ? known_.words[category] : "(missing)";
  }
  /// Appends what becomes of a category; none: of any other word.
  virtual void add(std::optional<std::size_t> category, core::SparseMatrix& out) const = 0;
  [[nodiscard]] virtual core::ValueMapping own_values() const = 0;

 private:
  std::string how_;
  Known known_;
  std::unordered_map<std::string_view, std::size_t> place_;
};

/// Categories become numbers.
class FittedNumbers : public FittedCategories {
 public:
  /// `values`: n_features x categories.
  FittedNumbers(std::string how, Known known, core::Matrix values, std::vector<double> other)
      : FittedCategories(std::move(how), std::move(known)), values_(std::move(values)), other_(std::move(other)) {}

  [[nodiscard]] std::size_t n_features() const override { return other_.size(); }
  [[nodiscard]] std::vector<std::string> names(const std::string& column) const override {
    if (other_.size() == 1) return {column};
    std::vector<std::string> names;
    for (std::size_t i = 0; i < other_.size(); ++i) names.push_back(fmt::format("{}_{}", column, i));
    return names;
  }
  [[nodiscard]] double entries_a_row() const override { return static_cast<double>(other_.size()); }

 protected:
  void add(std::optional<std::size_t> category, core::SparseMatrix& out) const override {
    for (std::size_t f = 0; f < other_.size(); ++f) {
      out.feature.push_back(static_cast<core::Index>(f));
      out.value.push_back(category ? values_(f, *category) : other_[f]);
    }
    out.start.push_back(out.value.size());
  }
  [[nodiscard]] core::ValueMapping own_values() const override {
    return {{"values", list_of(std::vector<double>(values_.begin(), values_.end()))}, {"other", list_of(other_)}};
  }

 private:
  core::Matrix values_;
  std::vector<double> other_;
};

class FittedTarget final : public FittedNumbers {
 public:
  FittedTarget(Known known, TargetMeans means, core::Value smoothing)
      : FittedNumbers("target", std::move(known), std::move(means.values), std::move(means.prior)),
        smoothing_(std::move(smoothing)) {}

  [[nodiscard]] bool is_cross_fitted() const override { return true; }
  [[nodiscard]] core::Matrix cross_fitted(const WordLesson& lesson) const override {
    const Learnt learnt = learn(lesson);
    return cross_fitted_means(learnt.codes, lesson.labels, learnt.known.n(), smoothing_);
  }

 private:
  core::Value smoothing_;
};

/// Each category has a feature of its own, but for rare ones, which share the last.
class FittedOneHot final : public FittedCategories {
 public:
  FittedOneHot(Known known, std::vector<char> is_rare)
      : FittedCategories("one_hot", std::move(known)), is_rare_(std::move(is_rare)) {
    const auto n_rare = static_cast<std::size_t>(std::count(is_rare_.begin(), is_rare_.end(), 1));
    n_features_ = is_rare_.size() - n_rare + (n_rare > 0 ? 1 : 0);
    core::Index next = 0;
    for (const char rare : is_rare_) {
      feature_of_.push_back(rare != 0 ? static_cast<core::Index>(n_features_ - 1) : next++);
    }
  }

  [[nodiscard]] std::size_t n_features() const override { return n_features_; }
  [[nodiscard]] std::vector<std::string> names(const std::string& column) const override {
    std::vector<std::string> names(n_features_, column + "_(rare)");
    for (std::size_t c = 0; c < is_rare_.size(); ++c) {
      if (is_rare_[c] == 0) names[feature_of_[c]] = fmt::format("{}_{}", column, word(c));
    }
    return names;
  }
  [[nodiscard]] double entries_a_row() const override { return 1; }

 protected:
  void add(std::optional<std::size_t> category, core::SparseMatrix& out) const override {
    if (category) {
      out.feature.push_back(feature_of_[*category]);
      out.value.push_back(1);
    }
    out.start.push_back(out.value.size());
  }
  [[nodiscard]] core::ValueMapping own_values() const override {
    core::ValueList rare;
    for (const char each : is_rare_) rare.emplace_back(each != 0);
    return {{"rare", std::move(rare)}};
  }

 private:
  std::vector<char> is_rare_;  // by category
  std::vector<core::Index> feature_of_;
  std::size_t n_features_ = 0;
};

const core::Value& category_option(const core::Params& params, std::string_view name) {
  return core::value_of(params, category_options(), name);
}

/// Source: OneHotEncoder._identify_infrequent.
std::vector<char> rare_categories(const core::Params& params, const std::vector<std::size_t>& count,
                                  std::size_t n_rows) {
  std::vector<char> rare(count.size(), 0);
  if (const core::Value& share = category_option(params, "min_share"); !share.is_null()) {
    for (std::size_t c = 0; c < count.size(); ++c) {
      rare[c] = static_cast<double>(count[c]) < static_cast<double>(n_rows) * share.number() ? 1 : 0;
    }
  }
  const core::Value& top_n = category_option(params, "top_n");
  if (top_n.is_null()) return rare;
  const auto n = static_cast<std::size_t>(top_n.integer());
  if (count.size() - static_cast<std::size_t>(std::count(rare.begin(), rare.end(), 1)) <= n) return rare;
  std::vector<std::size_t> order(count.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return count[a] < count[b]; });
  for (std::size_t i = 0; i + n < order.size(); ++i) rare[order[i]] = 1;
  return rare;
}

std::shared_ptr<const FittedEncoder> numbers(const std::string& how, Learnt learnt, std::vector<double> values,
                                             double other) {
  const core::Matrix row(values.data(), 1, values.size());
  return std::make_shared<FittedNumbers>(how, std::move(learnt.known), row, std::vector<double>{other});
}

Known read_known(const core::Value& saved) {
  const core::Value& words = saved_entry(saved, "known");
  const core::Value& missing = saved_entry(saved, "missing");
  if (!words.is_list() || !missing.is_boolean()) reject_saved("known must be a list of words");
  Known known{.words = {}, .missing = missing.boolean()};
  for (const core::Value& word : words.list()) {
    if (!word.is_text()) reject_saved("known must be a list of words");
    known.words.push_back(word.text());
  }
  return known;
}

std::size_t saved_size(const core::Value& saved, std::string_view name) {
  const core::Value& list = saved_entry(saved, name);
  if (!list.is_list()) reject_saved(fmt::format("{} must be a list", name));
  return list.list().size();
}

}  // namespace

const std::vector<core::OptionSpec>& category_options() {
  static const std::vector<core::OptionSpec> options{
      {.name = kCategories,
       .kinds = {Kind::text},
       .default_value = "none",
       .range = {},
       .choices = {"none", "ordinal", "one_hot", "frequency", "count", "target"},
       .meaning = "How columns of words become numbers, learnt from the training rows: a code, a feature for each "
                  "category, its share or number of rows, or its mean target (cross-fitted)."},
      {.name = "top_n",
       .kinds = {Kind::integer, Kind::null},
       .default_value = {},
       .range = core::Range::at_least(1),
       .choices = {},
       .meaning = "Of one_hot: so many of the most frequent categories have a feature of their own, the others share "
                  "one; null: all have."},
      {.name = "min_share",
       .kinds = {Kind::real, Kind::null},
       .default_value = {},
       .range = {.low = 0, .high = 1, .low_open = true, .high_open = true},
       .choices = {},
       .meaning = "Of one_hot: categories of a smaller share of the training rows share one feature; null: none do."},
      {.name = "smoothing",
       .kinds = {Kind::real, Kind::text},
       .default_value = "auto",
       .range = core::Range::at_least(0),
       .choices = {"auto"},
       .meaning = "Of target: for how many rows the mean of all counts beside a category's own; auto: by the target's "
                  "spread."}};
  return options;
}

const std::vector<OptionUse>& category_option_uses() {
  static const std::vector<OptionUse> uses{
      {.option = "top_n", .beside = kCategories, .values = {"one_hot"}},
      {.option = "min_share", .beside = kCategories, .values = {"one_hot"}},
      {.option = "smoothing", .beside = kCategories, .values = {"target"}},
  };
  return uses;
}

std::shared_ptr<const FittedEncoder> fit_categories(const core::Params& params, const WordLesson& lesson) {
  const std::string& how = category_option(params, kCategories).text();
  Learnt learnt = learn(lesson);
  const std::size_t n_rows = lesson.codes.size();
  if (how == "one_hot") {
    std::vector<char> rare = rare_categories(params, learnt.count, n_rows);
    return std::make_shared<FittedOneHot>(std::move(learnt.known), std::move(rare));
  }
  if (how == "target") {
    const core::Value& smoothing = category_option(params, "smoothing");
    TargetMeans means = target_means(learnt.codes, lesson.labels, learnt.known.n(), smoothing);
    return std::make_shared<FittedTarget>(std::move(learnt.known), std::move(means), smoothing);
  }
  std::vector<double> values(learnt.count.begin(), learnt.count.end());
  if (how == "ordinal") {
    std::iota(values.begin(), values.end(), 0.0);
    return numbers(how, std::move(learnt), std::move(values), -1);
  }
  if (how == "frequency") {
    for (double& value : values) value /= static_cast<double>(n_rows);
  }
  return numbers(how, std::move(learnt), std::move(values), 0);
}

std::shared_ptr<const FittedEncoder> read_categories(const core::Value& saved) {
  const std::string how = saved_choice(saved, category_options().front());
  Known known = read_known(saved);
  const std::size_t n = known.n();
  if (how == "one_hot") {
    if (saved_size(saved, "rare") != n) reject_saved("rare must be a list of all categories");
    std::vector<char> rare;
    for (const core::Value& each : saved_entry(saved, "rare").list()) {
      if (!each.is_boolean()) reject_saved("rare must hold true or false");
      rare.push_back(each.boolean() ? 1 : 0);
    }
    return std::make_shared<FittedOneHot>(std::move(known), std::move(rare));
  }
  std::vector<double> other = saved_numbers(saved, "other", saved_size(saved, "other"));
  const std::vector<double> values = saved_numbers(saved, "values", n * other.size());
  const core::Matrix matrix(values.data(), other.size(), n);
  return std::make_shared<FittedNumbers>(how, std::move(known), matrix, std::move(other));
}

}  // namespace gridmill::prepare
