#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gridmill::core {

/// A machine that ranks can be started on.
struct Host {
  std::string name;       // or address, as ssh takes it
  std::size_t slots = 0;  // ranks on it; 0: one per core

  friend bool operator==(const Host&, const Host&) = default;
};

/// The most ranks that a host can be given.
inline constexpr std::size_t kMostSlots = 4096;

/// Says whether ssh and mpirun take a word for the name of a host: no flag, and none of the signs that mpirun's lists
/// are written with.
bool is_host_name(std::string_view word);

/// Returns the name that this machine gives itself.
std::string own_host_name();

}  // namespace gridmill::core
