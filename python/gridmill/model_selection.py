"""Searches with the faces of scikit-learn's, computed by the program: a notebook changes one import line.

    from gridmill import GridSearchCV, RandomizedSearchCV     # instead of: from sklearn.model_selection import ...
    from gridmill import HalvingGridSearchCV                  # needs no sklearn.experimental
"""
import ast
import math
import numbers

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, MetaEstimatorMixin
from sklearn.metrics import get_scorer
from sklearn.model_selection import ParameterGrid, ParameterSampler, check_cv
from sklearn.utils.metaestimators import available_if

from . import mapping
from .cv_results import cv_results
from .errors import BadInputError
from .fitted import FittedModel, check_fitted
from .folds import folds_of
from .labels import Labels
from .search_folder import SearchFolder


def _fitted_can(name):
    def check(self):
        estimator = getattr(self, "best_estimator_", None)
        if estimator is not None:
            return getattr(estimator, name) is not None
        return True
    return available_if(check)


class _Search(MetaEstimatorMixin, BaseEstimator):
    """What the searches share: from data and candidates to `cv_results_`."""

    def fit(self, X, y=None, *, groups=None, **fit_params):
        """Searches, and fits the best candidate to all rows.

        X: rows x features, an array or a DataFrame: numbers; words where a gridmill.Model encodes them; missing values
        where a step or the model takes them. y: labels or numbers, one a row. groups: for folds that keep them together.
        Errors: GridmillError with the program's words; BadInputError (a ValueError) for what has no counterpart.
        """
        if fit_params:
            raise BadInputError(f"fit parameter '{next(iter(fit_params))}' has no counterpart; weights are a column of the "
                                "data in gridmill.search (data.weight), and weigh the scores as well")
        self._refuse_what_has_no_counterpart()
        options, names = mapping.model_of(self.estimator)
        scoring, rename = _scoring_of(self.scoring)
        candidates = self._candidates_for(X, y, groups)
        labels = Labels(y, options["model"])
        job = SearchFolder(self.run, X, labels)
        try:
            job.set_folds(*folds_of(self.cv, job.n_rows), groups)
            job.set_candidates(options, [{mapping.hyperparameter(names, name): mapping.value_of(name, value)
                                          for name, value in candidate.items()} for candidate in candidates])
            job.set_search(scoring=scoring, refit=self._refit_of(scoring, rename), train_scores=bool(self.return_train_score),
                           error_score=_error_score(self.error_score), **self._more_options(names))
            run = job.search(_ranks(self.n_jobs), bool(self.verbose))
            self._keep(run, candidates, rename, isinstance(scoring, list))
            if self.refit:
                self.best_estimator_ = FittedModel(run.path / "best", self.best_params_, labels, job.features)
        finally:
            job.close()
        self.n_features_in_ = job.n_features
        if isinstance(X, pd.DataFrame) and all(isinstance(name, str) for name in X.columns):
            self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        if labels.classes is not None and self.refit:
            self.classes_ = labels.classes
        return self

    def _keep(self, run, candidates, rename, multimetric):
        stored = run.stored_columns
        params = self._params_of(stored, candidates)
        results = cv_results(stored, params, rename)
        self.cv_results_ = results
        self.multimetric_ = multimetric
        metric = self.refit if multimetric else "score"
        self.n_splits_ = sum(name.startswith("split") and name.endswith("_test_" + _some_metric(results)) for name in results)
        if self.refit:
            self.best_index_ = int(run.best_index_)
        elif not multimetric:
            self.best_index_ = int(np.argmin(results["rank_test_score"]))
        if hasattr(self, "best_index_"):
            self.best_params_ = params[self.best_index_]
            self.best_score_ = results[f"mean_test_{metric}"][self.best_index_]
        if multimetric:
            named = self.scoring if isinstance(self.scoring, dict) else {name: name for name in self.scoring}
            self.scorer_ = {name: get_scorer(scorer) for name, scorer in named.items()}
        else:
            self.scorer_ = get_scorer(self.scoring or ("accuracy" if self._estimator_type == "classifier" else "r2"))

    def _candidates_for(self, X, y, groups):
        return self._candidates()

    def _more_options(self, names):
        return {}

    def _params_of(self, stored, candidates):
        """The parameters of each row of the results."""
        return _params_of_rows(stored["params"], candidates)

    def _refuse_what_has_no_counterpart(self):
        if getattr(self, "pre_dispatch", "2*n_jobs") != "2*n_jobs":
            raise BadInputError(f"pre_dispatch={self.pre_dispatch!r} has no counterpart: the program hands out fits itself")
        if callable(self.refit):
            raise BadInputError("refit=<function> has no counterpart; known: True, False, the name of a metric")

    def _refit_of(self, scoring, rename):
        """The option `search.refit`: None, False, or the program's name of a metric."""
        if not self.refit:
            return False
        if not isinstance(scoring, list):
            return None
        theirs = {rename.get(name, name): name for name in scoring}
        if not isinstance(self.refit, str) or self.refit not in theirs:
            raise BadInputError("For multi-metric scoring, the parameter refit must be set to a scorer key to refit an "
                                f"estimator with the best parameter setting: refit={self.refit!r} is none of "
                                f"{', '.join(theirs)}")
        return theirs[self.refit]

    @property
    def _estimator_type(self):
        return self.estimator._estimator_type

    def score(self, X, y=None):
        """Scores predictions for rows, in the metric that chose the best candidate."""
        check_fitted(self)
        scorer = self.scorer_[self.refit] if self.multimetric_ else self.scorer_
        return scorer(self.best_estimator_, X, y)

    def predict(self, X):
        """Predicts rows with the best model."""
        check_fitted(self)
        return self.best_estimator_.predict(X)

    @_fitted_can("predict_proba")
    def predict_proba(self, X):
        """Returns the probability of each class, rows x classes, where the search had a metric that needs them."""
        check_fitted(self)
        return self.best_estimator_.predict_proba(X)

    @_fitted_can("predict_log_proba")
    def predict_log_proba(self, X):
        """Returns the logarithm of the probabilities."""
        check_fitted(self)
        return self.best_estimator_.predict_log_proba(X)

    @_fitted_can("decision_function")
    def decision_function(self, X):
        """Returns decision values: one a row for two classes, else rows x classes."""
        check_fitted(self)
        return self.best_estimator_.decision_function(X)


