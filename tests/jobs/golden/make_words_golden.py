#!/usr/bin/python3
"""Writes the goldens of searches whose candidates prepare mixed columns: for each setting a config of ours and cv_results_
of scikit-learn's GridSearchCV over Pipeline and ColumnTransformer.

    /usr/bin/python3 make_words_golden.py     # in this folder; Debian 12: scikit-learn 1.2.1, xgboost 1.7.4

Files are as make_golden.py writes them, in the folder words. The data is made up here: numbers and words with missing
values, rare categories, categories that one fold alone has, texts in several languages.
Encoding by the target is a plain writing of the formulas that scikit-learn 1.3 documents for its TargetEncoder.
"""
import os
import warnings

import numpy as np
import pandas as pd
import sklearn
import xgboost
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.svm import SVC
from xgboost import XGBClassifier

from make_golden import HERE, yaml_value

assert sklearn.__version__ == "1.2.1" and xgboost.__version__ == "1.7.4"
os.environ["OMP_NUM_THREADS"] = "1"
SEED = 3
NUMBERS, WORDS, TEXT = ["amount", "age", "is_new"], ["city", "plan"], "note"


def make_data():
    random = np.random.RandomState(SEED)
    n = 180
    cities = np.array(["Zürich", "Genève", "Łódź", "東京", "Oslo", "Bern", "N'Djamena", "İzmir"])
    city = random.choice(cities, n, p=[.3, .2, .2, .1, .1, .05, .03, .02]).astype(object)
    city[5], city[170] = "Only-first-fold", "Only-last-fold"
    plan = random.choice(["basic", "plus", "pro"], n).astype(object)
    amount, age = random.gamma(2, 50, n).round(2), random.randint(18, 80, n).astype(float)
    is_new = random.rand(n) < .4
    good = ["Große Freude", "très bien, merci", "works GREAT_2", "ΣΊΣΥΦΟΣ καλός", "素晴らしい 製品", "٣٤ نقاط", "fine²³ deal"]
    bad = ["schlecht und langsam", "ne marche pas", "BROKEN again", "ἄσχημα πολύ", "故障 しました", "İstanbul'da yok", "naïve co-op"]
    score = (amount > 90) + 1.5 * (plan == "pro") + 1.2 * np.isin(city, ["Zürich", "東京"]) - age / 60 + random.randn(n) * .7
    label = np.where(score > np.median(score), "yes", "no")
    note = []
    for i in range(n):
        words = [(good if (label[i] == "yes") != (random.rand() < .2) else bad)[random.randint(7)] for _ in range(random.randint(1, 4))]
        note.append(" ".join(words + [f"id{i}", "the", "a"][:random.randint(1, 4)]))
    for values, share in ((city, .1), (plan, .05), (amount, .1), (age, .05)):
        values[random.rand(n) < share] = np.nan
    note = np.array(note, dtype=object)
    note[[7, 90]] = np.nan
    quantity = (score * 10 + random.randn(n)).round(3)
    data = pd.DataFrame({"amount": amount, "city": city, "age": age, "note": note, "plan": plan, "is_new": is_new,
                         "quantity": quantity, "label": label})
    data.to_csv(os.path.join(HERE, "words", "mixed.csv"), index=False)
    return pd.read_csv(os.path.join(HERE, "words", "mixed.csv"))


class TargetEncoder(TransformerMixin, BaseEstimator):
    """TargetEncoder(smooth, cv=5, shuffle=True, random_state=SEED) of a quantity or two classes; missing is a category."""

    def __init__(self, smooth="auto"):
        self.smooth = smooth

    def _learn(self, x, y):
        mean, variance = np.mean(y), np.var(y)
        means = {}
        for category in set(x):
            own = y[x == category]
            if self.smooth == "auto":
                spread = np.sum((own - own.mean()) ** 2) / len(own)
                weight = variance * len(own) / (variance * len(own) + spread)
                means[category] = mean if np.isnan(weight) else weight * own.mean() + (1 - weight) * mean
            else:
                means[category] = (self.smooth * mean + own.sum()) / (self.smooth + len(own))
        return means, mean

    @staticmethod
    def _encode(x, means, mean):
        return np.array([means.get(category, mean) for category in x])

    def fit(self, X, y):
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X, y):
        X = pd.DataFrame(X).fillna("(missing)").to_numpy(dtype=object)
        classes = None if np.issubdtype(np.asarray(y).dtype, np.number) else np.unique(y)
        target = np.asarray(y, dtype=float) if classes is None else (np.asarray(y) == classes[1]).astype(float)
        kind = KFold if classes is None else StratifiedKFold
        self.learnt_ = [self._learn(X[:, j], target) for j in range(X.shape[1])]
        out = np.empty(X.shape)
        for train, test in kind(5, shuffle=True, random_state=SEED).split(X, y):
            for j in range(X.shape[1]):
                out[test, j] = self._encode(X[test, j], *self._learn(X[train, j], target[train]))
        return out

    def transform(self, X):
        X = pd.DataFrame(X).fillna("(missing)").to_numpy(dtype=object)
        return np.column_stack([self._encode(X[:, j], *learnt) for j, learnt in enumerate(self.learnt_)])


