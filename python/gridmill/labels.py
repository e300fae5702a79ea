"""What is to be learnt: labels of classes, or numbers, and back."""
import copy

import numpy as np
import pandas as pd

from .errors import BadInputError

REGRESSORS = ("svr", "nu_svr", "ridge", "elastic_net", "xgb_regressor")


class Labels:
    """The target of a search. classes: the sorted distinct labels, an array; None for numbers (regression)."""

    def __init__(self, y, model):
        if y is None:
            raise BadInputError("requires y to be passed, but the target y is None")
        self.values = np.asarray(y)
        if self.values.ndim == 2 and self.values.shape[1] == 1:
            self.values = self.values.ravel()
        if self.values.ndim != 1:
            raise BadInputError(f"y should be a 1d array, got an array of shape {self.values.shape} instead.")
        self.classes = None if model in REGRESSORS else self._sorted_classes()

    def _sorted_classes(self):
        if pd.isna(pd.Series(self.values)).any():
            raise BadInputError("Input y contains NaN: a row without a label cannot be learnt from")
        if self.values.dtype.kind == "f" and (self.values != np.floor(self.values)).any():
            raise BadInputError("Unknown label type: continuous. Maybe you are trying to fit a classifier, which expects "
                                "discrete classes on a regression target with continuous values.")
        kinds = {type(value).__name__ for value in self.values} if self.values.dtype.kind == "O" else set()
        if len(kinds) > 1:
            raise BadInputError(f"y mixes labels of the types {' and '.join(sorted(kinds))}")
        return np.unique(self.values)

    def column(self):
        """The target as a column of the store: whole numbers and words as they are, so that messages name them."""
        if self.classes is None:
            return pd.Series(self.values.astype(np.float64))
        kind = self.classes.dtype.kind
        return pd.Series(self.values.astype(np.int64) if kind in "iufb" else self.values.astype(object))

    def without_values(self):
        """Returns the labels alone, without those of the rows."""
        alone = copy.copy(self)
        alone.values = None
        return alone

    def of_words(self, words):
        """Returns the labels of the program's words for classes. words: those of each row."""
        return self.classes[self.positions(words)]

    def positions(self, words):
        """Returns the place among `classes` of each of the program's words."""
        place = {self._word(label): position for position, label in enumerate(self.classes)}
        return np.array([place[str(word)] for word in words], dtype=np.int64)

    def _word(self, label):
        return str(int(label)) if self.classes.dtype.kind in "iufb" else str(label)
