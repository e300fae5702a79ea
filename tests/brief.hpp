#pragma once

#include <cstdlib>

namespace gridmill {

/// Says whether tests are to be brief: under the sanitizers, which take several times as long. The same paths are
/// taken, on fewer rows or with fewer settings; what is left out runs without the sanitizers.
inline bool tests_are_brief() { return std::getenv("GRIDMILL_TEST_BRIEF") != nullptr; }

}  // namespace gridmill
