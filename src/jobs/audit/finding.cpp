#include "jobs/audit/finding.hpp"

#include <fmt/format.h>

namespace gridmill::jobs {

std::string sentence(const Finding& finding) {
  return fmt::format("{}, {}; {}", finding.what, finding.why, finding.cure);
}

}  // namespace gridmill::jobs
