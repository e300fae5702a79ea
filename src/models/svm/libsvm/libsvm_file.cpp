#include "models/svm/libsvm/libsvm_file.hpp"

#include <fstream>
#include <iterator>
#include <string>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::models::svm {

namespace {

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

}  // namespace gridmill::models::svm
