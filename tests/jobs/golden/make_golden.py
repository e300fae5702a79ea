#!/usr/bin/python3
"""Writes the goldens of whole searches: for each setting a config of ours and scikit-learn's cv_results_.

    /usr/bin/python3 make_golden.py            # in this folder; Debian 12: scikit-learn 1.2.1, pandas 1.5.3

NAME.yaml   our config (data paths relative to this folder's data/)
NAME.csv    pandas' to_csv of cv_results_ without the four time columns
Data sets are scikit-learn's bundled copies of UCI sets (see README.md for licences).
"""
import gzip
import json
import os
import warnings

import numpy as np
import pandas as pd
import sklearn
from scipy.stats import loguniform, uniform
from sklearn import datasets
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.metrics import accuracy_score, f1_score, r2_score
from sklearn.model_selection import (GridSearchCV, GroupKFold, HalvingGridSearchCV, HalvingRandomSearchCV, KFold,
                                     LeaveOneOut, PredefinedSplit, RandomizedSearchCV, RepeatedStratifiedKFold, StratifiedGroupKFold,
                                     StratifiedKFold, TimeSeriesSplit)
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC, SVR, NuSVC, NuSVR

assert sklearn.__version__ == "1.2.1", sklearn.__version__
HERE = os.path.dirname(os.path.abspath(__file__))
SCALERS = {"standardize": StandardScaler, "minmax": MinMaxScaler}


def pipeline(preprocessing, model):
    return model if preprocessing == "none" else make_pipeline(SCALERS[preprocessing](), model)


class Svc(ClassifierMixin, BaseEstimator):
    """SVC whose preprocessing is a parameter and whose probabilities are out-of-fold Platt."""

    def __init__(self, C=1.0, kernel="rbf", gamma="scale", degree=3, coef0=0.0, class_weight=None, preprocessing="none",
                 calibrate=False):
        self.C, self.kernel, self.gamma, self.degree, self.coef0 = C, kernel, gamma, degree, coef0
        self.class_weight, self.preprocessing, self.calibrate = class_weight, preprocessing, calibrate

    def fit(self, X, y, sample_weight=None):
        svc = SVC(C=self.C, kernel=self.kernel, gamma=self.gamma, degree=self.degree, coef0=self.coef0,
                  class_weight=self.class_weight)
        self.model_ = pipeline(self.preprocessing, svc)
        if sample_weight is None:
            self.model_.fit(X, y)
        else:
            self.model_.fit(X, y, sample_weight=sample_weight)
        if self.calibrate:  # preprocessing is fitted on the whole training fold, the calibration folds are inside
            scaled = X if self.preprocessing == "none" else self.model_[:-1].transform(X)
            self.calibrated_ = CalibratedClassifierCV(clone(svc), ensemble=False).fit(scaled, y)
        self.classes_ = self.model_.classes_
        return self

    def predict(self, X):
        return self.model_.predict(X)

    def decision_function(self, X):
        return self.model_.decision_function(X)

    def predict_proba(self, X):
        scaled = X if self.preprocessing == "none" else self.model_[:-1].transform(X)
        return self.calibrated_.predict_proba(scaled)


class Svr(RegressorMixin, BaseEstimator):
    def __init__(self, C=1.0, kernel="rbf", gamma="scale", epsilon=0.1, preprocessing="none"):
        self.C, self.kernel, self.gamma, self.epsilon, self.preprocessing = C, kernel, gamma, epsilon, preprocessing

    def fit(self, X, y, sample_weight=None):
        self.model_ = pipeline(self.preprocessing, SVR(C=self.C, kernel=self.kernel, gamma=self.gamma, epsilon=self.epsilon))
        self.model_.fit(X, y) if sample_weight is None else self.model_.fit(X, y, sample_weight=sample_weight)
        return self

    def predict(self, X):
        return self.model_.predict(X)


