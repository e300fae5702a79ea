#pragma once

#include <string>
#include <string_view>

#include "core/value.hpp"

namespace gridmill::report {

/// Returns a report as one HTML page that needs no other file and no network: the content as JSON, and a script that
/// draws it (page/main.js, which also says what the content holds). Some 550 KB and the content.
///
/// Content is data wherever it came from: it cannot end the block that it stands in, and the script puts it into the
/// page as text. NaN and infinities, which JSON lacks, become null. Deterministic.
std::string page(std::string_view title, const core::Value& content);

}  // namespace gridmill::report
