#!/usr/bin/python3
"""Writes the goldens of searches of boosted trees: for each setting a config of ours and cv_results_ of scikit-learn's
GridSearchCV over Python's xgboost.

    /usr/bin/python3 make_boosting_golden.py     # in this folder; Debian 12: scikit-learn 1.2.1, xgboost 1.7.4

Files are as make_golden.py writes them, in the folder boosting. Data sets are those it wrote, and small made-up ones.
"""
import json
import os
import warnings

import numpy as np
import pandas as pd
import scipy.sparse
import sklearn
import xgboost
from sklearn import datasets
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.inspection import permutation_importance
from sklearn.linear_model import ElasticNet, LogisticRegression, Ridge
from sklearn.metrics import get_scorer
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, KFold, PredefinedSplit, StratifiedKFold
from xgboost import XGBClassifier, XGBRegressor

import make_golden
from make_golden import HERE, several_models, write_data, yaml_value

assert sklearn.__version__ == "1.2.1" and xgboost.__version__ == "1.7.4"
os.environ["OMP_NUM_THREADS"] = "1"
SEED = 3
FIXED = {"tree_method": "hist", "random_state": SEED, "n_jobs": 1}


class Encoded(ClassifierMixin, BaseEstimator):
    """XGBClassifier of the classes that the training rows have, numbered anew; with class weights."""

    def __init__(self, class_weight=None, n_estimators=100, max_depth=6):
        self.class_weight, self.n_estimators, self.max_depth = class_weight, n_estimators, max_depth

    def fit(self, X, y, sample_weight=None):
        self.classes_, code = np.unique(y, return_inverse=True)
        weight = sample_weight
        if self.class_weight is not None:
            factor = sklearn.utils.class_weight.compute_sample_weight(self.class_weight, y)
            weight = factor if weight is None else weight * factor
        self.model_ = XGBClassifier(n_estimators=self.n_estimators, max_depth=self.max_depth, **FIXED).fit(X, code, sample_weight=weight)
        return self

    def predict(self, X):
        return self.classes_[self.model_.predict(X)]

    def predict_proba(self, X):
        return self.model_.predict_proba(X)


class Numbered(XGBRegressor):
    """Whose first column is no feature."""

    def fit(self, X, y, sample_weight=None):
        return super().fit(X[:, 1:], y, sample_weight=sample_weight)

    def predict(self, X):
        return super().predict(X[:, 1:])


class Trees(XGBClassifier):
    def __init__(self, tree_method="hist", n_jobs=1, **kwargs):
        super().__init__(tree_method=tree_method, n_jobs=n_jobs, **kwargs)


class RegressionTrees(XGBRegressor):
    def __init__(self, tree_method="hist", n_jobs=1, **kwargs):
        super().__init__(tree_method=tree_method, n_jobs=n_jobs, **kwargs)


class Logistic(LogisticRegression):
    def __init__(self, C=1.0, tol=1e-10, solver="newton-cg", max_iter=10000):
        super().__init__(C=C, tol=tol, solver=solver, max_iter=max_iter)


class Net(ElasticNet):
    def __init__(self, alpha=1.0, l1_ratio=0.5, tol=1e-14, max_iter=1000000):
        super().__init__(alpha=alpha, l1_ratio=l1_ratio, tol=tol, max_iter=max_iter)


def setting(name, estimator, X, y, grid, data, cv_config="3", cv=3, scoring=None, refit=True, model="xgb_classifier",
            train_scores=False, fit_params=None, halving=None, shown_grid=None, fixed=None):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if halving is None:
            search = GridSearchCV(estimator, grid, cv=cv, scoring=scoring, refit=refit, return_train_score=train_scores)
        else:
            search = HalvingGridSearchCV(estimator, grid, cv=cv, scoring=scoring, random_state=0, **halving)
        search.fit(X, y, **(fit_params or {}))
    frame = pd.DataFrame(search.cv_results_)
    frame = frame[[c for c in frame.columns if not c.endswith("_time")]]
    if shown_grid is None:
        shown_grid = grid
    frame.to_csv(os.path.join(HERE, "boosting", name + ".csv"), index=False)
    lines = [f"# written by make_boosting_golden.py; best_index_: {search.best_index_}", f"output: runs/{name}",
             f"seed: {SEED}", f"data: {{{data}}}", f"model: {yaml_value({'name': model, **(fixed or {})})}"]
    lines += ["search:", f"  grid: {yaml_value(shown_grid)}", f"  cv: {cv_config}"]
    if halving is not None:
        lines.append(f"  halving: {yaml_value(halving)}")
    if scoring is not None and not callable(scoring):
        lines.append(f"  scoring: {yaml_value(scoring)}")
        if isinstance(scoring, list):
            lines.append(f"  refit: {refit}")
    if train_scores:
        lines.append("  train_scores: true")
    with open(os.path.join(HERE, "boosting", name + ".yaml"), "w") as out:
        out.write("\n".join(lines) + "\n")
    print(f"{name}: {len(frame)} candidates, best {search.best_index_}, "
          f"{frame['mean_test_score' if 'mean_test_score' in frame else f'mean_test_{refit}'].max():.4f}")


