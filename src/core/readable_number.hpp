#pragma once

#include <string>

namespace gridmill::core {

/// Returns a number for people: six significant digits, but all those before the point up to 1e15: "0.125", "1234568".
std::string six_digits_text(double value);

}  // namespace gridmill::core
