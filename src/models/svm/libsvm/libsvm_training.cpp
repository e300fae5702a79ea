#include "models/svm/libsvm/libsvm_training.hpp"

#include <charconv>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <svm.h>

#include "core/error.hpp"
#include "models/family/model.hpp"
#include "models/svm/solver/smo.hpp"

namespace gridmill::models::svm {

namespace {

struct FreeModel {
  void operator()(svm_model* model) const { svm_free_and_destroy_model(&model); }
};

int libsvm_kernel(KernelKind kind) {
  switch (kind) {
    case KernelKind::linear: return LINEAR;
    case KernelKind::poly: return POLY;
    case KernelKind::rbf: return RBF;
    case KernelKind::sigmoid: return SIGMOID;
  }
  GRIDMILL_ASSERT(false, "unknown kernel");
}

svm_parameter parameters(const LibsvmOptions& options) {
  svm_parameter out{};
  out.svm_type = options.kind == MachineKind::nu_svc ? NU_SVC : NU_SVR;
  out.kernel_type = libsvm_kernel(options.kernel.kind);
  out.degree = options.kernel.degree;
  out.gamma = options.kernel.gamma;
  out.coef0 = options.kernel.coef0;
  out.cache_size = static_cast<double>(options.cache_bytes) / 0x1p20;  // [MiB]
  out.eps = options.tolerance;
  out.C = options.C;
  out.nu = options.nu;
  out.shrinking = 1;
  return out;
}

/// Samples as libsvm takes them: lists of what is not 0, each ended by the index -1.
class Nodes {
 public:
  explicit Nodes(const SupportVectors& x) {
    std::vector<std::size_t> start;
    for (std::size_t s = 0; s < x.n(); ++s) {
      start.push_back(nodes_.size());
      x.for_each_entry(s, [&](std::size_t f, double value) { nodes_.push_back({static_cast<int>(f) + 1, value}); });
      nodes_.push_back({-1, 0});
    }
    for (const std::size_t first : start) samples_.push_back(nodes_.data() + first);
  }
  [[nodiscard]] svm_node** samples() { return samples_.data(); }

 private:
  std::vector<svm_node> nodes_;
  std::vector<svm_node*> samples_;
};

void check_overflow(const Kernel& kernel, const SupportVectors& samples) {
  for (std::size_t s = 0; s < samples.n(); ++s) {
    double norm = 0;
    samples.for_each_entry(s, [&](std::size_t /*f*/, double value) { norm += value * value; });
    // libsvm's squared distances are made of four such terms.
    if (!(norm < std::numeric_limits<double>::max() / 8)) {
      throw FitError(
          fmt::format("a sample has a squared length of {:.2g}, so that products of samples are beyond what "
                      "a double holds; scale the features",
                      norm));
    }
    if (kernel.kind != KernelKind::rbf) require_float(of_product(kernel, norm));
  }
}

/// Keeps what libsvm prints while this lives: nowhere else does it say how many steps it took. Its hook takes nothing
/// of the caller's, hence a variable of the thread.
class Printed {
 public:
  Printed() {
    text_of_thread = &text_;
    svm_set_print_string_function([](const char* text) {
      if (text_of_thread != nullptr) *text_of_thread += text;
    });
  }
  ~Printed() { text_of_thread = nullptr; }
  Printed(Printed&&) = delete;
  Printed& operator=(Printed&&) = delete;

  /// Takes what stands behind each "#iter = ", a pair of classes each.
  void read_steps(LibsvmTrained& out) const {
    constexpr std::string_view kSteps = "#iter = ";
    constexpr std::int64_t kMost = 10'000'000;  // libsvm's limit; of more than 100,000 samples a higher one
    for (std::size_t at = text_.find(kSteps); at != std::string::npos; at = text_.find(kSteps, at)) {
      at += kSteps.size();
      std::int64_t n = 0;
      std::from_chars(text_.data() + at, text_.data() + text_.size(), n);
      out.iterations += n;
      out.converged = out.converged && n < kMost;
    }
  }

 private:
  static thread_local std::string* text_of_thread;
  std::string text_;
};

thread_local std::string* Printed::text_of_thread = nullptr;

}  // namespace

LibsvmTrained train_libsvm(const LibsvmOptions& options, const SupportVectors& samples, std::span<const double> y) {
  const Printed printed;
  check_overflow(options.kernel, samples);
  Nodes nodes(samples);
  std::vector<double> labels(y.begin(), y.end());
  const svm_problem problem{static_cast<int>(samples.n()), labels.data(), nodes.samples()};
  const svm_parameter parameter = parameters(options);
  if (const char* refusal = svm_check_parameter(&problem, &parameter)) {
    if (std::string_view(refusal) != "specified nu is infeasible") throw FitError(refusal);
    throw FitError(
        fmt::format("nu = {} is infeasible: it may be at most twice the share of the smaller class, in "
                    "each pair of classes",
                    options.nu));
  }
  const std::unique_ptr<svm_model, FreeModel> model(svm_train(&problem, &parameter));
  LibsvmTrained out;
  printed.read_steps(out);
  const auto k = static_cast<std::size_t>(model->nr_class);
  const auto n_support = static_cast<std::size_t>(model->l);
  out.rho.assign(model->rho, model->rho + k * (k - 1) / 2);
  if (model->nSV != nullptr) out.n_support.assign(model->nSV, model->nSV + k);
  out.coefficients.set_size(k - 1, n_support);
  for (std::size_t v = 0; v < n_support; ++v) {
    out.support.push_back(static_cast<std::size_t>(model->sv_indices[v]) - 1);
    for (std::size_t r = 0; r + 1 < k; ++r) out.coefficients(r, v) = model->sv_coef[r][v];
  }
  return out;
}

}  // namespace gridmill::models::svm
