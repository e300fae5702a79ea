#!/usr/bin/python3
"""Writes the goldens of searches over linear models into the folder linear/, as make_golden.py does for the others.

    /usr/bin/python3 make_linear_golden.py     # in this folder; Debian 12: scikit-learn 1.2.1, pandas 1.5.3

scikit-learn is run to a tolerance of 1e-10 or less. Each setting is computed twice, by two solvers where there are two
(else to two tolerances), and refused unless all fold scores agree to 1e-7 (1e-4 beside
lbfgs): a golden that has not converged is none.
All data is made up here.
"""
import gzip
import os
import warnings

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.datasets import dump_svmlight_file
from sklearn.linear_model import ElasticNet, LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, log_loss, mean_squared_error, r2_score
from sklearn.model_selection import GridSearchCV, KFold, LeaveOneOut
from sklearn.preprocessing import StandardScaler

import make_golden

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "linear")
make_golden.HERE = FOLDER


def regression_data(n, d, seed, noise=1.0, scale=None, offset=0.0):
    random = np.random.RandomState(seed)
    X = np.round(random.normal(size=(n, d)), 4)
    if scale is not None:
        X = X * scale + offset
    w = random.normal(size=d) * (random.uniform(size=d) < 0.6)
    y = np.round(StandardScaler().fit_transform(X) @ w + noise * random.normal(size=n) + 3.0, 4)
    return X, y


def write_sparse(name, X, y):
    os.makedirs(os.path.join(FOLDER, "data"), exist_ok=True)
    path = os.path.join(FOLDER, "data", name + ".libsvm")
    dump_svmlight_file(X, y, path, zero_based=False)
    with open(path, "rb") as text, open(path + ".gz", "wb") as raw:
        with gzip.GzipFile("", mode="wb", fileobj=raw, mtime=0) as packed:
            packed.write(text.read())
    os.remove(path)
    return f"source: data/{name}.libsvm.gz"


def sparse_data(n, d, seed, density=0.1):
    X = sparse.random(n, d, density=density, random_state=seed, format="csr")
    X.data = np.round(X.data * 4 - 1, 6)  # no two features alike, or many solutions are as good
    X = X.tolil()
    X[0, d - 1] = 1.0  # the last feature is there
    return X.tocsr()


def sparse_regression(d):
    X = sparse_data(100, d, 7, density=min(0.1, 30 / d))
    return X, np.round(np.asarray(X[:, :10].sum(axis=1)).ravel() + np.random.RandomState(8).normal(size=100) + 2, 3)


def weighted_data():
    X, y = regression_data(110, 7, 5)
    random = np.random.RandomState(6)
    weight = np.round(random.uniform(0, 3, len(y)), 2)
    weight[random.permutation(len(y))[:12]] = 0.0
    return X, y, weight


def agree(first, second, name, limit):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        first.fit()
        second.fit()
    for column in first.results:
        if "split" in column:
            a, b = first.results[column], second.results[column]
            worst = np.nanmax(np.abs(a - b) / np.maximum(1, np.abs(a)))
            assert worst < limit, f"{name}: {column} differs by {worst}: not converged"


class Search:
    def __init__(self, estimator, X, y, grid, cv, scoring, fit_params):
        self.estimator, self.data, self.grid, self.cv, self.scoring = estimator, (X, y), grid, cv, scoring
        self.fit_params = fit_params or {}

    def fit(self):
        search = GridSearchCV(self.estimator, self.grid, cv=self.cv, scoring=self.scoring, refit=False)
        self.results = search.fit(*self.data, **self.fit_params).cv_results_


def setting(name, estimator, other, X, y, grid, data, cv_config, cv, model, scoring, refit, limit=1e-7, **more):
    """`other`: the same by another way; agreement is what makes it a golden."""
    agree(Search(estimator, X, y, grid, cv, scoring, more.get("fit_params")),
          Search(other, X, y, grid, cv, scoring, more.get("fit_params")), name, limit)
    make_golden.setting(name, estimator, X, y, grid, data, cv_config, cv, model=model, scoring=scoring, refit=refit, **more)
    config = os.path.join(FOLDER, name + ".yaml")
    text = open(config).read().replace("make_golden.py", "make_linear_golden.py")
    open(config, "w").write(text)


