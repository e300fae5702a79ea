"""The files of a search of arrays: its data as a store, its config, its folder."""
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import ParameterGrid

from . import runs
from .config_file import config_path
from .errors import BadInputError
from .store import as_frame, is_ours, write_store


class SearchFolder:
    """Collects what a search is about, then runs it.

    folder: where to keep it, or None: a temporary folder, which lives until `close`. Beside it stand FOLDER.yaml and
    FOLDER.data.h5, so that `gridmill search FOLDER.yaml` repeats it. X: rows x features. labels: a Labels.
    """

    def __init__(self, folder, X, labels):
        self._temporary = tempfile.TemporaryDirectory(prefix="gridmill-") if folder is None else None
        self._output = str(Path(self._temporary.name) / "search" if folder is None else folder).rstrip("/")
        self._frame = as_frame(X).reset_index(drop=True)
        self.n_rows, self.n_features = self._frame.shape
        if self.n_rows != len(labels.values):
            raise BadInputError("Found input variables with inconsistent numbers of samples: "
                                f"[{self.n_rows}, {len(labels.values)}]")
        self.features = [str(name) for name in self._frame.columns]
        self._columns = {}
        self._data = {"source": self._output + ".data.h5", "target": self._add("target", labels.column())}
        self._search = {}
        self._model = {}

    def _add(self, wish, column):
        """Adds a column to the data, under a name that no other has, and returns the name."""
        while wish in self.features or wish in self._columns:
            wish += "_"
        self._columns[wish] = column
        return wish

    def set_folds(self, cv, fold, groups):
        """Takes the option `search.cv`, the fold of each row where folds are given, and the group of each row."""
        self._search["cv"] = cv
        if fold is not None:
            self._data["fold"] = self._add("fold", pd.Series(fold))
        if groups is not None and isinstance(cv, dict) and "group" in cv["kind"]:
            # Numbered in the order of their names: which group comes first decides where sizes are equal.
            self._data["group"] = self._add("group", pd.Series(np.unique(groups, return_inverse=True)[1].astype(np.int64)))

    def set_candidates(self, options, candidates):
        """Takes the model with what all candidates share, and the candidates in their order."""
        self._model = {"name": options["model"], **{k: v for k, v in options.items() if k != "model"}}
        self._search["grid"] = _as_grid(candidates)

    def set_search(self, **options):
        """Takes further options of the section `search`."""
        self._search.update({name: value for name, value in options.items() if value is not None})

    def search(self, ranks, progress):
        """Runs the search and returns its Run. Errors: GridmillError."""
        config = {"output": self._output, "data": self._data, "model": self._model, "search": self._search}
        path = config_path(config, {})
        data = Path(self._data["source"])
        if data.exists() and not is_ours(data):
            raise BadInputError(f"{data} exists and was not written from Python: give another run")
        write_store(data, {"data": self._frame.set_axis(self.features, axis=1).assign(**self._columns)})
        return runs.search(path, ranks=ranks, progress=progress)

    def close(self):
        """Removes a temporary folder."""
        if self._temporary is not None:
            self._temporary.cleanup()


def _as_grid(candidates):
    """Returns `search.grid`: as few mappings as give the candidates in their order; else one each."""
    names = list(candidates[0]) if candidates else []
    values = {name: [] for name in names}
    for candidate in candidates:
        if list(candidate) != names:
            return _one_each(candidates)
        for name, value in candidate.items():
            if not any(_equal(value, other) for other in values[name]):
                values[name].append(value)
    product = list(ParameterGrid(values)) if names else []
    same = len(product) == len(candidates) and all(
        _equal(one[name], other[name]) for one, other in zip(product, candidates) for name in names)
    return values if same else _one_each(candidates)


def _one_each(candidates):
    return [{name: [value] for name, value in candidate.items()} for candidate in candidates]


def _equal(one, other):
    return type(one) is type(other) and one == other
