#include "models/svm/machines/svc_model.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <functional>
#include <utility>

#include "models/family/saved_state.hpp"
#include "models/svm/libsvm/libsvm_file.hpp"

namespace gridmill::models::svm {

namespace {

core::Value as_list(const std::vector<std::size_t>& values) {
  core::ValueList out;
  for (const std::size_t value : values) out.emplace_back(static_cast<std::int64_t>(value));
  return out;
}

core::Value as_list(const std::vector<Sigmoid>& sigmoids, double Sigmoid::*part) {
  core::ValueList out;
  for (const Sigmoid& sigmoid : sigmoids) out.emplace_back(sigmoid.*part);
  return out;
}

std::vector<Sigmoid> read_sigmoids(const SavedState& state) {
  const std::vector<double> a = state.numbers("platt_a");
  const std::vector<double> b = state.numbers("platt_b");
  if (a.size() != b.size()) state.fail("platt_b", "as long as 'platt_a'");
  std::vector<Sigmoid> out;
  for (std::size_t s = 0; s < a.size(); ++s) out.push_back({.a = a[s], .b = b[s]});
  return out;
}

}  // namespace

std::vector<int> file_labels(const std::vector<std::string>& classes, const std::vector<std::size_t>& codes) {
  std::vector<int> labels;
  for (const std::size_t code : codes) {
    const std::string& text = classes[code];
    int label = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), label);
    if (error != std::errc() || end != text.data() + text.size()) return {codes.begin(), codes.end()};
    labels.push_back(label);
  }
  return labels;
}

Prediction SvcModel::predict(const core::MatrixView& x, Outputs wanted) const {
  return predict_any(x, x.n_samples, wanted);
}

Prediction SvcModel::predict_sparse(const core::SparseView& x, Outputs wanted) const {
  return predict_any(x, x.n_samples(), wanted);
}

template <typename View>
Prediction SvcModel::predict_any(const View& x, std::size_t n, Outputs wanted) const {
  core::Matrix pairs(parts_.classifier.machine.n_pairs(), n);
  Decider decider(parts_.classifier.machine);
  parts_.vectors.for_each_kernel(parts_.kernel, x, [&](std::size_t s, std::span<const double> kernel) {
    decider.decide(kernel, {pairs.colptr(s), pairs.n_rows});
  });
  return parts_.classifier.predict(pairs, wanted);
}

void SvcModel::save(const std::filesystem::path& folder) const {
  const OneVsOne& machine = parts_.classifier.machine;
  LibsvmModel file{.kind = parts_.kind, .kernel = parts_.kernel, .rho = machine.rho, .labels = parts_.labels};
  for (std::size_t a = 0; a < machine.n_classes(); ++a) {
    file.n_support.push_back(machine.start[a + 1] - machine.start[a]);
  }
  file.coefficients = machine.coefficients;
  file.vectors = parts_.vectors;
  write_libsvm(file, folder / kModelFile);
}

core::Value SvcModel::state() const {
  const Classifier& classifier = parts_.classifier;
  return core::ValueMapping{
      {"n_features", static_cast<std::int64_t>(parts_.vectors.n_features())},
      {"n_classes", static_cast<std::int64_t>(classifier.n_codes)},
      {"classes", as_list(classifier.machine.classes)},
      {"break_ties", classifier.ties == TieRule::decision},
      {"platt_a", as_list(classifier.sigmoids, &Sigmoid::a)},
      {"platt_b", as_list(classifier.sigmoids, &Sigmoid::b)},
      {"sparse", parts_.vectors.is_sparse()},
  };
}

std::unique_ptr<Model> SvcModel::load(MachineKind kind, const std::filesystem::path& folder, const core::Value& value) {
  const SavedState state(value, folder);
  LibsvmModel file = read_libsvm(kind, folder / kModelFile, vector_form(state));
  OneVsOne machine{.classes = state.counts("classes"), .start = {0}, .coefficients = std::move(file.coefficients)};
  if (machine.classes.size() != file.labels.size()) state.fail("classes", "one entry for each class of the model file");
  for (const std::size_t count : file.n_support) machine.start.push_back(machine.start.back() + count);
  machine.rho = std::move(file.rho);
  Classifier classifier{.machine = std::move(machine),
                        .n_codes = state.count("n_classes"),
                        .ties = state.boolean("break_ties") ? TieRule::decision : TieRule::lowest_class,
                        .sigmoids = read_sigmoids(state)};
  const std::vector<std::size_t>& classes = classifier.machine.classes;
  const bool ascend = std::adjacent_find(classes.begin(), classes.end(), std::greater_equal<>()) == classes.end();
  if (!ascend || classes.back() >= classifier.n_codes) state.fail("classes", "ascending and below 'n_classes'");
  const std::size_t n_sigmoids = classes.size() == 2 ? 1 : classes.size();
  if (!classifier.sigmoids.empty() && classifier.sigmoids.size() != n_sigmoids) {
    state.fail("platt_a", "one entry for each class");
  }
  return std::make_unique<SvcModel>(
      Parts{kind, file.kernel, std::move(file.vectors), std::move(classifier), std::move(file.labels)});
}

}  // namespace gridmill::models::svm