def scaled(family):
    """A regression behind a StandardScaler, under the regression's own parameter names."""

    class Scaled(family):
        def fit(self, X, y, sample_weight=None):
            self.scaler_ = StandardScaler().fit(X)
            return super().fit(self.scaler_.transform(X), y, sample_weight)

        def predict(self, X):
            return super().predict(self.scaler_.transform(X))

    return Scaled


def weighted(family, weight, metrics):
    """A model whose data has the row's number as its first column, and scorers that find the rows' weights by it."""

    class Weighted(family):
        def fit(self, X, y, sample_weight=None):
            return super().fit(X[:, 1:], y, sample_weight)

        def predict(self, X):
            return super().predict(X[:, 1:])

        def predict_proba(self, X):
            return super().predict_proba(X[:, 1:])

    def scorer(metric, on_probability):
        def score(fitted, X, y):
            found = fitted.predict_proba(X) if on_probability else fitted.predict(X)
            return metric(y, found, sample_weight=weight[X[:, 0].astype(int)])

        return score

    return Weighted, {name: scorer(*each) for name, each in metrics.items()}


ERRORS = ["r2", "neg_mean_squared_error"]
ALPHAS = [1e-6, 0.01, 1, 100, 10000.0]


def ridges():
    exact, other = Ridge(solver="cholesky"), Ridge(solver="svd")
    kinds = {"model": "ridge", "scoring": ERRORS, "refit": "r2"}
    X, y = regression_data(120, 8, 1, offset=2.0, scale=np.ones(8))
    make_golden.write_data("dense", X, y)
    setting("ridge_dense", exact, other, X, y, {"alpha": [0.0] + ALPHAS, "fit_intercept": [True, False]},
            "source: data/dense.csv.gz, target: target", 5, 5, train_scores=True, **kinds)
    setting("ridge_standardize", scaled(Ridge)(solver="cholesky"), scaled(Ridge)(solver="svd"), X, y, {"alpha": ALPHAS},
            "source: data/dense.csv.gz, target: target", 4, 4, **{**kinds, "model": "{name: ridge, preprocessing: standardize}"})
    setting("ridge_leave_one_out", exact, other, X[:70], y[:70], {"alpha": [0.0] + ALPHAS, "fit_intercept": [True, False]},
            "source: data/dense_70.csv.gz, target: target", "{kind: leave_one_out}", LeaveOneOut(), model="ridge",
            scoring="neg_mean_squared_error", refit=True, train_scores=True)
    make_golden.write_data("dense_70", X[:70], y[:70])
    X, y = regression_data(100, 10, 2, scale=10.0 ** np.arange(-4, 6), offset=1000.0)
    make_golden.write_data("unscaled", X, y)
    setting("ridge_unscaled", exact, other, X, y, {"alpha": ALPHAS}, "source: data/unscaled.csv.gz, target: target", 5, 5,
            **kinds)
    X, y = regression_data(90, 6, 3)
    X = np.column_stack([X, X[:, 0], X[:, 1] + X[:, 2], np.full(90, 7.0), X[:, 3] + 1e-5 * X[:, 4]])
    make_golden.write_data("collinear", X, y)
    setting("ridge_collinear", exact, other, X, y, {"alpha": ALPHAS}, "source: data/collinear.csv.gz, target: target", 5, 5,
            **kinds)
    X, y = regression_data(60, 150, 4, noise=0.5)
    make_golden.write_data("wide", X, y)
    setting("ridge_wide", exact, other, X, y, {"alpha": ALPHAS, "fit_intercept": [True, False]},
            "source: data/wide.csv.gz, target: target", 4, 4, **kinds)
    X, y, weight = weighted_data()
    make_golden.write_data("weights", X, y, weight=weight)
    metrics = {"r2": (r2_score, False), "neg_mean_squared_error": (lambda *a, **k: -mean_squared_error(*a, **k), False)}
    family, scoring = weighted(Ridge, weight, metrics)
    numbered = np.column_stack([np.arange(len(y)), X])
    setting("ridge_weights", family(solver="cholesky"), family(solver="svd"), numbered, y, {"alpha": ALPHAS},
            "source: data/weights.csv.gz, target: target, weight: weight", 5, 5, fit_params={"sample_weight": weight},
            scoring_config=ERRORS, **{**kinds, "scoring": scoring})
    for name, d in (("sparse", 30), ("sparse_wide", 300)):
        X, y = sparse_regression(d)
        data = write_sparse(name, X, y)
        setting("ridge_" + name, exact, other, X.toarray(), y, {"alpha": ALPHAS, "fit_intercept": [True, False]}, data, 5, 5,
                **kinds)


