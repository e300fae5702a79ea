#include "prepare/encode.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/sparse.hpp"
#include "core/table.hpp"
#include "prepare/categories.hpp"
#include "prepare/column_exceptions.hpp"
#include "prepare/saved_step.hpp"
#include "prepare/sparse_pays.hpp"
#include "prepare/texts.hpp"

namespace gridmill::prepare {

namespace {

constexpr const char* kImpute = "impute_categories";
constexpr const char* kWords = "words";
constexpr const char* kSparse = "sparse";

core::OptionSpec impute_option() {
  return {.name = kImpute,
          .kinds = {core::Kind::text},
          .default_value = "none",
          .range = {},
          .choices = {"none", "most_frequent", "own"},
          .meaning =
              "What a missing word is: none (as a word that the training rows do not have), the most frequent "
              "category of the training rows, or a category of its own."};
}

/// A list of one word.
struct OneWord {
  explicit OneWord(std::string_view word) : text(word), start{0, text.size()} {}
  [[nodiscard]] core::WordList list() const { return {start, text}; }

  std::string text;
  std::vector<std::uint64_t> start;
};

/// What was learnt of one column.
struct FittedColumn {
  std::string name;
  std::optional<std::string> fill;  // what a missing word is taken for
  bool own_missing = false;
  bool is_text = false;
  std::shared_ptr<const FittedEncoder> encoder;

  /// What becomes of each word of a list, and last of a missing one.
  [[nodiscard]] core::SparseMatrix table(const core::WordList& list) const {
    core::SparseMatrix all = encoder->encode(list);
    if (!fill) return all;
    core::SparseMatrix out;
    out.n_features = all.n_features;
    for (std::size_t w = 0; w < list.size(); ++w) out.add(all.view().sample(w));
    out.add(encoder->encode(OneWord(*fill).list()).view().sample(0));
    return out;
  }
  /// The words of some rows as the encoder learns from them.
  [[nodiscard]] WordLesson lesson(const core::Words& words, const Lesson& rows) const {
    WordLesson lesson{.list = words.list, .codes = {}, .labels = rows.labels};
    const auto missing = own_missing ? static_cast<std::int32_t>(words.list.size()) : code_of_fill(words.list);
    for (const core::Index row : rows.rows) {
      lesson.codes.push_back(words.codes[row] == core::kMissingCode ? missing : words.codes[row]);
    }
    return lesson;
  }

 private:
  [[nodiscard]] std::int32_t code_of_fill(const core::WordList& list) const {
    for (std::size_t w = 0; fill && w < list.size(); ++w) {
      if (list[w] == *fill) return static_cast<std::int32_t>(w);
    }
    return core::kMissingCode;
  }
};

using Columns = std::vector<FittedColumn>;

const core::Words& words_of(const core::Frame& frame, const std::string& column) {
  const auto found = std::ranges::find(frame.words, column, &core::Words::name);
  GRIDMILL_ASSERT(found != frame.words.end(), "the frame has the columns that were learnt from");
  return *found;
}

/// Where the entries of a row come from: the table of each column, or what stands for it in the rows of a lesson.
struct Source {
  const core::Words* words = nullptr;
  const core::SparseMatrix* table = nullptr;
  std::optional<core::Matrix> of_lesson = {};  // n_features x rows of the lesson

  /// Calls `put` with each entry of the row, which is the i-th that is asked for.
  template <class Put>
  void for_each(core::Index row, std::size_t i, Put put) const {
    if (of_lesson) {
      for (std::size_t f = 0; f < of_lesson->n_rows; ++f) put(f, (*of_lesson)(f, i));
      return;
    }
    const std::int32_t code = words->codes[row];
    const std::size_t at = code == core::kMissingCode ? words->list.size() : static_cast<std::size_t>(code);
    for (std::uint64_t e = table->start[at]; e < table->start[at + 1]; ++e) put(table->feature[e], table->value[e]);
  }
};

class FittedEncode final : public FittedStep {
 public:
  FittedEncode(Columns columns, bool sparse) : columns_(std::move(columns)), sparse_(sparse) {}

