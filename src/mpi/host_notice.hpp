#pragma once

namespace gridmill::mpi {

/// What the owner of a machine has said of its future.
enum class HostNotice : int {
  none,
  at_risk,  // it is more likely than others to be taken away: nothing long is to be begun there
  leaving,  // it will be taken away in a minute or two: nothing more is to be begun there
};

}  // namespace gridmill::mpi
