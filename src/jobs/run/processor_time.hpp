#pragma once

namespace gridmill::jobs {

/// Returns the processor time of this thread [s]: what work takes though others use the machine, too.
double processor_s();

/// Returns the processor time of all threads of this process since it began [s].
double process_s();

}  // namespace gridmill::jobs
