#include "mpi/failure.hpp"

#include <new>
#include <source_location>

#include <fmt/format.h>

#include "core/error.hpp"
#include "mpi/wire.hpp"

namespace gridmill::mpi {

Failure Failure::from(const std::exception_ptr& error, int rank) {
  const auto placed = [&](const char* what) { return rank > 0 ? fmt::format("rank {}: {}", rank, what) : what; };
  try {
    std::rethrow_exception(error);
  } catch (const core::UserError& e) {
    return {Kind::bad_input, e.what()};
  } catch (const core::RunError& e) {
    return {Kind::run, placed(e.what())};
  } catch (const std::bad_alloc&) {
    return {Kind::run, placed("out of memory")};
  } catch (const std::exception& e) {
    return {Kind::internal, placed(e.what())};
  } catch (...) {
    return {Kind::internal, placed("something that is not an exception was thrown")};
  }
}

void Failure::raise() const {
  switch (kind) {
    case Kind::bad_input: throw core::UserError(text);
    case Kind::run: throw core::RunError(text);
    case Kind::internal: break;
  }
  throw core::InternalError(text, std::source_location::current());
}

Bytes Failure::bytes() const {
  WireWriter writer;
  writer.put(kind);
  writer.put_text(text);
  return writer.take();
}

Failure Failure::from_bytes(const Bytes& bytes) {
  WireReader reader(bytes);
  const Kind kind = reader.get<Kind>();
  return {kind, reader.get_text()};
}

void run_together(Transport& transport, const std::function<void()>& step) {
  Bytes mine;
  try {
    step();
  } catch (...) {
    mine = Failure::from(std::current_exception(), transport.rank()).bytes();
  }
  Bytes first;
  for (Bytes& bytes : transport.gather(std::move(mine))) {
    if (first.empty()) first = std::move(bytes);
  }
  transport.broadcast(first, 0);
  if (!first.empty()) Failure::from_bytes(first).raise();
}

}  // namespace gridmill::mpi
