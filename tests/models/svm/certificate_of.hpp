#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/family/model.hpp"
#include "models/svm/solver/certificate.hpp"

namespace gridmill::models::svm::test {

/// Returns the certificate that a fit of this family tells number by number.
inline Certificate certificate_of(const Fit& fit) {
  const std::vector<double> numbers = fit.details();
  const auto number = [&](std::string_view name) {
    const std::span<const Detail> declared = certificate_details();
    const auto found = std::ranges::find(declared, name, &Detail::name);
    return numbers.at(static_cast<std::size_t>(found - declared.begin()));
  };
  return {.iterations = static_cast<std::int64_t>(number("iterations")),
          .gap = number("gap"),
          .converged = number("converged") == 1,
          .objective = number("objective"),
          .n_support = static_cast<std::int64_t>(number("n_support")),
          .n_bounded = static_cast<std::int64_t>(number("n_bounded"))};
}

}  // namespace gridmill::models::svm::test
