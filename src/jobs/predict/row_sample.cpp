#include "jobs/predict/row_sample.hpp"

#include <fmt/format.h>

namespace gridmill::jobs {

std::string sample_remark(std::size_t wanted, std::size_t n_rows) {
  if (wanted > n_rows)
    return fmt::format("a sample of {} rows is wanted, and there are {}: all are taken", wanted, n_rows);
  return fmt::format("a sample of {} rows, not of all {}: for trying things out", wanted, n_rows);
}

}  // namespace gridmill::jobs
