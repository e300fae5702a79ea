#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gridmill::io {

/// Numbers the distinct words of a column 0, 1, ... in the order in which they are met.
///
/// A flat hash table of views into the words' own bytes. Cost: one look at a word that was met before.
class WordCodes {
 public:
  WordCodes() : slots_(kFirstSlots, kFree) {}

  std::int32_t code(std::string_view word) {
    std::size_t at = hash(word) & (slots_.size() - 1);
    while (slots_[at] != kFree) {
      if (words_[static_cast<std::size_t>(slots_[at])] == word) return slots_[at];
      at = (at + 1) & (slots_.size() - 1);
    }
    return add(word, at);
  }

  [[nodiscard]] std::size_t size() const { return words_.size(); }
  [[nodiscard]] std::string_view word(std::int32_t code) const { return words_[static_cast<std::size_t>(code)]; }
  void clear();

 private:
  static constexpr std::int32_t kFree = -1;
  static constexpr std::size_t kFirstSlots = 64;  // always a power of two, at most half of them taken

  static std::uint64_t hash(std::string_view word);
  std::int32_t add(std::string_view word, std::size_t slot);
  std::string_view store(std::string_view word);
  void grow();

  std::vector<std::int32_t> slots_;
  std::vector<std::string_view> words_;
  std::vector<std::unique_ptr<char[]>> blocks_;  // where the words' bytes are
  std::size_t block_used_ = 0;
  std::size_t block_size_ = 0;
};

}  // namespace gridmill::io
