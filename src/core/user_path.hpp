#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gridmill::core {

/// Returns the path that a user means: "~" and "~/x" lie in $HOME, as in a shell, which does not see words in configs
/// and behind `--output=`. Other texts, and all where $HOME is not set, stand for themselves.
std::filesystem::path user_path(std::string_view text);

/// Returns why no file of this machine can be meant ("s3://bucket/x is an address ..."), or nothing.
std::optional<std::string> problem_with_path(std::string_view text);

/// What to do about it.
inline constexpr const char* kAddressHint =
    "name a file or folder here, and copy from or to the address by its own tool";

}  // namespace gridmill::core
