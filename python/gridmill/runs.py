"""Runs jobs of a config and tells what they found."""
import ast
import functools
import json
import tempfile
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

from . import errors, program
from .config_file import config_path
from .cv_results import cv_results
from .store import as_frame, read_table, write_store


def search(config, *, ranks=None, sample=None, overwrite=False, progress=None, **overrides):
    """Searches as `gridmill search` does and returns a Run.

    config: a dict, or the path of a YAML file. overrides: options that take the place of the config's, by section:
    search("digits.yaml", output="runs/second", search={"cv": 5}). A dict, or a file with overrides, is kept as
    OUTPUT.yaml, so that the command line can repeat it. Calling again goes on, or reads what is finished.
    ranks: processes; None: one a core. sample: try it on so many rows. overwrite: start anew.
    progress: True, False, None (shown in a notebook or terminal), or a function that gets each event of the program.
    Fits that failed are a warning; errors: GridmillError, a class for each exit code.
    """
    return _job("search", config, overrides, ranks, sample, overwrite, progress)


def run(config, *, ranks=None, sample=None, overwrite=False, progress=None, **overrides):
    """Does all that a config asks for, as `gridmill run`: import, features, search, predict. Else as `search`."""
    return _job("run", config, overrides, ranks, sample, overwrite, progress)


def _job(command, config, overrides, ranks, sample, overwrite, progress):
    path = config_path(config, overrides)
    arguments = [command, path]
    for flag, value in (("--ranks", ranks), ("--sample", sample)):
        if value is not None:
            arguments += [flag, value]
    if overwrite:
        arguments.append("--overwrite")
    outcome = program.call(arguments, progress=progress)
    folder = _folder_of(outcome.events)
    if outcome.code == 1 and folder is not None and (folder / "summary.json").exists() and "failed" in outcome.words:
        errors.warn(outcome.words)
    else:
        program.require_success(outcome)
    return Run(folder)


