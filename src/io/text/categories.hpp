#pragma once

#include <string>
#include <vector>

namespace gridmill::io {

/// Sorts categories: numbers by value if all are numbers, else by code point (UTF-8 order is code point order).
void sort_categories(std::vector<std::string>& categories);

}  // namespace gridmill::io
