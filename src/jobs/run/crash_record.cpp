#include "jobs/run/crash_record.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <tuple>

#include "core/error.hpp"

namespace gridmill::jobs {

namespace {

constexpr std::array kCrashes{SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

// A signal handler reaches nothing but globals.
std::atomic<int> record_file{-1};
std::array<char, 64> record_text{};
std::atomic<std::size_t> record_bytes{0};
std::array<struct sigaction, kCrashes.size()> earlier_actions{};

void note_crash(int signal, siginfo_t* info, void*) {
  const std::size_t n_bytes = record_bytes.exchange(0);  // once, however many threads crash
  if (n_bytes > 0) std::ignore = ::write(record_file, record_text.data(), n_bytes);
  for (std::size_t i = 0; i < kCrashes.size(); ++i) {
    if (kCrashes[i] == signal) sigaction(signal, &earlier_actions[i], nullptr);
  }
  // What the processor has refused is tried again on return, and refused again; what was sent must be sent again.
  if (info->si_code <= 0) std::raise(signal);
}

}  // namespace

CrashRecord::CrashRecord(const std::filesystem::path& file) {
  record_bytes = 0;
  record_file = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  struct sigaction action {};
  action.sa_sigaction = note_crash;
  action.sa_flags = SA_SIGINFO;
  for (std::size_t i = 0; i < kCrashes.size(); ++i) sigaction(kCrashes[i], &action, &earlier_actions[i]);
}

CrashRecord::~CrashRecord() {
  for (std::size_t i = 0; i < kCrashes.size(); ++i) sigaction(kCrashes[i], &earlier_actions[i], nullptr);
  if (const int file = record_file.exchange(-1); file >= 0) ::close(file);
}

void CrashRecord::set(std::string_view bytes) {
  GRIDMILL_ASSERT(bytes.size() <= record_text.size(), "a record of a crash is short");
  record_bytes = 0;
  std::ranges::copy(bytes, record_text.begin());
  record_bytes = bytes.size();
}

}  // namespace gridmill::jobs
