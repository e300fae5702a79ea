#pragma once

#include "io/text/cell.hpp"
#include "io/text/csv.hpp"

namespace gridmill::io {

/// What the first line of a CSV file is: names of columns, or a row.
struct FirstLine {
  bool names = true;
  bool certain = true;  // false: it could be the other as well
};

/// Judges the first line of `block` by its cells and by those beneath.
///
/// Words alone are names. Where there are numbers or dates, too: a word over numbers is a name; a word that stands
/// again beneath, a value twice, a date over dates and a number with a sign or a fraction are parts of a row. What is
/// left is names if a word begins it, if the numbers count up by 1, or if they are years in their order. Missing words
/// count as empty cells. Deterministic in the block.
FirstLine judge_first_line(const CellBlock& block, const MissingWords& missing, char decimal);

}  // namespace gridmill::io