def elastic_nets():
    # scikit-learn stops when no coefficient moves by more than tol of the greatest, and the gap is below tol.
    exact = {"tol": 1e-12, "max_iter": 1000000}
    other = {"tol": 1e-13, "max_iter": 1000000, "precompute": True}
    net, again = ElasticNet(**exact), ElasticNet(**other)
    kinds = {"model": "elastic_net", "scoring": ERRORS, "refit": "r2"}
    grid = {"alpha": [1e-3, 0.03, 0.3, 2.0], "l1_ratio": [0.1, 0.5, 1.0]}
    X, y = regression_data(120, 8, 1, offset=2.0, scale=np.ones(8))
    setting("net_dense", net, again, X, y, {**grid, "fit_intercept": [True, False]},
            "source: data/dense.csv.gz, target: target", 5, 5, train_scores=True, **kinds)
    setting("net_standardize", scaled(ElasticNet)(**exact), scaled(ElasticNet)(**other), X, y, grid,
            "source: data/dense.csv.gz, target: target", 4, 4, **{**kinds, "model": "{name: elastic_net, preprocessing: standardize}"})
    X, y = regression_data(100, 10, 2, scale=10.0 ** np.arange(-4, 6), offset=1000.0)
    setting("net_unscaled", net, again, X, y, {"alpha": [0.001, 1.0, 100.0], "l1_ratio": [0.5, 1.0]},
            "source: data/unscaled.csv.gz, target: target", 5, 5, **kinds)
    X, y = regression_data(90, 6, 3)
    X = np.column_stack([X, X[:, 0], X[:, 1] + X[:, 2], np.full(90, 7.0), X[:, 3] + 1e-5 * X[:, 4]])
    setting("net_collinear", net, again, X, y, {"alpha": [0.01, 0.1, 1.0], "l1_ratio": [0.2, 0.9, 1.0]},
            "source: data/collinear.csv.gz, target: target", 5, 5, **kinds)
    X, y = regression_data(60, 150, 4, noise=0.5)
    setting("net_wide", net, again, X, y, {"alpha": [0.05, 0.3, 2.0], "l1_ratio": [0.1, 0.5, 1.0]},
            "source: data/wide.csv.gz, target: target", 4, 4, **kinds)
    X, y, weight = weighted_data()
    metrics = {"r2": (r2_score, False), "neg_mean_squared_error": (lambda *a, **k: -mean_squared_error(*a, **k), False)}
    family, scoring = weighted(ElasticNet, weight, metrics)
    numbered = np.column_stack([np.arange(len(y)), X])
    setting("net_weights", family(**exact), family(tol=1e-13, max_iter=1000000), numbered, y, grid,
            "source: data/weights.csv.gz, target: target, weight: weight", 5, 5, fit_params={"sample_weight": weight},
            scoring_config=ERRORS, **{**kinds, "scoring": scoring})
    for name, d in (("sparse", 30), ("sparse_wide", 300), ("sparse_features", 2300)):
        X, y = sparse_regression(d)
        data = write_sparse(name, X, y)
        setting("net_" + name, net, ElasticNet(tol=1e-13, max_iter=1000000), X.toarray(), y,
                {"alpha": [0.003, 0.03, 0.2], "l1_ratio": [0.5, 1.0]}, data, 5, 5, **kinds)


