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
struct Text {
  std::array<char, 64> bytes{};
  std::size_t n_bytes = 0;
};
std::array<Text, kCrashes.size()> record_texts{};  // by signal
std::atomic<bool> has_record{false};
std::array<struct sigaction, kCrashes.size()> earlier_actions{};

void note_crash(int signal, siginfo_t* info, void*) {
  const bool writes = has_record.exchange(false);  // once, however many threads crash
  for (std::size_t i = 0; i < kCrashes.size(); ++i) {
    if (kCrashes[i] != signal) continue;
    if (writes) std::ignore = ::write(record_file, record_texts[i].bytes.data(), record_texts[i].n_bytes);
    sigaction(signal, &earlier_actions[i], nullptr);
  }
  // What the processor has refused is tried again on return, and refused again; what was sent must be sent again.
  if (info->si_code <= 0) std::raise(signal);
}

}  // namespace

CrashRecord::CrashRecord(const std::filesystem::path& file) {
  has_record = false;
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

void CrashRecord::set(const std::function<std::string(int signal)>& bytes) {
  has_record = false;
  for (std::size_t i = 0; i < kCrashes.size(); ++i) {
    const std::string text = bytes(kCrashes[i]);
    GRIDMILL_ASSERT(text.size() <= record_texts[i].bytes.size(), "a record of a crash is short");
    std::ranges::copy(text, record_texts[i].bytes.begin());
    record_texts[i].n_bytes = text.size();
  }
  has_record = true;
}

void CrashRecord::clear() { has_record = false; }

}  // namespace gridmill::jobs
