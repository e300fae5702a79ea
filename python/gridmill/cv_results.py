"""The table of candidates as scikit-learn's `cv_results_`: a dict of arrays."""
import numpy as np


def cv_results(stored, params, rename=None):
    """Returns `cv_results_` from the columns a search has stored.

    stored: arrays by name, in the order of the columns; those of parameters are not used.
    params: a dict for each candidate (row), whose values the parameter columns hold as they are.
    rename: what a metric is to be called, by the name it has in `stored`.
    """
    results = {}
    for name in ("bracket", "iter", "n_resources", *_TIMES):
        if name in stored:
            results[name] = stored[name]
    for name in dict.fromkeys(name for candidate in params for name in candidate):  # in the order of first use
        column = np.ma.MaskedArray(np.empty(len(params), dtype=object), mask=True)
        for row, candidate in enumerate(params):
            if name in candidate:
                column[row] = candidate[name]
        results[f"param_{name}"] = column
    results["params"] = params
    for name, values in stored.items():
        if name in results or name.startswith("param"):
            continue
        results[_renamed(name, rename or {})] = values.astype(np.int32) if name.startswith("rank_") else values
    return results


_TIMES = ("mean_fit_time", "std_fit_time", "mean_score_time", "std_score_time")


def _renamed(name, rename):
    for kind in ("_test_", "_train_"):
        head, found, metric = name.partition(kind)
        if found:
            return head + kind + rename.get(metric, metric)
    return name
