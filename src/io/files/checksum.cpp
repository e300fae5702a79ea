#include "io/files/checksum.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <numeric>
#include <span>
#include <vector>

#include <xxhash.h>

#include "io/files/file_descriptor.hpp"

namespace gridmill::io {

std::uint64_t checksum(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

bool nearly_same(std::string_view a, std::string_view b) {
  constexpr int kMost = 2;
  return a.size() == b.size() &&
         std::inner_product(a.begin(), a.end(), b.begin(), 0, std::plus<>(), std::not_equal_to<>()) <= kMost;
}

std::uint64_t file_checksum(const std::filesystem::path& path, std::uint64_t n_bytes) {
  const FileDescriptor file = FileDescriptor::open_input(path);
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), &XXH3_freeState);
  XXH3_64bits_reset(state.get());
  std::vector<char> buffer(std::size_t{1} << 20);
  while (n_bytes > 0) {
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(n_bytes, buffer.size()));
    const std::size_t got = file.read(std::span(buffer).first(wanted));
    if (got == 0) break;
    XXH3_64bits_update(state.get(), buffer.data(), got);
    n_bytes -= got;
  }
  return XXH3_64bits_digest(state.get());
}

}  // namespace gridmill::io
