#pragma once

#include <string>

#include "report/tracking/tracked_search.hpp"

namespace gridmill::report {

/// Returns the search as a study in Optuna's journal (JournalFileStorage), which optuna-dashboard opens: a trial for
/// each candidate, its mean score in the metric that chooses as the value to maximise, folds as steps, all other scores
/// as attributes of the trial. A candidate without a score is a failed trial, one that halving has dropped a pruned
/// one. A hyperparameter is a number within the range of its values, if it is a number wherever it occurs; else one of
/// a list. Source: Optuna 3.1, optuna/storages/_journal/storage.py (tests read the file with it).
std::string optuna_journal(const TrackedSearch& search);

}  // namespace gridmill::report
