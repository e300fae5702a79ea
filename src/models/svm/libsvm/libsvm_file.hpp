#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <vector>

#include "core/matrix.hpp"
#include "models/family/saved_state.hpp"
#include "models/svm/kernels/kernel.hpp"
#include "models/svm/kernels/support_vectors.hpp"

namespace gridmill::models::svm {

enum class MachineKind { c_svc, nu_svc, one_class, epsilon_svr, nu_svr };
/// All of them, and what the file calls them.
inline constexpr std::array kMachineKinds{MachineKind::c_svc, MachineKind::nu_svc, MachineKind::one_class,
                                          MachineKind::epsilon_svr, MachineKind::nu_svr};
inline constexpr std::array<std::string_view, 5> kMachineNames{"c_svc", "nu_svc", "one_class", "epsilon_svr", "nu_svr"};

/// What a model file of libsvm holds.
struct LibsvmModel {
  MachineKind kind = MachineKind::c_svc;
  Kernel kernel;
  std::vector<double> rho;
  std::vector<int> labels;             // classifiers only
  std::vector<std::size_t> n_support;  // by class; classifiers only
  core::Matrix coefficients;           // (k-1) x n_support, 1 x n_support for one machine
  SupportVectors vectors;
};

/// The name of the file that both families write.
constexpr std::string_view kModelFile = "model.libsvm";

/// Writes `model` in libsvm's format, numbers with all their digits; svm-predict reads it. Errors: RunError.
void write_libsvm(const LibsvmModel& model, const std::filesystem::path& file);

/// In which form vectors are kept in memory; the file does not say.
struct VectorForm {
  std::size_t n_features = 0;
  bool sparse = false;
};
/// Reads it from what a model saves beside its file (`n_features` and `sparse`).
VectorForm vector_form(const SavedState& state);

/// Reads a file in libsvm's format; features beyond those in the file are 0. What it says of itself is believed only
/// once it fits: counts are compared with each other and with the size of the file before memory is taken. Errors:
/// UserError naming the file and line when it cannot be read, is cut short, lacks a line, is of another kind, holds
/// what is no finite number, or has more than `form.n_features`.
LibsvmModel read_libsvm(MachineKind kind, const std::filesystem::path& file, const VectorForm& form);

}  // namespace gridmill::models::svm
