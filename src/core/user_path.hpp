#pragma once

#include <filesystem>
#include <string_view>

namespace gridmill::core {

/// Returns the path that a user means: "~" and "~/x" lie in $HOME, as in a shell, which does not see words in configs
/// and behind `--output=`; an address (address_in) is the place of its copy. Other texts, and all where $HOME is not
/// set, stand for themselves.
std::filesystem::path user_path(std::string_view text);

}  // namespace gridmill::core
