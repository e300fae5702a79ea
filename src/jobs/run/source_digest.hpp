#pragma once

#include <string_view>

namespace gridmill::jobs {

/// Returns a hash of the sources that values of features depend on: of core, io, features and jobs, comments included.
/// Made at build time (cmake/SourceDigest.cmake). Another one: values may be others.
std::string_view source_digest();

}  // namespace gridmill::jobs
