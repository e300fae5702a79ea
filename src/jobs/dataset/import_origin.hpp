#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/import_config.hpp"

namespace gridmill::jobs {

/// Returns hashes of the bytes of the job's sources, by table. Errors: UserError naming one that cannot be read.
std::vector<std::uint64_t> hash_sources(const config::ImportJob& job);

/// Returns what a store is made of, a line each, as the store keeps it: options, sources by their bytes, this program.
std::vector<std::string> origin_lines(const config::ImportJob& job, const std::vector<std::uint64_t>& hashes);

/// What an import that is asked for has to do with a store that is there.
struct OriginComparison {
  std::vector<std::string> differences;  // of options, a sentence each
  std::vector<std::string> changed;      // of sources, the same
  bool other_program = false;            // another version of gridmill has written it
};

/// Compares what the store is made of with what the job would make it of.
OriginComparison compare_origins(const config::ImportJob& job, const std::vector<std::string>& stored,
                                 const std::vector<std::string>& wanted);

}  // namespace gridmill::jobs
