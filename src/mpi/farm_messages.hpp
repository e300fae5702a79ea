#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "mpi/failure.hpp"
#include "mpi/task_farm.hpp"
#include "mpi/wire.hpp"

namespace gridmill::mpi {

// What the ranks of a farm say to each other; each pair writes and reads one kind of message.

inline Bytes pack_tasks(const std::vector<TaskId>& tasks) {
  WireWriter writer;
  for (const TaskId task : tasks) writer.put(task);
  return writer.take();
}

inline std::vector<TaskId> unpack_tasks(const Bytes& bytes) {
  std::vector<TaskId> tasks;
  for (WireReader reader(bytes); !reader.at_end();) tasks.push_back(reader.get<TaskId>());
  return tasks;
}

inline Bytes pack_finished(const std::vector<Finished>& batch) {
  WireWriter writer;
  for (const Finished& done : batch) {
    writer.put(done.task);
    writer.put(done.seconds);
    writer.put_bytes(done.result);
  }
  return writer.take();
}

/// Calls `each(task, seconds, result)` in the order finished.
template <typename Each>
void unpack_finished(const Bytes& bytes, Each each) {
  for (WireReader reader(bytes); !reader.at_end();) {
    const auto task = reader.get<TaskId>();
    const auto seconds = reader.get<double>();
    each(task, seconds, reader.get_bytes());
  }
}

struct Ending {
  FarmEnd end = FarmEnd::done;
  std::optional<Failure> failure;
};

inline Bytes pack_ending(const Ending& ending) {
  WireWriter writer;
  writer.put(ending.end);
  writer.put_bytes(ending.failure ? ending.failure->bytes() : Bytes{});
  return writer.take();
}

inline Ending unpack_ending(const Bytes& bytes) {
  WireReader reader(bytes);
  Ending ending{.end = reader.get<FarmEnd>()};
  const auto failure = reader.get_bytes();
  if (!failure.empty()) ending.failure = Failure::from_bytes(Bytes(failure.begin(), failure.end()));
  return ending;
}

}  // namespace gridmill::mpi