  [[nodiscard]] std::shared_ptr<const FittedStep> bound_to(const core::Frame& frame) const override {
    auto bound = std::make_shared<FittedEncode>(*this);
    auto tables = std::make_shared<Tables>();
    for (const FittedColumn& each : columns_) tables->push_back(each.table(words_of(frame, each.name).list));
    bound->tables_ = std::move(tables);
    return bound;
  }

  [[nodiscard]] core::Matrix apply(const core::Frame& frame, std::span<const core::Index> rows) const override {
    if (tables_ == nullptr && !columns_.empty()) return bound_to(frame)->apply(frame, rows);
    return dense(frame, rows, sources(frame));
  }
  [[nodiscard]] bool is_sparse() const override { return sparse_; }
  [[nodiscard]] core::SparseMatrix apply_sparse(const core::Frame& frame,
                                                std::span<const core::Index> rows) const override {
    if (tables_ == nullptr) return bound_to(frame)->apply_sparse(frame, rows);
    core::SparseMatrix out;
    const std::vector<Source> from = sources(frame);
    out.n_features = n_features(frame);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      // A number of 0 is kept: a family may take what is left out as missing.
      const std::span<const double> numbers = frame.numbers.sample(rows[i]);
      for (std::size_t j = 0; j < numbers.size(); ++j) {
        out.feature.push_back(static_cast<core::Index>(j));
        out.value.push_back(numbers[j]);
      }
      std::size_t first = numbers.size();
      for (std::size_t c = 0; c < from.size(); ++c) {
        from[c].for_each(rows[i], i, [&](std::size_t feature, double value) {
          out.feature.push_back(static_cast<core::Index>(first + feature));
          out.value.push_back(value);
        });
        first += columns_[c].encoder->n_features();
      }
      out.start.push_back(out.value.size());
    }
    return out;
  }

  [[nodiscard]] bool is_cross_fitted() const override {
    return std::ranges::any_of(columns_, [](const FittedColumn& each) { return each.encoder->is_cross_fitted(); });
  }
  [[nodiscard]] core::Matrix apply_to_lesson(const core::Frame& frame, const Lesson& lesson) const override {
    if (!is_cross_fitted()) return apply(frame, lesson.rows);
    if (tables_ == nullptr) return bound_to(frame)->apply_to_lesson(frame, lesson);
    std::vector<Source> from = sources(frame);
    for (std::size_t c = 0; c < from.size(); ++c) {
      if (!columns_[c].encoder->is_cross_fitted()) continue;
      from[c].of_lesson = columns_[c].encoder->cross_fitted(columns_[c].lesson(*from[c].words, lesson));
    }
    return dense(frame, lesson.rows, from);
  }

  [[nodiscard]] std::vector<std::string> names(const std::vector<std::string>& before) const override {
    std::vector<std::string> all = before;
    for (const FittedColumn& each : columns_) {
      for (std::string& name : each.encoder->names(each.name)) all.push_back(std::move(name));
    }
    return all;
  }
  [[nodiscard]] core::ValueMapping to_value() const override {
    core::ValueList columns;
    for (const FittedColumn& each : columns_) {
      core::ValueMapping entries{{"column", each.name},
                                 {"fill", each.fill ? core::Value(*each.fill) : core::Value()},
                                 {"is_text", each.is_text}};
      for (auto& entry : each.encoder->to_value()) entries.push_back(std::move(entry));
      columns.emplace_back(std::move(entries));
    }
    return {{kWords, std::move(columns)}, {kSparse, sparse_}};
  }

  [[nodiscard]] std::vector<UnseenWords> unseen(const core::Frame& frame) const {
    std::vector<UnseenWords> all;
    for (const FittedColumn& each : columns_) {
      const core::Words& words = words_of(frame, each.name);
      std::vector<char> is_unseen(words.list.size(), 0);
      for (std::size_t w = 0; w < is_unseen.size(); ++w) is_unseen[w] = each.encoder->knows(words.list[w]) ? 0 : 1;
      UnseenWords found{.column = each.name, .words = {}};
      std::set<std::int32_t> codes;
      for (const std::int32_t code : words.codes) {
        if (code == core::kMissingCode || is_unseen[static_cast<std::size_t>(code)] == 0) continue;
        ++found.n_rows;
        codes.insert(code);
      }
      for (const std::int32_t code : codes) found.words.emplace_back(words.list[static_cast<std::size_t>(code)]);
      if (found.n_rows > 0) all.push_back(std::move(found));
    }
    return all;
  }

