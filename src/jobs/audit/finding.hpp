#pragma once

#include <string>

namespace gridmill::jobs {

/// Something by which a search may promise more than its model will keep.
struct Finding {
  std::string check;  // which check has found it: "random split", "repeated rows", ...
  std::string what;   // each part of a sentence: what there is, ...
  std::string why;    // ... why it matters: "so that ...", ...
  std::string cure;   // ... and what to do
};

/// Returns a finding as one sentence, as a warning.
std::string sentence(const Finding& finding);

}  // namespace gridmill::jobs
