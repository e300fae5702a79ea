"""The searches give scikit-learn's cv_results_, attributes and predictions; what they cannot do is refused."""
import pickle
import unittest
import warnings

import numpy as np
import pandas as pd
import sklearn.model_selection as theirs
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine, make_classification
from sklearn.exceptions import NotFittedError
from sklearn.impute import SimpleImputer
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures, StandardScaler
from sklearn.svm import SVC, SVR, LinearSVC, NuSVC, NuSVR

import gridmill


IRIS = load_iris(return_X_y=True)
DIABETES = load_diabetes(return_X_y=True)


def searches(estimator, grid, kind="GridSearchCV", **options):
    """The same search of scikit-learn and of gridmill."""
    return getattr(theirs, kind)(clone(estimator), grid, **options), getattr(gridmill, kind)(estimator, grid, n_jobs=1, **options)


class SameResults(unittest.TestCase):
    """Ten cases, and what follows from them."""

    def compare(self, estimator, grid, data, tolerance=0.0, kind="GridSearchCV", groups=None, **options):
        reference, ours = searches(estimator, grid, kind, **options)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reference.fit(*data, groups=groups)
            ours.fit(*data, groups=groups)
        self.assertEqual(list(reference.cv_results_), list(ours.cv_results_))
        for name, expected in reference.cv_results_.items():
            found = ours.cv_results_[name]
            if name == "params":
                self.assertEqual(expected, found)
                self.assertEqual([list(map(type, one.values())) for one in expected],
                                 [list(map(type, one.values())) for one in found])
            elif name.startswith("param_"):
                self.assertEqual(expected.tolist(), found.tolist())
                np.testing.assert_array_equal(np.ma.getmaskarray(expected), np.ma.getmaskarray(found))
            elif not name.endswith("_time"):
                self.assertEqual(expected.dtype, found.dtype, name)
                np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance, err_msg=name)
        for name in ("best_index_", "best_params_", "n_splits_", "multimetric_"):
            if hasattr(reference, name):
                self.assertEqual(getattr(reference, name), getattr(ours, name))
        if hasattr(reference, "best_score_"):
            self.assertAlmostEqual(reference.best_score_, ours.best_score_, delta=tolerance or 1e-15)
        if reference.refit:
            expected, found = reference.predict(data[0]), ours.predict(data[0])
            self.assertEqual(expected.dtype, found.dtype)
            if hasattr(reference, "classes_"):
                np.testing.assert_array_equal(reference.classes_, ours.classes_)
                np.testing.assert_array_equal(found, expected)
            else:
                np.testing.assert_allclose(found, expected, rtol=max(tolerance, 1e-9), atol=1e-9)
        return reference, ours

    def test_1_classes_in_a_grid(self):
        reference, ours = self.compare(SVC(), {"C": [0.1, 1, 10], "gamma": [0.1, "scale"]}, IRIS)
        self.assertEqual(reference.score(*IRIS), ours.score(*IRIS))
        np.testing.assert_allclose(ours.decision_function(IRIS[0]), reference.decision_function(IRIS[0]), atol=1e-9)

    def test_2_two_grids_several_metrics_and_train_scores(self):
        grid = [{"kernel": ["linear"], "C": [0.1, 1]}, {"kernel": ["rbf"], "gamma": [0.01, 0.1], "C": [1]}]
        self.compare(SVC(), grid, load_wine(return_X_y=True), cv=3, scoring=["accuracy", "f1_macro", "balanced_accuracy"],
                     refit="f1_macro", return_train_score=True)

    def test_3_pipeline_of_imputer_and_scaler(self):
        X, y = load_breast_cancer(return_X_y=True)
        X[::7, 3] = np.nan
        pipe = Pipeline([("fill", SimpleImputer()), ("scale", StandardScaler()), ("model", SVC())])
        self.compare(pipe, {"fill__strategy": ["mean", "median"], "model__C": [0.1, 1], "model__gamma": ["auto"]}, (X, y), cv=3)

    def test_4_words_as_labels_columns_with_names_and_binary_metrics(self):
        X, y = load_breast_cancer(return_X_y=True, as_frame=True)
        words = np.array(["10", "9"])[y]  # their order as words is not that as numbers
        reference, ours = self.compare(make_pipeline(MinMaxScaler(), NuSVC(gamma="auto", tol=1e-8)), {"nusvc__nu": [0.1, 0.2]},
                                       (X, words), cv=3, scoring={"right": "accuracy", "area": "roc_auc"}, refit="area")
        np.testing.assert_array_equal(reference.feature_names_in_, ours.feature_names_in_)
        np.testing.assert_allclose(ours.decision_function(X), reference.decision_function(X), atol=1e-6)
        self.assertAlmostEqual(reference.score(X, words), ours.score(X, words), 9)

    def test_5_regression_by_support_vectors(self):
        self.compare(SVR(tol=1e-8), {"C": [1, 100.0], "epsilon": [0.1, 5]}, DIABETES, 1e-6, scoring="neg_mean_absolute_error", cv=4)
        self.compare(NuSVR(C=10.0, tol=1e-8), {"nu": [0.3, 0.6]}, DIABETES, 1e-6, cv=3)

    def test_6_linear_regressions(self):
        self.compare(Ridge(), {"alpha": [0.01, 1, 100], "fit_intercept": [True, False]}, DIABETES, 1e-10)
        self.compare(LinearRegression(), {"fit_intercept": [True, False]}, DIABETES, 1e-10, cv=2)
        self.compare(Lasso(tol=1e-12, max_iter=100000), {"alpha": [0.01, 0.1]}, DIABETES, 1e-6)
        self.compare(ElasticNet(tol=1e-12, max_iter=100000), {"alpha": [0.01], "l1_ratio": [0.2, 0.8]}, DIABETES, 1e-6)

    def test_7_logistic_regression_and_its_probabilities(self):
        model = LogisticRegression(tol=1e-10, max_iter=10000)
        data = StandardScaler().fit_transform(IRIS[0]), IRIS[1]
        reference, ours = self.compare(model, {"C": [0.1, 10], "class_weight": [None, {0: 1, 1: 2, 2: 1}]}, data, 1e-5,
                                       scoring="neg_log_loss")
        np.testing.assert_allclose(ours.predict_proba(data[0]), reference.predict_proba(data[0]), atol=1e-4)

    def test_8_folds_of_all_kinds(self):
        groups = np.arange(150) % 9
        for cv in (theirs.KFold(4, shuffle=True, random_state=3), theirs.StratifiedKFold(4, shuffle=True, random_state=1),
                   theirs.GroupKFold(3), theirs.RepeatedStratifiedKFold(n_splits=2, n_repeats=2, random_state=5),
                   theirs.PredefinedSplit(np.arange(150) % 3 - 1), list(theirs.KFold(3).split(IRIS[0])),
                   theirs.TimeSeriesSplit(3, gap=2)):
            order = np.random.default_rng(0).permutation(150)
            data = IRIS[0][order], IRIS[1][order]
            self.compare(SVC(), {"C": [1, 10]}, data, cv=cv, groups=groups, refit=False)

    def test_9_random_draws(self):
        from scipy.stats import loguniform
        self.compare(SVC(), {"C": loguniform(0.1, 100), "gamma": loguniform(1e-4, 1)}, load_digits(n_class=4, return_X_y=True),
                     kind="RandomizedSearchCV", n_iter=4, random_state=7, cv=3)

    def test_10_boosted_trees(self):
        try:
            from xgboost import XGBClassifier, XGBRegressor
        except ImportError:
            self.skipTest("no xgboost here")
        data = make_classification(200, 8, random_state=0)
        self.compare(XGBClassifier(n_jobs=1, n_estimators=10, subsample=0.8), {"max_depth": [2, 4], "learning_rate": [0.1, None]}, data, cv=3)
        self.compare(XGBRegressor(n_jobs=1, n_estimators=10), {"max_depth": [2, 4]}, DIABETES, 1e-6, cv=3)

    def test_no_refit_and_an_empty_grid(self):
        _, ours = self.compare(SVC(), {"C": [1, 2]}, IRIS, refit=False)
        with self.assertRaisesRegex(NotFittedError, "refit=False"):
            ours.predict(IRIS[0])
        self.compare(SVC(C=3), {}, IRIS)

    def test_labels_keep_their_types(self):
        X, y = IRIS[0][:100], IRIS[1][:100]
        for labels in (y == 1, y.astype(float), y.astype(np.int32) * 10 - 3,
                       np.array(["no", "yes"], dtype=object)[y], pd.Series(y + 2**60)):
            self.compare(SVC(), {"C": [1]}, (X, labels), cv=2)


