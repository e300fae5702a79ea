#include "models/svm/kernels/kernel_options.hpp"

#include <cmath>
#include <string_view>

#include "models/family/model.hpp"

namespace gridmill::models::svm {

namespace {

using core::Kind;

double variance(const core::MatrixView& x, std::span<const core::Index> rows) {
  const double count = static_cast<double>(rows.size()) * static_cast<double>(x.n_features);
  double sum = 0;
  for (const core::Index row : rows) {
    for (const double value : x.sample(row)) sum += value;
  }
  const double mean = sum / count;
  double squares = 0;
  for (const core::Index row : rows) {
    for (const double value : x.sample(row)) squares += (value - mean) * (value - mean);
  }
  return squares / count;
}

double variance(const core::SparseView& x, std::span<const core::Index> rows) {
  const double count = static_cast<double>(rows.size()) * static_cast<double>(x.n_features);
  double sum = 0;
  double squares = 0;
  for (const core::Index row : rows) {
    for (const double value : x.sample(row).value) {
      sum += value;
      squares += value * value;
    }
  }
  const double mean = sum / count;
  return squares / count - mean * mean;
}

std::vector<core::OptionSpec> declare_common() {
  std::vector<core::OptionSpec> options{
      {"C", {Kind::real}, 1.0, core::Range::positive(), {}, "Cost of a violation; smaller means smoother."},
      {"kernel", {Kind::text}, "rbf", {}, {"linear", "poly", "rbf", "sigmoid"}, "How alike two samples are."},
      {"gamma",
       {Kind::real, Kind::text},
       "scale",
       core::Range::at_least(0),
       {"scale", "auto"},
       "Scale of the kernel (rbf, poly, sigmoid); scale = 1 / (features x variance), auto = 1 / features."},
      {"degree", {Kind::integer}, 3, {.low = 0, .high = 1000}, {}, "Degree of the polynomial (poly)."},
      {"coef0", {Kind::real}, 0.0, {}, {}, "Constant added to the product (poly, sigmoid)."},
      {"tol", {Kind::real}, 1e-3, core::Range::positive(), {}, "Largest KKT violation at which a fit may stop."},
      {"max_iter",
       {Kind::integer},
       -1,
       core::Range::at_least(-1),
       {},
       "Most iterations of one sub-problem; -1 = the larger of ten million and 100 per sample."},
  };
  return options;
}

/// The options that change the kernel matrix of the kernel `kind`.
std::vector<std::string_view> shaping_options(KernelKind kind) {
  switch (kind) {
    case KernelKind::linear: return {"kernel"};
    case KernelKind::rbf: return {"kernel", "gamma"};
    case KernelKind::sigmoid: return {"kernel", "gamma", "coef0"};
    case KernelKind::poly: return {"kernel", "gamma", "coef0", "degree"};
  }
  return {};
}

}  // namespace

Kernel KernelOptions::resolve(const core::MatrixView& x, std::span<const core::Index> rows) const {
  return resolve(x.n_features, [&] { return variance(x, rows); });
}

Kernel KernelOptions::resolve(const core::SparseView& x, std::span<const core::Index> rows) const {
  return resolve(x.n_features, [&] { return variance(x, rows); });
}

Kernel KernelOptions::resolve(std::size_t count, const std::function<double()>& variance) const {
  Kernel kernel{.kind = kind, .coef0 = coef0, .degree = degree};
  const auto n_features = static_cast<double>(count);
  if (kind == KernelKind::linear) return kernel;
  if (const double* number = std::get_if<double>(&gamma)) {
    kernel.gamma = *number;
  } else if (std::get<GammaRule>(gamma) == GammaRule::auto_) {
    kernel.gamma = 1.0 / n_features;
  } else {
    const double spread = variance();
    if (!std::isfinite(spread)) {
      throw FitError(
          "gamma: scale has no value, as the variance of the features is beyond what a double holds; scale "
          "the features");
    }
    kernel.gamma = spread > 0 ? 1.0 / (n_features * spread) : 1.0;
  }
  return kernel;
}

const std::vector<core::OptionSpec>& common_options() {
  static const std::vector<core::OptionSpec> options = declare_common();
  return options;
}

KernelOptions kernel_options(const core::Params& params, std::span<const core::OptionSpec> options) {
  const auto value = [&](std::string_view name) -> const core::Value& { return value_of(params, options, name); };
  KernelOptions out;
  out.kind = kernel_kind(value("kernel").text());
  if (value("gamma").is_number()) {
    out.gamma = value("gamma").number();
  } else {
    out.gamma = value("gamma").text() == "auto" ? GammaRule::auto_ : GammaRule::scale;
  }
  out.coef0 = value("coef0").number();
  out.degree = static_cast<int>(value("degree").integer());
  return out;
}

std::string kernel_key(const core::Params& params, std::span<const core::OptionSpec> options) {
  std::string key;
  const auto add = [&](std::string_view name) { key += value_of(params, options, name).python_repr() + " "; };
  for (const std::string_view name : shaping_options(kernel_kind(value_of(params, options, "kernel").text())))
    add(name);
  key.pop_back();
  return key;
}

}  // namespace gridmill::models::svm
