#pragma once

namespace gridmill::prepare {

/// Says whether leaving 0s out saves memory that matters: of so many entries in full so many are kept.
inline bool sparse_pays(double in_full, double kept) {
  constexpr double kMattersFrom = 1U << 21U;  // entries: 16 MiB
  constexpr double kShare = 4;                // one of so many is kept
  return in_full >= kMattersFrom && kept * kShare <= in_full;
}

}  // namespace gridmill::prepare
