#pragma once

#include <spawn.h>
#include <sys/types.h>

#include <string>
#include <vector>

namespace gridmill::launch {

/// Starts a program, found in PATH, as the leader of a process group of its own and with no signal blocked.
///
/// `files`: what it does with its files first; used up. Returns its number, or 0 if it cannot be started.
pid_t spawn(std::vector<std::string> words, char* const* environment, posix_spawn_file_actions_t& files);

/// Returns what the system's calls take for a list of words: valid as long as these are.
std::vector<char*> pointers_to(std::vector<std::string>& words);

}  // namespace gridmill::launch