class SameHalving(SameResults):
    """Successive halving, its rounds and what is told of them."""

    # The ten cases are SameResults' own.
    locals().update({name: None for name in dir(SameResults) if name.startswith("test_")})

    def halve(self, estimator, grid, data, kind="HalvingGridSearchCV", tolerance=0.0, **options):
        reference, ours = self.compare(estimator, grid, data, tolerance, kind, **options)
        for name in ("n_resources_", "n_candidates_", "n_iterations_", "n_remaining_candidates_", "min_resources_",
                     "max_resources_", "n_required_iterations_", "n_possible_iterations_"):
            self.assertEqual(getattr(reference, name), getattr(ours, name), name)

    def test_of_rows(self):
        grid = {"C": [0.1, 1, 10, 100], "gamma": [0.001, 0.01, 0.1, "scale"]}
        self.halve(SVC(), grid, load_digits(return_X_y=True), cv=3, random_state=3)
        self.halve(SVC(), grid, IRIS, cv=3, random_state=1, factor=2, max_resources=60, aggressive_elimination=True)

    def test_of_draws_as_many_as_there_are_resources_for(self):
        axes = {"C": [0.1, 1, 2, 5, 10, 20, 50, 100], "gamma": [1e-4, 2e-4, 5e-4, 1e-3, 2e-3]}
        self.halve(SVC(), axes, load_digits(return_X_y=True), "HalvingRandomSearchCV", cv=3, random_state=0)

    def test_of_a_hyperparameter(self):
        from xgboost import XGBClassifier

        boosted = XGBClassifier(tree_method="hist", n_jobs=1)
        self.halve(boosted, {"max_depth": [1, 2, 3], "learning_rate": [0.1, 0.5]}, load_breast_cancer(return_X_y=True), cv=3,
                   resource="n_estimators", max_resources=36, min_resources=4, random_state=0, scoring="neg_log_loss", tolerance=1e-6)

    def test_what_has_no_counterpart_is_refused(self):
        for options in ({"scoring": ["accuracy"]}, {"resource": "max_iter"}, {"random_state": np.random.RandomState(0)}):
            with self.assertRaises(gridmill.BadInputError):
                gridmill.HalvingGridSearchCV(SVC(), {"C": [1, 2]}, **options).fit(*IRIS)
        with self.assertRaisesRegex(gridmill.BadInputError, "both"):
            gridmill.HalvingRandomSearchCV(SVC(), {"C": [1, 2]}, min_resources="exhaust").fit(*IRIS)


