#include "libsvm_reference.hpp"

#include <memory>

#include <svm.h>

namespace gridmill::models::svm::test {

namespace {

struct FreeModel {
  void operator()(svm_model* model) const { svm_free_and_destroy_model(&model); }
};

double objective_of(const core::Matrix& kernel, const std::vector<double>& coefficient) {
  const arma::vec c(coefficient);
  return 0.5 * arma::dot(c, kernel * c) - arma::accu(arma::abs(c));
}

}  // namespace

ReferenceSolution libsvm_solve(const core::Matrix& kernel, const SmoProblem& problem, double tolerance) {
  svm_set_print_string_function([](const char*) {});
  const std::size_t n = problem.y.size();
  std::vector<double> labels = problem.y;
  std::vector<std::vector<svm_node>> nodes(n);
  std::vector<svm_node*> rows(n);
  for (std::size_t i = 0; i < n; ++i) {
    nodes[i].push_back({0, static_cast<double>(i + 1)});
    for (std::size_t j = 0; j < n; ++j) nodes[i].push_back({static_cast<int>(j + 1), kernel(j, i)});
    nodes[i].push_back({-1, 0});
    rows[i] = nodes[i].data();
  }
  int weight_label[2] = {1, -1};
  double weight[2] = {problem.upper.front(), problem.upper.back()};
  svm_parameter parameter{};
  parameter.svm_type = C_SVC;
  parameter.kernel_type = PRECOMPUTED;
  parameter.cache_size = 50;
  parameter.eps = tolerance;
  parameter.C = 1;
  parameter.nr_weight = 2;
  parameter.weight_label = weight_label;
  parameter.weight = weight;
  const svm_problem libsvm_problem{static_cast<int>(n), labels.data(), rows.data()};
  const std::unique_ptr<svm_model, FreeModel> model(svm_train(&libsvm_problem, &parameter));

  ReferenceSolution out{.coefficient = std::vector<double>(n, 0.0), .rho = model->rho[0]};
  for (int v = 0; v < model->l; ++v) {
    out.coefficient[static_cast<std::size_t>(model->sv_indices[v] - 1)] = model->sv_coef[0][v];
  }
  out.objective = objective_of(kernel, out.coefficient);
  return out;
}

}  // namespace gridmill::models::svm::test
