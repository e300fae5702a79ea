"""The best model of a search: it predicts by the program, and can be pickled."""
import json
import shutil
import tempfile
import weakref
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.exceptions import NotFittedError
from sklearn.utils.metaestimators import available_if

from . import program
from .errors import BadInputError
from .runs import read_predictions
from .store import as_frame, write_store


class FittedModel:
    """A model fitted to all rows. It holds the files of the model, so the search's folder may go.

    params: the hyperparameters, by the names of the grid. classes_: the labels, of classifiers. Its predictions are those
    of `gridmill predict`. files: the bytes of the model's files by name, which `save` writes for the command line.
    """

    def __init__(self, folder, params, labels, features):
        self.params = params
        self.files = {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}
        self._labels = labels.without_values()
        self._features = features
        self._about = json.loads(self.files["pipeline.json"])
        self._folder = None
        if labels.classes is not None:
            self.classes_ = labels.classes

    def __repr__(self):
        return f"FittedModel({self._about['model']!r}, {self.params})"

    def __getstate__(self):
        return {**self.__dict__, "_folder": None}

    @property
    def _estimator_type(self):
        return "classifier" if self._labels.classes is not None else "regressor"

    def _gives_probabilities(self):
        return self._labels.classes is not None and bool(self._about["probability"])

    def _is_classifier(self):
        return self._labels.classes is not None

    def save(self, folder):
        """Writes the files of the model into a folder RUN, which `gridmill predict RUN FILE` then takes."""
        best = Path(folder) / "best"
        best.mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            (best / name).write_bytes(content)

    def predict(self, X):
        """Returns a label or a number for each row."""
        predicted = self._predict(X)["prediction"]
        if self._labels.classes is None:
            # XGBoost predicts in single precision, also from Python.
            return predicted.to_numpy(np.float32 if self._about["model"] == "xgb_regressor" else np.float64)
        return self._labels.of_words(predicted)

    @available_if(_gives_probabilities)
    def predict_proba(self, X):
        """Returns the probability of each class, rows x classes."""
        return self._numbers(X, "probability")

    @available_if(_gives_probabilities)
    def predict_log_proba(self, X):
        """Returns the logarithm of the probabilities."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    @available_if(_is_classifier)
    def decision_function(self, X):
        """Returns decision values: one a row for two classes, else rows x classes."""
        values = self._numbers(X, "decision")
        return values.ravel() if values.shape[1] == 1 else values

    def _numbers(self, X, kind):
        table = self._predict(X, f"--{kind}")
        return table[[name for name in table.columns if name.startswith(kind)]].to_numpy(np.float64)

    def _predict(self, X, *flags):
        frame = self._as_learnt(X)
        if self._folder is None:
            self._folder = tempfile.mkdtemp(prefix="gridmill-")
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            self.save(self._folder)
        with tempfile.TemporaryDirectory(prefix="gridmill-") as folder:
            rows, predicted = Path(folder) / "rows.h5", Path(folder) / "predicted.csv"
            write_store(rows, {"data": frame})
            program.require_success(program.call(
                ["predict", self._folder, rows, "--output", predicted, *flags], progress=False))
            return read_predictions(predicted, words=self._labels.classes is not None)

    def _as_learnt(self, X):
        """The rows as the model knows them: columns of arrays go by their places."""
        frame = as_frame(X)
        if isinstance(X, pd.DataFrame) and all(isinstance(name, str) for name in X.columns):
            if set(self._features) <= set(frame.columns):
                return frame
            if not all(name.startswith("x") and name[1:].isdigit() for name in self._features):
                missing = next(name for name in self._features if name not in set(frame.columns))
                raise BadInputError("The feature names should match those that were passed during fit. Feature names seen "
                                    f"at fit time, yet now missing: {missing}")
        if frame.shape[1] != len(self._features):
            raise BadInputError(f"X has {frame.shape[1]} features, but the model is expecting {len(self._features)} features "
                                "as input.")
        return frame.set_axis(self._features, axis=1)


def check_fitted(search):
    """Raises NotFittedError where a search has no best model."""
    if not hasattr(search, "best_estimator_"):
        why = "refit=False: it has no model" if hasattr(search, "cv_results_") else "not fitted yet: call 'fit' first"
        raise NotFittedError(f"This {type(search).__name__} instance is {why}")
