#pragma once

#include <string>
#include <vector>

namespace gridmill::io {

/// What is to be said of a source that was read all the same. One sentence each.
struct Remarks {
  std::vector<std::string> warnings;  // what may be wrong with the table
  std::vector<std::string> notes;     // what is good to know
  /// Columns whose name in the file is empty, by the names they are given; those without a value are left out.
  std::vector<std::string> nameless;
  std::vector<std::string> dropped;
  bool names_are_made_up = false;  // the text names none of its columns
};

}  // namespace gridmill::io
