#include "models/linear/classifier.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>

#include "models/family/saved_state.hpp"

namespace gridmill::models::linear {

namespace {

/// The class of one sample, counted from 0.
std::size_t best_of(const double* values, std::size_t n_functions) {
  if (n_functions == 1) return *values > 0 ? 1 : 0;
  return static_cast<std::size_t>(std::max_element(values, values + n_functions) - values);
}

/// Softmax, or for one function its sigmoid and what is left.
void to_probabilities(const double* values, std::size_t n_functions, std::vector<double>& out) {
  if (n_functions == 1) {
    const double e = std::exp(-std::abs(*values));
    const double greater = 1 / (1 + e);
    const double smaller = e / (1 + e);
    out[1] = *values >= 0 ? greater : smaller;
    out[0] = *values >= 0 ? smaller : greater;
    return;
  }
  const double greatest = *std::max_element(values, values + n_functions);
  double sum = 0;
  for (std::size_t k = 0; k < n_functions; ++k) sum += out[k] = std::exp(values[k] - greatest);
  for (double& each : out) each /= sum;
}

}  // namespace

Prediction Classifier::predict(const core::Matrix& values, Outputs wanted) const {
  const std::size_t n = values.n_cols;
  Prediction out;
  out.value.resize(n);
  if (wanted.decision) {
    out.decision.set_size(n_codes == 2 ? 1 : n_codes, n);
    out.decision.fill(-std::numeric_limits<double>::infinity());
  }
  if (wanted.probability) out.probability.zeros(n_codes, n);
  std::vector<double> probabilities(classes.size());
  for (std::size_t s = 0; s < n; ++s) {
    const double* at = values.colptr(s);
    const bool is_number = std::none_of(at, at + values.n_rows, [](double value) { return std::isnan(value); });
    out.value[s] =
        is_number ? static_cast<double>(classes[best_of(at, values.n_rows)]) : std::numeric_limits<double>::quiet_NaN();
    if (wanted.decision && n_codes == 2) out.decision(0, s) = *at;
    for (std::size_t a = 0; wanted.decision && n_codes > 2 && a < classes.size(); ++a) {
      // scikit-learn has one value for two classes, whatever the others in the data; ours keeps one a class.
      out.decision(classes[a], s) = values.n_rows > 1 ? at[a] : (a == 0 ? -*at : *at);
    }
    if (!wanted.probability) continue;
    to_probabilities(at, values.n_rows, probabilities);
    for (std::size_t a = 0; a < classes.size(); ++a) out.probability(classes[a], s) = probabilities[a];
  }
  return out;
}

Prediction ClassifierModel::predict(const core::MatrixView& x, Outputs wanted) const {
  core::Matrix values(classifier_.n_functions(), x.n_samples);
  for (std::size_t s = 0; s < x.n_samples; ++s) {
    for (std::size_t k = 0; k < values.n_rows; ++k) values(k, s) = classifier_.functions.at(x.sample(s), k);
  }
  return classifier_.predict(values, wanted);
}

Prediction ClassifierModel::predict_sparse(const core::SparseView& x, Outputs wanted) const {
  core::Matrix values(classifier_.n_functions(), x.n_samples());
  for (std::size_t s = 0; s < x.n_samples(); ++s) {
    for (std::size_t k = 0; k < values.n_rows; ++k) values(k, s) = classifier_.functions.at(x.sample(s), k);
  }
  return classifier_.predict(values, wanted);
}

std::vector<double> ClassifierModel::feature_weights() const { return classifier_.functions.weights(); }

void ClassifierModel::save(const std::filesystem::path& folder) const {
  write_functions(classifier_.functions, family_, folder);
}

core::Value ClassifierModel::state() const {
  core::ValueList classes;
  for (const std::size_t code : classifier_.classes) classes.emplace_back(static_cast<std::int64_t>(code));
  return core::ValueMapping{{"n_features", static_cast<std::int64_t>(classifier_.functions.n_features())},
                            {"n_classes", static_cast<std::int64_t>(classifier_.n_codes)},
                            {"classes", std::move(classes)}};
}

std::unique_ptr<Model> ClassifierModel::load(std::string_view family, const std::filesystem::path& folder,
                                             const core::Value& value) {
  const SavedState state(value, folder);
  Classifier classifier{.functions = {}, .classes = state.counts("classes"), .n_codes = state.count("n_classes")};
  const std::vector<std::size_t>& classes = classifier.classes;
  const bool ascend = std::adjacent_find(classes.begin(), classes.end(), std::greater_equal<>()) == classes.end();
  if (classes.size() < 2 || !ascend || classes.back() >= classifier.n_codes) {
    state.fail("classes", "two codes or more, ascending and below 'n_classes'");
  }
  const std::size_t n_functions = classes.size() == 2 ? 1 : classes.size();
  classifier.functions = read_functions(family, state.count("n_features"), n_functions, folder);
  return std::make_unique<ClassifierModel>(family, std::move(classifier));
}

}  // namespace gridmill::models::linear