class GridSearchCV(_Search):
    """scikit-learn's GridSearchCV, computed by the program.

    estimator: SVC, NuSVC, SVR, NuSVR, LogisticRegression, Ridge, LinearRegression, Lasso, ElasticNet, XGBClassifier,
    XGBRegressor, a Pipeline of SimpleImputer and a scaler before one of them, or a gridmill.Model.
    The other parameters are scikit-learn's, with its defaults; what the program cannot do is refused. Beyond those:
    n_jobs: processes; None and -1: one a core. verbose: whether progress is shown.
    run: folder to keep the search in, which goes on where it was stopped; None: a temporary one.
    """

    def __init__(self, estimator, param_grid, *, scoring=None, n_jobs=None, refit=True, cv=None, verbose=0,
                 pre_dispatch="2*n_jobs", error_score=np.nan, return_train_score=False, run=None):
        self.estimator = estimator
        self.param_grid = param_grid
        self.scoring = scoring
        self.n_jobs = n_jobs
        self.refit = refit
        self.cv = cv
        self.verbose = verbose
        self.pre_dispatch = pre_dispatch
        self.error_score = error_score
        self.return_train_score = return_train_score
        self.run = run

    def _candidates(self):
        return list(ParameterGrid(self.param_grid))


class RandomizedSearchCV(_Search):
    """scikit-learn's RandomizedSearchCV, computed by the program: the same draws, then as GridSearchCV."""

    def __init__(self, estimator, param_distributions, *, n_iter=10, scoring=None, n_jobs=None, refit=True, cv=None,
                 verbose=0, pre_dispatch="2*n_jobs", random_state=None, error_score=np.nan, return_train_score=False,
                 run=None):
        self.estimator = estimator
        self.param_distributions = param_distributions
        self.n_iter = n_iter
        self.scoring = scoring
        self.n_jobs = n_jobs
        self.refit = refit
        self.cv = cv
        self.verbose = verbose
        self.pre_dispatch = pre_dispatch
        self.random_state = random_state
        self.error_score = error_score
        self.return_train_score = return_train_score
        self.run = run

    def _candidates(self):
        return list(ParameterSampler(self.param_distributions, self.n_iter, random_state=self.random_state))


