#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "features/definitions/primitive.hpp"

namespace gridmill::features::transforms {

/// Categories from a part of each text; the dictionary holds what occurs.
Transform part_kernel(std::optional<std::string> (*part)(std::string_view));

/// Whether an address is of a public provider of free mailboxes; missing if it has no domain.
Transform is_free_email_kernel();

/// The first n characters of each category; equal ones become one.
Transform prefix_kernel(int n);

}  // namespace gridmill::features::transforms
