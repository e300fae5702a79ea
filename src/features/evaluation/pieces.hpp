#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "features/definitions/primitive.hpp"

namespace gridmill::features {

/// Groups that may overlap, as lists of pieces: each piece is looked at once, whichever groups it belongs to.
///
/// A group of up to 1,024 children is one piece. A larger one is cut where its parent's children, counted from the
/// first, are 256, 16 x 256, 16 x 16 x 256, ... or multiples: whole blocks of them are merged once for all groups. Its
/// pieces, and the order in which they are merged, are the same whichever other groups there are: so are the bits.
struct Pieces {
  std::vector<std::int64_t> begins, ends;  // places
  PieceLists lists;

  /// Says whether each group is one piece, in the order of the groups.
  [[nodiscard]] bool are_groups() const { return lists.merged.empty() && begins.size() + 1 == lists.offsets.size(); }
};

/// Cuts groups [begins[g], ends[g]) whose parents' children begin at firsts[g].
/// Cost: linear in the groups and in blocks, with the logarithm of a group's size.
Pieces cut_into_pieces(const std::vector<std::int64_t>& begins, const std::vector<std::int64_t>& ends,
                       const std::vector<std::int64_t>& firsts);

}  // namespace gridmill::features
