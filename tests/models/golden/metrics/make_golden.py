#!/usr/bin/python3
"""Writes the goldens of the metric, scorer and report tests, and of tests/prepare, from scikit-learn 1.2.1.

Run as: /usr/bin/python3 tests/models/golden/metrics/make_golden.py
Numbers are written as Python's shortest repr, which reads back to the same bits. A score is null where scikit-learn
returns NaN or raises; the message stands beside it.
"""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.impute import SimpleImputer
from sklearn.metrics import get_scorer
from sklearn.preprocessing import MinMaxScaler, StandardScaler

assert sklearn.__version__ == "1.2.1", sklearn.__version__
warnings.simplefilter("ignore")
FOLDER = pathlib.Path(__file__).parent
rng = np.random.default_rng(20230101)

CLASSIFICATION = ["accuracy", "balanced_accuracy", "matthews_corrcoef", "average_precision", "roc_auc", "roc_auc_ovo",
                  "roc_auc_ovo_weighted", "roc_auc_ovr", "roc_auc_ovr_weighted", "neg_log_loss", "neg_brier_score"]
CLASSIFICATION += [m + a for m in ("precision", "recall", "f1", "jaccard")
                   for a in ("", "_macro", "_micro", "_weighted")]
REGRESSION = ["r2", "explained_variance", "max_error", "neg_mean_absolute_error",
              "neg_mean_absolute_percentage_error", "neg_mean_gamma_deviance", "neg_mean_poisson_deviance",
              "neg_mean_squared_error", "neg_mean_squared_log_error",
              "neg_median_absolute_error", "neg_root_mean_squared_error"]


class Outputs:
    """An estimator whose outputs are given: what a scorer asks of a fitted model."""

    _estimator_type = "classifier"

    def __init__(self, classes, value, decision, probability):
        self.classes_, self.value, self.decision, self.probability = np.array(classes), value, decision, probability

    def predict(self, x):
        return self.value

    def decision_function(self, x):
        return self.decision.copy()

    def predict_proba(self, x):
        return self.probability.copy()


def plain(values):
    return [None if v != v else v for v in np.asarray(values, dtype=float).ravel().tolist()]


def score(name, model, y, weight):
    scorer = get_scorer(name)
    if name == "max_error":  # takes no weights
        weight = None
    try:
        value = float(scorer(model, None, y, sample_weight=weight))
    except Exception as error:  # noqa: BLE001: whatever scikit-learn raises makes the fold's score NaN
        return {"value": None, "raises": str(error).splitlines()[0]}
    return {"value": None if np.isnan(value) else value}


def write(name, cases):
    with open(FOLDER / name, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")


def weights_of(kind, n):
    if kind == "none":
        return None
    if kind == "all_zero":
        return np.zeros(n)
    weight = rng.uniform(0.1, 3, n).round(3)
    if kind == "some_zero":
        weight[rng.random(n) < 0.4] = 0
    return weight


def classification_case(label, truth, value, fitted, n_classes, weight, ties=False):
    """`truth` and `value` hold codes in [0, n_classes), `fitted` are the codes the model has seen."""
    n, k = len(truth), len(fitted)
    raw = rng.normal(size=(n, k)) + 1.5 * (np.array(fitted)[None, :] == truth[:, None])
    if ties:
        raw = np.round(raw)
    raw = raw.round(3)
    probability = (np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)).round(6)
    decision = raw[:, 1] - raw[:, 0] if k == 2 else raw
    model = Outputs(fitted, value, decision, probability)
    all_probability = np.zeros((n, n_classes))
    all_probability[:, fitted] = probability
    all_decision = decision
    if k != 2:
        all_decision = np.full((n, n_classes), np.nan)
        all_decision[:, fitted] = decision
    return {"case": label, "n_classes": n_classes, "fitted": list(fitted), "truth": truth.tolist(),
            "predicted": value.tolist(), "weight": [] if weight is None else weight.tolist(),
            "decision": plain(all_decision), "probability": plain(all_probability),
            "scores": {name: score(name, model, truth, weight) for name in CLASSIFICATION}}