class Conventions(unittest.TestCase):
    def test_clones_and_sets_parameters(self):
        search = gridmill.GridSearchCV(SVC(), {"C": [1]}, cv=3, scoring="accuracy")
        copy = clone(search)
        self.assertEqual(copy.get_params(deep=False).keys(), search.get_params(deep=False).keys())
        self.assertIsNot(copy.estimator, search.estimator)
        self.assertEqual(copy.set_params(cv=4, estimator__C=2).estimator.C, 2)
        self.assertEqual(search.estimator.C, 1.0)
        theirs_too = theirs.GridSearchCV(SVC(), {"C": [1]}).get_params(deep=False)
        self.assertEqual({**theirs_too, "run": None}.keys(), search.get_params(deep=False).keys())
        self.assertFalse([name for name in vars(search) if name.endswith("_")])
        with self.assertRaisesRegex(NotFittedError, "not fitted yet"):
            search.predict(IRIS[0])

    def test_is_pickled_with_its_model(self):
        search = gridmill.GridSearchCV(SVC(), {"C": [1]}, cv=2, n_jobs=1).fit(*IRIS)
        again = pickle.loads(pickle.dumps(search))
        np.testing.assert_array_equal(again.predict(IRIS[0]), search.predict(IRIS[0]))

    def test_stands_inside_scikit_learn(self):
        reference, ours = searches(SVC(), {"C": [0.1, 10]}, cv=3)
        np.testing.assert_array_equal(theirs.cross_val_score(reference, *IRIS, cv=3), theirs.cross_val_score(ours, *IRIS, cv=3))

    def test_rows_go_by_the_names_of_columns(self):
        X, y = load_iris(return_X_y=True, as_frame=True)
        search = gridmill.GridSearchCV(SVC(), {"C": [1]}, cv=2, n_jobs=1).fit(X, y)
        np.testing.assert_array_equal(search.predict(X[X.columns[::-1]]), search.predict(X.to_numpy()))
        with self.assertRaisesRegex(ValueError, "now missing: petal width"):
            search.predict(X.drop(columns="petal width (cm)"))
        with self.assertRaisesRegex(ValueError, "X has 3 features"):
            search.predict(X.to_numpy()[:, :3])

    def test_words_by_a_model_of_its_own(self):
        rng = np.random.default_rng(0)
        X = pd.DataFrame({"town": rng.choice(["Rome", "", "NA", "None"], 120), "x": rng.normal(size=120)})
        y = (X["town"] == "NA") | (X["x"] > 1)
        X.loc[::10, "town"] = None
        X.loc[5, "x"] = np.nan
        model = gridmill.Model("logistic", categories="one_hot", impute="median")
        search = gridmill.GridSearchCV(clone(model), {"C": [1, 100]}, cv=3, n_jobs=1).fit(X, y)
        self.assertGreater(search.best_score_, 0.9)
        self.assertGreater(search.score(X, y), 0.9)
        with self.assertRaisesRegex(gridmill.BadInputError, "did you mean 'C'"):
            gridmill.GridSearchCV(model, {"CC": [1]}, n_jobs=1).fit(X, y)


