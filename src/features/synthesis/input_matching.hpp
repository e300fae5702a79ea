#pragma once

#include <vector>

#include "features/synthesis/feature_pool.hpp"

namespace gridmill::features {

using Inputs = std::vector<const Candidate*>;

enum class DirectInputs {
  allowed,
  required,  // at least one, and not all over the same relationship: those could be had in the parent
};

/// Says what each input may be: by input, by candidate. Empty: all inputs may be all candidates.
using Admitted = std::vector<std::vector<bool>>;

/// Returns the inputs that a primitive can be applied to, for all its alternatives: tuples of different candidates that
/// fit its slots, sorted by their names. A commutative primitive gets each set once, sorted by lower-case names, or
/// where that is not `admitted` in the first other order that is, if there is one.
/// `candidates` are sorted by name. Errors: UserError for more than two million tuples. Cost: O(number of tuples) and a
/// scan per slot.
std::vector<Inputs> match_inputs(const PrimitiveUse& use, const std::vector<const Candidate*>& candidates,
                                 DirectInputs direct = DirectInputs::allowed, const Admitted& admitted = {});

/// Says whether all are direct features over one and the same relationship.
bool all_direct_by_same_path(const Inputs& inputs);
/// Says whether any is a direct feature.
bool any_direct(const Inputs& inputs);

}  // namespace gridmill::features
