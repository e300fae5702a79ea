#include "mpi/failure.hpp"

#include <cstddef>
#include <new>
#include <source_location>
#include <span>

#include <fmt/format.h>

#include "core/bytes.hpp"

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
  Bytes bytes;
  core::append_value(kind, bytes);
  core::append_list(text, bytes);
  for (const core::Problem& problem : problems) {
    core::append_list(problem.where.file, bytes);
    core::append_value(problem.where.line, bytes);
    core::append_value(problem.where.column, bytes);
    core::append_list(problem.what, bytes);
    core::append_list(problem.hint, bytes);
  }
  return bytes;
}

Failure Failure::from_bytes(const Bytes& bytes) {
  std::span<const std::byte> rest(bytes);
  Failure failure{.kind = core::take_value<Kind>(rest), .text = core::take_text(rest), .problems = {}};
  while (!rest.empty()) {
    core::Problem& problem = failure.problems.emplace_back();
    problem.where.file = core::take_text(rest);
    problem.where.line = core::take_value<std::size_t>(rest);
    problem.where.column = core::take_value<std::size_t>(rest);
    problem.what = core::take_text(rest);
    problem.hint = core::take_text(rest);
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