class _HalvingSearch(_Search):
    """Successive halving: all candidates on little, the best of them again on more."""

    def _candidates_for(self, X, y, groups):
        if self.scoring is not None and not isinstance(self.scoring, str):
            raise BadInputError(f"scoring={self.scoring!r} has no counterpart in halving: name one metric")
        if not isinstance(self.refit, bool):
            raise BadInputError(f"refit is expected to be a boolean. Got {type(self.refit)} instead.")
        if self.random_state is not None and not isinstance(self.random_state, numbers.Integral):
            raise BadInputError(f"random_state={self.random_state!r} has no counterpart in halving: give it a number")
        if self.resource != "n_samples" and self.max_resources == "auto":
            raise BadInputError("resource can only be 'n_samples' when max_resources='auto'")
        rows = len(y)
        self.max_resources_ = rows if self.max_resources == "auto" else self.max_resources
        self.min_resources_ = self.min_resources
        if self.min_resources in ("smallest", "exhaust"):
            self.min_resources_ = 1
            if self.resource == "n_samples":
                classifies = self._estimator_type == "classifier"
                splits = check_cv(self.cv, y, classifier=classifies).get_n_splits(X, y, groups)
                self.min_resources_ = 2 * splits * (len(np.unique(y)) if classifies else 1)
        candidates = self._candidates()
        if self.resource != "n_samples" and any(self.resource in candidate for candidate in candidates):
            raise BadInputError(f"Cannot use parameter {self.resource} as the resource since it is part of the searched "
                                "parameters.")
        return candidates

    def _more_options(self, names):
        resource = self.resource if self.resource == "n_samples" else mapping.hyperparameter(names, self.resource)
        self._rationed = resource
        halving = {"factor": self.factor, "resource": resource, "min_resources": self.min_resources,
                   "aggressive_elimination": bool(self.aggressive_elimination), "seed": int(self.random_state or 0)}
        if self.max_resources != "auto":
            halving["max_resources"] = int(self.max_resources)
        return {"halving": halving}

    def _params_of(self, stored, candidates):
        rounds = stored["iter"]
        resources = stored["n_resources"]
        self.n_resources_ = [int(resources[rounds == each][0]) for each in np.unique(rounds)]
        self.n_candidates_ = [int((rounds == each).sum()) for each in np.unique(rounds)]
        self.n_iterations_ = len(self.n_candidates_)
        self.n_remaining_candidates_ = math.ceil(self.n_candidates_[-1] / self.factor)
        self.min_resources_ = self.n_resources_[0]
        self.n_required_iterations_ = 1 + math.floor(math.log(len(candidates), self.factor))
        self.n_possible_iterations_ = 1 + math.floor(math.log(self.max_resources_ // self.min_resources_, self.factor))
        if self.resource == "n_samples":
            return _params_of_rows(stored["params"], candidates)
        # What is rationed is a parameter of each row, but of no candidate.
        words = [str({name: value for name, value in ast.literal_eval(words).items() if name != self._rationed})
                 for words in stored["params"]]
        params = _params_of_rows(words, candidates)
        return [{**one, self.resource: int(given)} for one, given in zip(params, resources)]


class HalvingGridSearchCV(_HalvingSearch):
    """scikit-learn's HalvingGridSearchCV, computed by the program; see GridSearchCV for what differs."""

    def __init__(self, estimator, param_grid, *, factor=3, resource="n_samples", max_resources="auto",
                 min_resources="exhaust", aggressive_elimination=False, cv=5, scoring=None, refit=True, error_score=np.nan,
                 return_train_score=True, random_state=None, n_jobs=None, verbose=0, run=None):
        self.estimator = estimator
        self.param_grid = param_grid
        self.factor = factor
        self.resource = resource
        self.max_resources = max_resources
        self.min_resources = min_resources
        self.aggressive_elimination = aggressive_elimination
        self.cv = cv
        self.scoring = scoring
        self.refit = refit
        self.error_score = error_score
        self.return_train_score = return_train_score
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.run = run

    def _candidates(self):
        return list(ParameterGrid(self.param_grid))


class HalvingRandomSearchCV(_HalvingSearch):
    """scikit-learn's HalvingRandomSearchCV, computed by the program: the same draws, then as HalvingGridSearchCV."""

    def __init__(self, estimator, param_distributions, *, n_candidates="exhaust", factor=3, resource="n_samples",
                 max_resources="auto", min_resources="smallest", aggressive_elimination=False, cv=5, scoring=None,
                 refit=True, error_score=np.nan, return_train_score=True, random_state=None, n_jobs=None, verbose=0,
                 run=None):
        self.estimator = estimator
        self.param_distributions = param_distributions
        self.n_candidates = n_candidates
        self.factor = factor
        self.resource = resource
        self.max_resources = max_resources
        self.min_resources = min_resources
        self.aggressive_elimination = aggressive_elimination
        self.cv = cv
        self.scoring = scoring
        self.refit = refit
        self.error_score = error_score
        self.return_train_score = return_train_score
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.run = run

    def _candidates(self):
        if self.min_resources == self.n_candidates == "exhaust":
            raise BadInputError("n_candidates and min_resources cannot be both set to 'exhaust'.")
        n = self.max_resources_ // self.min_resources_ if self.n_candidates == "exhaust" else self.n_candidates
        return list(ParameterSampler(self.param_distributions, n, random_state=self.random_state))


def _scoring_of(scoring):
    """Returns the option `search.scoring`, and what its metrics are to be called where that is not their name."""
    if scoring is None or isinstance(scoring, str):
        return scoring, {}
    if isinstance(scoring, dict):
        names = list(scoring.values())
        rename = {metric: name for name, metric in scoring.items()}
        if len(rename) < len(names):
            raise BadInputError("scoring names a metric twice")
    elif isinstance(scoring, (list, tuple, set)):
        names, rename = list(scoring), {}
    else:
        names, rename = [scoring], {}
    strange = next((name for name in names if not isinstance(name, str)), None)
    if strange is not None or not names:
        raise BadInputError(f"scoring={strange!r} has no counterpart: name metrics ('gridmill describe metrics' lists them)")
    return names, rename


def _ranks(n_jobs):
    if n_jobs in (None, -1):
        return None
    if not isinstance(n_jobs, numbers.Integral) or n_jobs < 1:
        raise BadInputError(f"n_jobs={n_jobs!r} has no counterpart: a number of processes, or None or -1: one a core")
    return int(n_jobs)


def _params_of_rows(stored, candidates):
    """Returns the parameters of each row: the first rows are the candidates; rounds of halving repeat some of them."""
    by_words = dict(zip(reversed(stored[:len(candidates)]), reversed(candidates)))
    return candidates + [by_words[words] for words in stored[len(candidates):]]


def _some_metric(results):
    return next(name for name in results if name.startswith("mean_test_"))[len("mean_test_"):]


def _error_score(value):
    if isinstance(value, str) or isinstance(value, numbers.Real) and np.isfinite(value):
        return value
    return "nan"
