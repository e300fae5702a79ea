#include "models/svm/libsvm_file.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <svm.h>

#include "core/error.hpp"

namespace gridmill::models::svm {

namespace {

// In the order of MachineKind.
constexpr std::array<std::string_view, 5> kMachineNames{"c_svc", "nu_svc", "one_class", "epsilon_svr", "nu_svr"};
constexpr std::array<int, 5> kMachineTypes{C_SVC, NU_SVC, ONE_CLASS, EPSILON_SVR, NU_SVR};

struct FreeModel {
  void operator()(svm_model* model) const { svm_free_and_destroy_model(&model); }
};

std::string_view libsvm_name(KernelKind kind) { return kind == KernelKind::poly ? "polynomial" : name_of(kind); }

std::string header(const LibsvmModel& model) {
  const Kernel& kernel = model.kernel;
  std::string out = fmt::format("svm_type {}\nkernel_type {}\n", kMachineNames.at(static_cast<std::size_t>(model.kind)),
                                libsvm_name(kernel.kind));
  if (kernel.kind == KernelKind::poly) out += fmt::format("degree {}\n", kernel.degree);
  if (kernel.kind != KernelKind::linear) out += fmt::format("gamma {:.17g}\n", kernel.gamma);
  if (kernel.kind == KernelKind::poly || kernel.kind == KernelKind::sigmoid) {
    out += fmt::format("coef0 {:.17g}\n", kernel.coef0);
  }
  out += fmt::format("nr_class {}\ntotal_sv {}\n", model.labels.empty() ? 2 : model.labels.size(), model.vectors.n());
  out += fmt::format("rho {:.17g}\n", fmt::join(model.rho, " "));
  if (!model.labels.empty()) {
    out += fmt::format("label {}\nnr_sv {}\n", fmt::join(model.labels, " "), fmt::join(model.n_support, " "));
  }
  return out + "SV\n";
}

std::string support_vector(const LibsvmModel& model, std::size_t v) {
  std::string line;
  for (std::size_t r = 0; r < model.coefficients.n_rows; ++r) line += fmt::format("{:.17g} ", model.coefficients(r, v));
  model.vectors.for_each_entry(v, [&](std::size_t feature, double value) {
    fmt::format_to(std::back_inserter(line), "{}:{:.17g} ", feature + 1, value);
  });
  return line + "\n";
}

Kernel kernel_of(const svm_parameter& param, const std::string& file) {
  Kernel kernel;
  switch (param.kernel_type) {
    case LINEAR: kernel.kind = KernelKind::linear; return kernel;
    case POLY: kernel.kind = KernelKind::poly; break;
    case RBF: kernel.kind = KernelKind::rbf; break;
    case SIGMOID: kernel.kind = KernelKind::sigmoid; break;
    default: throw core::UserError(fmt::format("{}: a precomputed kernel cannot be applied to new samples", file));
  }
  kernel.gamma = param.gamma;
  if (kernel.kind != KernelKind::rbf) kernel.coef0 = param.coef0;
  if (kernel.kind == KernelKind::poly) kernel.degree = param.degree;
  return kernel;
}

SupportVectors vectors_of(const svm_model& stored, const VectorForm& form, const std::string& path) {
  core::SparseMatrix vectors;
  vectors.n_features = form.n_features;
  for (int v = 0; v < stored.l; ++v) {
    for (const svm_node* node = stored.SV[v]; node->index != -1; ++node) {
      if (node->index < 1 || static_cast<std::size_t>(node->index) > form.n_features) {
        throw core::UserError(fmt::format("{}: has feature {}, but there are {}", path, node->index, form.n_features));
      }
      vectors.feature.push_back(static_cast<core::Index>(node->index - 1));
      vectors.value.push_back(node->value);
    }
    vectors.start.push_back(vectors.value.size());
  }
  if (form.sparse) return SupportVectors(std::move(vectors));
  return SupportVectors(core::unpack(vectors.view(), 0, static_cast<std::size_t>(stored.l)));
}

}  // namespace

void write_libsvm(const LibsvmModel& model, const std::filesystem::path& file) {
  std::ofstream out(file);
  out << header(model);
  for (std::size_t v = 0; v < model.vectors.n(); ++v) out << support_vector(model, v);
  out.close();
  if (!out) throw core::RunError(fmt::format("{}: cannot write the model", file.string()));
}

VectorForm vector_form(const SavedState& state) {
  return {.n_features = state.count("n_features"), .sparse = state.boolean("sparse")};
}

LibsvmModel read_libsvm(MachineKind kind, const std::filesystem::path& file, const VectorForm& form) {
  const std::string path = file.string();
  const std::unique_ptr<svm_model, FreeModel> stored(svm_load_model(path.c_str()));
  if (stored == nullptr) throw core::UserError(fmt::format("{}: not a readable model in libsvm's format", path));
  if (stored->param.svm_type != kMachineTypes.at(static_cast<std::size_t>(kind))) {
    throw core::UserError(fmt::format("{}: holds another kind of machine than expected", path));
  }
  LibsvmModel model{.kind = kind, .kernel = kernel_of(stored->param, path)};
  const auto k = static_cast<std::size_t>(stored->nr_class);
  const auto n_support = static_cast<std::size_t>(stored->l);
  model.rho.assign(stored->rho, stored->rho + k * (k - 1) / 2);
  if (stored->label != nullptr) model.labels.assign(stored->label, stored->label + k);
  if (stored->nSV != nullptr) model.n_support.assign(stored->nSV, stored->nSV + k);
  model.coefficients.set_size(k - 1, n_support);
  for (std::size_t v = 0; v < n_support; ++v) {
    for (std::size_t r = 0; r + 1 < k; ++r) model.coefficients(r, v) = stored->sv_coef[r][v];
  }
  model.vectors = vectors_of(*stored, form, path);
  return model;
}

}  // namespace gridmill::models::svm
