#include "cli/exit.hpp"

#include <exception>
#include <new>
#include <string>

#include <fmt/format.h>

#include "core/address.hpp"

namespace gridmill::cli {

namespace {

std::string speaker(std::size_t rank) { return rank == 0 ? "error: " : fmt::format("error on rank {}: ", rank); }

}  // namespace

core::ExitCode guarded(const std::function<core::ExitCode()>& work, std::size_t rank, std::ostream& errors) {
  try {
    return work();
  } catch (const core::UserError& error) {
    if (rank == 0) {
      for (const core::Problem& problem : error.problems()) errors << "error: " << core::with_addresses(problem.text()) << '\n';
      if (error.problems().size() > 1) errors << fmt::format("{} problems\n", error.problems().size());
    }
    return core::ExitCode::bad_input;
  } catch (const core::RunError& error) {
    if (rank == 0) errors << "error: " << core::with_addresses(error.what()) << '\n';
    return core::ExitCode::incomplete;
  } catch (const std::bad_alloc&) {
    errors << speaker(rank) << "no memory left\n  use fewer ranks (--ranks) or a smaller memory_limit\n";
    return core::ExitCode::incomplete;
  } catch (const std::exception& error) {
    errors << speaker(rank) << "this is a bug of gridmill, please report it: " << error.what() << '\n';
    return core::ExitCode::internal_error;
  }
}

}  // namespace gridmill::cli
