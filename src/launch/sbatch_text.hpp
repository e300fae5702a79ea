#pragma once

namespace gridmill::launch {

/// What stands in slurm/gridmill.sbatch.
extern const char* const kSbatchText;

}  // namespace gridmill::launch
