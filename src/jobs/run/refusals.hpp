#pragma once

#include <functional>
#include <vector>

#include "core/error.hpp"

namespace gridmill::jobs {

/// Gathers what several checks refuse, so that all that is wrong with the user's data is said at once.
class Refusals {
 public:
  /// Runs a check; the problems of a UserError are kept for later, other errors pass.
  void attempt(const std::function<void()>& check);

  /// Errors: one UserError with all problems, in the order in which they were met, if there are any.
  void throw_if_any() const;

 private:
  std::vector<core::Problem> problems_;
};

}  // namespace gridmill::jobs
