#include "staging/claim.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "core/host.hpp"
#include "staging/copies.hpp"
#include "staging/folder_mirror.hpp"

namespace gridmill::staging {

namespace {

constexpr const char* kAlive = "alive";

/// What tells those who see this lock on this machine from others: of them whoever does not hold it is dead.
std::string place_of_lock(int lock) {
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  struct stat facts {};
  ::fstat(lock, &facts);
  return fmt::format("{} {}.{}", boot, facts.st_dev, facts.st_ino);
}

/// Who works there, as claims/alive tells.
struct Holder {
  std::uint64_t number = 0;
  std::string host;
  std::int64_t process = 0;
  std::string place;
  bool ended = true;
};

Holder holder_in(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return {};
  return {.number = json.value("number", std::uint64_t{0}),
          .host = json.value("host", std::string("another machine")),
          .process = json.value("process", std::int64_t{0}),
          .place = json.value("place", std::string()),
          .ended = json.value("ended", true)};
}

int open_lock(const core::Address& folder) {
  const auto file = place_beside(folder, ".claim");
  const int lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) throw core::RunError(fmt::format("cannot write {}: {}", file.string(), std::strerror(errno)));
  return lock;
}

/// Tries for a second: who was killed a moment ago may still hold it, and who only looks at it does not keep it.
bool lock_soon(int lock) {
  constexpr int kTries = 50;
  constexpr std::chrono::milliseconds kBetween{20};
  for (int i = 0; i < kTries; ++i) {
    if (::flock(lock, LOCK_EX | LOCK_NB) == 0) return true;
    std::this_thread::sleep_for(kBetween);
  }
  return false;
}

[[noreturn]] void refuse_second(const core::Address& folder, const std::string& who) {
  throw core::UserError(fmt::format("{}: another gridmill is working there ({})", folder.text(), who),
                        "wait for it, or choose another output");
}

/// The number of the last claim that was made.
std::uint64_t last_number(const core::Address& folder, S3& s3) {
  const std::string prefix = folder.path + "/" + kClaims;
  std::uint64_t last = 0;
  for (const Listed& each : s3.list(folder.host, prefix)) {
    last = std::max<std::uint64_t>(last, std::strtoull(each.key.c_str() + prefix.size(), nullptr, 10));
  }
  return last;
}

}  // namespace

Claim::Claim(core::Address folder, S3& s3) : folder_(std::move(folder)), lock_(open_lock(folder_)), s3_(s3) {
  try {
    if (!lock_soon(lock_)) refuse_second(folder_, "on this machine");
    number_ = last_number(folder_, s3) + 1;
    if (const auto alive = s3.read(object(kAlive))) {
      const Holder holder = holder_in(alive->bytes);
      const bool is_silent = alive->age_s.value_or(0) > kSilence.count();
      if (!holder.ended && !is_silent && holder.place != place_of_lock(lock_)) {
        refuse_second(folder_, fmt::format("{}, process {}, heard of {} s ago", holder.host, holder.process,
                                           std::max<std::int64_t>(0, alive->age_s.value_or(0))));
      }
    }
    const core::Address mine = object(fmt::to_string(number_));
    if (!s3.create(mine, words(false))) {
      // Where only the answer was lost, and it was asked again, it is ours.
      const auto made = s3.read(mine);
      if (!made || made->bytes != words(false)) refuse_second(folder_, "it has begun at the same moment");
    }
    s3.write(object(kAlive), words(false));
    told_ = Clock::now();
  } catch (...) {
    ::close(lock_);
    throw;
  }
}

Claim::~Claim() {
  try {
    if (!released_) release(s3_);
  } catch (const std::exception&) {
    // It is taken for dead after a while.
  }
  ::close(lock_);
}

core::Address Claim::object(const std::string& name) const {
  core::Address address = folder_;
  address.path += fmt::format("/{}{}", kClaims, name);
  return address;
}

std::string Claim::words(bool ended) const {
  return nlohmann::json{{"number", number_},
                        {"host", core::own_host_name()},
                        {"process", ::getpid()},
                        {"place", place_of_lock(lock_)},
                        {"ended", ended}}
             .dump() +
         "\n";
}

void Claim::renew(S3& s3, std::chrono::duration<double> at_most_every) {
  if (Clock::now() - told_ < at_most_every) return;
  if (const auto next = s3.read(object(fmt::to_string(number_ + 1)))) {
    released_ = true;  // it is not ours to say that it has ended
    throw LostClaim(
        fmt::format("{}: {} has taken over, as this machine was not heard of for {} s; this one writes nothing "
                    "more there",
                    folder_.text(), holder_in(next->bytes).host, kSilence.count()),
        "what this machine has done stays here");
  }
  s3.write(object(kAlive), words(false));
  told_ = Clock::now();
}

void Claim::release(S3& s3) {
  if (released_) return;
  if (!s3.read(object(fmt::to_string(number_ + 1)))) s3.write(object(kAlive), words(true));
  released_ = true;
}

std::optional<std::string> who_works_in(const core::Address& folder, S3& s3) {
  core::Address alive = folder;
  alive.path += fmt::format("/{}{}", kClaims, kAlive);
  const auto told = s3.read(alive);
  const Holder holder = told ? holder_in(told->bytes) : Holder{};
  if (holder.ended) return std::nullopt;
  return fmt::format("{} (process {}) works there, and was heard of {} s ago; files are sent every half a minute",
                     holder.host, holder.process, std::max<std::int64_t>(0, told->age_s.value_or(0)));
}

bool is_claimed_here(const core::Address& folder) {
  const int lock = open_lock(folder);
  const bool held = ::flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(lock);
  return held;
}

}  // namespace gridmill::staging
