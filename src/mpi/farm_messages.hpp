#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "mpi/failure.hpp"
#include "mpi/host_notice.hpp"
#include "mpi/task_farm.hpp"

namespace gridmill::mpi {

// What the ranks of a farm say to each other; each pair writes and reads one kind of message.

inline Bytes pack_tasks(const std::vector<TaskId>& tasks) {
  Bytes bytes;
  core::append_list(tasks, bytes);
  return bytes;
}

inline std::vector<TaskId> unpack_tasks(std::span<const std::byte> bytes) { return core::take_list<TaskId>(bytes); }

inline Bytes pack_finished(const std::vector<Finished>& batch) {
  Bytes bytes;
  for (const Finished& done : batch) {
    core::append_value(done.task, bytes);
    core::append_value(done.seconds, bytes);
    core::append_list(done.result, bytes);
  }
  return bytes;
}

/// Calls `each(task, seconds, result)` in the order finished.
template <typename Each>
void unpack_finished(std::span<const std::byte> bytes, Each each) {
  while (!bytes.empty()) {
    const auto task = core::take_value<TaskId>(bytes);
    const auto seconds = core::take_value<double>(bytes);
    each(task, seconds, core::take_bytes(bytes));
  }
}

/// Of a machine: what is known of it, and its name.
struct NoticeOf {
  HostNotice notice = HostNotice::none;
  std::string host;
};

inline Bytes pack_notice(const NoticeOf& said) {
  Bytes bytes;
  core::append_value(said.notice, bytes);
  core::append_list(said.host, bytes);
  return bytes;
}

inline NoticeOf unpack_notice(std::span<const std::byte> bytes) {
  NoticeOf said{.notice = core::take_value<HostNotice>(bytes)};
  said.host = core::take_text(bytes);
  return said;
}

struct Ending {
  FarmEnd end = FarmEnd::done;
  std::optional<Failure> failure;
};

inline Bytes pack_ending(const Ending& ending) {
  Bytes bytes;
  core::append_value(ending.end, bytes);
  core::append_list(ending.failure ? ending.failure->bytes() : Bytes{}, bytes);
  return bytes;
}

inline Ending unpack_ending(std::span<const std::byte> bytes) {
  Ending ending{.end = core::take_value<FarmEnd>(bytes)};
  const auto failure = core::take_bytes(bytes);
  if (!failure.empty()) ending.failure = Failure::from_bytes(Bytes(failure.begin(), failure.end()));
  return ending;
}

}  // namespace gridmill::mpi
