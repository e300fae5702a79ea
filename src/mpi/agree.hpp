#pragma once

#include <cstring>
#include <string>
#include <type_traits>

#include "mpi/transport.hpp"

namespace gridmill::mpi {

/// Returns what rank 0 has decided: its own `decision` there, whatever the others have in theirs. Collective; valid on
/// every rank.
template <class Decision>
requires std::is_trivially_copyable_v<Decision> Decision agree(Transport& transport, const Decision& decision) {
  const auto* first = reinterpret_cast<const std::byte*>(&decision);
  Bytes bytes(first, first + sizeof decision);
  transport.broadcast(bytes, 0);
  Decision agreed = decision;
  std::memcpy(&agreed, bytes.data(), sizeof agreed);
  return agreed;
}

/// The same of text.
inline std::string agree(Transport& transport, const std::string& decision) {
  const auto* first = reinterpret_cast<const std::byte*>(decision.data());
  Bytes bytes(first, first + decision.size());
  transport.broadcast(bytes, 0);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace gridmill::mpi