def classification_data(n, d, k, seed, scale=None, offset=0.0):
    random = np.random.RandomState(seed)
    X = np.round(random.normal(size=(n, d)), 4)
    W = random.normal(size=(d, k))
    y = np.argmax(X @ W + 1.5 * random.gumbel(size=(n, k)), axis=1)
    if scale is not None:
        X = X * scale + offset
    return X, np.array([f"c{code}" for code in y])


def logistics():
    # Beyond 1e-8 newton-cg goes on without moving; lbfgs stops by the loss, some digits earlier.
    newton = {"solver": "newton-cg", "tol": 1e-8, "max_iter": 300}
    lbfgs = {"solver": "lbfgs", "tol": 1e-10, "max_iter": 100000}
    saga = {"solver": "saga", "tol": 1e-12, "max_iter": 1000000, "random_state": 0}
    other_saga = {"solver": "saga", "tol": 1e-13, "max_iter": 1000000, "random_state": 1}
    cholesky = {"solver": "newton-cholesky", "tol": 1e-10, "max_iter": 1000}
    names = ["accuracy", "neg_log_loss", "roc_auc"]
    several = ["accuracy", "neg_log_loss", "roc_auc_ovr"]
    binary = {"model": "logistic", "scoring": names, "refit": "neg_log_loss"}
    multi = {"model": "logistic", "scoring": several, "refit": "neg_log_loss", "limit": 1e-4}
    Cs = [0.001, 0.1, 1, 30, 1000.0]
    X, y = classification_data(120, 6, 2, 11)
    make_golden.write_data("two", X, y)
    two = "source: data/two.csv.gz, target: target"
    setting("logistic_two", LogisticRegression(**newton), LogisticRegression(**cholesky), X, y,
            {"C": Cs, "fit_intercept": [True, False], "class_weight": [None, "balanced", {"c0": 0.3, "c1": 2.0}]}, two, 4, 4,
            train_scores=True, **binary)
    setting("logistic_none", LogisticRegression(penalty="none", **newton), LogisticRegression(penalty="none", **cholesky), X, y,
            {"fit_intercept": [True, False]}, two, 4, 4, **{**binary, "model": "{name: logistic, penalty: none}"})
    setting("logistic_l1", LogisticRegression(penalty="l1", **saga), LogisticRegression(penalty="l1", **other_saga), X, y,
            {"C": [0.3, 1.0, 10.0], "fit_intercept": [True, False]}, two, 4, 4,
            **{**binary, "model": "{name: logistic, penalty: l1}"})
    setting("logistic_elasticnet", LogisticRegression(penalty="elasticnet", **saga),
            LogisticRegression(penalty="elasticnet", **other_saga), X, y,
            {"C": [0.3, 1.0, 10.0], "l1_ratio": [0.0, 0.3, 1.0]}, two, 4, 4,
            **{**binary, "model": "{name: logistic, penalty: elasticnet}"})
    X, y = classification_data(150, 5, 4, 12)
    make_golden.write_data("four", X, y)
    four = "source: data/four.csv.gz, target: target"
    setting("logistic_four", LogisticRegression(**newton), LogisticRegression(**lbfgs), X, y,
            {"C": Cs, "fit_intercept": [True, False], "class_weight": [None, "balanced"]}, four, 4, 4, **multi)
    setting("logistic_four_none", LogisticRegression(penalty="none", **newton), LogisticRegression(penalty="none", **lbfgs),
            X, y, {"fit_intercept": [True, False]}, four, 4, 4, **{**multi, "model": "{name: logistic, penalty: none}"})
    setting("logistic_four_l1", LogisticRegression(penalty="l1", **saga), LogisticRegression(penalty="l1", **other_saga), X, y,
            {"C": [0.3, 1.0, 5.0]}, four, 4, 4, **{**multi, "limit": 1e-7, "model": "{name: logistic, penalty: l1}"})
    X, y = classification_data(100, 8, 2, 13, scale=10.0 ** np.arange(-3, 5), offset=100.0)
    make_golden.write_data("two_unscaled", X, y)
    setting("logistic_unscaled", LogisticRegression(**cholesky), LogisticRegression(**{**cholesky, "tol": 1e-8}), X, y,
            {"C": [0.01, 1, 100.0]}, "source: data/two_unscaled.csv.gz, target: target", 4, 4, **binary)
    X, y = classification_data(60, 120, 2, 14)
    make_golden.write_data("two_wide", X, y)
    setting("logistic_wide", LogisticRegression(**newton), LogisticRegression(**cholesky), X, y, {"C": [0.001, 0.1, 10.0]},
            "source: data/two_wide.csv.gz, target: target", 4, 4, **binary)
    X, y = classification_data(100, 5, 3, 15)
    X = np.column_stack([X, X[:, 0], X[:, 1] - X[:, 2], np.full(100, 3.0)])
    make_golden.write_data("three_collinear", X, y)
    setting("logistic_collinear", LogisticRegression(**newton), LogisticRegression(**lbfgs), X, y, {"C": [0.01, 1, 100.0]},
            "source: data/three_collinear.csv.gz, target: target", 4, 4, **multi)
    X, y = classification_data(110, 6, 3, 16)
    random = np.random.RandomState(17)
    weight = np.round(random.uniform(0, 3, len(y)), 2)
    weight[random.permutation(len(y))[:12]] = 0.0
    make_golden.write_data("three_weights", X, y, weight=weight)
    family, scoring = weighted(LogisticRegression, weight, {
        "accuracy": (accuracy_score, False),
        "neg_log_loss": (lambda *a, **k: -log_loss(*a, labels=["c0", "c1", "c2"], **k), True)})
    setting("logistic_weights", family(**newton), family(**lbfgs), np.column_stack([np.arange(len(y)), X]), y,
            {"C": Cs, "class_weight": [None, "balanced"]},
            "source: data/three_weights.csv.gz, target: target, weight: weight", 4, 4, fit_params={"sample_weight": weight},
            scoring_config=["accuracy", "neg_log_loss"], **{**multi, "scoring": scoring})
    for name, d, k in (("sparse_two", 40, 2), ("sparse_three", 60, 3), ("sparse_many", 1500, 2)):
        X = sparse_data(120, d, 18, density=min(0.15, 40 / d))
        code = np.argmax(X[:, :3 * k].toarray().reshape(120, k, 3).sum(axis=2)
                         + np.random.RandomState(19).gumbel(size=(120, k)), axis=1)
        data = write_sparse(name, X, code)
        one = {**binary, "limit": 5e-7} if k == 2 else multi
        setting("logistic_" + name, LogisticRegression(**newton), LogisticRegression(**(cholesky if k == 2 else lbfgs)), X, code, {"C": Cs[:4]}, data,
                4, 4, **one)
        if name == "sparse_two":
            setting(f"logistic_{name}_l1", LogisticRegression(penalty="l1", **saga),
                    LogisticRegression(penalty="l1", **other_saga), X.toarray(), code, {"C": [1.0, 5.0]}, data, 4, 4,
                    **{**one, "limit": 1e-7, "model": "{name: logistic, penalty: l1}"})
    # A class that some training folds lack, and a fold with one class only.
    X, y = classification_data(60, 4, 3, 20)
    order = np.argsort(y, kind="stable")
    X, y = X[order], y[order]
    make_golden.write_data("three_sorted", X, y)
    setting("logistic_absent", LogisticRegression(**newton), LogisticRegression(**lbfgs), X, y, {"C": [0.1, 1.0]},
            "source: data/three_sorted.csv.gz, target: target", "{kind: k_fold, folds: 3}", KFold(3),
            model="logistic", scoring=["accuracy"], refit="accuracy")


def main():
    os.makedirs(FOLDER, exist_ok=True)
    ridges()
    elastic_nets()
    logistics()


if __name__ == "__main__":
    main()
