#!/usr/bin/python3
"""Writes the goldens of searches whose rows are chosen and whose numbers are prepared: preparation/NAME.yaml and .csv.

    /usr/bin/python3 make_preparation_golden.py    # in this folder; Debian 12: scikit-learn 1.2.1, pandas 1.5.3

NAME.yaml   our config; its data are those of make_golden.py
NAME.csv    pandas' to_csv of cv_results_ without the four time columns
"""
import os
import sys
import warnings

import numpy as np
import pandas as pd
import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.feature_selection import SelectFromModel, SelectKBest, f_classif, f_regression, mutual_info_classif, mutual_info_regression
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, GroupKFold, GroupShuffleSplit, TimeSeriesSplit, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, PowerTransformer, QuantileTransformer, RobustScaler, StandardScaler
from sklearn.svm import SVC
from xgboost import XGBClassifier

assert sklearn.__version__ == "1.2.1", sklearn.__version__
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../prepare/golden"))
from clipping import Clip  # noqa: E402

SEED = 7
warnings.simplefilter("ignore")


def steps_of(p, classifies):
    steps = []
    if p.impute != "none":
        steps.append(SimpleImputer(strategy=p.impute, fill_value=p.impute_value, add_indicator=p.missing_indicator,
                                   keep_empty_features=True))
    steps += {"none": [], "standardize": [StandardScaler()], "robust": [RobustScaler()], "max_abs": [MaxAbsScaler()],
              "power": [PowerTransformer()], "clip": [Clip(0.05)],
              "quantile_uniform": [QuantileTransformer(random_state=SEED)],
              "quantile_normal": [QuantileTransformer(random_state=SEED, output_distribution="normal")]}[p.preprocessing]
    if p.keep_features is not None and p.keep_by != "importance":
        measure = {"f_test": f_classif if classifies else f_regression,
                   "mutual_information": lambda X, y: (mutual_info_classif if classifies else mutual_info_regression)(
                       X, y, random_state=SEED),
                   "variance": lambda X, y: np.var(X, axis=0)}[p.keep_by]
        steps.append((measure, p.keep_features))
    return steps


class Prepared(BaseEstimator):
    """A model with steps before it, whose options are ours."""

    def fit(self, X, y):
        classifies = isinstance(self, ClassifierMixin)
        steps = steps_of(self, classifies)
        if self.keep_features is not None:
            k = self.keep_features if isinstance(self.keep_features, int) else int(self.keep_features * X.shape[1] + 1e-9)
            if self.keep_by == "importance":
                steps.append(SelectFromModel(self._model(), threshold=-np.inf, max_features=k))
            else:
                steps.append(SelectKBest(steps.pop()[0], k=k))
        self.model_ = make_pipeline(*steps, self._model())
        self.model_.fit(X, y)
        if classifies:
            self.classes_ = self.model_.classes_
        return self

    def _model(self):
        return SVC(C=self.C) if isinstance(self, ClassifierMixin) else Ridge(alpha=self.alpha)

    def predict(self, X):
        return self.model_.predict(X)


class Svc(ClassifierMixin, Prepared):
    def __init__(self, C=1.0, impute="none", impute_value=0.0, missing_indicator=False, preprocessing="none",
                 keep_features=None, keep_by="f_test"):
        self.C, self.impute, self.impute_value, self.missing_indicator = C, impute, impute_value, missing_indicator
        self.preprocessing, self.keep_features, self.keep_by = preprocessing, keep_features, keep_by


class RidgeOf(RegressorMixin, Prepared):
    def __init__(self, alpha=1.0, impute="none", impute_value=0.0, missing_indicator=False, preprocessing="none",
                 keep_features=None, keep_by="f_test"):
        self.alpha, self.impute, self.impute_value, self.missing_indicator = alpha, impute, impute_value, missing_indicator
        self.preprocessing, self.keep_features, self.keep_by = preprocessing, keep_features, keep_by


class Chosen(ClassifierMixin, Prepared):
    """A classifier that chooses features by what it makes of them."""

    impute, missing_indicator, keep_by = "none", False, "importance"

    def __init__(self, C=None, n_estimators=None, preprocessing="none", keep_features=None):
        self.C, self.n_estimators, self.preprocessing, self.keep_features = C, n_estimators, preprocessing, keep_features

    def _model(self):
        if self.n_estimators is not None:
            return XGBClassifier(n_estimators=self.n_estimators, max_depth=3, n_jobs=1, random_state=SEED)
        return LogisticRegression(C=self.C, tol=1e-10, max_iter=10000)


def table(name):
    return pd.read_csv(os.path.join(HERE, "data", name + ".csv.gz"))


