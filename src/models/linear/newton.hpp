#pragma once

#include "core/matrix.hpp"
#include "models/linear/logistic_fold.hpp"
#include "models/linear/logistic_loss.hpp"

namespace gridmill::models::linear {

/// Minimises a penalised logistic loss from `start` on: Newton steps, of which each minimises the penalties as they are
/// and the loss up to its second derivatives; shorter ones where that does not hold so far.
///
/// Where the Hessian is small, its equations are solved; where it is not, squared penalties take conjugate gradients,
/// and absolute ones go on with the coefficients that are not 0 or want to move most. Ends when a step promises no more
/// than `setting.tolerance`, with that step done: two starts then differ by far less.
LogisticSolution minimise(const LogisticLoss& loss, const LogisticSetting& setting, core::Matrix start);

}  // namespace gridmill::models::linear
