#include "models/boosting/booster.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

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

/// XGBoost warns on stderr; what is wrong we check ourselves. It keeps both settings for each thread.
void silence() {
  thread_local bool is_silent = false;
  if (std::exchange(is_silent, true)) return;
  check(XGBRegisterLogCallback(ignore_message));
  check(XGBSetGlobalConfig(R"({"verbosity": 0})"));
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

/// Samples as XGBoost takes them: where arrays lie, in words. Rows that are chosen are copied.
class HandedOver {
 public:
  explicit HandedOver(const SampleChoice& samples) : is_sparse_(samples.is_sparse()) {
    if (is_sparse_) {
      hand_over(samples.all ? samples.sparse : pick(samples.sparse, samples.rows));
    } else if (samples.all) {
      const std::span<const double> values(samples.x.data, samples.x.n_samples * samples.x.n_features);
      values_ = array(values, shape_of(samples), "<f8");
    } else {
      copy_.reserve(samples.rows.size() * samples.x.n_features);
      for (const core::Index row : samples.rows) {
        for (const double value : samples.x.sample(row)) copy_.push_back(static_cast<float>(value));
      }
      values_ = array(std::span<const float>(copy_), shape_of(samples), "<f4");
    }
  }

  [[nodiscard]] void* matrix() const {
    void* handle = nullptr;
    check(is_sparse_ ? XGDMatrixCreateFromCSR(start_.c_str(), feature_.c_str(), values_.c_str(), n_features_,
                                              kMissingIsNan, &handle)
                     : XGDMatrixCreateFromDense(values_.c_str(), kMissingIsNan, &handle));
    return handle;
  }

  void set_data_of(void* proxy) const {
    check(is_sparse_ ? XGProxyDMatrixSetDataCSR(proxy, start_.c_str(), feature_.c_str(), values_.c_str(), n_features_)
                     : XGProxyDMatrixSetDataDense(proxy, values_.c_str()));
  }

 private:
  static std::string shape_of(const SampleChoice& samples) {
    return fmt::format("{}, {}", samples.n_samples(), samples.x.n_features);
  }

  core::SparseView pick(const core::SparseView& x, std::span<const core::Index> rows) {
    picked_.n_features = x.n_features;
    for (const core::Index row : rows) picked_.add(x.sample(row));
    return picked_.view();
  }

  void hand_over(const core::SparseView& x) {
    start_ = array(x.start, "<u8");
    feature_ = array(x.feature, "<u4");
    values_ = array(x.value, "<f8");
    n_features_ = x.n_features;
  }

  bool is_sparse_;
  std::vector<float> copy_;
  core::SparseMatrix picked_;
  std::string start_;
  std::string feature_;
  std::string values_;
  std::size_t n_features_ = 0;
};

/// Gives XGBoost all samples at once, as often as it asks.
struct OneBatch {
  bool is_given = false;

  static void reset(void* batch) { static_cast<OneBatch*>(batch)->is_given = false; }
  static int next(void* batch) { return std::exchange(static_cast<OneBatch*>(batch)->is_given, true) ? 0 : 1; }
};

void set_numbers(void* matrix, const char* name, std::span<const float> numbers) {
  check(XGDMatrixSetFloatInfo(matrix, name, numbers.data(), numbers.size()));
}

}  // namespace

SampleMatrix::SampleMatrix(const SampleChoice& samples) : n_samples_(samples.n_samples()) {
  silence();
  handle_.reset(HandedOver(samples).matrix());
}

SampleMatrix SampleMatrix::binned(const SampleChoice& samples, const SampleInfo& info, std::size_t n_bins) {
  silence();
  const HandedOver handed_over(samples);
  void* handle = nullptr;
  check(XGProxyDMatrixCreate(&handle));
  const std::unique_ptr<void, FreeMatrix> proxy(handle);
  handed_over.set_data_of(proxy.get());
  set_numbers(proxy.get(), "label", info.labels);
  if (!info.weights.empty()) set_numbers(proxy.get(), "weight", info.weights);
  OneBatch batch;
  const std::string config = fmt::format(R"({{"missing": NaN, "nthread": 1, "max_bin": {}}})", n_bins);
  check(XGQuantileDMatrixCreateFromCallback(&batch, proxy.get(), nullptr, OneBatch::reset, OneBatch::next,
                                            config.c_str(), &handle));
  return {handle, samples.n_samples()};
}

void FreeMatrix::operator()(void* handle) const { XGDMatrixFree(handle); }
void FreeBooster::operator()(void* handle) const { XGBoosterFree(handle); }

void SampleMatrix::set_labels(std::span<const float> labels) {
  GRIDMILL_ASSERT(labels.size() == n_samples_, "a label a sample");
  set_numbers(handle_.get(), "label", labels);
}

void SampleMatrix::set_weights(std::span<const float> weights) {
  GRIDMILL_ASSERT(weights.size() == n_samples_, "a weight a sample");
  set_numbers(handle_.get(), "weight", weights);
}

Booster::Booster(const BoosterSettings& settings, const SampleMatrix& train) {
  silence();
  void* const matrix = train.handle();
  void* handle = nullptr;
  check(XGBoosterCreate(&matrix, 1, &handle));
  handle_.reset(handle);
  set(settings);
}

Booster::Booster(const BoosterSettings& settings, const SampleMatrix& train, std::string_view state)
    : Booster(settings, train) {
  check(XGBoosterLoadModelFromBuffer(handle_.get(), state.data(), state.size()));
  set(settings);  // a model brings none of how it was learnt
}

void Booster::set(const BoosterSettings& settings) {
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
  silence();
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

std::string Booster::bytes(const char* format) const {
  bst_ulong size = 0;
  const char* data = nullptr;
  check(XGBoosterSaveModelToBuffer(handle_.get(), fmt::format(R"({{"format": "{}"}})", format).c_str(), &size, &data));
  return {data, size};
}

std::string Booster::json() const { return bytes("json"); }
std::string Booster::state() const { return bytes("ubj"); }

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