def stopped_setting(name, X, y, data, max_depths, rounds, metric, most):
    """Early stopping on the rows that a fold tests, as XGBClassifier does it; and the rounds that xgb.cv finds."""
    folds = list(StratifiedKFold(3).split(X, y))
    rows, cv_rounds = [], []
    for depth in max_depths:
        scores = []
        for train, test in folds:
            model = XGBClassifier(**FIXED, max_depth=depth, n_estimators=most, early_stopping_rounds=rounds,
                                  eval_metric=metric)
            model.fit(X[train], y[train], eval_set=[(X[test], y[test])], verbose=False)
            scores.append(get_scorer("roc_auc")(model, X[test], y[test]))
        rows.append({"params": str({"max_depth": depth, "n_estimators": most}), "scores": scores})
        history = xgboost.cv({"objective": "binary:logistic", "max_depth": depth, "tree_method": "hist", "seed": SEED,
                              "nthread": 1, "eval_metric": metric}, xgboost.DMatrix(X, y), num_boost_round=most,
                             folds=folds, early_stopping_rounds=rounds)
        cv_rounds.append(len(history))
    best = int(np.argmax([np.mean(row["scores"]) for row in rows]))
    with open(os.path.join(HERE, "boosting", name + ".stopping.json"), "w") as out:
        json.dump({"n_rounds": cv_rounds[best], "scores": [row["scores"] for row in rows]}, out, indent=1)
        out.write("\n")
    with open(os.path.join(HERE, "boosting", name + ".config"), "w") as out:
        out.write("\n".join([f"# written by make_boosting_golden.py; best candidate: {best}", f"output: runs/{name}",
                             f"seed: {SEED}", f"data: {{{data}}}", "model: xgb_classifier", "search:",
                             f"  grid: {{max_depth: {max_depths}, n_estimators: [{most}]}}", "  cv: 3",
                             "  scoring: roc_auc",
                             f"  early_stopping: {{rounds: {rounds}, metric: {metric}}}"]) + "\n")
    print(f"{name}: best {best}, {cv_rounds} rounds")


def permuted_setting(name, X, y, data, repeats):
    """Importances by permutation on the rows that each fold tests, of the fold's own model."""
    falls = []
    for train, test in StratifiedKFold(3).split(X, y):
        model = XGBClassifier(**FIXED, max_depth=3, n_estimators=10).fit(X[train], y[train])
        falls.append(permutation_importance(model, X[test], y[test], scoring="roc_auc", n_repeats=repeats,
                                            random_state=SEED).importances)
    falls = np.hstack(falls)
    with open(os.path.join(HERE, "boosting", name + ".permutation.json"), "w") as out:
        json.dump({"mean": list(falls.mean(axis=1)), "std": list(falls.std(axis=1))}, out, indent=1)
        out.write("\n")
    with open(os.path.join(HERE, "boosting", name + ".config"), "w") as out:
        out.write("\n".join(["# written by make_boosting_golden.py", f"output: runs/{name}", f"seed: {SEED}",
                             f"data: {{{data}}}", "model: xgb_classifier", "search:",
                             "  grid: {max_depth: [3], n_estimators: [10]}", "  cv: 3", "  scoring: roc_auc",
                             f"  permutation_importance: {repeats}"]) + "\n")
    print(f"{name}: {np.count_nonzero(falls.mean(axis=1))} of {len(falls)} features matter")


