#include "jobs/run/processor_time.hpp"

#include <ctime>

namespace gridmill::jobs {

namespace {

double seconds_on(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

}  // namespace

double processor_s() { return seconds_on(CLOCK_THREAD_CPUTIME_ID); }

double process_s() { return seconds_on(CLOCK_PROCESS_CPUTIME_ID); }

}  // namespace gridmill::jobs
