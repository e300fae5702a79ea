#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gridmill::core {

/// Returns which of `classes` a user means by `label`: the class of that name; else the number of that value ("1.0" and
/// "+1" mean the class 1), exactly, also beyond 2^53; else "true" and "false" mean True and False. Nothing if there is
/// none.
std::optional<std::size_t> find_class(std::span<const std::string> classes, std::string_view label);

/// Says whether `label` is what a number or a boolean is called, so that Python writes it without quotes: 1, -0.5,
/// True.
bool is_python_literal(std::string_view label);

}  // namespace gridmill::core