def yaml_value(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{yaml_value(k)}: {yaml_value(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(yaml_value(v) for v in value) + "]"
    return repr(value) if isinstance(value, (int, float)) else str(value)


def write_data(name, X, y, **extra):
    """Writes data/NAME.csv.gz; doubles as shortest decimals, so that both programs read the same bits."""
    os.makedirs(os.path.join(HERE, "data"), exist_ok=True)
    columns = {f"x{i}": X[:, i] for i in range(X.shape[1])}
    columns.update(extra)
    columns["target"] = y
    frame = pd.DataFrame(columns)
    text = frame.to_csv(index=False).encode()
    with open(os.path.join(HERE, "data", name + ".csv.gz"), "wb") as raw:
        with gzip.GzipFile("", mode="wb", fileobj=raw, mtime=0) as packed:
            packed.write(text)


def setting(name, estimator, X, y, grid, data, cv_config, cv, scoring=None, refit=True, train_scores=False, model="svc",
            groups=None, search_extra="", fit_params=None, scoring_config=None):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search = GridSearchCV(estimator, grid, cv=cv, scoring=scoring, refit=refit, return_train_score=train_scores)
        search.fit(X, y, groups=groups, **(fit_params or {}))
    frame = pd.DataFrame(search.cv_results_)
    frame = frame[[c for c in frame.columns if not c.endswith("_time")]]
    frame.to_csv(os.path.join(HERE, name + ".csv"), index=False)
    shown = scoring_config if scoring_config is not None else scoring
    lines = [f"# written by make_golden.py; best_index_: {search.best_index_ if refit else 'none'}",
             f"output: runs/{name}", f"data: {{{data}}}", f"model: {model}", "search:",
             f"  grid: {yaml_value(grid)}", f"  cv: {cv_config}"]
    if shown is not None:
        lines.append(f"  scoring: {yaml_value(shown)}")
        if isinstance(shown, list):
            lines.append(f"  refit: {refit}")
    if train_scores:
        lines.append("  train_scores: true")
    if search_extra:
        lines.append("  " + search_extra)
    with open(os.path.join(HERE, name + ".yaml"), "w") as out:
        out.write("\n".join(lines) + "\n")
    best = search.best_index_ if refit else -1
    print(f"{name}: {len(frame)} candidates, best {best}")


def halving_setting(name, estimator, X, y, grid, data, cv, options, model="svc", n_draws=None):
    """Successive halving, of a grid or of random draws. `options`: as ours are called; scikit-learn's but for seed."""
    given = {key: value for key, value in options.items() if key != "seed"}
    given["random_state"] = options.get("seed", 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if n_draws is None:
            search = HalvingGridSearchCV(estimator, grid, cv=cv, **given)
        else:
            search = HalvingRandomSearchCV(estimator, grid, n_candidates=n_draws, cv=cv, **given)
        search.fit(X, y)
    frame = pd.DataFrame(search.cv_results_)
    frame = frame[[c for c in frame.columns if not c.endswith("_time")]]
    frame.to_csv(os.path.join(HERE, name + ".csv"), index=False)
    shown = {key: distribution(values) for key, values in grid.items()}
    lines = [f"# written by make_golden.py; best_index_: {search.best_index_}", f"output: runs/{name}",
             f"data: {{{data}}}", f"model: {model}", "search:", f"  grid: {yaml_value(shown)}"]
    if n_draws is not None:
        lines.append(f"  random: {{n: {n_draws}, seed: {options.get('seed', 0)}}}")
    lines += [f"  halving: {yaml_value(options)}", f"  cv: {cv}"]
    with open(os.path.join(HERE, name + ".yaml"), "w") as out:
        out.write("\n".join(lines) + "\n")
    print(f"{name}: rounds of {search.n_candidates_} with {search.n_resources_}, best {search.best_index_}")


def distribution(values):
    if isinstance(values, list):
        return values
    return {"loguniform": list(values.args)} if values.dist.name == "loguniform" else {"uniform": list(values.args)}


def nested_setting(name, estimator, X, y, grid, data, inner, outer, cv_config, nested_config, model="svc", groups=None,
                   scoring=None, inner_of=None):
    """A loop over GridSearchCV: NAME.nested.json. `inner_of`: the inner splits of an outer fold's training rows."""
    scores, best = [], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for k, (train, test) in enumerate(outer.split(X, y, groups)):
            cv = inner if inner_of is None else inner_of(k, train)
            search = GridSearchCV(estimator, grid, cv=cv, scoring=scoring)
            search.fit(X[train], y[train], groups=None if groups is None else groups[train])
            scores.append(search.score(X[test], y[test]))
            best.append(search.best_params_)
    whole = GridSearchCV(estimator, grid, cv=inner, scoring=scoring).fit(X, y, groups=groups)
    frame = pd.DataFrame(whole.cv_results_)
    frame[[c for c in frame.columns if not c.endswith("_time")]].to_csv(os.path.join(HERE, name + ".csv"), index=False)
    with open(os.path.join(HERE, name + ".nested.json"), "w") as out:
        json.dump({"scores": scores, "mean": np.mean(scores), "std": np.std(scores), "best_params": best}, out, indent=1)
        out.write("\n")
    lines = [f"# written by make_golden.py; best_index_: {whole.best_index_}", f"output: runs/{name}",
             f"data: {{{data}}}", f"model: {model}", "search:", f"  grid: {yaml_value(grid)}", f"  cv: {cv_config}",
             f"  nested: {nested_config}"]
    if scoring is not None:
        lines.append(f"  scoring: {scoring}")
    with open(os.path.join(HERE, name + ".yaml"), "w") as out:
        out.write("\n".join(lines) + "\n")
    print(f"{name}: {scores}")


MODELS = {"svc": SVC, "nu_svc": NuSVC, "svr": SVR, "nu_svr": NuSVR}


def several_models(name, X, y, grids, data, cv, search_of, lines, model=None, outer=None):
    """Grids that name their models, {"model": ["svc"], "C": [...]}: scikit-learn's are of a pipeline with one step, whose
    names and estimators are written as ours are called. `search_of`: makes the search of an estimator and its grids.
    `model`: ours for grids that name none. `outer`: outer folds of a nested search."""
    names = {kind: word for word, kind in MODELS.items()}
    theirs = []
    for grid in grids:
        theirs.append({"model": [MODELS[word]() for word in grid.get("model", [model])]})
        theirs[-1].update({f"model__{key}": values for key, values in grid.items() if key != "model"})

    def ours(params):
        return {key.replace("model__", ""): names.get(type(value), value) for key, value in params.items()}

    pipe = Pipeline([("model", MODELS[model or grids[0]["model"][0]]())])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search = search_of(pipe, theirs).fit(X, y)
        if outer is not None:
            inner = [search_of(pipe, theirs).fit(X[train], y[train]) for train, _ in outer.split(X, y)]
            scores = [each.score(X[test], y[test]) for each, (_, test) in zip(inner, outer.split(X, y))]
            with open(os.path.join(HERE, name + ".nested.json"), "w") as out:
                json.dump({"scores": scores, "mean": np.mean(scores), "std": np.std(scores),
                           "best_params": [ours(each.best_params_) for each in inner]}, out, indent=1)
                out.write("\n")
    frame = pd.DataFrame(search.cv_results_)
    frame = frame[[c for c in frame.columns if not c.endswith("_time")]]
    frame.columns = [c.replace("param_model__", "param_") for c in frame.columns]
    frame["param_model"] = [names[type(each)] for each in frame["param_model"]]
    frame["params"] = [ours(each) for each in frame["params"]]
    frame.to_csv(os.path.join(HERE, name + ".csv"), index=False)
    shown = [{key: distribution(values) for key, values in grid.items()} for grid in grids]
    text = [f"# written by make_golden.py; best_index_: {search.best_index_}", f"output: runs/{name}", f"data: {{{data}}}"]
    text += [] if model is None else [f"model: {model}"]
    text += ["search:", "  grid:"] + [f"    - {yaml_value(grid)}" for grid in shown] + [f"  cv: {cv}"]
    with open(os.path.join(HERE, name + ".yaml"), "w") as out:
        out.write("\n".join(text + ["  " + line for line in lines]) + "\n")
    print(f"{name}: {len(frame)} candidates, best {search.best_index_}")


def write_several_models(iris, names, iris_data, diabetes, diabetes_data):
    """Candidates of several models in one table."""
    grids = [{"C": [0.1, 1, 10], "gamma": [0.01, 0.1]}, {"model": ["nu_svc"], "nu": [0.1, 0.3], "gamma": [0.1]},
             {"model": ["svc", "nu_svc"], "kernel": ["linear"], "tol": [0.001]}]
    several_models("iris_models", iris.data, names, grids, iris_data, 4,
                   lambda pipe, theirs: GridSearchCV(pipe, theirs, cv=4, scoring=["accuracy", "f1_macro"], refit="f1_macro",
                                                     return_train_score=True),
                   ["scoring: [accuracy, f1_macro]", "refit: f1_macro", "train_scores: true"], model="svc")
    grids = [{"model": ["svc"], "C": loguniform(0.01, 100.0), "gamma": loguniform(0.001, 10.0)},
             {"model": ["nu_svc", "svc"], "gamma": loguniform(0.01, 1.0), "tol": [0.001, 0.0001]}]
    several_models("iris_models_random", iris.data, names, grids, iris_data, 3,
                   lambda pipe, theirs: RandomizedSearchCV(pipe, theirs, n_iter=14, cv=3, random_state=8),
                   ["random: {n: 14, seed: 8}"])
    grids = [{"model": ["svc"], "C": [0.1, 1, 10], "gamma": [0.1, 1]}, {"model": ["nu_svc"], "nu": [0.05, 0.1, 0.2, 0.3], "tol": [1e-6]}]
    several_models("iris_models_random_lists", iris.data, names, grids, iris_data, 3,
                   lambda pipe, theirs: RandomizedSearchCV(pipe, theirs, n_iter=6, cv=3, random_state=2),
                   ["random: {n: 6, seed: 2}"])
    grids = [{"model": ["svc"], "C": [0.1, 1, 10], "gamma": [0.1, 0.5, 1]}, {"model": ["nu_svc"], "nu": [0.05, 0.1, 0.2], "tol": [1e-6]}]
    several_models("iris_models_halving", iris.data, names, grids, iris_data, 3,
                   lambda pipe, theirs: HalvingGridSearchCV(pipe, theirs, cv=3, factor=2, random_state=1),
                   ["halving: {factor: 2, seed: 1}"])
    several_models("iris_models_nested", iris.data, names, grids, iris_data, 3,
                   lambda pipe, theirs: GridSearchCV(pipe, theirs, cv=3), ["nested: 4"], outer=StratifiedKFold(4))
    grids = [{"model": ["svr"], "C": [10, 100], "epsilon": [1.0]}, {"model": ["nu_svr"], "C": [100], "nu": [0.3, 0.5]},
             {"model": ["svr"], "kernel": ["linear"], "C": [1, 10]}]
    several_models("diabetes_models", diabetes.data, diabetes.target, grids, diabetes_data, 3,
                   lambda pipe, theirs: GridSearchCV(pipe, theirs, cv=3), [])


def other_folds(X, y, outer):
    """The other outer folds as inner ones, in positions of the outer fold's training rows."""
    folds = [set(test) for _, test in outer.split(X, y)]

    def inner(k, train):
        splits = []
        for j, tested in enumerate(folds):
            if j == k:
                continue
            tests = np.array([row in tested for row in train])
            splits.append((np.flatnonzero(~tests), np.flatnonzero(tests)))
        return splits

    return inner


def main():
    digits = datasets.load_digits()
    setting("digits", SVC(), digits.data, digits.target,
            {"kernel": ["rbf"], "C": [1e-4, 1, 1e4], "gamma": [1e-3, 1, 1e3], "class_weight": [None, "balanced"]},
            "source: ../../../data/digits.csv.gz, target: target", 3, 3, scoring=["accuracy", "f1_macro"], refit="accuracy")

    iris = datasets.load_iris()
    rng = np.random.RandomState(7)
    weight = np.round(rng.uniform(0, 3, len(iris.target)), 2)
    weight[rng.permutation(len(weight))[:15]] = 0.0
    group = rng.randint(0, 12, len(iris.target))
    names = np.array(iris.target_names)[iris.target]
    write_data("iris", iris.data, names, weight=weight, group=[f"g{g:02}" for g in group])
    iris_data = "source: data/iris.csv.gz, target: target, ignore: [weight, group]"
    iris_groups = "source: data/iris.csv.gz, target: target, group: group, ignore: [weight]"
    setting("iris", SVC(), iris.data, names, {"C": [0.1, 1, 10, 100], "gamma": ["scale", "auto", 0.1]},
            iris_data, 5, 5, train_scores=True)
    setting("iris_ties", SVC(), iris.data, names, {"C": [1.0, 1.0, 2.0, 2.0, 50.0], "kernel": ["linear"]}, iris_data, 10, 10)
    setting("iris_two_grids", SVC(), iris.data, names,
            [{"kernel": ["linear"], "C": [0.1, 1, 10]},
             {"kernel": ["rbf", "sigmoid"], "C": [1, 10], "gamma": [0.01, 0.1]},
             {"kernel": ["poly"], "degree": [2, 3], "coef0": [0.0, 1.0], "gamma": [0.1]}],
            iris_data, 4, 4, scoring=["accuracy", "balanced_accuracy", "f1_weighted", "matthews_corrcoef"],
            refit="balanced_accuracy", train_scores=True)
    setting("iris_class_weight", SVC(), iris.data, names,
            {"class_weight": [None, "balanced", {"setosa": 1.0, "versicolor": 0.2, "virginica": 5.0}], "C": [0.1, 10]},
            iris_data, 3, 3)
    setting("iris_group", SVC(), iris.data, names, {"C": [0.1, 1, 10]}, iris_groups, "{kind: group, folds: 4}",
            GroupKFold(4), groups=group)
    setting("iris_stratified_group", SVC(), iris.data, names, {"C": [0.1, 1, 10]}, iris_groups,
            "{kind: stratified_group, folds: 3}", StratifiedGroupKFold(3), groups=group)
    setting("iris_shuffled", SVC(), iris.data, names, {"C": [0.1, 1, 10]}, iris_data,
            "{kind: stratified, folds: 5, shuffle: true, seed: 42}", StratifiedKFold(5, shuffle=True, random_state=42))
    setting("iris_repeated", SVC(), iris.data, names, {"C": [0.1, 1, 10]}, iris_data,
            "{kind: stratified, folds: 3, repeats: 4, shuffle: true, seed: 3}",
            RepeatedStratifiedKFold(n_splits=3, n_repeats=4, random_state=3))
    setting("iris_loo", SVC(), iris.data, names, {"C": [1, 10]}, iris_data, "{kind: leave_one_out}", LeaveOneOut())
    setting("iris_k_fold", SVC(), iris.data, names, {"C": [1, 10]}, iris_data, "{kind: k_fold, folds: 3}", KFold(3))
    setting("iris_probability", Svc(calibrate=True), iris.data, names, {"C": [0.1, 10], "gamma": [0.1]}, iris_data, 3, 3,
            scoring=["neg_log_loss", "roc_auc_ovr", "roc_auc_ovo_weighted"], refit="neg_log_loss")

    # Weights in fit and score: the row number travels as an extra first column, so that the scorer finds the weights.
    class Weighted(Svc):
        def fit(self, X, y, sample_weight=None):
            return super().fit(X[:, 1:], y, sample_weight)

        def predict(self, X):
            return self.model_.predict(X[:, 1:])

    numbered = np.column_stack([np.arange(len(names)), iris.data])

    def weighted_accuracy(fitted, X, y):
        return accuracy_score(y, fitted.predict(X), sample_weight=weight[X[:, 0].astype(int)])

    def weighted_f1(fitted, X, y):
        return f1_score(y, fitted.predict(X), average="macro", sample_weight=weight[X[:, 0].astype(int)])

    setting("iris_weights", Weighted(), numbered, names, {"C": [0.1, 1, 10], "class_weight": [None, "balanced"]},
            "source: data/iris.csv.gz, target: target, weight: weight, ignore: [group]", 4, 4,
            scoring={"accuracy": weighted_accuracy, "f1_macro": weighted_f1}, scoring_config=["accuracy", "f1_macro"],
            refit="accuracy", fit_params={"sample_weight": weight})

    digits_data = "source: ../../../data/digits.csv.gz, target: target"
    halving_setting("digits_halving", SVC(), digits.data, digits.target,
                    {"C": [0.1, 1, 10], "gamma": [0.0001, 0.001, 0.01, 0.1, 0.5, 1.0]}, digits_data, 3, {"seed": 0})
    halving_setting("digits_halving_two", SVC(), digits.data, digits.target,
                    {"C": [0.1, 1, 10], "gamma": [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.1]}, digits_data, 3,
                    {"factor": 2, "seed": 7})
    halving_setting("iris_halving_aggressive", SVC(), iris.data, names,
                    {"C": [float(c) for c in np.logspace(-2, 2, 10)], "gamma": ["scale", 0.1, 1.0]}, iris_data, 3,
                    {"aggressive_elimination": True, "max_resources": 60, "seed": 3})
    halving_setting("iris_halving_ties", SVC(), iris.data, names,
                    {"C": [1.0, 2.0, 1.0, 3.0, 1.0, 50.0, 50.0, 60.0, 100.0, 1.0, 2.0, 2.0, 5.0, 5.0, 7.0, 8.0, 9.0, 1.0,
                           1.0, 1.5, 1.25, 2.5, 3.5], "kernel": ["linear"]}, iris_data, 5, {"min_resources": 40, "seed": 1})
    halving_setting("iris_halving_random", SVC(), iris.data, names,
                    {"C": loguniform(0.01, 100.0), "gamma": loguniform(0.001, 10.0), "kernel": ["rbf", "sigmoid"]},
                    iris_data, 3, {"seed": 5}, n_draws=20)
    halving_setting("iris_halving_random_exhausting", SVC(), iris.data, names,
                    {"C": loguniform(0.01, 100.0), "gamma": loguniform(0.001, 10.0)},
                    iris_data, 4, {"min_resources": "exhaust", "factor": 2.5, "seed": 11}, n_draws=17)
    halving_setting("iris_halving_iterations", SVC(), iris.data, names, {"C": [0.1, 1, 10, 100], "gamma": [0.1, 1.0, 10.0]},
                    iris_data, 3, {"resource": "max_iter", "min_resources": 3, "max_resources": 80, "seed": 0})
    nested_setting("iris_nested", SVC(), iris.data, names, {"C": [0.1, 1, 10, 100], "gamma": [0.01, 0.1, 1.0]}, iris_data,
                   3, StratifiedKFold(5), 3, 5)
    nested_setting("iris_nested_group", SVC(), iris.data, names, {"C": [0.1, 1, 10], "gamma": [0.1, 1.0]}, iris_groups,
                   GroupKFold(3), GroupKFold(4), "{kind: group, folds: 3}", "{folds: 4}", groups=group)
    folds = StratifiedKFold(4, shuffle=True, random_state=2)
    nested_setting("iris_nested_outer", SVC(), iris.data, names, {"C": [0.1, 1, 10, 100], "gamma": [0.01, 0.1, 1.0]},
                   iris_data, folds, folds, "{folds: 4, shuffle: true, seed: 2}", "{folds: 4, inner: outer}",
                   scoring="f1_macro", inner_of=other_folds(iris.data, names, folds))

    cancer = datasets.load_breast_cancer()
    write_data("breast_cancer", cancer.data, cancer.target)
    cancer_data = "source: data/breast_cancer.csv.gz, target: target"
    setting("breast_cancer", Svc(), cancer.data, cancer.target,
            {"C": [0.1, 1, 10], "gamma": ["scale", 0.01], "preprocessing": ["none", "standardize", "minmax"]}, cancer_data,
            5, 5, scoring=["accuracy", "roc_auc", "average_precision", "f1", "precision", "recall"], refit="roc_auc")
    setting("breast_cancer_probability", Svc(calibrate=True, preprocessing="standardize"), cancer.data, cancer.target,
            {"C": [0.1, 1, 10]}, cancer_data, 3, 3, scoring=["neg_log_loss", "neg_brier_score"], refit="neg_log_loss",
            model="{name: svc, preprocessing: standardize}")

    # One test fold whose training part has one class only: scikit-learn's fit raises, the scores are NaN.
    half = np.flatnonzero(cancer.target == 1)[:60]
    other = np.flatnonzero(cancer.target == 0)[:30]
    rows = np.concatenate([half, other])
    fold = np.concatenate([np.arange(60) % 2, np.zeros(30, dtype=int)])
    fold[:5] = -1
    write_data("one_class_fold", cancer.data[rows], cancer.target[rows], fold=fold)
    setting("one_class_fold", SVC(), cancer.data[rows], cancer.target[rows], {"C": [1, 10]},
            "source: data/one_class_fold.csv.gz, target: target, fold: fold", "{kind: predefined}", PredefinedSplit(fold))

    diabetes = datasets.load_diabetes()
    write_data("diabetes", diabetes.data, diabetes.target)
    diabetes_data = "source: data/diabetes.csv.gz, target: target"
    setting("diabetes", Svr(), diabetes.data, diabetes.target,
            {"C": [1, 100, 1000], "epsilon": [0.1, 10.0], "kernel": ["rbf", "linear"], "preprocessing": ["none", "standardize"]},
            diabetes_data, 5, 5,
            scoring=["r2", "neg_mean_squared_error", "neg_root_mean_squared_error", "neg_mean_absolute_error",
                     "neg_median_absolute_error", "neg_mean_absolute_percentage_error", "max_error"],
            refit="r2", train_scores=True, model="svr")
    setting("diabetes_time_series", Svr(), diabetes.data, diabetes.target, {"C": [1, 100], "gamma": ["scale", "auto", 5.0]},
            diabetes_data, "{kind: time_series, folds: 4, gap: 3}", TimeSeriesSplit(4, gap=3), model="svr")

    # Candidates whose score is NaN: the logarithmic error refuses negative predictions.
    small = diabetes.target - 120
    keep = small > -60
    shifted = np.where(small[keep] < 0, 0.0, small[keep])
    write_data("diabetes_shifted", diabetes.data[keep], shifted)
    setting("diabetes_nan", Svr(), diabetes.data[keep], shifted, {"C": [0.01, 1, 1000], "kernel": ["rbf", "linear"]},
            "source: data/diabetes_shifted.csv.gz, target: target", 3, 3, scoring="neg_mean_squared_log_error", model="svr")

    write_several_models(iris, names, iris_data, diabetes, diabetes_data)


if __name__ == "__main__":
    main()
