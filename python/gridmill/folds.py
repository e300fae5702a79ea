"""scikit-learn's splitters as the program's folds."""
import numbers

import numpy as np

from .errors import BadInputError


def folds_of(cv, n_rows):
    """Returns (cv, fold): the option `search.cv`, and for given splits the fold number of each row (else None).

    cv: None, a number, a splitter of scikit-learn, or pairs of (training rows, test rows).
    Error: BadInputError for what the program cannot do.
    """
    if cv is None:
        return 5, None
    if isinstance(cv, numbers.Integral):
        return int(cv), None
    if isinstance(cv, str):
        raise BadInputError(f"Expected cv as an integer, cross-validation object (from sklearn.model_selection), "
                            f"or an iterable; got {cv!r}")
    kind = type(cv).__name__
    if kind == "PredefinedSplit":
        return {"kind": "predefined"}, np.asarray(cv.test_fold, dtype=np.int64)
    if kind in _KINDS:
        return _KINDS[kind](cv), None
    if hasattr(cv, "split"):
        raise BadInputError(f"cv={cv!r} has no counterpart; known: {', '.join([*_KINDS, 'PredefinedSplit'])}, or pairs of "
                            "training and test rows")
    return {"kind": "predefined"}, _fold_numbers(list(cv), n_rows)


def _simple(kind):
    return lambda cv: {"kind": kind, "folds": cv.n_splits, **_shuffled(cv, getattr(cv, "shuffle", False))}


def _repeated(kind):
    return lambda cv: {"kind": kind, "folds": cv.cvargs["n_splits"], "repeats": cv.n_repeats, **_shuffled(cv, True)}


def _shuffled(cv, shuffle):
    if not shuffle:
        return {}
    if not isinstance(cv.random_state, numbers.Integral):
        raise BadInputError(f"{type(cv).__name__} shuffles: give it a random_state that is a number, so that a repeated "
                            "search finds the same folds")
    return {"shuffle": True, "seed": int(cv.random_state)}


def _in_time(cv):
    options = {"kind": "time_series", "folds": cv.n_splits, "gap": cv.gap}
    options.update({name: value for name in ("test_size", "max_train_size")
                    if (value := getattr(cv, name)) is not None})
    return options


_KINDS = {
    "KFold": _simple("k_fold"),
    "StratifiedKFold": _simple("stratified"),
    "GroupKFold": _simple("group"),
    "StratifiedGroupKFold": _simple("stratified_group"),
    "TimeSeriesSplit": _in_time,
    "RepeatedKFold": _repeated("k_fold"),
    "RepeatedStratifiedKFold": _repeated("stratified"),
    "LeaveOneOut": lambda cv: "leave_one_out",
}


def _fold_numbers(splits, n_rows):
    fold = np.full(n_rows, -1, dtype=np.int64)
    rows = np.arange(n_rows)
    for number, (train, test) in enumerate(splits):
        train, test = rows[train], rows[test]
        if (fold[test] != -1).any() or not np.array_equal(test, np.unique(test)):
            raise BadInputError("cv: a row is tested in two of the splits, or out of order; the program tests each at most once")
        if not np.array_equal(train, np.setdiff1d(rows, test)):
            raise BadInputError(f"cv: split {number} does not train on all rows that it does not test, in their order")
        fold[test] = number
    return fold
