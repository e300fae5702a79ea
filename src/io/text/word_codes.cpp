#include "io/text/word_codes.hpp"

#include <algorithm>
#include <cstring>

namespace gridmill::io {
namespace {

constexpr std::size_t kWordBlock = std::size_t{1} << 16;  // [bytes]
constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15U;       // 2^64 over the golden ratio

template <class Word>
std::uint64_t load(const char* bytes) {
  Word word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

std::uint64_t mixed(std::uint64_t value) {
  value *= kOdd;
  return value ^ (value >> 32U);
}

}  // namespace

std::uint64_t WordCodes::hash(std::string_view word) {
  const char* bytes = word.data();
  const std::size_t n = word.size();
  std::uint64_t value = n;
  if (n >= 8) {
    for (std::size_t i = 0; i + 8 < n; i += 8) value = mixed(value ^ load<std::uint64_t>(bytes + i));
    return mixed(value ^ load<std::uint64_t>(bytes + n - 8));
  }
  if (n >= 4) return mixed(value ^ (load<std::uint32_t>(bytes) << 32U) ^ load<std::uint32_t>(bytes + n - 4));
  if (n == 0) return 0;
  return mixed(value ^ (load<std::uint8_t>(bytes) << 8U) ^ (load<std::uint8_t>(bytes + n / 2) << 16U) ^
               (load<std::uint8_t>(bytes + n - 1) << 24U));
}

std::int32_t WordCodes::add(std::string_view word, std::size_t slot) {
  const auto code = static_cast<std::int32_t>(words_.size());
  words_.push_back(store(word));
  slots_[slot] = code;
  if (2 * words_.size() > slots_.size()) grow();
  return code;
}

std::string_view WordCodes::store(std::string_view word) {
  if (block_used_ + word.size() > block_size_) {
    block_size_ = std::max(kWordBlock, word.size());
    blocks_.push_back(std::make_unique<char[]>(block_size_));
    block_used_ = 0;
  }
  char* const bytes = blocks_.empty() ? nullptr : blocks_.back().get() + block_used_;
  std::copy(word.begin(), word.end(), bytes);
  block_used_ += word.size();
  return {bytes, word.size()};
}

void WordCodes::grow() {
  slots_.assign(2 * slots_.size(), kFree);
  for (std::size_t code = 0; code < words_.size(); ++code) {
    std::size_t at = hash(words_[code]) & (slots_.size() - 1);
    while (slots_[at] != kFree) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = static_cast<std::int32_t>(code);
  }
}

void WordCodes::clear() { *this = WordCodes(); }

}  // namespace gridmill::io