def yaml_value(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {yaml_value(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(yaml_value(v) for v in value) + "]"
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def setting(name, estimator, X, y, grid, data, model, cv_config, cv, groups=None):
    search = GridSearchCV(estimator, grid, cv=cv).fit(np.asarray(X), np.asarray(y), groups=groups)
    frame = pd.DataFrame(search.cv_results_)
    frame = frame[[c for c in frame.columns if not c.endswith("_time")]]
    os.makedirs(os.path.join(HERE, "preparation"), exist_ok=True)
    frame.to_csv(os.path.join(HERE, "preparation", name + ".csv"), index=False)
    with open(os.path.join(HERE, "preparation", name + ".yaml"), "w", encoding="utf-8") as out:
        out.write(f"# written by make_preparation_golden.py; best_index_: {search.best_index_}\noutput: runs/{name}\n"
                  f"seed: {SEED}\ndata: {{source: ../data/{data}, target: target}}\nmodel: {model}\nsearch:\n"
                  f"  grid: {yaml_value(grid)}\n  cv: {cv_config}\n")
    print(name, len(frame), "candidates, best", search.best_index_)


iris = table("iris")
X, y = iris[["x0", "x1", "x2", "x3"]], iris["target"]
grid = {"C": [0.1, 1, 10]}
# The commonest script: split, then search.
part, _, labels, _ = train_test_split(X, y, test_size=0.3, random_state=SEED)
setting("train_test_split", SVC(), part, labels, grid,
        "iris.csv.gz, ignore: [weight, group], holdout: 0.3, order: shuffled", "svc", 5, 5)
part, _, labels, _ = train_test_split(X, y, test_size=0.3, random_state=SEED, stratify=y)
setting("train_test_split_stratified", SVC(), part, labels, grid,
        "iris.csv.gz, ignore: [weight, group], holdout: {stratified: 0.3}, order: shuffled", "svc", 5, 5)
train, _ = next(GroupShuffleSplit(1, test_size=0.3, random_state=SEED).split(X, y, iris["group"]))
setting("held_out_groups", SVC(), X.iloc[train], y.iloc[train], grid,
        "iris.csv.gz, ignore: [weight], group: group, holdout: {groups: 0.3}", "svc", "{kind: group, folds: 3}",
        GroupKFold(3), groups=iris["group"].iloc[train])

diabetes = table("diabetes")
rows = diabetes[diabetes.x0 > -0.05].sort_values("x2", kind="stable")
rows = rows.iloc[:len(rows) - int(np.ceil(0.2 * len(rows)))]
setting("last_rows_by_time", RidgeOf(), rows.drop(columns=["target", "x2"]), rows["target"], {"alpha": [0.1, 1, 10]},
        'diabetes.csv.gz, time: x2, filter: [[x0, ">", -0.05]], holdout: {last: 0.2}', "ridge",
        "{kind: time_series, folds: 3}", TimeSeriesSplit(3))
gaps = table("diabetes_gaps")
setting("numbers", RidgeOf(), gaps.drop(columns="target"), gaps["target"],
        {"impute": ["median", "constant"], "impute_value": [-0.5], "missing_indicator": [True, False],
         "preprocessing": ["none", "robust", "quantile_uniform", "power"]}, "diabetes_gaps.csv.gz", "ridge", 3, 3)
setting("kept_of_regression", RidgeOf(), diabetes.drop(columns="target"), diabetes["target"],
        {"keep_by": ["f_test", "mutual_information", "variance"], "keep_features": [1, 4, 0.5], "preprocessing": ["quantile_normal"]},
        "diabetes.csv.gz", "ridge", 3, 3)
cancer = table("breast_cancer")
setting("kept_of_classes", Svc(), cancer.drop(columns="target"), cancer["target"],
        {"keep_by": ["f_test", "mutual_information"], "keep_features": [3, 0.5],
         "preprocessing": ["robust", "max_abs", "quantile_normal"]}, "breast_cancer.csv.gz", "svc", 3, 3)
setting("kept_by_importance_of_ridge", RidgeOf(), diabetes.drop(columns="target"), diabetes["target"],
        {"alpha": [0.01, 1, 100], "keep_by": ["importance"], "keep_features": [1, 4, 0.7], "preprocessing": ["none", "robust"]},
        "diabetes.csv.gz", "ridge", 3, 3)
setting("kept_by_importance_of_logistic", Chosen(), table("iris")[["x0", "x1", "x2", "x3"]], iris["target"],
        {"C": [0.1, 10], "keep_features": [1, 2, 3], "preprocessing": ["standardize"]},
        "iris.csv.gz, ignore: [weight, group]", "{name: logistic, keep_by: importance}", 3, 3)
setting("kept_by_importance_of_trees", Chosen(), cancer.drop(columns="target"), cancer["target"],
        {"n_estimators": [2, 5, 10], "keep_features": [2, 5, 0.5]}, "breast_cancer.csv.gz",
        "{name: xgb_classifier, max_depth: 3, tree_method: exact, keep_by: importance}", 3, 3)
