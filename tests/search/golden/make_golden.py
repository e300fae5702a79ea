#!/usr/bin/python3
"""Writes the golden files of tests/search from scikit-learn 1.2.1 (Debian 12).

Run it in this folder: ./make_golden.py. The C++ tests make the same data from the same recipe
(make_case and tests/search/golden_case.hpp must agree), so that only digests are kept.
"""
import json
import warnings
import zlib

import numpy as np
import pandas as pd
import sklearn
from scipy.stats import loguniform, randint, uniform
from sklearn.base import BaseEstimator, clone
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import get_scorer
from sklearn.model_selection import (
    GridSearchCV, GroupKFold, KFold, LeaveOneOut, ParameterSampler, PredefinedSplit, RandomizedSearchCV,
    RepeatedKFold, RepeatedStratifiedKFold, StratifiedGroupKFold, StratifiedKFold, TimeSeriesSplit, cross_validate,
    train_test_split)

assert sklearn.__version__ == "1.2.1"


# ---- folds and held-out parts -------------------------------------------------------------------------------------

class Case:
    """Targets, groups and options drawn from one seed; the order of the draws is the recipe."""

    def __init__(self, seed):
        rng = np.random.RandomState(seed)
        self.seed = seed
        n_classes = rng.randint(2, 11)
        self.k = rng.randint(2, 11)
        n = rng.randint(20, 250)
        n_groups = rng.randint(2, 120)
        self.y = np.minimum(*np.array([(rng.randint(n_classes), rng.randint(n_classes)) for _ in range(n)]).T)
        self.group = np.minimum(*np.array([(rng.randint(n_groups), rng.randint(n_groups)) for _ in range(n)]).T)
        self.test_fold = np.array([rng.randint(-1, self.k) for _ in range(n)])
        self.gap = rng.randint(0, 5)
        self.test_size = rng.randint(0, 10)
        self.max_train_size = rng.randint(0, 30)
        self.fraction = rng.uniform(0.05, 0.6)


KINDS = {
    "stratified": lambda c: StratifiedKFold(c.k),
    "stratified_shuffled": lambda c: StratifiedKFold(c.k, shuffle=True, random_state=c.seed),
    "stratified_repeated": lambda c: RepeatedStratifiedKFold(n_splits=c.k, n_repeats=3, random_state=c.seed),
    "k_fold": lambda c: KFold(c.k),
    "k_fold_shuffled": lambda c: KFold(c.k, shuffle=True, random_state=c.seed),
    "k_fold_repeated": lambda c: RepeatedKFold(n_splits=c.k, n_repeats=3, random_state=c.seed),
    "group": lambda c: GroupKFold(c.k),
    "stratified_group": lambda c: StratifiedGroupKFold(c.k),
    "stratified_group_shuffled": lambda c: StratifiedGroupKFold(c.k, shuffle=True, random_state=c.seed),
    "time_series": lambda c: TimeSeriesSplit(c.k, gap=c.gap, test_size=c.test_size or None,
                                             max_train_size=c.max_train_size or None),
    "predefined": lambda c: PredefinedSplit(c.test_fold),
    "leave_one_out": lambda c: LeaveOneOut(),
}
N_CASES = {"stratified": 1000, "leave_one_out": 5}
MARK = 0xFFFFFFFF  # ends each list of indices


