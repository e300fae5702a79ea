#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/family/model.hpp"
#include "models/scorer.hpp"

namespace gridmill::search {

/// The nearest class mean, with a `shift` added to each sample; `mode` makes it fail or run out of time.
class FakeFit : public models::Fit {
 public:
  FakeFit(const core::Dataset& data, const models::FitRequest& request)
      : x_(request.samples.view(data)),
        samples_(request.samples),
        shift_(request.params.contains("shift") ? request.params.at("shift").number() : 0) {
    std::map<std::size_t, std::pair<double, double>> sums;  // by class: sum of w x, sum of w
    for (const core::Index row : request.train) {
      const double weight = data.weight.empty() ? 1 : data.weight[row];
      auto& [sum, total] = sums[static_cast<std::size_t>(data.y[row])];
      sum += weight * x_.sample(row)[0];
      total += weight;
    }
    for (const auto& [code, sum] : sums) {
      classes_.push_back(code);
      means_.push_back(sum.first / sum.second);
    }
    details_ = {static_cast<double>(request.train.size()), static_cast<double>(request.seed % 1000)};
    const auto mode = request.params.find("mode");
    if (mode != request.params.end() && mode->second.text() == "slow" && request.time_limit_s > 0) {
      status_ = models::FitStatus::time_limit;
    }
  }

  [[nodiscard]] models::FitStatus status() const override { return status_; }
  [[nodiscard]] std::vector<double> details() const override { return details_; }
  [[nodiscard]] const std::vector<std::size_t>& classes() const override { return classes_; }
  [[nodiscard]] models::Prediction predict(std::span<const core::Index> rows, models::Outputs wanted) const override {
    models::Prediction prediction;
    if (wanted.decision) prediction.decision.zeros(1, rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double x = x_.sample(rows[i])[0] + shift_;
      std::size_t best = 0;
      for (std::size_t c = 1; c < means_.size(); ++c) {
        if (std::abs(x - means_[c]) < std::abs(x - means_[best])) best = c;
      }
      prediction.value.push_back(static_cast<double>(classes_[best]));
      if (wanted.decision) prediction.decision(0, i) = x;
    }
    return prediction;
  }
  [[nodiscard]] std::unique_ptr<models::Model> model() const override { return nullptr; }

 private:
  core::MatrixView x_;
  core::PreparedSamples samples_;
  double shift_;
  std::vector<std::size_t> classes_;
  std::vector<double> means_;
  std::vector<double> details_;
  models::FitStatus status_ = models::FitStatus::ok;
};

/// What trainers were asked to do.
struct FakeWork {
  int n_fits = 0;                            // begun
  std::vector<core::PreparedSamples> given;  // by fit; forget() takes the samples and leaves the keys
  int n_forgotten = 0;
  std::size_t n_told = 0;  // candidates, of the last trainer
  std::size_t memory_bytes = 0;
};

class FakeTrainer : public models::Trainer {
 public:
  FakeTrainer(const core::Dataset& data, FakeWork& work) : data_(data), work_(work) {}
  [[nodiscard]] std::unique_ptr<models::Fit> fit(const models::FitRequest& request) override {
    ++work_.n_fits;
    work_.given.push_back(request.samples);
    const auto mode = request.params.find("mode");
    if (mode != request.params.end() && mode->second.text() == "fails") throw models::FitError("one class only");
    return std::make_unique<FakeFit>(data_, request);
  }
  void forget() override {
    ++work_.n_forgotten;
    for (core::PreparedSamples& samples : work_.given) samples.x.reset();
  }

 private:
  const core::Dataset& data_;
  FakeWork& work_;
};

/// Candidates share work by `gamma`; a fit costs `C`.
class FakeFamily : public models::Family {
 public:
  explicit FakeFamily(std::string name = "fake") : name_(std::move(name)) {}
  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::string_view meaning() const override { return "Nearest class mean of the first feature."; }
  [[nodiscard]] core::Task task() const override { return core::Task::classification; }
  [[nodiscard]] std::span<const core::OptionSpec> options() const override { return {}; }
  [[nodiscard]] std::vector<std::string> check(const core::Params& /*params*/) const override { return {}; }
  [[nodiscard]] std::span<const models::Detail> details() const override {
    using Kind = models::Detail::Kind;
    static constexpr models::Detail kDetails[] = {{"n_train", Kind::integer, "Training rows."},
                                                  {"last_digits", Kind::real, "Of the seed."}};
    return kDetails;
  }
  [[nodiscard]] std::string sharing_key(const core::Params& params) const override {
    return params.contains("gamma") ? params.at("gamma").python_repr() : "";
  }
  [[nodiscard]] double cost(const core::Params& params, std::size_t n_train, std::size_t /*n_features*/,
                            std::size_t /*n_classes*/) const override {
    return static_cast<double>(n_train) * (params.contains("C") ? params.at("C").number() : 1);
  }
  [[nodiscard]] models::MemoryUse memory_use(const core::Dataset& /*data*/,
                                             const models::Resources& resources) const override {
    models::MemoryUse use = wanted;
    if (resources.memory_bytes > 0) use.bytes = std::min(use.bytes, std::max(resources.memory_bytes, use.least_bytes));
    return use;
  }
  [[nodiscard]] std::unique_ptr<models::Trainer> trainer(const core::Dataset& data,
                                                         const models::Resources& resources) const override {
    work.n_told = resources.candidates.size();
    work.memory_bytes = resources.memory_bytes;
    return std::make_unique<FakeTrainer>(data, work);
  }
  [[nodiscard]] std::unique_ptr<models::Model> load(const std::filesystem::path& /*folder*/,
                                                    const core::Value& /*state*/) const override {
    return nullptr;
  }

  models::MemoryUse wanted;  // without a limit
  mutable FakeWork work;     // of all trainers

 private:
  std::string name_;
};

class FakeScorer : public models::Scorer {
 public:
  [[nodiscard]] std::string_view meaning() const override { return "for tests"; }
  [[nodiscard]] core::Task task() const override { return core::Task::classification; }
  [[nodiscard]] models::Outputs needs() const override { return {}; }
  [[nodiscard]] bool binary_only() const override { return false; }
};

/// Weighted share of right predictions.
class FakeAccuracy : public FakeScorer {
 public:
  [[nodiscard]] std::string_view name() const override { return "accuracy"; }
  [[nodiscard]] double score(const models::ScoreInput& input, std::string* /*why*/) const override {
    double right = 0;
    double total = 0;
    for (std::size_t i = 0; i < input.truth.size(); ++i) {
      const double weight = input.weight.empty() ? 1 : input.weight[i];
      total += weight;
      if (input.truth[i] == input.prediction.value[i]) right += weight;
    }
    return right / total;
  }
};

/// Mean decision value; has none where a class was not seen in training.
class FakeRanking : public FakeScorer {
 public:
  [[nodiscard]] std::string_view name() const override { return "ranking"; }
  [[nodiscard]] models::Outputs needs() const override { return {.decision = true}; }
  [[nodiscard]] double score(const models::ScoreInput& input, std::string* why) const override {
    if (input.fitted.size() < input.classes.size()) {
      *why = "a class is missing";
      return std::numeric_limits<double>::quiet_NaN();
    }
    return arma::accu(input.prediction.decision) / static_cast<double>(input.truth.size());
  }
};

/// Only has a name; for tables.
class NamedScorer : public FakeScorer {
 public:
  explicit NamedScorer(std::string name) : name_(std::move(name)) {}
  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] double score(const models::ScoreInput& /*input*/, std::string* /*why*/) const override { return 0; }

 private:
  std::string name_;
};

}  // namespace gridmill::search
