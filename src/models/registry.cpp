#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "models/boosting/boosted_trees.hpp"
#include "models/family/model.hpp"
#include "models/linear/elastic_net.hpp"
#include "models/linear/logistic.hpp"
#include "models/linear/ridge.hpp"
#include "models/svm/machines/nu.hpp"
#include "models/svm/machines/one_class.hpp"
#include "models/svm/machines/svc.hpp"
#include "models/svm/machines/svr.hpp"

namespace gridmill::models {

namespace {

std::array<const Family*, 10> families() {
  return {&svm::svc_family(),
          &svm::svr_family(),
          &svm::nu_svc_family(),
          &svm::nu_svr_family(),
          &svm::one_class_family(),
          &boosting::xgb_classifier_family(),
          &boosting::xgb_regressor_family(),
          &linear::elastic_net_family(),
          &linear::logistic_family(),
          &linear::ridge_family()};
}

}  // namespace

const Family* find_family(std::string_view name) {
  for (const Family* family : families()) {
    if (family->name() == name) return family;
  }
  return nullptr;
}

std::vector<std::string> family_names() {
  std::vector<std::string> names;
  for (const Family* family : families()) names.emplace_back(family->name());
  std::ranges::sort(names);
  return names;
}

}  // namespace gridmill::models