def write_several_models():
    """Boosted trees, linear models and support vector machines in one table."""
    make_golden.MODELS.update({"xgb_classifier": Trees, "xgb_regressor": RegressionTrees, "logistic": Logistic,
                               "ridge": Ridge, "elastic_net": Net})
    iris = datasets.load_iris()
    grids = [{"model": ["svc"], "C": [1, 10], "gamma": [0.1]},
             {"model": ["xgb_classifier"], "max_depth": [2, 4], "n_estimators": [2, 5]},
             {"model": ["logistic"], "C": [0.1, 1, 10]}]
    several_models("boosting/models", iris.data, iris.target, grids,  # XGBClassifier takes no names
                   "source: ../data/iris.csv.gz, target: target, ignore: [weight, group]", 4,
                   lambda pipe, theirs: GridSearchCV(pipe, theirs, cv=4, scoring=["accuracy", "f1_macro"], refit="accuracy",
                                                     return_train_score=True),
                   ["scoring: [accuracy, f1_macro]", "refit: accuracy", "train_scores: true"])
    X, y = datasets.load_diabetes(return_X_y=True)
    grids = [{"model": ["ridge"], "alpha": [0.01, 1.0]}, {"model": ["xgb_regressor"], "max_depth": [2], "n_estimators": [3, 9]},
             {"model": ["elastic_net"], "alpha": [0.001, 0.01], "l1_ratio": [0.2, 1.0]}]
    several_models("boosting/models_of_numbers", X, y, grids, "source: ../data/diabetes.csv.gz, target: target", 3,
                   lambda pipe, theirs: GridSearchCV(pipe, theirs, cv=3), [])


