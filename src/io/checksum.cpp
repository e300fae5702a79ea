#include "io/checksum.hpp"

#include <memory>
#include <vector>

#include <xxhash.h>

#include "io/file_descriptor.hpp"

namespace gridmill::io {

std::uint64_t checksum(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

std::uint64_t file_checksum(const std::filesystem::path& path) {
  const FileDescriptor file = FileDescriptor::open_input(path);
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), &XXH3_freeState);
  XXH3_64bits_reset(state.get());
  std::vector<char> buffer(std::size_t{1} << 20);
  while (const std::size_t got = file.read(buffer)) XXH3_64bits_update(state.get(), buffer.data(), got);
  return XXH3_64bits_digest(state.get());
}

}  // namespace gridmill::io
