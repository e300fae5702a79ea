#include "mpi/failure.hpp"

#include <new>
#include <source_location>

#include <fmt/format.h>

#include "mpi/wire.hpp"

namespace gridmill::mpi {

Failure Failure::from(const std::exception_ptr& error, int rank) {
  const auto failed = [&](Kind kind, const char* what) {
    return Failure{.kind = kind, .text = rank > 0 ? fmt::format("rank {}: {}", rank, what) : what, .problems = {}};
  };
  try {
    std::rethrow_exception(error);
  } catch (const core::UserError& e) {
    return {.kind = Kind::bad_input, .text = {}, .problems = e.problems()};
  } catch (const core::RunError& e) {
    return failed(Kind::run, e.what());
  } catch (const std::bad_alloc&) {
    return failed(Kind::run, "out of memory");
  } catch (const std::exception& e) {
    return failed(Kind::internal, e.what());
  } catch (...) {
    return failed(Kind::internal, "something that is not an exception was thrown");
  }
}

void Failure::raise() const {
  switch (kind) {
    case Kind::bad_input: throw core::UserError(problems);
    case Kind::run: throw core::RunError(text);
    case Kind::internal: break;
  }
  throw core::InternalError(text, std::source_location::current());
}

Bytes Failure::bytes() const {
  WireWriter writer;
  writer.put(kind);
  writer.put_text(text);
  for (const core::Problem& problem : problems) {
    writer.put_text(problem.where.file);
    writer.put(problem.where.line);
    writer.put(problem.where.column);
    writer.put_text(problem.what);
    writer.put_text(problem.hint);
  }
  return writer.take();
}

Failure Failure::from_bytes(const Bytes& bytes) {
  WireReader reader(bytes);
  Failure failure{.kind = reader.get<Kind>(), .text = reader.get_text(), .problems = {}};
  while (!reader.at_end()) {
    core::Problem& problem = failure.problems.emplace_back();
    problem.where.file = reader.get_text();
    problem.where.line = reader.get<std::size_t>();
    problem.where.column = reader.get<std::size_t>();
    problem.what = reader.get_text();
    problem.hint = reader.get_text();
  }
  return failure;
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
