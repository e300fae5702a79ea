#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gridmill::config {

/// How much memory of a node the ranks on it may use together: a size, or a share of what the node has.
struct MemoryLimit {
  std::size_t bytes = 0;  // 0: `share` counts
  double share = 0.8;     // in (0, 1]

  /// Returns the limit in bytes on a node with `available` bytes.
  [[nodiscard]] std::size_t on_node(std::size_t available) const;
  /// Returns it as written in configs: "2GiB", "80%".
  [[nodiscard]] std::string text() const;

  friend bool operator==(const MemoryLimit&, const MemoryLimit&) = default;
};

/// Reads "2GiB", "500 MB", "1.5G", "80%" (k, M, G, T and KiB.. are powers of 1024; kB, MB, .. of 1000), or nothing
/// if it is not one.
std::optional<MemoryLimit> parse_memory_limit(std::string_view text);

}  // namespace gridmill::config