 private:
  using Tables = std::vector<core::SparseMatrix>;

  [[nodiscard]] std::vector<Source> sources(const core::Frame& frame) const {
    std::vector<Source> from;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      from.push_back({.words = &words_of(frame, columns_[c].name), .table = &(*tables_)[c]});
    }
    return from;
  }
  [[nodiscard]] std::size_t n_features(const core::Frame& frame) const {
    std::size_t n = frame.numbers.n_features;
    for (const FittedColumn& each : columns_) n += each.encoder->n_features();
    return n;
  }
  [[nodiscard]] core::Matrix dense(const core::Frame& frame, std::span<const core::Index> rows,
                                   const std::vector<Source>& from) const {
    core::Matrix out(n_features(frame), rows.size(), arma::fill::zeros);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      double* const sample = out.colptr(i);
      std::ranges::copy(frame.numbers.sample(rows[i]), sample);
      std::size_t first = frame.numbers.n_features;
      for (std::size_t c = 0; c < from.size(); ++c) {
        from[c].for_each(rows[i], i, [&](std::size_t feature, double value) { sample[first + feature] = value; });
        first += columns_[c].encoder->n_features();
      }
    }
    return out;
  }

  Columns columns_;
  bool sparse_;
  std::shared_ptr<const Tables> tables_;  // by column, of one frame; null: see bound_to
};

/// The word of most training rows, the first of several; none: there is no word.
std::optional<std::string> most_frequent(const core::Words& words, std::span<const core::Index> rows) {
  std::vector<std::size_t> count(words.list.size(), 0);
  for (const core::Index row : rows) {
    if (words.codes[row] != core::kMissingCode) ++count[static_cast<std::size_t>(words.codes[row])];
  }
  const auto most = std::ranges::max_element(count);
  if (most == count.end() || *most == 0) return std::nullopt;
  return std::string(words.list[static_cast<std::size_t>(most - count.begin())]);
}

class Encode final : public Step {
 public:
  explicit Encode(core::Params params) : params_(std::move(params)) {}

  [[nodiscard]] std::shared_ptr<const FittedStep> fit(const core::Frame& frame, const Lesson& lesson) const override {
    if (frame.words.empty()) return nullptr;
    Columns columns;
    for (const Encoding encoding : {Encoding::categories, Encoding::text}) {
      for (const core::Words& words : frame.words) {
        if (words.type == core::ColumnType::datetime) continue;  // see dates.hpp
        const core::Params own = own_params(params_, words.name);
        if (encoding_of(own, words.type == core::ColumnType::text) != encoding) continue;
        columns.push_back(fit(words, own, encoding, lesson));
      }
    }
    const bool sparse = sparse_pays(frame, lesson, columns);
    return std::make_shared<FittedEncode>(std::move(columns), sparse);
  }

 private:
  [[nodiscard]] static FittedColumn fit(const core::Words& words, const core::Params& own, Encoding encoding,
                                        const Lesson& lesson) {
    FittedColumn column{.name = words.name, .fill = {}, .is_text = encoding == Encoding::text, .encoder = nullptr};
    const std::string& impute = encode_kind().value_of(own, kImpute).text();
    if (!column.is_text && impute == "most_frequent") column.fill = most_frequent(words, lesson.rows);
    column.own_missing = !column.is_text && impute == "own";
    try {
      const WordLesson of_words = column.lesson(words, lesson);
      column.encoder = column.is_text ? fit_text(own, of_words) : fit_categories(own, of_words);
    } catch (const core::UserError& error) {
      throw core::UserError(fmt::format("column '{}': {}", words.name, error.problems().front().what));
    }
    return column;
  }

  /// Whether leaving the 0s out saves memory that matters. Cross-fitted columns are few and full.
  static bool sparse_pays(const core::Frame& frame, const Lesson& lesson, const Columns& columns) {
    auto entries = static_cast<double>(frame.numbers.n_features);
    double n_features = entries;
    for (const FittedColumn& each : columns) {
      entries += each.encoder->entries_a_row();
      n_features += static_cast<double>(each.encoder->n_features());
      if (each.encoder->is_cross_fitted()) return false;
    }
    const auto n_rows = static_cast<double>(lesson.rows.size());
    return lesson.may_be_sparse && prepare::sparse_pays(n_features * n_rows, entries * n_rows);
  }

