// Stands in for the metrics of gridmill::models while that room lacks them (tests/config/CMakeLists.txt).
#include "models/scorer.hpp"

#include <array>

#include "core/option.hpp"

namespace gridmill::models {

namespace {

class FakeScorer final : public Scorer {
 public:
  FakeScorer(std::string name, core::Task task) : name_(std::move(name)), task_(task) {}
  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::string_view meaning() const override { return "a metric"; }
  [[nodiscard]] core::Task task() const override { return task_; }
  [[nodiscard]] Outputs needs() const override { return {}; }
  [[nodiscard]] bool binary_only() const override { return false; }
  [[nodiscard]] double score(const ScoreInput&, std::string*) const override { return 0; }

 private:
  std::string name_;
  core::Task task_;
};

const std::array<FakeScorer, 5>& scorers() {
  constexpr auto kClassification = core::Task::classification;
  constexpr auto kRegression = core::Task::regression;
  static const std::array<FakeScorer, 5> all{FakeScorer("accuracy", kClassification),
                                             FakeScorer("balanced_accuracy", kClassification),
                                             FakeScorer("f1_macro", kClassification), FakeScorer("r2", kRegression),
                                             FakeScorer("neg_mean_absolute_error", kRegression)};
  return all;
}

}  // namespace

const Scorer* find_scorer(std::string_view name) {
  for (const FakeScorer& each : scorers()) {
    if (each.name() == name) return &each;
  }
  return nullptr;
}

std::vector<std::string> scorer_names() {
  std::vector<std::string> names;
  for (const FakeScorer& each : scorers()) names.emplace_back(each.name());
  return names;
}

}  // namespace gridmill::models
