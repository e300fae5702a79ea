#!/usr/bin/python3
"""Writes the goldens of the SVM tests from scikit-learn 1.2.1 (Debian 12's python3-sklearn).

    /usr/bin/python3 tests/models/golden/svm/make_golden.py

digits_predictions.csv   data/digits.csv.gz, 18 candidates x 3 stratified folds: what each fold's SVC predicts for its
                         test samples, one column a (candidate, fold), rows in test order (short folds end in -1)
converged.csv            data/digits.csv.gz at tol=1e-5, the digit and whether it is 5 or more (above 1,000 samples a pair of
                         classes): of each fold how many predictions are right, and sum of (place x label)
cases.json               small problems: data, parameters, decision values, predictions, probabilities
"""
import csv
import gzip
import json
import pathlib

import numpy as np
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.model_selection import ParameterGrid, StratifiedKFold
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR, NuSVC, NuSVR, OneClassSVM

assert sklearn.__version__ == "1.2.1", sklearn.__version__
here = pathlib.Path(__file__).resolve().parent
root = here.parents[3]


def digits():
    with gzip.open(root / "data" / "digits.csv.gz", "rt") as file:
        rows = list(csv.reader(file))[1:]
    data = np.array(rows, dtype=float)
    x, y = data[:, :-1], data[:, -1].astype(int)
    grid = ParameterGrid({"C": [1e-4, 1.0, 1e4], "class_weight": [None, "balanced"], "gamma": [1e-3, 1.0, 1e3]})
    columns, names = [], []
    for c, params in enumerate(grid):
        for f, (train, test) in enumerate(StratifiedKFold(3).split(x, y)):
            columns.append(list(SVC(**params).fit(x[train], y[train]).predict(x[test])))
            names.append(f"c{c}_f{f}")
    length = max(map(len, columns))
    with open(here / "digits_predictions.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for r in range(length):
            writer.writerow([column[r] if r < len(column) else -1 for column in columns])


def converged():
    with gzip.open(root / "data" / "digits.csv.gz", "rt") as file:
        data = np.array(list(csv.reader(file))[1:], dtype=float)
    x, digit = data[:, :-1], data[:, -1].astype(int)
    with open(here / "converged.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["classes", "gamma", "C", "fold", "right", "sum"])
        for y in (digit, (digit >= 5).astype(int)):
            for gamma in (5e-4, 4e-3, 3e-2):
                for C in (1e-2, 1.0, 100.0):
                    for fold, (train, test) in enumerate(StratifiedKFold(3).split(x, y)):
                        told = SVC(C=C, gamma=gamma, tol=1e-5).fit(x[train], y[train]).predict(x[test])
                        right = int((told == y[test]).sum())
                        writer.writerow([y.max() + 1, gamma, C, fold, right, int((np.arange(len(told)) * told).sum())])


def dataset(x, y, weight=None):
    return {"x": x.tolist(), "y": y.tolist(), "weight": [] if weight is None else weight.tolist()}


def svc_case(name, data, params, train, test, x, y, weight=None, scale=False, probability=False):
    xs = StandardScaler().fit(x[train]).transform(x) if scale else x
    w = None if weight is None else weight[train]
    model = SVC(**params).fit(xs[train], y[train], sample_weight=w)
    case = {"name": name, "data": data, "family": "svc", "params": dict(params), "train": train.tolist(),
            "test": test.tolist(), "predict": model.predict(xs[test]).tolist(),
            "decision": np.atleast_2d(model.decision_function(xs[test]).T).T.tolist(),
            "n_support": int(model.n_support_.sum()), "probability": []}
    if scale:
        case["params"]["preprocessing"] = "standardize"
    if probability:
        calibrated = CalibratedClassifierCV(SVC(**params), cv=5, ensemble=False, method="sigmoid")
        calibrated.fit(xs[train], y[train], sample_weight=w)
        case["probability"] = calibrated.predict_proba(xs[test]).tolist()
    return case


def svr_case(name, data, params, train, test, x, y, weight=None):
    w = None if weight is None else weight[train]
    model = SVR(**params).fit(x[train], y[train], sample_weight=w)
    return {"name": name, "data": data, "family": "svr", "params": params, "train": train.tolist(),
            "test": test.tolist(), "predict": model.predict(x[test]).tolist(), "decision": [],
            "n_support": int(len(model.support_)), "probability": []}


def other_case(name, family, data, params, x, y, weight=None):
    """NuSVC, NuSVR and OneClassSVM; the codes of the latter are 0 (outlier) and 1."""
    test = np.arange(0, len(y), 3)
    train = np.setdiff1d(np.arange(len(y)), test)
    kind = {"nu_svc": NuSVC, "nu_svr": NuSVR, "one_class": OneClassSVM}[family]
    w = {} if weight is None else {"sample_weight": weight[train]}
    model = kind(**params).fit(x[train], y[train], **w)
    predict = model.predict(x[test])
    decision = [] if family == "nu_svr" else np.atleast_2d(model.decision_function(x[test]).T).T.tolist()
    return {"name": name, "data": data, "family": family, "params": params, "train": train.tolist(),
            "test": test.tolist(), "predict": ((predict + 1) / 2 if family == "one_class" else predict).tolist(),
            "decision": decision, "n_support": int(len(model.support_)), "probability": []}


def cases():
    rng = np.random.RandomState(0)
    iris = load_iris()
    iris_order = rng.permutation(150)
    ix, iy = iris.data[iris_order], iris.target[iris_order]
    cancer = load_breast_cancer()
    pick = rng.permutation(569)[:150]
    bx, by = np.round(cancer.data[pick][:, :8], 4), cancer.target[pick]
    weight = np.round(rng.uniform(0, 2, 150), 3)
    weight[rng.permutation(150)[:20]] = 0
    rx = np.round(rng.uniform(-2, 2, (120, 3)), 4)
    ry = np.round(np.sin(rx[:, 0]) * 2 + rx[:, 1] ** 2 + 0.1 * rng.normal(size=120), 4)
    rweight = np.round(rng.uniform(0, 2, 120), 3)
    rweight[:10] = 0
    inside = (np.abs(rx).max(axis=1) < 1.7).astype(int)
    gx = rng.randint(0, 3, (80, 2)).astype(float)  # duplicates, constant feature, ties
    gx = np.hstack([gx, np.full((80, 1), 7.0)])
    gy = rng.randint(0, 4, 80)
    datasets = {"iris": dataset(ix, iy), "cancer": dataset(bx, by), "iris_weighted": dataset(ix, iy, weight),
                "cancer_weighted": dataset(bx, by, weight), "wave": dataset(rx, ry),
                "wave_weighted": dataset(rx, ry, rweight), "grid": dataset(gx, gy),
                "inside": dataset(rx, inside), "inside_weighted": dataset(rx, inside, rweight)}
    data = {"iris": (ix, iy, None), "cancer": (bx, by, None), "iris_weighted": (ix, iy, weight),
            "cancer_weighted": (bx, by, weight), "grid": (gx, gy, None)}
    out = []

    def add(name, which, params, **more):
        x, y, w = data[which]
        n = len(y)
        test = np.arange(0, n, 3)
        train = np.setdiff1d(np.arange(n), test)
        out.append(svc_case(name, which, params, train, test, x, y, w, **more))

    for which in ["iris", "cancer"]:
        scale = which == "cancer"
        for kernel in ["linear", "rbf", "sigmoid", "poly"]:
            add(f"{which}_{kernel}", which, {"kernel": kernel, "tol": 1e-6}, scale=scale)
        add(f"{which}_rbf_tol", which, {"C": 10.0, "gamma": 0.5}, scale=scale)
        add(f"{which}_auto", which, {"gamma": "auto", "tol": 1e-6}, scale=scale)
        add(f"{which}_poly2", which, {"kernel": "poly", "degree": 2, "coef0": 1.0, "gamma": 0.1, "tol": 1e-6}, scale=scale)
        add(f"{which}_balanced", which, {"class_weight": "balanced", "tol": 1e-6}, scale=scale)
        add(f"{which}_class_weight", which, {"class_weight": {0: 0.2, 1: 3.0}, "tol": 1e-6}, scale=scale)
        add(f"{which}_probability", which, {"gamma": 0.3, "tol": 1e-6}, scale=scale, probability=True)
        add(f"{which}_weighted", which + "_weighted", {"tol": 1e-6}, scale=scale)
        add(f"{which}_weighted_balanced", which + "_weighted", {"class_weight": "balanced", "tol": 1e-6}, scale=scale)
        add(f"{which}_weighted_probability", which + "_weighted", {"tol": 1e-6}, scale=scale, probability=True)
    add("cancer_unscaled", "cancer", {"tol": 1e-6})
    add("iris_break_ties", "iris", {"break_ties": True, "C": 0.01, "tol": 1e-6})
    add("iris_max_iter", "iris", {"max_iter": 5})
    for C in [1e-6, 1.0, 1e6]:
        for gamma in [1e-8, 1.0, 1e3]:
            add(f"grid_C{C:g}_gamma{gamma:g}".replace("-", "minus").replace("+", ""), "grid", {"C": C, "gamma": gamma})
    rtest = np.arange(0, 120, 3)
    rtrain = np.setdiff1d(np.arange(120), rtest)
    for kernel in ["linear", "rbf", "sigmoid", "poly"]:
        out.append(svr_case(f"wave_{kernel}", "wave", {"kernel": kernel, "tol": 1e-6}, rtrain, rtest, rx, ry))
    out.append(svr_case("wave_epsilon", "wave", {"epsilon": 0.5, "C": 10.0, "tol": 1e-6}, rtrain, rtest, rx, ry))
    out.append(svr_case("wave_weighted", "wave_weighted", {"tol": 1e-6}, rtrain, rtest, rx, ry, rweight))
    for kernel in ["linear", "rbf", "poly"]:
        out.append(other_case(f"nu_svc_iris_{kernel}", "nu_svc", "iris", {"kernel": kernel, "nu": 0.31, "tol": 1e-6},
                              ix, iy))
        out.append(other_case(f"nu_svr_{kernel}", "nu_svr", "wave", {"kernel": kernel, "nu": 0.4, "C": 2.0, "tol": 1e-6},
                              rx, ry))
        if kernel == "linear":  # samples around the origin: no plane keeps them from it, and signs are noise
            continue
        out.append(other_case(f"one_class_{kernel}", "one_class", "inside", {"kernel": kernel, "nu": 0.23, "tol": 1e-6},
                              rx, inside))
    out.append(other_case("nu_svc_ties", "nu_svc", "iris", {"nu": 0.2, "break_ties": True, "tol": 1e-6}, ix, iy))
    out.append(other_case("one_class_weighted", "one_class", "inside_weighted", {"nu": 0.4, "gamma": 0.5, "tol": 1e-6},
                          rx, inside, rweight))
    for case in out:
        weights = case["params"].get("class_weight")
        if isinstance(weights, dict):
            case["params"]["class_weight"] = {str(k): v for k, v in weights.items()}
    with open(here / "cases.json", "w") as file:
        json.dump({"datasets": datasets, "cases": out}, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    cases()
    digits()
    converged()
