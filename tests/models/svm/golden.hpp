#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "core/value.hpp"

namespace gridmill::models::svm::test {

/// One fit of scikit-learn's and what it predicts; see golden/svm/make_golden.py.
struct GoldenCase {
  std::string name;
  std::string family;
  std::string data;
  core::Params params;
  std::vector<core::Index> train, test;
  std::vector<double> predict;                   // by test sample
  std::vector<std::vector<double>> decision;     // by test sample; empty for regression
  std::vector<std::vector<double>> probability;  // by test sample; empty: not asked for
  std::size_t n_support = 0;
};

/// What GoogleTest calls a case.
inline void PrintTo(const GoldenCase& one, std::ostream* out) { *out << one.name; }

/// Returns the path of a file under tests/models/golden/svm.
std::string golden_file(const std::string& name);

/// Returns all cases.
const std::vector<GoldenCase>& golden_cases();
/// Returns a dataset of the goldens.
core::Dataset golden_dataset(const std::string& name);

/// Returns a dataset of its own memory. Classes are named "0", "1", ...
core::Dataset make_dataset(core::Task task, core::Matrix x, std::vector<double> y, std::vector<double> weight = {});

/// Returns data/digits.csv.gz.
core::Dataset digits();

/// Returns the test fold of each sample under StratifiedKFold(n_folds).
std::vector<core::Index> stratified(const core::Dataset& data, std::size_t n_folds);
/// Returns the samples of (or, if not `inside`, outside) a fold, ascending.
std::vector<core::Index> rows_of_fold(const std::vector<core::Index>& fold_of, std::size_t fold, bool inside);

}  // namespace gridmill::models::svm::test
