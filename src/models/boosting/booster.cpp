#include "models/boosting/booster.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <mutex>

#include <fmt/format.h>
#include <xgboost/c_api.h>

#include "core/error.hpp"

namespace gridmill::models::boosting {

namespace {

/// XGBoost's message without the place in its sources and the calls that led there:
/// "[12:00:00] ./src/data/data.cc:1103: Check failed: valid: Input data contains `inf` ...\nStack trace: ...".
std::string first_sentence(std::string_view message) {
  message = message.substr(0, message.find("Stack trace"));
  if (const std::size_t place = message.find(": "); message.starts_with('[') && place != std::string_view::npos) {
    message.remove_prefix(place + 2);
  }
  if (const std::size_t cause = message.find("Check failed: "); cause == 0) {
    if (const std::size_t words = message.find(": ", std::string_view("Check failed: ").size());
        words != std::string_view::npos && words + 2 < message.size()) {
      message.remove_prefix(words + 2);
    }
  }
  std::string text(message);
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

void check(int code) {
  if (code != 0) throw BoosterError(first_sentence(XGBGetLastError()));
}

void ignore_message(const char* /*message*/) {}

/// XGBoost warns on stderr; what is wrong we check ourselves.
void silence() {
  static std::once_flag once;
  std::call_once(once, [] {
    check(XGBRegisterLogCallback(ignore_message));
    check(XGBSetGlobalConfig(R"({"verbosity": 0})"));
  });
}

constexpr const char* kMissingIsNan = R"({"missing": NaN, "nthread": 1})";

/// An array in the form that XGBoost takes from numpy. `type`: "<f4".
template <class T>
std::string array(std::span<const T> values, std::string_view shape, std::string_view type) {
  return fmt::format(R"({{"data": [{}, true], "shape": [{}], "typestr": "{}", "version": 3}})",
                     reinterpret_cast<std::uintptr_t>(values.data()), shape, type);
}

template <class T>
std::string array(std::span<const T> values, std::string_view type) {
  return array(values, fmt::format("{}", values.size()), type);
}

void* dense(std::span<const float> values, std::size_t n_samples, std::size_t n_features) {
  void* handle = nullptr;
  const std::string shape = fmt::format("{}, {}", n_samples, n_features);
  check(XGDMatrixCreateFromDense(array(values, shape, "<f4").c_str(), kMissingIsNan, &handle));
  return handle;
}

void* dense(const core::MatrixView& x) {
  void* handle = nullptr;
  const std::string shape = fmt::format("{}, {}", x.n_samples, x.n_features);
  const std::span<const double> values(x.data, x.n_samples * x.n_features);
  check(XGDMatrixCreateFromDense(array(values, shape, "<f8").c_str(), kMissingIsNan, &handle));
  return handle;
}

void* sparse(const core::SparseView& x) {
  void* handle = nullptr;
  check(XGDMatrixCreateFromCSR(array(x.start, "<u8").c_str(), array(x.feature, "<u4").c_str(),
                               array(x.value, "<f8").c_str(), x.n_features, kMissingIsNan, &handle));
  return handle;
}

}  // namespace

SampleMatrix::SampleMatrix(const core::MatrixView& x, std::span<const core::Index> rows) : n_samples_(rows.size()) {
  silence();
  std::vector<float> values;
  values.reserve(rows.size() * x.n_features);
  for (const core::Index row : rows) {
    for (const double value : x.sample(row)) values.push_back(static_cast<float>(value));
  }
  handle_.reset(dense(values, rows.size(), x.n_features));
}

SampleMatrix::SampleMatrix(const core::SparseView& x, std::span<const core::Index> rows) : n_samples_(rows.size()) {
  silence();
  core::SparseMatrix picked;
  picked.n_features = x.n_features;
  for (const core::Index row : rows) picked.add(x.sample(row));
  handle_.reset(sparse(picked.view()));
}

SampleMatrix::SampleMatrix(const core::MatrixView& x) : n_samples_(x.n_samples) {
  silence();
  handle_.reset(dense(x));
}

SampleMatrix::SampleMatrix(const core::SparseView& x) : n_samples_(x.n_samples()) {
  silence();
  handle_.reset(sparse(x));
}

void FreeMatrix::operator()(void* handle) const { XGDMatrixFree(handle); }
void FreeBooster::operator()(void* handle) const { XGBoosterFree(handle); }

void SampleMatrix::set_labels(std::span<const float> labels) {
  GRIDMILL_ASSERT(labels.size() == n_samples_, "a label a sample");
  check(XGDMatrixSetFloatInfo(handle_.get(), "label", labels.data(), labels.size()));
}

void SampleMatrix::set_weights(std::span<const float> weights) {
  GRIDMILL_ASSERT(weights.size() == n_samples_, "a weight a sample");
  check(XGDMatrixSetFloatInfo(handle_.get(), "weight", weights.data(), weights.size()));
}

Booster::Booster(const BoosterSettings& settings, const SampleMatrix& train) {
  silence();
  void* const matrix = train.handle();
  void* handle = nullptr;
  check(XGBoosterCreate(&matrix, 1, &handle));
  handle_.reset(handle);
  for (const auto& [name, value] : settings) check(XGBoosterSetParam(handle_.get(), name.c_str(), value.c_str()));
}

void Booster::learn(std::size_t round, const SampleMatrix& train) {
  check(XGBoosterUpdateOneIter(handle_.get(), static_cast<int>(round), train.handle()));
}

BoosterOutput Booster::predict(const SampleMatrix& x, Predicted what, std::size_t n_rounds) const {
  const std::string config = fmt::format(
      R"({{"type": {}, "training": false, "iteration_begin": 0, "iteration_end": {}, "strict_shape": false}})",
      static_cast<int>(what), n_rounds);
  const bst_ulong* shape = nullptr;
  bst_ulong n_dimensions = 0;
  const float* numbers = nullptr;
  check(XGBoosterPredictFromDMatrix(handle_.get(), x.handle(), config.c_str(), &shape, &n_dimensions, &numbers));
  BoosterOutput out;
  for (bst_ulong d = 1; d < n_dimensions; ++d) out.width *= shape[d];
  out.numbers.assign(numbers, numbers + out.width * x.n_samples());
  return out;
}

double Booster::evaluate(const SampleMatrix& x) const {
  void* matrix = x.handle();
  const char* name = "x";
  const char* words = nullptr;  // "[7]\tx-logloss:0.123"
  check(XGBoosterEvalOneIter(handle_.get(), static_cast<int>(n_rounds()), &matrix, &name, 1, &words));
  const std::string_view text(words);
  const std::size_t colon = text.rfind(':');
  double value = std::numeric_limits<double>::quiet_NaN();
  if (colon != std::string_view::npos) std::from_chars(text.data() + colon + 1, text.data() + text.size(), value);
  return value;
}

std::size_t Booster::n_rounds() const {
  int n = 0;
  check(XGBoosterBoostedRounds(handle_.get(), &n));
  return static_cast<std::size_t>(n);
}

std::size_t Booster::n_features() const {
  bst_ulong n = 0;
  check(XGBoosterGetNumFeature(handle_.get(), &n));
  return n;
}

std::unique_ptr<Booster> Booster::first(std::size_t n_rounds) const {
  void* handle = nullptr;
  check(XGBoosterSlice(handle_.get(), 0, static_cast<int>(n_rounds), 1, &handle));
  return std::unique_ptr<Booster>(new Booster(handle));
}

std::vector<double> Booster::importance(const std::string& type) const {
  bst_ulong n_features = 0;
  const char** features = nullptr;
  bst_ulong n_dimensions = 0;
  const bst_ulong* shape = nullptr;
  const float* scores = nullptr;
  check(XGBoosterFeatureScore(handle_.get(), fmt::format(R"({{"importance_type": "{}"}})", type).c_str(), &n_features,
                              &features, &n_dimensions, &shape, &scores));
  const std::size_t width = n_dimensions > 1 ? shape[1] : 1;
  std::vector<double> out(this->n_features(), 0.0);
  for (bst_ulong f = 0; f < n_features; ++f) {
    std::size_t at = 0;  // "f12"
    const std::string_view name(features[f]);
    std::from_chars(name.data() + 1, name.data() + name.size(), at);
    GRIDMILL_ASSERT(at < out.size(), "XGBoost tells of a feature that it does not have");
    // gblinear has a coefficient a class: what counts is how large they are.
    for (std::size_t w = 0; w < width; ++w) {
      out[at] += width > 1 ? std::abs(static_cast<double>(scores[f * width + w])) : static_cast<double>(scores[f]);
    }
  }
  return out;
}

void Booster::set_attribute(const std::string& name, const std::string& value) {
  check(XGBoosterSetAttr(handle_.get(), name.c_str(), value.c_str()));
}

std::string Booster::json() const {
  bst_ulong size = 0;
  const char* data = nullptr;
  check(XGBoosterSaveModelToBuffer(handle_.get(), R"({"format": "json"})", &size, &data));
  return {data, size};
}

std::unique_ptr<Booster> Booster::from_json(std::string_view json) {
  silence();
  void* handle = nullptr;
  check(XGBoosterCreate(nullptr, 0, &handle));
  std::unique_ptr<Booster> booster(new Booster(handle));
  check(XGBoosterLoadModelFromBuffer(handle, json.data(), json.size()));
  check(XGBoosterSetParam(handle, "nthread", "1"));
  return booster;
}

std::string booster_version() {
  int major = 0;
  int minor = 0;
  int patch = 0;
  XGBoostVersion(&major, &minor, &patch);
  return fmt::format("{}.{}.{}", major, minor, patch);
}

}  // namespace gridmill::models::boosting
