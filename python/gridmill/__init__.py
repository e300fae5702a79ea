"""gridmill from Python: searches and features of related tables, computed by the program gridmill.

    import gridmill
    found = gridmill.search("configs/digits-svm.yaml")      # or a dict
    found.best_params_, found.cv_results_, found.predictions

    from gridmill import GridSearchCV                       # instead of sklearn.model_selection: needs scikit-learn
    from gridmill import features                           # features.dfs(...), as Featuretools' ft.dfs

The program is found by the variable GRIDMILL, on PATH, or in the build folder beside this package.
"""
import importlib

from . import features
from .errors import (BadInputError, GridmillError, GridmillWarning, IncompleteError, InternalError, Interrupted,
                     ProgramMissingError, StoppedError)
from .runs import Run, run, search

_NEEDS_SKLEARN = {
    "GridSearchCV": "model_selection",
    "HalvingGridSearchCV": "model_selection",
    "HalvingRandomSearchCV": "model_selection",
    "Model": "model",
    "RandomizedSearchCV": "model_selection",
}

__all__ = [
    "BadInputError", "GridmillError", "GridmillWarning", "IncompleteError", "InternalError", "Interrupted",
    "ProgramMissingError", "Run", "StoppedError", "features", "run", "search", *_NEEDS_SKLEARN,
]


def __getattr__(name):
    # Late, so that all else works where scikit-learn is not installed.
    if name not in _NEEDS_SKLEARN:
        raise AttributeError(f"module 'gridmill' has no attribute '{name}'")
    try:
        importlib.import_module("sklearn")
    except ImportError:
        raise ImportError(f"gridmill.{name} needs scikit-learn (Debian: python3-sklearn)") from None
    return getattr(importlib.import_module(f".{_NEEDS_SKLEARN[name]}", __name__), name)
