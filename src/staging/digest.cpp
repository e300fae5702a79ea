#include "staging/digest.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "core/error.hpp"

namespace gridmill::staging {

namespace {

using Digest = std::array<unsigned char, EVP_MAX_MD_SIZE>;

/// A digest that is fed bit by bit.
class Running {
 public:
  explicit Running(const EVP_MD* kind) : state_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    GRIDMILL_ASSERT(state_ && EVP_DigestInit_ex(state_.get(), kind, nullptr) == 1, "the digest is there");
  }
  void add(const void* bytes, std::size_t n) { EVP_DigestUpdate(state_.get(), bytes, n); }
  std::string finish() {
    Digest digest{};
    unsigned n = 0;
    EVP_DigestFinal_ex(state_.get(), digest.data(), &n);
    return {digest.begin(), digest.begin() + n};
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> state_;
};

}  // namespace

std::string base64(std::string_view bytes) {
  std::vector<unsigned char> in(bytes.begin(), bytes.end());
  std::vector<unsigned char> text(4 * (in.size() / 3 + 1) + 1);
  const int n = EVP_EncodeBlock(text.data(), in.data(), static_cast<int>(in.size()));
  return {text.begin(), text.begin() + n};
}

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

std::string sha256(std::string_view bytes) {
  Running digest(EVP_sha256());
  digest.add(bytes.data(), bytes.size());
  return hexadecimal(digest.finish());
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  const std::vector<unsigned char> bytes(text.begin(), text.end());
  Digest digest{};
  unsigned n = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes.data(), bytes.size(), digest.data(), &n);
  return {digest.begin(), digest.begin() + n};
}

Digests digests_of(int file, std::uint64_t offset, std::uint64_t n_bytes, std::string_view shown_as) {
  constexpr std::size_t kBlock = std::size_t{1} << 20U;
  std::vector<char> block(kBlock);
  Running sha(EVP_sha256());
  Running md5(EVP_md5());
  while (n_bytes > 0) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(n_bytes, kBlock));
    const ssize_t n = ::pread(file, block.data(), wanted, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      throw core::RunError(
          fmt::format("cannot read {}: {}", shown_as, n < 0 ? std::strerror(errno) : "it became shorter"));
    }
    sha.add(block.data(), static_cast<std::size_t>(n));
    md5.add(block.data(), static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
    n_bytes -= static_cast<std::uint64_t>(n);
  }
  const std::string bytes = sha.finish();
  return {.sha256 = hexadecimal(bytes), .sha256_base64 = base64(bytes), .md5 = hexadecimal(md5.finish())};
}

}  // namespace gridmill::staging