def digest(lists):
    """FNV-1a over 32-bit words."""
    h = 0xCBF29CE484222325
    for indices in lists:
        for word in [*map(int, indices), MARK]:
            h = ((h ^ word) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{h:016x}"


def split(kind, case):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            splits = list(KINDS[kind](case).split(np.zeros(len(case.y)), case.y, case.group))
        except ValueError:
            return None, 0
    return splits, len({str(w.message) for w in caught})


def write_folds():
    with open("folds.csv", "w") as out:
        out.write("kind,seed,warnings,digest\n")
        for kind in KINDS:
            for seed in range(N_CASES.get(kind, 100)):
                splits, n_warnings = split(kind, Case(seed))
                # A fold that tests nothing has no score: gridmill refuses it, as newer scikit-learn does.
                if splits is not None and any(len(test) == 0 for _, test in splits):
                    splits, n_warnings = None, 0
                text = "error" if splits is None else digest(part for pair in splits for part in pair)
                out.write(f"{kind},{seed},{n_warnings},{text}\n")


def write_holdout():
    with open("holdout.csv", "w") as out:
        out.write("task,seed,digest\n")
        for task in ["classification", "regression"]:
            for seed in range(300):
                case = Case(seed)
                try:
                    parts = train_test_split(np.arange(len(case.y)), test_size=case.fraction, random_state=seed,
                                             stratify=case.y if task == "classification" else None)
                    text = digest(map(sorted, parts))
                except ValueError:
                    text = "error"
                out.write(f"{task},{seed},{text}\n")


# ---- candidates ---------------------------------------------------------------------------------------------------

MAKE = {"list": lambda values: values, "uniform": lambda ends: uniform(ends[0], ends[1] - ends[0]),
        "loguniform": lambda ends: loguniform(*ends), "randint": lambda ends: randint(*ends)}

SAMPLERS = [
    ([{"C": {"loguniform": [1e-4, 1e4]}, "gamma": {"loguniform": [1e-3, 10.0]}, "kernel": {"list": ["rbf", "poly"]},
       "degree": {"randint": [2, 9]}, "coef0": {"uniform": [-1.0, 2.5]}}], 60),
    ([{"a": {"list": [1, 2, 3]}, "b": {"list": ["x", "y", None, True]}}], 5),      # a permutation
    ([{"a": {"list": [1, 2, 3]}, "b": {"list": ["x", "y", None, True]}}], 12),     # all of it: reservoir
    ([{"a": {"list": [1, 2, 3]}, "b": {"list": ["x", "y"]}}], 50),                 # more than there are
    ([{"a": {"list": list(range(50))}, "b": {"list": list(range(40))}}], 15),      # few of many: tracking
    ([{"a": {"list": [1, 2]}}, {}, {"b": {"list": [0.5, 1.5, 2.5]}, "c": {"list": [1]}}], 4),
    ([{"a": {"uniform": [0.0, 1.0]}}, {"b": {"randint": [-5, 5]}, "c": {"list": [7]}}, {"d": {"list": [1, 2]}}], 40),
    ([{"a": {"randint": [0, 5_000_000_000]}, "b": {"randint": [3, 4]}, "c": {"uniform": [2.0, 2.0]}}], 10),
]


def plain(value):
    return value.item() if isinstance(value, np.generic) else value


def write_samplers():
    cases = []
    for number, (axes, n) in enumerate(SAMPLERS):
        made = [{name: MAKE[kind](arg) for name, spec in grid.items() for kind, arg in spec.items()} for grid in axes]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            drawn = list(ParameterSampler(made, n, random_state=number))
        cases.append({"axes": axes, "n": n, "seed": number,
                      "candidates": [{k: plain(v) for k, v in params.items()} for params in drawn]})
    with open("samplers.json", "w") as out:
        json.dump(cases, out, indent=0)
        out.write("\n")


# ---- cv_results_ --------------------------------------------------------------------------------------------------

def noise(*parts):
    return zlib.crc32(repr(parts).encode())


class Scripted(BaseEstimator):
    """Has parameters and remembers its training rows; scores are made from both."""

    def __init__(self, a=0, b=0, c=0, d=0):
        self.a, self.b, self.c, self.d = a, b, c, d

    def fit(self, x, y=None):
        if self.a == "fails" or (self.a == "fails sometimes" and x[0, 0] == 0):
            raise ValueError("scripted")
        self.first_ = float(x[:, 0].sum())
        return self


def ties(estimator, x, y=None):
    return (noise(estimator.get_params(), len(x)) % 3) / 3 + (noise(x[0, 0]) % 5) / 7


def rough(estimator, x, y=None):
    return noise(estimator.get_params(), estimator.first_, x[0, 0]) / 2**32


def broken(estimator, x, y=None):
    raise ValueError("scripted")


def odd(estimator, x, y=None):
    return [-0.0, float("inf"), float("-inf"), float("nan"), 1e300, 1.0][{"zero": 0, "most": 1, "least": 2, "none": 3,
                                                                         "large": 4}.get(estimator.a, 5)]


TABLES = {
    "ties": (dict(scoring={"score": ties}, cv=3), [{"a": [0.0001, 1.0, 1e4, 1e16], "b": ["rbf", "linear"]}]),
    "several_metrics": (dict(scoring={"rough": rough, "ties": ties}, cv=10, return_train_score=True),
                        [{"a": [1, 2, 3], "b": [None, "balanced"]}]),
    "two_grids": (dict(scoring={"score": rough}, cv=4, return_train_score=True),
                  [{"b": [1, 2.5, True], "d": ["it's", 'a "b"', "x, y"]}, {}, {"a": [[1, 2], None], "b": [1]}]),
    "failures": (dict(scoring={"rough": rough, "ties": ties}, cv=3),
                 [{"a": ["fails", "fails sometimes", "works", "too"], "b": [1, 2]}]),
    "error_score": (dict(scoring={"score": rough}, cv=3, error_score=-1.5), [{"a": ["fails", "works"], "b": [1, 2]}]),
    "nothing_scored": (dict(scoring={"score": broken}, cv=2), [{"a": [1, 2]}]),
    "odd_scores": (dict(scoring={"score": odd}, cv=9),
                   [{"a": ["zero", "most", "least", "none", "large", "plain", "plainer"]}]),
    "many_folds": (dict(scoring={"score": rough}, cv=300), [{"a": [1, 2]}]),
    "twenty_folds": (dict(scoring={"score": rough}, cv=20), [{"a": list(range(15))}]),
    "one_candidate": (dict(scoring={"score": rough}, cv=13), [{}]),
}


def table_case(name, search, grids, sampled):
    x = np.arange(600.0).reshape(-1, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search.fit(x)
    frame = pd.DataFrame(search.cv_results_)
    frame[[c for c in frame if c.endswith("_time")]] = 0.0
    metrics = list(search.scorer_)
    folds = range(search.n_splits_)
    scores = {part: [[[float(frame[f"split{fold}_{part}_{m}"][row]).hex() for m in metrics] for fold in folds]
                     for row in frame.index]
              for part in ["test"] + ["train"] * search.return_train_score}
    numbers = {c: [float(v).hex() for v in frame[c]] for c in frame if c.startswith(("mean_", "std_", "rank_"))}
    best = [int(frame[f"rank_test_{m}"].argmin()) for m in metrics]
    return {"name": name, "grids": grids, "sampled": sampled, "n_folds": search.n_splits_, "metrics": metrics,
            "scores": scores, "numbers": numbers, "best": best, "csv": frame.to_csv(index=False)}


def write_tables():
    cases = []
    for name, (options, grids) in TABLES.items():
        options = {**options, "cv": KFold(options["cv"]), "refit": False}
        cases.append(table_case(name, GridSearchCV(Scripted(), grids, **options), grids, None))
    lists = [{"a": [1, 2, 3], "b": ["x", "y"], "c": [0.5, 1.5]}]
    search = RandomizedSearchCV(Scripted(), lists, n_iter=5, random_state=3, scoring={"score": rough}, cv=KFold(3),
                                refit=False)
    cases.append(table_case("sampled_lists", search, lists, {"n": 5, "seed": 3}))
    with open("tables.json", "w") as out:
        json.dump(cases, out, indent=0)
        out.write("\n")


# ---- baselines ----------------------------------------------------------------------------------------------------

def baseline_case(name, y, dummy, metrics, cv, weight=None, held_out=None):
    """Scores of a dummy by metric and fold: cross_validate's; with weights a loop that weighs fits and scores."""
    x = np.zeros((len(y), 1))
    scores = {metric: [] for metric in metrics}
    for train, test in cv.split(x, y):
        own = None if weight is None else weight[train]
        fitted = clone(dummy).fit(x[train], y[train], sample_weight=own)
        for metric in metrics:
            more = {} if weight is None else {"sample_weight": weight[test]}
            scores[metric].append(get_scorer(metric)(fitted, x[test], y[test], **more))
    if weight is None:
        checked = cross_validate(dummy, x, y, cv=cv, scoring=metrics)
        assert all((checked[f"test_{metric}"] == scores[metric]).all() for metric in metrics)
    case = {"name": name, "y": y.tolist(), "weight": [] if weight is None else weight.tolist(), "k": cv.n_splits,
            "rule": dummy.strategy, "classes": len(np.unique(y)) if isinstance(dummy, DummyClassifier) else 0,
            "scores": scores}
    if held_out is not None:
        fitted = clone(dummy).fit(x, y)
        zeros = np.zeros((len(held_out), 1))
        case["held_out"] = held_out.tolist()
        case["held_out_scores"] = {metric: get_scorer(metric)(fitted, zeros, held_out) for metric in metrics}
    return case


def write_baselines():
    rng = np.random.RandomState(5)
    three = rng.choice(3, 61, p=[0.2, 0.5, 0.3])
    two = rng.choice(2, 57, p=[0.35, 0.65])
    even = np.tile([0, 1], 12)
    weight = np.round(rng.uniform(0, 3, 61), 2)
    weight[rng.permutation(61)[:8]] = 0.0
    numbers = np.round(rng.lognormal(1, 1, 63), 3)
    several = ["accuracy", "balanced_accuracy", "f1_macro", "f1_weighted", "neg_log_loss", "roc_auc_ovr", "roc_auc_ovo"]
    binary = ["accuracy", "f1", "precision", "recall", "roc_auc", "average_precision", "neg_log_loss", "neg_brier_score"]
    real = ["r2", "neg_mean_squared_error", "neg_root_mean_squared_error", "neg_mean_absolute_error",
            "neg_median_absolute_error", "neg_mean_absolute_percentage_error", "max_error"]
    prior = DummyClassifier(strategy="prior")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cases = [baseline_case("three_classes", three, prior, several, StratifiedKFold(4), held_out=three[:17]),
                 baseline_case("three_classes_weighted", three, prior, ["accuracy", "f1_macro", "neg_log_loss"],
                               StratifiedKFold(3), weight),
                 baseline_case("two_classes", two, prior, binary, StratifiedKFold(5), held_out=two[:9]),
                 baseline_case("as_many_of_each", even, prior, binary, StratifiedKFold(4))]
        for strategy in ("mean", "median"):
            dummy = DummyRegressor(strategy=strategy)
            cases.append(baseline_case(f"numbers_{strategy}", numbers, dummy, real, KFold(4), held_out=numbers[5:30]))
            cases.append(baseline_case(f"numbers_{strategy}_weighted", numbers[:61], dummy,
                                       ["r2", "neg_mean_absolute_error", "neg_mean_squared_error"], KFold(4), weight))
    with open("baselines.json", "w") as out:
        json.dump(cases, out, indent=0)
        out.write("\n")


if __name__ == "__main__":
    write_baselines()
    write_folds()
    write_holdout()
    write_samplers()
    write_tables()
