#!/usr/bin/python3
"""Writes steps.json: what scikit-learn 1.2.1 makes of numbers before a model, and which features it keeps.

Run with Debian 12's python3-sklearn: tests/prepare/golden/make_golden.py
"""
import json
import os
import warnings

import numpy as np
from sklearn.feature_selection import (SelectKBest, f_classif, f_regression, mutual_info_classif,
                                       mutual_info_regression)
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (FunctionTransformer, MaxAbsScaler, PowerTransformer, QuantileTransformer,
                                   RobustScaler)

from clipping import Clip

warnings.simplefilter("ignore")
SEED = 7
rng = np.random.RandomState(1)


def steps_of(params):
    steps = []
    if "impute" in params or params.get("missing_indicator"):
        how = params["impute"]
        steps.append(SimpleImputer(strategy="constant" if how == "zero" else how,
                                   fill_value=0 if how == "zero" else params.get("impute_value", 0.0),
                                   add_indicator=params.get("missing_indicator", False),
                                   keep_empty_features=True))
    how = params.get("preprocessing", "none")
    steps += {"none": [], "robust": [RobustScaler()], "max_abs": [MaxAbsScaler()], "power": [PowerTransformer()],
              "quantile_uniform": [QuantileTransformer(random_state=SEED)],
              "quantile_normal": [QuantileTransformer(random_state=SEED, output_distribution="normal")],
              "log1p": [FunctionTransformer(np.log1p)], "clip": [Clip(params.get("clip_share", 0.01))]}[how]
    return make_pipeline(*steps) if steps else FunctionTransformer()


def listed(a):
    return [None if np.isnan(v) else float(v) for v in np.asarray(a).ravel()]


def table(n):
    """Skewed, with ties, nearly constant, constant, of two values."""
    return np.column_stack([np.exp(rng.normal(size=n)), rng.normal(size=n), rng.randint(0, 5, n), 1e-3 * rng.normal(size=n) + 7, np.full(n, 0.3),
                            rng.randint(0, 2, n), rng.uniform(-0.9, 0.9, n)])


def preprocessing():
    cases = []

    def add(name, x, params, tolerance, new=None):
        new = np.vstack([x[:3], 2 * x[:2], -0.5 * np.ones(x.shape[1])]) if new is None else new
        steps = steps_of(params)
        cases.append({"case": f"{name} {params}", "params": params, "n_features": x.shape[1], "tolerance": tolerance,
                      "x": listed(x), "new": listed(new), "trained": listed(steps.fit_transform(x)),
                      "out": listed(steps.transform(new))})

    scalers = [("robust", 0), ("max_abs", 0), ("quantile_uniform", 0), ("quantile_normal", 1e-13), ("power", 1e-7),
               ("clip", 0)]
    for n in (1, 2, 9, 60):
        x = table(n)
        gaps = x.copy()
        gaps[rng.random_sample(x.shape) < 0.25] = np.nan
        gaps[0, :2] = x[0, :2]
        full = x[:, [0, 1, 2, 5, 6]]  # the search is inexact where values are (nearly) equal
        for how, tolerance in scalers:
            if how == "power" and n < 9:
                continue
            part = full if how == "power" else x
            add(f"full {n}", part, {"preprocessing": how}, tolerance)
            holes = gaps[:, [0, 1, 2, 5, 6]] if how == "power" else gaps
            add(f"gaps {n}", holes, {"preprocessing": how}, tolerance)
        add(f"full {n}", np.abs(x), {"preprocessing": "log1p"}, 1e-15, np.abs(x[:1]) * 3)
        add(f"full {n}", x, {"preprocessing": "clip", "clip_share": 0.2}, 0)
        for params in ({"impute": "constant", "impute_value": -3.5}, {"impute": "median", "missing_indicator": True},
                       {"impute": "constant", "missing_indicator": True, "preprocessing": "robust"},
                       {"impute": "most_frequent", "preprocessing": "quantile_uniform"}):
            add(f"gaps {n}", gaps, params, 0, np.vstack([gaps[:2], np.full(x.shape[1], np.nan)]))
    large = rng.lognormal(size=(10_200, 2)).round(1)  # more than are learnt from
    for how, tolerance in (("quantile_normal", 1e-13),):
        steps = steps_of({"preprocessing": how})
        new = np.array([[0.3, 5], [0, 0.1], [1.5, 100]])
        steps.fit(large)
        cases.append({"case": f"large {how}", "params": {"preprocessing": how}, "n_features": 2, "tolerance": tolerance,
                      "x": listed(large), "new": listed(new), "trained": [], "out": listed(steps.transform(new))})
    return cases


def selection():
    cases = []
    for n, d in ((40, 3), (80, 9)):
        x = rng.normal(size=(n, d))
        x[:, 1] = rng.randint(0, 3, n)
        x[:, 2] = 0.5
        classes = rng.randint(0, 3, n)
        x[:, 0] += classes
        values = x[:, 0] ** 2 + 0.3 * rng.normal(size=n) + x[:, 1]
        mutual = {"mutual_information classes": lambda a, b: mutual_info_classif(a, b, random_state=SEED),
                  "mutual_information values": lambda a, b: mutual_info_regression(a, b, random_state=SEED)}
        for name, measure, y, tolerance in (
                ("f_test classes", f_classif, classes, 1e-9), ("f_test values", f_regression, values, 1e-9),
                ("mutual_information classes", None, classes, 1e-9), ("mutual_information values", None, values, 1e-9),
                ("variance classes", lambda a, b: np.nanvar(a, axis=0), classes, 1e-12)):
            measure = mutual.get(name, measure)
            x[:, 2] = rng.normal(size=n) if name in mutual else 0.5  # a constant's information is rounding, near 0
            scores = measure(x, y)
            scores = scores[0] if isinstance(scores, tuple) else scores
            kept = {}
            for k in (1, d // 2, d):
                kept[k] = SelectKBest(measure, k=k).fit(x, y).get_support(indices=True).tolist()
            cases.append({"case": f"{name} {n}", "by": name.split()[0], "classes": 3 if "classes" in name else 0,
                          "n_features": d, "x": listed(x), "y": listed(y), "scores": listed(scores),
                          "tolerance": tolerance, "kept": [[k, v] for k, v in kept.items()]})
    return cases


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "steps.json"), "w", encoding="utf-8") as file:
    json.dump({"seed": SEED, "preprocessing": preprocessing(), "selection": selection()}, file, separators=(",", ":"))
    file.write("\n")