def classification():
    cases = []

    def add(label, truth, value, fitted, n_classes, kind, ties=False):
        truth, value = np.asarray(truth), np.asarray(value)
        cases.append(classification_case(label, truth, value, fitted, n_classes, weights_of(kind, len(truth)), ties))

    # Few decimals keep the files small; that probabilities do not sum to 1 exactly is part of the test.
    for kind in ("none", "random", "some_zero"):
        for n_classes, n in ((2, 7), (2, 40), (2, 150), (3, 30), (5, 60), (12, 60)):
            truth = rng.integers(0, n_classes, n)
            value = np.where(rng.random(n) < 0.6, truth, rng.integers(0, n_classes, n))
            add(f"random {n_classes} x {n} {kind}", truth, value, range(n_classes), n_classes, kind)
            add(f"tied {n_classes} x {n} {kind}", truth, value, range(n_classes), n_classes, kind, ties=True)
        three = rng.integers(0, 3, 25)
        two = rng.integers(0, 2, 25)
        add(f"class absent from truth {kind}", two, three, range(3), 3, kind)
        add(f"middle class absent from truth {kind}", 2 * two, three, range(3), 3, kind)
        add(f"class absent from predictions {kind}", three, two, range(3), 3, kind)
        add(f"class absent from training {kind}", three, 2 * two, [0, 2], 3, kind)
        add(f"class absent from training and truth {kind}", 2 * two, 2 * two[::-1], [0, 2], 3, kind)
        add(f"as many classes in truth as in training, but others {kind}",
            np.concatenate([three, [3]]) % 3 + 1, np.concatenate([three, [0]]), [0, 1, 2], 4, kind)
        add(f"constant prediction 0 {kind}", two, 0 * two, range(2), 2, kind)
        add(f"constant prediction 1 {kind}", two, 0 * two + 1, range(2), 2, kind)
        add(f"constant prediction of three {kind}", three, 0 * three + 2, range(3), 3, kind)
        add(f"truth all 0 {kind}", 0 * two, two, range(2), 2, kind)
        add(f"truth all 1 {kind}", 0 * two + 1, two, range(2), 2, kind)
        add(f"truth and prediction all 0 {kind}", 0 * two, 0 * two, range(2), 2, kind)
        add(f"truth and prediction all 1 {kind}", 0 * two + 1, 0 * two + 1, range(2), 2, kind)
        add(f"truth all 1, prediction all 0 {kind}", 0 * two + 1, 0 * two, range(2), 2, kind)
        add(f"no positive among two classes {kind}", 2 * two, 2 * two[::-1], range(3), 3, kind)
        add(f"single sample right {kind}", [1], [1], range(2), 2, kind)
        add(f"single sample wrong {kind}", [0], [1], range(2), 2, kind)
        add(f"perfect {kind}", three, three, range(3), 3, kind)
        add(f"all wrong {kind}", two, 1 - two, range(2), 2, kind)
    add("weights all zero", rng.integers(0, 2, 10), rng.integers(0, 2, 10), range(2), 2, "all_zero")
    add("weights all zero of three", np.arange(12) % 3, np.arange(12) // 4, range(3), 3, "all_zero")
    return cases


def regression():
    cases = []

    def add(label, truth, value, kind):
        truth, value = np.asarray(truth, dtype=float), np.asarray(value, dtype=float)
        weight = weights_of(kind, len(truth))
        model = Outputs([], value, None, None)
        model._estimator_type = "regressor"
        cases.append({"case": f"{label} {kind}", "truth": truth.tolist(), "predicted": value.tolist(),
                      "weight": [] if weight is None else weight.tolist(),
                      "scores": {name: score(name, model, truth, weight) for name in REGRESSION}})

    for kind in ("none", "random", "some_zero"):
        for n in (2, 3, 7, 8, 9, 16, 100, 129, 300):
            truth = rng.normal(size=n)
            add(f"random {n}", truth, truth + 0.3 * rng.normal(size=n), kind)
            add(f"positive {n}", np.exp(truth), np.exp(truth + 0.1 * rng.normal(size=n)), kind)
        truth = np.round(rng.normal(size=20) * 2)
        add("whole numbers", truth, np.round(truth + rng.normal(size=20)), kind)
        add("large offset", truth - 1e8, truth - 1e8 + 0.01, kind)
        add("exact", truth, truth, kind)
        add("constant truth", 0 * truth + 3, truth, kind)
        add("constant truth, exact", 0 * truth + 3, 0 * truth + 3, kind)
        add("constant prediction", truth, 0 * truth + 1, kind)
        add("single sample", [1.5], [2.0], kind)
    add("weights", truth, truth + 1, "all_zero")
    return cases


def preprocessing():
    """X is written sample by sample: the C-ordered block that scikit-learn sees and the columns of our matrix."""
    cases = []

    def add(label, x, new, gaps):
        for strategy in (("mean", "median", "most_frequent", "zero", "none") if gaps else ("none",)):
            if strategy == "none":
                filled, new_filled, fill = x, new, []
            else:
                kind = "constant" if strategy == "zero" else strategy
                imputer = SimpleImputer(strategy=kind, fill_value=0 if strategy == "zero" else None,
                                        keep_empty_features=True)
                filled, new_filled, fill = imputer.fit_transform(x), imputer.transform(new), imputer.statistics_
            for name, scaler in (("none", None), ("standardize", StandardScaler()), ("minmax", MinMaxScaler())):
                out = new_filled if scaler is None else scaler.fit(filled).transform(new_filled)
                offset = [] if scaler is None else scaler.mean_ if name == "standardize" else scaler.min_
                scale = [] if scaler is None else scaler.scale_
                cases.append({"case": f"{label} {strategy} {name}", "impute": strategy, "preprocessing": name,
                              "n_features": x.shape[1], "x": plain(x), "new": plain(new), "fill": plain(fill),
                              "offset": plain(offset), "scale": plain(scale), "out": plain(out)})

    for n, d in ((1, 3), (2, 2), (9, 1), (40, 4), (200, 1), (70, 3)):
        x, new = rng.normal(2, 3, size=(n, d)), rng.normal(2, 3, size=(3, d))
        add(f"random {n} x {d}", x, new, False)
        x[rng.random((n, d)) < 0.3] = np.nan
        new[0, 0] = np.nan
        add(f"gaps {n} x {d}", x, new, True)
    x = np.column_stack([np.full(30, 0.1), np.full(30, 1e10 / 3), np.zeros(30), 1e8 + rng.normal(size=30),
                         rng.integers(0, 4, 30), 1e-9 * rng.normal(size=30)])
    add("constant and nearly constant", x, x[:3] + 1, False)
    x[rng.random(x.shape) < 0.2] = np.nan
    x[:, 2] = np.nan
    add("no value in a feature", x, np.vstack([x[:2], np.ones(6)]), True)
    return cases


def reports():
    cases = []

    def add(names, truth, value, weight):
        names, truth, value = np.array(names), np.asarray(truth), np.asarray(value)
        arguments = dict(y_true=names[truth], y_pred=names[value], sample_weight=weight)
        # Codes are positions in the sorted labels, as in our data sets.
        assert names.tolist() == sorted(names.tolist())
        cases.append({"classes": names.tolist(), "truth": truth.tolist(), "predicted": value.tolist(),
                      "weight": [] if weight is None else weight.tolist(),
                      "text": metrics.classification_report(**arguments),
                      "value": metrics.classification_report(**arguments, output_dict=True),
                      "confusion": metrics.confusion_matrix(**arguments).astype(float).tolist()})

    digits = [str(i) for i in range(10)]
    for weight in (None, "random", "whole"):
        for names, n in ((["no", "yes"], 30), (["a", "a much longer class name", "zürich"], 50), (digits, 200)):
            truth = rng.integers(0, len(names), n)
            value = np.where(rng.random(n) < 0.7, truth, rng.integers(0, len(names), n))
            w = None if weight is None else rng.uniform(0, 2, n).round(3) if weight == "random" else rng.integers(0, 3, n) * 1.0
            add(names, truth, value, w)
            add(names, truth, 0 * value + 1, w)
            add(names, 0 * truth, value, w)
    add(["no", "yes"], [1], [1], None)
    add(["no", "yes"], [1], [0], None)
    add(["a", "b", "c"], [0, 2, 2, 0], [0, 2, 0, 0], None)
    return cases


write("classification.json", classification())
write("regression.json", regression())
write("../../../prepare/golden/preprocessing.json", preprocessing())
write("reports.json", reports())