def share_of_rows(counts, n):
    return {word: count / n for word, count in counts.items()}


class Frequency(TransformerMixin, BaseEstimator):
    def __init__(self, how="frequency"):
        self.how = how

    def fit(self, X, y=None):
        X = pd.DataFrame(X).fillna("(missing)")
        divisor = len(X) if self.how == "frequency" else 1
        self.learnt_ = [share_of_rows(X[c].value_counts(), divisor) for c in X]
        return self

    def transform(self, X):
        X = pd.DataFrame(X).fillna("(missing)")
        return np.column_stack([[learnt.get(word, 0) for word in X[c]] for c, learnt in zip(X, self.learnt_)])


class Prepared(BaseEstimator):
    """A model behind Pipeline and ColumnTransformer, with our hyperparameters."""

    def __init__(self, model=None, impute="median", preprocessing="standardize", impute_categories="own", categories="one_hot",
                 top_n=None, min_share=None, smoothing="auto", text="tfidf", ngrams=1, min_df=1, max_df=1.0, max_features=None,
                 sublinear=False, analyzer="word", C=None, alpha=None, max_depth=None):
        for name, value in locals().items():
            if name != "self":
                setattr(self, name, value)

    def _categories(self):
        steps = []
        if self.impute_categories == "most_frequent":
            steps.append(("impute", SimpleImputer(strategy="most_frequent")))
        if self.categories == "one_hot":
            encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False, min_frequency=self.min_share,
                                    max_categories=None if self.top_n is None else self.top_n + 1)
        elif self.categories == "ordinal":
            encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
            steps.append(("last", SimpleImputer(strategy="constant", fill_value="\U0010ffff")))
        elif self.categories == "target":
            encoder = TargetEncoder(self.smoothing)
        else:
            encoder = Frequency(self.categories)
        return Pipeline(steps + [("encode", encoder)])

    def _text(self):
        ngrams = (1, self.ngrams) if isinstance(self.ngrams, int) else tuple(self.ngrams)
        options = dict(ngram_range=ngrams, analyzer=self.analyzer)
        learnt = dict(options, min_df=self.min_df, max_df=self.max_df, max_features=self.max_features)
        if self.text == "hashing":
            return HashingVectorizer(n_features=self.max_features, **options)
        return CountVectorizer(**learnt) if self.text == "counts" else TfidfVectorizer(sublinear_tf=self.sublinear, **learnt)

    def fit(self, X, y):
        numbers = []
        if self.impute != "none":
            numbers.append(("impute", SimpleImputer(strategy=self.impute)))
        if self.preprocessing != "none":
            numbers.append(("scale", StandardScaler()))
        parts = [("numbers", Pipeline(numbers or [("as they are", "passthrough")]), NUMBERS), ("words", self._categories(), WORDS)]
        if self.text != "none":
            parts.append(("text", self._text(), TEXT))
        model = sklearn.clone(self.model)
        for name in ("C", "alpha", "max_depth"):
            if getattr(self, name) is not None:
                model.set_params(**{name: getattr(self, name)})
        self.pipeline_ = Pipeline([("columns", ColumnTransformer(parts, sparse_threshold=0)), ("model", model)])
        self.pipeline_.fit(self._without_missing_text(X), y)
        if hasattr(self.pipeline_, "classes_"):
            self.classes_ = self.pipeline_.classes_
        return self

    @staticmethod
    def _without_missing_text(X):
        return X.assign(**{TEXT: X[TEXT].fillna("")})

    def predict(self, X):
        return self.pipeline_.predict(self._without_missing_text(X))


class Classifier(ClassifierMixin, Prepared):
    def predict_proba(self, X):
        return self.pipeline_.predict_proba(self._without_missing_text(X))


