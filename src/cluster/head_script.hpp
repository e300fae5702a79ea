#pragma once

namespace gridmill::cluster {

/// What stands in head.sh.
extern const char* const kHeadScript;

}  // namespace gridmill::cluster
