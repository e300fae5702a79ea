#include "launch/rank_in_job.hpp"

#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace gridmill::launch {

namespace {

std::optional<std::size_t> number_in_environment(const char* name) {
  const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread starts
  if (text == nullptr) return std::nullopt;
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text, text + std::strlen(text), value);
  return error == std::errc() && *end == '\0' ? std::optional(value) : std::nullopt;
}

}  // namespace

std::optional<RankInJob> rank_in_job() {
  // Open MPI's mpirun, then srun's PMI flavours.
  constexpr std::array<std::array<const char*, 2>, 3> kNames{
      {{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"}, {"PMI_RANK", "PMI_SIZE"}, {"PMIX_RANK", "SLURM_NTASKS"}}};
  for (const auto& [rank_name, size_name] : kNames) {
    const auto rank = number_in_environment(rank_name);
    const auto n_ranks = number_in_environment(size_name);
    if (rank && n_ranks && *rank < *n_ranks) return RankInJob{*rank, *n_ranks};
  }
  return std::nullopt;
}

}  // namespace gridmill::launch
