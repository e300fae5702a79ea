#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/value.hpp"
#include "prepare/terms.hpp"
#include "prepare/word_encoder.hpp"

namespace gridmill::prepare {

/// Which terms of the training rows are kept.
struct TermLimits {
  core::Value min_df = 1;  // a whole number of rows, or a share of them
  core::Value max_df = 1.0;
  std::size_t max_features = 0;  // those that occur most often; 0: all
};

/// The terms that are kept, by code point, and in how many rows each occurs.
struct Vocabulary {
  std::vector<std::string> terms;
  std::vector<std::size_t> n_rows;
  double terms_a_row = 0;  // distinct ones, on average
};

/// Returns the terms of the training rows. Source: scikit-learn 1.2.1's CountVectorizer.fit, ties of max_features
/// included.
Vocabulary vocabulary_of(const WordLesson& lesson, const TermRule& rule, const TermLimits& limits);

}  // namespace gridmill::prepare