def main():
    write_several_models()
    rng = np.random.default_rng(5)
    cancer = datasets.load_breast_cancer()
    X, y = cancer.data, cancer.target
    source = "source: ../data/breast_cancer.csv.gz, target: target"
    setting("binary", XGBClassifier(**FIXED), X, y,
            {"learning_rate": [0.1, 0.3], "max_depth": [2, 6], "n_estimators": [3, 10, 17]}, source,
            scoring=["roc_auc", "neg_log_loss", "average_precision", "accuracy", "neg_brier_score"], refit="roc_auc",
            train_scores=True)
    setting("sampled", XGBClassifier(**FIXED), X, y,
            {"subsample": [0.7], "colsample_bytree": [0.6, 1.0], "colsample_bynode": [0.5], "n_estimators": [4, 12],
             "num_parallel_tree": [1, 2]}, source, scoring="neg_log_loss", train_scores=True)
    setting("exact", XGBClassifier(**{**FIXED, "tree_method": "exact"}), X, y,
            {"colsample_bylevel": [0.5], "gamma": [0, 0.5], "n_estimators": [4, 9], "min_child_weight": [3]}, source,
            scoring="neg_log_loss", fixed={"tree_method": "exact"})
    setting("approx", XGBClassifier(**{**FIXED, "tree_method": "approx"}), X, y,
            {"max_bin": [16, 64], "n_estimators": [3, 6], "reg_alpha": [0.5], "scale_pos_weight": [1, 3]}, source,
            scoring="neg_log_loss", fixed={"tree_method": "approx"})
    setting("dart", XGBClassifier(**FIXED, booster="dart"), X, y,
            {"rate_drop": [0.2], "n_estimators": [4, 8], "one_drop": [True, False], "subsample": [0.8]}, source,
            scoring="neg_log_loss", fixed={"booster": "dart"})
    linear = {"booster": "gblinear", "updater": "coord_descent", "random_state": SEED, "n_jobs": 1}
    setting("linear", XGBClassifier(**linear), X, y,
            {"reg_lambda": [0.1, 1], "n_estimators": [5, 10], "learning_rate": [0.5]}, source, scoring="neg_log_loss",
            fixed={"booster": "gblinear", "updater": "coord_descent"})
    setting("lossguide", XGBClassifier(**FIXED), X, y,
            {"grow_policy": ["lossguide"], "max_leaves": [4, 8], "max_depth": [0], "n_estimators": [5]}, source,
            scoring="neg_log_loss")
    permuted_setting("permuted", X, y, source, 3)
    stopped_setting("stopped", X, y, source, [2, 3, 5], 5, "logloss", 200)
    X, y = datasets.load_digits(return_X_y=True)
    X, y = X[y < 6][:300], y[y < 6][:300]
    write_data("digits_six", X, y)
    setting("six_classes", XGBClassifier(**FIXED), X, y, {"max_depth": [3], "n_estimators": [2, 5], "max_bin": [8, 256]},
            "source: ../data/digits_six.csv.gz, target: target", scoring=["accuracy", "neg_log_loss", "roc_auc_ovr"],
            refit="accuracy")

    X, y = datasets.load_diabetes(return_X_y=True)
    X[rng.random(X.shape) < 0.15] = np.nan
    weight = rng.integers(1, 5, len(y)).astype(float)
    write_data("diabetes_gaps", X, y, w=weight)
    source = "source: ../data/diabetes_gaps.csv.gz, target: target, ignore: [w]"
    setting("missing", XGBRegressor(**FIXED), X, y, {"max_depth": [3, 4], "n_estimators": [5, 20], "reg_lambda": [1, 10]},
            source, cv=KFold(3), model="xgb_regressor", scoring=["r2", "neg_mean_absolute_error"], refit="r2",
            train_scores=True)
    for objective, scoring in (("reg:absoluteerror", "neg_mean_absolute_error"), ("reg:pseudohubererror", "r2"),
                               ("count:poisson", "neg_mean_poisson_deviance"), ("reg:gamma", "neg_mean_gamma_deviance"),
                               ("reg:tweedie", "r2"), ("reg:squaredlogerror", "r2")):
        grid = {"max_depth": [3], "n_estimators": [4, 9]}
        if objective == "reg:tweedie":
            grid["tweedie_variance_power"] = [1.2, 1.8]
        setting(objective.split(":")[1], XGBRegressor(**FIXED, objective=objective), X, y, grid, source,
                cv=KFold(3), model="xgb_regressor", scoring=scoring, fixed={"objective": objective})
    weighted = "source: ../data/diabetes_gaps.csv.gz, target: target, weight: w"
    numbered = np.column_stack([np.arange(len(y)), X])  # so that the scorer finds the weights
    setting("weights", Numbered(**FIXED), numbered, y,
            {"max_depth": [3], "n_estimators": [4, 9], "subsample": [0.8]}, weighted, cv=KFold(3), model="xgb_regressor",
            fit_params={"sample_weight": weight},
            scoring=lambda fitted, X, y: sklearn.metrics.r2_score(y, fitted.predict(X),
                                                                  sample_weight=weight[X[:, 0].astype(int)]))

    # A class whose rows are all in one fold: 4 of 5 others are known where it is tested.
    X, y = datasets.load_iris(return_X_y=True)
    y = y * 2  # labels with holes
    fold = np.arange(len(y)) % 3
    rare = np.flatnonzero(y == 4)[:7]
    X = np.vstack([X[y < 4], X[rare]])
    fold = np.concatenate([fold[y < 4], np.full(7, 2)])
    y = np.concatenate([y[y < 4], y[rare]])
    write_data("iris_rare", X, y, fold=fold)
    setting("absent_class", Encoded(), X, y, {"max_depth": [2], "n_estimators": [2, 5]},
            "source: ../data/iris_rare.csv.gz, target: target, fold: fold", cv_config="{kind: predefined}", cv=PredefinedSplit(fold),
            scoring="accuracy")
    setting("class_weight", Encoded(), X, y,
            {"class_weight": [None, "balanced", {0: 1, 2: 5, 4: 2}], "n_estimators": [2, 5], "max_depth": [2]},
            "source: ../data/iris_rare.csv.gz, target: target, ignore: [fold]", scoring="accuracy")

    # Sparse: what is absent is missing, not 0.
    X = rng.normal(size=(150, 12)).round(3)
    X[rng.random(X.shape) < 0.7] = 0
    y = (np.nan_to_num(X[:, 0]) + X[:, 1] - X[:, 2] + 0.3 * rng.normal(size=150) > 0).astype(int)
    datasets.dump_svmlight_file(X, y, os.path.join(HERE, "data", "sparse.svm"), zero_based=False)
    setting("sparse", XGBClassifier(**FIXED), scipy.sparse.csr_matrix(X), y,
            {"max_depth": [3], "n_estimators": [3, 8], "subsample": [0.9]}, "source: ../data/sparse.svm",
            scoring="neg_log_loss")

    # What halving gives the candidates is a number of rounds.
    setting("halving", XGBClassifier(**FIXED), cancer.data, cancer.target,
            {"max_depth": [1, 2, 3, 4], "learning_rate": [0.1, 0.3, 0.6]},
            "source: ../data/breast_cancer.csv.gz, target: target", scoring="neg_log_loss",
            halving={"factor": 3, "resource": "n_estimators", "min_resources": 2, "max_resources": 18})


if __name__ == "__main__":
    main()
