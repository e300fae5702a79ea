#pragma once

#include <cstddef>
#include <cstring>
#include <span>
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

/// The same of a text or a list, of any length.
template <class List>
requires(!std::is_trivially_copyable_v<List>) List agree(Transport& transport, const List& decision) {
  const auto bytes_of_list = std::as_bytes(std::span(decision));
  Bytes bytes(bytes_of_list.begin(), bytes_of_list.end());
  transport.broadcast(bytes, 0);
  List agreed(bytes.size() / sizeof(typename List::value_type), typename List::value_type{});
  if (!bytes.empty()) std::memcpy(agreed.data(), bytes.data(), bytes.size());
  return agreed;
}

}  // namespace gridmill::mpi