class SvmClassifier(ClassifierMixin, Prepared):
    def decision_function(self, X):
        return self.pipeline_.decision_function(self._without_missing_text(X))


class Regressor(RegressorMixin, Prepared):
    pass


class Numbered(XGBClassifier):
    """XGBClassifier of texts as classes."""

    def fit(self, X, y):
        self.names_, code = np.unique(y, return_inverse=True)
        return super().fit(X, code)

    def predict(self, X):
        return self.names_[super().predict(X)]


def setting(name, estimator, data, fixed, grid, scoring, model, model_fixed=None, cv="3"):
    target = "quantity" if isinstance(estimator, RegressorMixin) else "label"
    estimator.set_params(**fixed)
    X, y = data.drop(columns=["quantity", "label"]), data[target]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search = GridSearchCV(estimator, grid, cv=3, scoring=scoring, refit=scoring[0], error_score="raise")
        search.fit(X, y)
    frame = pd.DataFrame(search.cv_results_)
    frame = frame[[c for c in frame.columns if not c.endswith("_time")]]
    frame.to_csv(os.path.join(HERE, "words", name + ".csv"), index=False)
    defaults = {"text": "none", "categories": "none", "impute": "none", "preprocessing": "none", "impute_categories": "none",
                "ngrams": 1, "min_df": 1, "max_df": 1.0, "max_features": None, "sublinear": False, "analyzer": "word",
                "top_n": None, "min_share": None, "smoothing": "auto"}
    ours = {key: estimator.get_params(deep=False)[key] for key in defaults}
    shown = {key: value for key, value in ours.items() if value != defaults[key] and key not in grid}
    other = "quantity" if target == "label" else "label"
    lines = [f"# written by make_words_golden.py; best_index_: {search.best_index_}", f"output: runs/{name}", f"seed: {SEED}",
             f"data: {{source: mixed.csv, target: {target}, ignore: [{other}{'' if ours['text'] != 'none' or 'text' in grid else ', note'}]}}",
             f"model: {yaml_value({'name': model, **(model_fixed or {}), **shown})}", "search:", f"  grid: {yaml_value(grid)}",
             f"  cv: {cv}", f"  scoring: {yaml_value(scoring)}", f"  refit: {scoring[0]}"]
    with open(os.path.join(HERE, "words", name + ".yaml"), "w") as out:
        out.write("\n".join(lines) + "\n")
    print(f"{name}: {len(frame)} candidates, best {search.best_index_}, {frame['mean_test_' + scoring[0]].max():.4f}")


if __name__ == "__main__":
    mixed = make_data()
    exact = dict(solver="newton-cholesky", tol=1e-10, max_iter=1000)
    logistic = LogisticRegression(**exact)
    setting("svc", SvmClassifier(SVC(kernel="linear")), mixed, {}, {"C": [.1, 1], "ngrams": [1, 2]}, ["accuracy", "roc_auc"], "svc",
            {"kernel": "linear"})
    setting("ridge", Regressor(Ridge()), mixed, {"text": "counts", "min_df": 2, "max_df": .5, "max_features": 12},
            {"alpha": [.1, 10.0], "top_n": [1, 3], "analyzer": ["word", "char_wb"]}, ["r2", "neg_root_mean_squared_error"], "ridge")
    setting("ridge_encoded", Regressor(Ridge()), mixed, {"text": "none", "impute_categories": "most_frequent"},
            {"alpha": [.1, 10.0], "categories": ["ordinal", "frequency", "count", "target"]}, ["r2"], "ridge")
    setting("logistic", Classifier(logistic), mixed, {"sublinear": True, "impute": "mean", "impute_categories": "most_frequent"},
            {"C": [.1, 10.0], "ngrams": [[1, 1], [2, 3]], "min_share": [.08, .2]}, ["neg_log_loss", "accuracy"], "logistic")
    setting("logistic_target", Classifier(logistic), mixed, {"text": "hashing", "max_features": 64, "categories": "target"},
            {"C": [1.0], "smoothing": ["auto", 0.0, 10.0]}, ["neg_log_loss", "accuracy"], "logistic")
    setting("xgb", Classifier(Numbered(tree_method="hist", random_state=SEED, n_jobs=1, n_estimators=20)), mixed,
            {"impute": "none", "preprocessing": "none"}, {"max_depth": [2, 4], "categories": ["one_hot", "ordinal"]},
            ["neg_log_loss", "accuracy"], "xgb_classifier", {"n_estimators": 20, "random_state": SEED})
