#include "jobs/features/parts/damaged_parts.hpp"

#include <cstddef>
#include <cstdint>

#include "io/store/matrix_store.hpp"
#include "mpi/failure.hpp"

namespace gridmill::jobs {

std::vector<std::string> damaged_parts(const std::filesystem::path& store, mpi::Session& session) {
  std::vector<io::ListedPart> parts;
  std::vector<std::int64_t> damaged;  // by part
  mpi::run_together(session.transport(), [&] {
    parts = io::listed_parts(store);
    damaged.assign(parts.size(), 0);
    const auto n_ranks = static_cast<std::size_t>(session.place().n_ranks);
    for (auto i = static_cast<std::size_t>(session.place().rank); i < parts.size(); i += n_ranks) {
      damaged[i] = io::is_whole(parts[i]) ? 0 : 1;
    }
  });
  session.transport().allreduce_sum(damaged);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (damaged[i] != 0) names.push_back(parts[i].file.string());
  }
  return names;
}

}  // namespace gridmill::jobs
