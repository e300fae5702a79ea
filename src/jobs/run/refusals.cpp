#include "jobs/run/refusals.hpp"

namespace gridmill::jobs {

void Refusals::attempt(const std::function<void()>& check) {
  try {
    check();
  } catch (const core::UserError& error) {
    problems_.insert(problems_.end(), error.problems().begin(), error.problems().end());
  }
}

void Refusals::throw_if_any() const {
  if (!problems_.empty()) throw core::UserError(problems_);
}

}  // namespace gridmill::jobs
