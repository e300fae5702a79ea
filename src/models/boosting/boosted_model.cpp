#include "models/boosting/boosted_model.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <functional>
#include <ios>
#include <iterator>
#include <numeric>
#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "models/family/saved_state.hpp"

namespace gridmill::models::boosting {

namespace {

using Numbers = Meaning::Numbers;

constexpr std::array<std::pair<Numbers, const char*>, 5> kFeatureNames{{{Numbers::target, "target"},
                                                                        {Numbers::probability, "probability"},
                                                                        {Numbers::label, "label"},
                                                                        {Numbers::probabilities, "probabilities"},
                                                                        {Numbers::margins, "margins"}}};

const char* name_of(Numbers numbers) {
  const auto* found = std::ranges::find(kFeatureNames, numbers, [](const auto& entry) { return entry.first; });
  return found->second;
}

/// The probabilities of margins in 32 bits, as scipy's softmax.
std::vector<float> softmax(std::span<const float> margins) {
  const float greatest = *std::ranges::max_element(margins);
  std::vector<float> out;
  float sum = 0;
  for (const float margin : margins) {
    out.push_back(std::exp(margin - greatest));
    sum += out.back();
  }
  for (float& p : out) p /= sum;
  return out;
}

/// Of the greater of two classes.
std::array<float, 2> both(float probability) { return {1.0F - probability, probability}; }

}  // namespace

Meaning Meaning::of(const std::string& objective, std::vector<std::size_t> classes, std::size_t n_codes) {
  Meaning meaning{.classes = std::move(classes), .n_codes = n_codes};
  if (meaning.classes.empty()) return meaning;
  if (objective == "binary:hinge") {
    meaning.numbers = Numbers::label;
  } else if (objective == "multi:softmax") {
    meaning.numbers = Numbers::margins;
  } else {
    meaning.numbers = objective == "multi:softprob" ? Numbers::probabilities : Numbers::probability;
  }
  return meaning;
}

Prediction Meaning::predict(const Booster& booster, const SampleMatrix& x, Outputs wanted, std::size_t n_rounds) const {
  const Predicted kind = numbers == Numbers::margins ? Predicted::margin : Predicted::value;
  const BoosterOutput output = booster.predict(x, kind, n_rounds);
  Prediction out;
  out.value.resize(x.n_samples());
  if (numbers == Numbers::target) {
    std::ranges::copy(output.numbers, out.value.begin());
    return out;
  }
  if (wanted.probability) {
    out.probability.zeros(n_codes, x.n_samples());
    out.has_float_probability = true;
  }
  const auto give = [&](std::size_t sample, std::span<const float> probability) {
    for (std::size_t c = 0; c < classes.size(); ++c) out.probability(classes[c], sample) = probability[c];
  };
  for (std::size_t i = 0; i < x.n_samples(); ++i) {
    const std::span<const float> sample = output.sample(i);
    if (numbers == Numbers::probability || numbers == Numbers::label) {
      out.value[i] = static_cast<double>(classes[sample[0] > 0.5F ? 1 : 0]);
      if (wanted.probability) give(i, both(sample[0]));
    } else {
      const auto best = std::ranges::max_element(sample) - sample.begin();
      out.value[i] = static_cast<double>(classes[static_cast<std::size_t>(best)]);
      if (!wanted.probability) continue;
      if (numbers == Numbers::margins) {
        give(i, softmax(sample));
      } else {
        give(i, sample);
      }
    }
  }
  return out;
}

BoostedModel::BoostedModel(std::unique_ptr<Booster> booster, Meaning meaning)
    : booster_(std::move(booster)), meaning_(std::move(meaning)) {
  // What XGBClassifier and XGBRegressor look for in a file they load.
  std::vector<std::size_t> codes(meaning_.classes.size());
  std::iota(codes.begin(), codes.end(), std::size_t{0});
  booster_->set_attribute(
      "scikit_learn", codes.empty()
                          ? std::string(R"({"_estimator_type": "regressor"})")
                          : fmt::format(R"({{"_estimator_type": "classifier", "n_classes_": {}, "classes_": [{}]}})",
                                        codes.size(), fmt::join(codes, ", ")));
}

Prediction BoostedModel::predict(const core::MatrixView& x, Outputs wanted) const {
  return meaning_.predict(*booster_, SampleMatrix(x), wanted);
}

Prediction BoostedModel::predict_sparse(const core::SparseView& x, Outputs wanted) const {
  return meaning_.predict(*booster_, SampleMatrix(x), wanted);
}

core::Matrix BoostedModel::explain(const core::MatrixView& x, Explanation what) const {
  const SampleMatrix samples(x);
  BoosterOutput output;
  try {
    output = booster_->predict(samples, what == Explanation::leaf ? Predicted::leaf : Predicted::contributions);
  } catch (const BoosterError& error) {
    throw core::UserError(fmt::format("the model cannot be asked for this: {}", error.what()));  // leaves of gblinear
  }
  core::Matrix out(output.width, x.n_samples);
  std::ranges::copy(output.numbers, out.begin());
  return out;
}

std::vector<Importance> BoostedModel::importances() const {
  std::vector<Importance> out;
  for (const char* type : {"gain", "weight", "cover"}) {
    try {
      out.push_back({type, booster_->importance(type)});
    } catch (const BoosterError&) {
      // gblinear knows weights only
    }
  }
  return out;
}

// Of gblinear the first is its coefficients.
std::vector<double> BoostedModel::feature_weights() const {
  std::vector<double> weights = importances().front().values;
  for (double& weight : weights) weight = std::abs(weight);
  return weights;
}

void BoostedModel::save(const std::filesystem::path& folder) const {
  const std::filesystem::path file = folder / kBoosterFile;
  const std::string json = booster_->json();
  std::ofstream out(file, std::ios::binary);
  out.write(json.data(), static_cast<std::streamsize>(json.size()));
  out.close();
  if (!out) throw core::RunError(fmt::format("cannot write {}", file.string()));
}

core::Value BoostedModel::state() const {
  core::ValueList classes;
  for (const std::size_t code : meaning_.classes) classes.emplace_back(static_cast<std::int64_t>(code));
  return core::ValueMapping{
      {"n_features", static_cast<std::int64_t>(booster_->n_features())},
      {"n_classes", static_cast<std::int64_t>(meaning_.n_codes)},
      {"classes", std::move(classes)},
      {"numbers", name_of(meaning_.numbers)},
  };
}

std::unique_ptr<Model> BoostedModel::load(core::Task task, const std::filesystem::path& folder,
                                          const core::Value& value) {
  const SavedState state(value, folder);
  Meaning meaning{.classes = state.counts("classes"), .n_codes = state.count("n_classes")};
  const core::Value& numbers = state.at("numbers");
  const auto* known = std::ranges::find_if(
      kFeatureNames, [&](const auto& entry) { return numbers.is_text() && numbers.text() == entry.second; });
  const bool classifies = task == core::Task::classification;
  if (known == kFeatureNames.end() || classifies == (known->first == Numbers::target)) {
    state.fail("numbers", "what a booster gives");
  }
  meaning.numbers = known->first;
  const auto& classes = meaning.classes;
  const bool ascend = std::adjacent_find(classes.begin(), classes.end(), std::greater_equal<>()) == classes.end();
  if (classifies && (classes.size() < 2 || !ascend || classes.back() >= meaning.n_codes)) {
    state.fail("classes", "two or more, ascending and below 'n_classes'");
  }
  const std::filesystem::path file = folder / kBoosterFile;
  std::ifstream in(file, std::ios::binary);
  if (!in) throw core::UserError(fmt::format("cannot read {}", file.string()));
  const std::string json{std::istreambuf_iterator<char>(in), {}};
  try {
    std::unique_ptr<Booster> booster = Booster::from_json(json);
    if (booster->n_features() != state.count("n_features")) state.fail("n_features", "that of the model file");
    // One sample of nothing says how many numbers the booster gives.
    const std::vector<double> missing(booster->n_features(), std::nan(""));
    const SampleMatrix probe(core::MatrixView(missing.data(), missing.size(), 1));
    const bool several = meaning.numbers == Numbers::probabilities || meaning.numbers == Numbers::margins;
    const std::size_t width = booster->predict(probe, Predicted::margin).width;
    if (width != (several ? classes.size() : 1)) state.fail("classes", "as many as the model file gives numbers");
    return std::make_unique<BoostedModel>(std::move(booster), std::move(meaning));
  } catch (const BoosterError& error) {
    throw core::UserError(fmt::format("{}: XGBoost cannot read this model: {}", file.string(), error.what()));
  }
}

}  // namespace gridmill::models::boosting
