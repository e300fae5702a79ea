#include "io/part_checksum.hpp"

#include <fmt/format.h>

#include "io/checksum.hpp"

namespace gridmill::io {

std::string PartChecksum::text(std::span<const CodeMeaning> meanings) const {
  std::vector<std::uint64_t> all = hashes_;
  for (const CodeMeaning& meaning : meanings) {
    std::string labels;
    if (meaning.labels) {
      for (const std::string& label : *meaning.labels) labels += fmt::format("{}:{}", label.size(), label);
    }
    all.push_back(checksum(fmt::format("{} {} {}", meaning.first, meaning.size(), labels)));
  }
  return fmt::format("{:016x}", checksum({reinterpret_cast<const char*>(all.data()), all.size() * sizeof(all[0])}));
}

}  // namespace gridmill::io