class Refused(unittest.TestCase):
    def refused(self, words, estimator=None, grid=None, data=IRIS, kind="GridSearchCV", **options):
        search = getattr(gridmill, kind)(SVC() if estimator is None else estimator, {"C": [1]} if grid is None else grid, n_jobs=1, **options)
        with self.assertRaisesRegex(gridmill.BadInputError, words):
            search.fit(*data)

    def test_estimators_and_parameters_without_counterpart(self):
        self.refused("LinearSVC has no counterpart: its loss is squared", LinearSVC())
        self.refused(r"SVC\(shrinking=False\) has no counterpart", SVC(shrinking=False))
        self.refused(r"SVC\(probability=True\).*metric of scoring needs them", SVC(probability=True))
        self.refused(r"SVC\(kernel\)=.*has no counterpart", SVC(kernel=lambda a, b: a @ b.T))
        self.refused("unknown value 'precomputed'", SVC(kernel="precomputed"))
        self.refused("liblinear also penalises", LogisticRegression(solver="liblinear"))
        self.refused(r"LogisticRegression\(max_iter=5\)", LogisticRegression(max_iter=5))
        self.refused(r"Ridge\(positive=True\)", Ridge(positive=True), {"alpha": [1]}, DIABETES)
        self.refused("step 'polynomialfeatures'", make_pipeline(PolynomialFeatures(), SVC()), {})
        self.refused("step 'simpleimputer'", make_pipeline(StandardScaler(), SimpleImputer(), SVC()), {})
        self.refused(r"StandardScaler\(with_mean=False\)", make_pipeline(StandardScaler(with_mean=False), SVC()), {})
        self.refused("parameter 'shrinking' of the grid", SVC(), {"shrinking": [True, False]})

    def test_options_without_counterpart(self):
        self.refused("pre_dispatch", pre_dispatch=4)
        self.refused("refit=<function>", refit=lambda results: 0)
        self.refused("scoring=", scoring=lambda *_: 1)
        self.refused("did you mean 'accuracy'", scoring="acuracy")
        self.refused("ShuffleSplit", cv=theirs.ShuffleSplit(3))
        self.refused("give it a random_state", cv=theirs.KFold(3, shuffle=True))
        self.refused("does not train on all rows", cv=[(np.arange(50), np.arange(50, 100))])
        with self.assertRaisesRegex(gridmill.BadInputError, "sample_weight"):
            gridmill.GridSearchCV(SVC(), {"C": [1]}, n_jobs=1).fit(*IRIS, sample_weight=np.ones(150))

    def test_data_that_scikit_learn_refuses(self):
        X, y = IRIS
        self.refused("Expected 2D array", data=(X[:, 0], y))
        self.refused(r"inconsistent numbers of samples: \[150, 149\]", data=(X, y[:-1]))
        self.refused("continuous", data=(X, y + 0.5))
        self.refused("contains NaN", data=(X, np.where(y == 1, np.nan, y)))
        self.refused("target y is None", data=(X, None))
        self.refused("missing", data=(np.where(X > 5, np.nan, X), y))


def setUpModule():
    warnings.simplefilter("ignore", gridmill.GridmillWarning)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
