#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/frame.hpp"
#include "core/value.hpp"
#include "prepare/step.hpp"

namespace gridmill::prepare {

/// Returns the step `categories`, which makes features of columns of words. They come after the numbers, first those of
/// categories, then those of texts, each by the order of the columns.
///
/// A column of sentences is encoded by `text`, another by `categories`; by the other of the two where its own is none.
/// Numbers are left as they are. A missing word is filled in by `impute_categories` first.
/// Where there are no words it does nothing.
const StepKind& encode_kind();

enum class Encoding { none, categories, text };

/// Returns how a column of words is encoded by a candidate with these parameters, which are the column's own.
Encoding encoding_of(const core::Params& params, bool is_text);
/// Returns a candidate's parameters as they are for a column: an exception that gives it one encoding takes the other
/// away.
core::Params own_params(const core::Params& params, std::string_view column);

/// Says whether candidates with these parameters make features of a column of words, sentences or not.
bool takes_words(const core::Params& params, std::string_view column);
/// Says whether they name the column, of whatever type, as one of words: an exception gives it `categories` or `text`.
bool wants_words(const core::Params& params, std::string_view column);

/// Words of one column that the training rows did not have.
struct UnseenWords {
  std::string column;
  std::size_t n_rows = 0;
  std::vector<std::string> words;  // distinct
};

/// Returns those of `frame`, by column; columns without any are left out.
std::vector<UnseenWords> unseen_words(const FittedStep& step, const core::Frame& frame);

}  // namespace gridmill::prepare
