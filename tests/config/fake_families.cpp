// Stands in for the models of gridmill::models while that room lacks them (tests/config/CMakeLists.txt).
#include "models/model.hpp"

#include <array>

#include "core/option.hpp"

namespace gridmill::models {

namespace {

using core::Kind;
using core::OptionSpec;
using core::Range;

std::vector<OptionSpec> svm_options() {
  return {
      {.name = "C",
       .kinds = {Kind::real},
       .default_value = 1.0,
       .range = Range::positive(),
       .meaning = "cost of errors"},
      {.name = "kernel",
       .kinds = {Kind::text},
       .default_value = "rbf",
       .choices = {"rbf", "linear", "poly", "sigmoid"},
       .meaning = "kernel function"},
      {.name = "gamma",
       .kinds = {Kind::real, Kind::text},
       .default_value = "scale",
       .range = Range::positive(),
       .choices = {"scale", "auto"},
       .meaning = "width of the kernel"},
      {.name = "degree",
       .kinds = {Kind::integer},
       .default_value = 3,
       .range = Range::at_least(0),
       .meaning = "of poly"},
      {.name = "class_weight",
       .kinds = {Kind::null, Kind::text, Kind::mapping},
       .choices = {"balanced"},
       .meaning = "weights of classes"},
  };
}

class FakeFamily final : public Family {
 public:
  FakeFamily(std::string name, core::Task task) : name_(std::move(name)), task_(task), options_(svm_options()) {}
  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::string_view meaning() const override { return "support vector machine"; }
  [[nodiscard]] core::Task task() const override { return task_; }
  [[nodiscard]] std::span<const OptionSpec> options() const override { return options_; }
  [[nodiscard]] std::vector<std::string> check(const core::Params&) const override { return {}; }
  [[nodiscard]] std::string sharing_key(const core::Params&) const override { return ""; }
  [[nodiscard]] double cost(const core::Params&, std::size_t, std::size_t, std::size_t) const override { return 1; }
  [[nodiscard]] std::size_t memory_bytes(std::size_t, std::size_t) const override { return 0; }
  [[nodiscard]] std::unique_ptr<Trainer> trainer(const core::Dataset&, const Resources&) const override {
    return nullptr;
  }
  [[nodiscard]] std::unique_ptr<Model> load(const std::filesystem::path&, const core::Value&) const override {
    return nullptr;
  }

 private:
  std::string name_;
  core::Task task_;
  std::vector<OptionSpec> options_;
};

const std::array<FakeFamily, 2>& families() {
  static const std::array<FakeFamily, 2> all{FakeFamily("svc", core::Task::classification),
                                             FakeFamily("svr", core::Task::regression)};
  return all;
}

}  // namespace

const Family* find_family(std::string_view name) {
  for (const FakeFamily& each : families()) {
    if (each.name() == name) return &each;
  }
  return nullptr;
}

std::vector<std::string> family_names() {
  std::vector<std::string> names;
  for (const FakeFamily& each : families()) names.emplace_back(each.name());
  return names;
}

}  // namespace gridmill::models