  core::Params params_;
};

std::unique_ptr<Step> make_encode(const core::Params& params) {
  const auto encodes = [](const core::Params& own) { return encoding_of(own, false) != Encoding::none; };
  bool any = encodes(params);
  for (const auto& [pattern, options] : exceptions_of(params)) {
    if (options.is_mapping()) any = any || encodes(core::Params(options.mapping().begin(), options.mapping().end()));
  }
  return any ? std::make_unique<Encode>(params) : nullptr;
}

std::shared_ptr<const FittedStep> read_encode(const core::Value& value, std::size_t /*n_features*/) {
  const core::Value& list = saved_entry(value, kWords);
  const core::Value& sparse = saved_entry(value, kSparse);
  if (!list.is_list() || !sparse.is_boolean()) reject_saved("words must be a list of columns");
  Columns columns;
  for (const core::Value& saved : list.list()) {
    const core::Value& name = saved_entry(saved, "column");
    const core::Value& fill = saved_entry(saved, "fill");
    const core::Value& is_text = saved_entry(saved, "is_text");
    if (!name.is_text() || !is_text.is_boolean()) reject_saved("a column of words must have a name");
    FittedColumn column{.name = name.text(), .fill = {}, .is_text = is_text.boolean(), .encoder = nullptr};
    if (fill.is_text()) column.fill = fill.text();
    column.encoder = column.is_text ? read_text(saved) : read_categories(saved);
    columns.push_back(std::move(column));
  }
  return std::make_shared<FittedEncode>(std::move(columns), sparse.boolean());
}

std::vector<OptionUse> all_uses() {
  std::vector<OptionUse> all{{.option = kImpute, .beside = "categories"}};
  all.insert(all.end(), category_option_uses().begin(), category_option_uses().end());
  all.insert(all.end(), text_option_uses().begin(), text_option_uses().end());
  return all;
}

std::vector<core::OptionSpec> all_options() {
  std::vector<core::OptionSpec> all{impute_option()};
  all.insert(all.end(), category_options().begin(), category_options().end());
  all.insert(all.end(), text_options().begin(), text_options().end());
  return all;
}

}  // namespace

const StepKind& encode_kind() {
  static const StepKind kind{
      .saved_as = kWords, .options = all_options(), .uses = all_uses(), .make = make_encode, .read = read_encode};
  return kind;
}

Encoding encoding_of(const core::Params& params, bool is_text) {
  const bool categories = encode_kind().value_of(params, "categories").text() != "none";
  const bool text = encode_kind().value_of(params, "text").text() != "none";
  if (text && (is_text || !categories)) return Encoding::text;
  return categories ? Encoding::categories : Encoding::none;
}

core::Params own_params(const core::Params& params, std::string_view column) {
  core::Params own = params_for(params, column);
  for (const auto& [pattern, options] : exceptions_of(params)) {
    if (!options.is_mapping() || (pattern != column && !matches(pattern, column))) continue;
    const core::Params given(options.mapping().begin(), options.mapping().end());
    if (given.contains("categories") && !given.contains("text")) own["text"] = "none";
    if (given.contains("text") && !given.contains("categories")) own["categories"] = "none";
  }
  return own;
}

bool takes_words(const core::Params& params, std::string_view column) {
  return encoding_of(own_params(params, column), false) != Encoding::none;
}

bool wants_words(const core::Params& params, std::string_view column) {
  core::Params own;
  if (const auto found = params.find(column_exceptions_option().name); found != params.end()) own.insert(*found);
  return encoding_of(own_params(own, column), false) != Encoding::none;
}

std::vector<UnseenWords> unseen_words(const FittedStep& step, const core::Frame& frame) {
  const auto* encode = dynamic_cast<const FittedEncode*>(&step);
  return encode == nullptr ? std::vector<UnseenWords>{} : encode->unseen(frame);
}

}  // namespace gridmill::prepare
