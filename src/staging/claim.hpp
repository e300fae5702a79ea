#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/address.hpp"
#include "core/error.hpp"
#include "staging/s3.hpp"

namespace gridmill::staging {

/// The right to write into a run directory at an address: one machine at a time has it.
///
/// Each that begins makes the object claims/N below the directory, where N is the next number: created only if it is
/// not there, so that of two one wins. While it works it says in claims/alive that it lives. One that has been silent
/// for `kSilence` is taken for dead; if it lives, cut off, it sees the next number before it writes again, and writes
/// nothing more. On this machine a lock tells at once whether another process works there.
///
/// The server must know create-only writes (If-None-Match: *), as S3 does since August 2024.
class Claim {
 public:
  static constexpr std::chrono::seconds kSilence{150};

  /// Errors: UserError naming who works there; as S3.
  Claim(core::Address folder, S3& s3);
  /// Says that it has ended, if nothing else has. Never fails.
  ~Claim();
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

  [[nodiscard]] const core::Address& folder() const { return folder_; }
  /// Sees that nobody else has begun, and says that this one lives, unless it did so a moment ago. By `s3`, which may
  /// be another one than that of the beginning, of the calling thread. Errors: LostClaim; as S3.
  void renew(S3& s3, std::chrono::duration<double> at_most_every);
  /// Says that this one has ended.
  void release(S3& s3);

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] core::Address object(const std::string& name) const;
  [[nodiscard]] std::string words(bool ended) const;

  core::Address folder_;
  int lock_ = -1;
  std::uint64_t number_ = 0;
  S3& s3_;
  Clock::time_point told_;
  bool released_ = false;
};

/// Says that another machine works there now: nothing more may be written.
class LostClaim : public core::RunError {
 public:
  using core::RunError::RunError;
};

/// Says in words who works in a folder, as far as is known; nothing: nobody who has not ended. Errors: as S3.
std::optional<std::string> who_works_in(const core::Address& folder, S3& s3);

/// Says whether a process of this machine holds the claim of a folder.
bool is_claimed_here(const core::Address& folder);

}  // namespace gridmill::staging