class Run:
    """What a job wrote into its folder; all is read when it is asked for.

    path, summary, cv_results_, best_params_, best_score_, best_index_, scores, out_of_fold, held_out, features, predicted;
    predict(data). What the job did not write is an AttributeError that says so.
    """

    def __init__(self, path):
        self.path = Path(path)

    def __repr__(self):
        return f"gridmill.Run({str(self.path)!r})"

    @functools.cached_property
    def summary(self):
        """The dict of summary.json."""
        return json.loads(self._file("summary.json").read_text(encoding="utf-8"))

    @functools.cached_property
    def stored_columns(self):
        """The columns of cv_results as they are stored, arrays by name."""
        with h5py.File(self._file("results.h5"), "r") as file:
            group = file["cv_results"]
            return {name: data.asstr()[:] if h5py.check_string_dtype(data.dtype) else data[:]
                    for name, data in ((name, group[name]) for name in self._column_order(group))}

    @functools.cached_property
    def cv_results_(self):
        """scikit-learn's cv_results_: a dict of arrays; parameters are masked where a candidate has none."""
        stored = self.stored_columns
        return cv_results(stored, [ast.literal_eval(words) for words in stored["params"]])

    @property
    def best_index_(self):
        """The candidate that was fitted again, a row of cv_results_."""
        return self._of_search("best")

    @property
    def best_params_(self):
        """Its hyperparameters."""
        return self.cv_results_["params"][self.best_index_]

    @property
    def best_score_(self):
        """Its mean score over the folds, in the metric that chose it."""
        return self._of_search("best_score")

    @functools.cached_property
    def honest_scores(self):
        """A DataFrame of what to expect of the best candidate on new rows, by metric: score, low, high (95 %), bootstraps.

        The best score is too good, as it was chosen for being the best. None where there is no honest score."""
        honest = self.summary.get("honest")
        if honest is None:
            return None
        rows = [{name: value for name, value in honest.items() if name != "others"}, *honest.get("others", [])]
        return pd.DataFrame(rows).set_index("metric")

    @functools.cached_property
    def scores(self):
        """A DataFrame with a row for each candidate, fold and metric: test (and train) score, seconds, status, message."""
        with h5py.File(self._file("results.h5"), "r") as file:
            metrics = file["scores/metric"].asstr()[:]
            test = file["scores/test"][:]  # metrics x candidates x folds
            index = pd.MultiIndex.from_product([metrics, range(test.shape[1]), range(test.shape[2])],
                                               names=["metric", "candidate", "fold"])
            columns = {"test": test.ravel()}
            if "train" in file["scores"]:
                columns["train"] = file["scores/train"][:].ravel()
            for name, place in (("fit_time", "timing/fit_time"), ("score_time", "timing/score_time"),
                                ("status", "fits/status"), ("message", "fits/message")):
                data = file[place]
                values = data.asstr()[:] if h5py.check_string_dtype(data.dtype) else data[:]
                columns[name] = np.tile(values.ravel(), len(metrics))
            return pd.DataFrame(columns, index=index).reset_index()

    @functools.cached_property
    def out_of_fold(self):
        """A DataFrame of the predictions for rows that the fold's model had not seen: row, fold, value, ..."""
        return self._predictions("out_of_fold")

    @functools.cached_property
    def held_out(self):
        """A DataFrame of the predictions for the rows held out: row, truth, value, ..."""
        return self._predictions("held_out")

    @functools.cached_property
    def features(self):
        """The DataFrame of the features that a features job made."""
        for name in ("features.h5", "features/features.h5"):
            if (self.path / name).exists():
                return read_table(self.path / name)
        raise AttributeError(f"{self.path} has no features")

    @functools.cached_property
    def predicted(self):
        """The DataFrame of the section `predict`."""
        return read_predictions(self._file("predicted.csv"))

    def predict(self, data, *, decision=False, probability=False, keep=(), progress=False):
        """Applies the best model to rows: a DataFrame, an array or a file. Returns a DataFrame of predictions."""
        with tempfile.TemporaryDirectory(prefix="gridmill-") as folder:
            source = data
            if not isinstance(data, (str, Path)):
                source = Path(folder) / "rows.h5"
                write_store(source, {"data": as_frame(data, "data")})
            arguments = ["predict", self.path, source, "--output", Path(folder) / "predicted.csv"]
            arguments += ["--decision"] * decision + ["--probability"] * probability
            for column in keep:
                arguments += ["--keep", column]
            program.require_success(program.call(arguments, progress=progress))
            return read_predictions(Path(folder) / "predicted.csv")

    def _column_order(self, group):
        order = pd.read_csv(self._file("cv_results.csv"), nrows=0).columns
        return [name for name in order if name in group]

    def _predictions(self, name):
        with h5py.File(self._file("results.h5"), "r") as file:
            if name not in file:
                raise AttributeError(f"{self.path} keeps no predictions '{name}'")
            columns = {key: data[:] for key, data in file[name].items() if data.ndim == 1}
            if "classes" in file:
                classes = file["classes"].asstr()[:]
                for key in ("truth", "value"):
                    if key in columns and not np.isnan(columns[key]).any():
                        columns[key] = classes[columns[key].astype(int)]
            return pd.DataFrame(columns)

    def _of_search(self, name):
        if name not in self.summary:
            raise AttributeError(f"{self.path} has no {name}: its job was no search, or refits none (search.refit)")
        return self.summary[name]

    def _file(self, name):
        if not (self.path / name).exists():
            raise AttributeError(f"{self.path} has no {name}: its job wrote none")
        return self.path / name


def read_predictions(path, words=False):
    """Reads a CSV file of predictions, numbers to the last bit. words: predictions are words, even if they look otherwise."""
    if words:
        return pd.read_csv(path, float_precision="round_trip", dtype={"prediction": str}, keep_default_na=False)
    return pd.read_csv(path, float_precision="round_trip")


def _folder_of(events):
    """The folder a job wrote into, by the files that it tells of."""
    for event in reversed(events):
        if event["event"] == "files" and event["files"]:
            return Path(event["files"][0]["path"]).parent
    return None
