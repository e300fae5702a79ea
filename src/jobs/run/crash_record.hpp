#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace gridmill::jobs {

/// Has this process write down what it was at when it crashes.
///
/// While it lives, SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGABRT append the bytes last given to a file; then they do what
/// they did before. So a death that the work has caused tells of itself, whoever has started the process, and a kill
/// from outside, the end of the launcher or of the machine leaves no word. One at a time.
class CrashRecord {
 public:
  /// `file` must be there; where it cannot be opened (a host without the folder) nothing is written down.
  explicit CrashRecord(const std::filesystem::path& file);
  ~CrashRecord();
  CrashRecord(const CrashRecord&) = delete;
  CrashRecord& operator=(const CrashRecord&) = delete;

  /// What to write from here on, by the signal; at most 64 bytes. From one thread at a time.
  static void set(const std::function<std::string(int signal)>& bytes);
  /// Nothing is to be written from here on.
  static void clear();
};

}  // namespace gridmill::jobs
