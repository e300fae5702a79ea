"""scikit-learn's estimators as the program's models: names and values of hyperparameters, both ways.

Every parameter that is not at its default is mapped or refused; none is ignored.
"""
import inspect
import numbers
from typing import NamedTuple

import numpy as np

from .errors import BadInputError


class Step(NamedTuple):
    """How an estimator's parameters are the program's.

    options: the program's name for a parameter. fixed: options that the estimator itself means.
    default: options whose default here is not the program's, by parameter.
    kept: why parameters that cannot change must stay at their default, by name. any_of: values that change nothing.
    """

    options: dict
    fixed: dict = {}
    default: dict = {}
    kept: dict = {}
    any_of: dict = {}


_SVM = {name: name for name in ("kernel", "gamma", "degree", "coef0", "tol")}
_SVM_KEPT = {
    "probability": "probabilities are there where a metric of scoring needs them: scoring=['accuracy', 'neg_log_loss'], "
                   "refit='accuracy'",
    "cache_size": "what fits share is kept in memory anyhow",
}
_ANY_SEED = lambda value: value is None or isinstance(value, numbers.Integral)  # noqa: E731
_SOLVED = {
    # The program solves to the end; a solver that is to stop earlier than by default has no counterpart.
    "tol": lambda value: 0 < value <= 1e-4,
    "random_state": _ANY_SEED,
}
_LINEAR_KEPT = {"tol": "each fit is solved to the end: up to 1e-4, scikit-learn's default, is met",
                "max_iter": "each fit is solved to the end: scikit-learn's default and more is met"}

_MODELS = {
    "SVC": Step({**_SVM, "C": "C", "max_iter": "max_iter", "class_weight": "class_weight", "break_ties": "break_ties"},
                {"model": "svc"}, kept=_SVM_KEPT, any_of={"random_state": _ANY_SEED}),
    "NuSVC": Step({**_SVM, "nu": "nu", "break_ties": "break_ties"}, {"model": "nu_svc"}, kept=_SVM_KEPT,
                  any_of={"random_state": _ANY_SEED}),
    "SVR": Step({**_SVM, "C": "C", "epsilon": "epsilon", "max_iter": "max_iter"}, {"model": "svr"}, kept=_SVM_KEPT),
    "NuSVR": Step({**_SVM, "C": "C", "nu": "nu"}, {"model": "nu_svr"}, kept=_SVM_KEPT),
    "LogisticRegression": Step(
        {name: name for name in ("penalty", "C", "fit_intercept", "class_weight", "l1_ratio")}, {"model": "logistic"},
        kept={**_LINEAR_KEPT, "solver": "liblinear also penalises the intercept; the other solvers find what is found here",
              "multi_class": "two classes are one function, more are multinomial"},
        any_of={**_SOLVED, "max_iter": lambda value: value >= 100,
                "solver": lambda value: value in ("lbfgs", "newton-cg", "newton-cholesky", "sag", "saga")}),
    "Ridge": Step({"alpha": "alpha", "fit_intercept": "fit_intercept"}, {"model": "ridge"}, kept=_LINEAR_KEPT,
                  any_of={**_SOLVED, "max_iter": lambda value: value is None,
                          "solver": lambda value: value in ("auto", "svd", "cholesky", "lsqr", "sparse_cg", "sag", "saga")}),
    "LinearRegression": Step({"fit_intercept": "fit_intercept"}, {"model": "ridge", "alpha": 0}),
    "Lasso": Step({"alpha": "alpha", "fit_intercept": "fit_intercept"}, {"model": "elastic_net", "l1_ratio": 1},
                  kept=_LINEAR_KEPT, any_of={**_SOLVED, "max_iter": lambda value: value >= 1000}),
    "ElasticNet": Step({name: name for name in ("alpha", "l1_ratio", "fit_intercept")}, {"model": "elastic_net"},
                       kept=_LINEAR_KEPT, any_of={**_SOLVED, "max_iter": lambda value: value >= 1000}),
}

_TREES = {name: name for name in (
    "n_estimators learning_rate booster max_depth max_leaves max_bin grow_policy tree_method min_child_weight gamma "
    "max_delta_step subsample colsample_bytree colsample_bylevel colsample_bynode reg_alpha reg_lambda "
    "num_parallel_tree base_score random_state monotone_constraints interaction_constraints sample_type normalize_type "
    "rate_drop one_drop skip_drop updater feature_selector top_k n_jobs objective").split()}
# None leaves it to XGBoost: before version 2 that is exact for most data, and the seed 0.
_TREES_DEFAULT = {"tree_method": "auto", "random_state": 0}
_NAN = lambda value: isinstance(value, numbers.Real) and np.isnan(value)  # noqa: E731
_MODELS["XGBClassifier"] = Step({**_TREES, "scale_pos_weight": "scale_pos_weight"}, {"model": "xgb_classifier"},
                                default=_TREES_DEFAULT, any_of={"missing": _NAN})
_MODELS["XGBRegressor"] = Step({**_TREES, "tweedie_variance_power": "tweedie_variance_power", "huber_slope": "huber_slope"},
                               {"model": "xgb_regressor"}, default=_TREES_DEFAULT, any_of={"missing": _NAN})

_BEFORE = {
    "SimpleImputer": Step({"strategy": "impute", "fill_value": "impute_value", "add_indicator": "missing_indicator"},
                          {"impute": "mean"}, any_of={"missing_values": _NAN}),
    "StandardScaler": Step({}, {"preprocessing": "standardize"}),
    "MinMaxScaler": Step({}, {"preprocessing": "minmax"}, any_of={"feature_range": lambda value: tuple(value) == (0, 1)}),
    "MaxAbsScaler": Step({}, {"preprocessing": "max_abs"}),
    "RobustScaler": Step({}, {"preprocessing": "robust"}),
    "PowerTransformer": Step({}, {"preprocessing": "power"}),
}
_NOT_HERE = {
    "LinearSVC": "its loss is squared and its intercept penalised: SVC(kernel='linear') is near it",
    "SGDClassifier": "it does not solve to the end: LogisticRegression does",
}


def model_of(estimator):
    """Returns the program's options of an estimator (`model` is its name) and the mapping of its parameters' names.

    estimator: one of the models above, a gridmill.Model, or a Pipeline of SimpleImputer, a scaler and a model.
    Returns (options, names): names maps 'svc__C' to 'C'. Error: BadInputError saying what has no counterpart.
    """
    from .model import Model
    if isinstance(estimator, Model):
        options = estimator.get_params()
        return {"model": options.pop("name"), **options}, _OwnNames()
    if type(estimator).__name__ != "Pipeline":
        options, names = _options(_MODELS, estimator, "")
        return options, names
    if estimator.memory is not None:
        raise BadInputError("Pipeline(memory=...) has no counterpart: fits share their work anyhow")
    options, names, place = {}, {}, 0
    for number, (name, step) in enumerate(estimator.steps):
        last = number == len(estimator.steps) - 1
        if not last and (step is None or isinstance(step, str) and step == "passthrough"):
            continue
        kind = type(step).__name__
        wanted = 0 if kind == "SimpleImputer" else 1
        if not last and (kind not in _BEFORE or wanted < place):
            raise BadInputError(f"step '{name}' of the pipeline, {kind}, has no counterpart: before the model may stand "
                                f"SimpleImputer, then one of {', '.join(list(_BEFORE)[1:])}")
        place = wanted + 1
        step_options, step_names = _options(_MODELS if last else _BEFORE, step, f"{name}__")
        options.update(step_options)
        names.update(step_names)
    return options, names


def hyperparameter(names, parameter):
    """Returns the program's name of a parameter of the grid. Error: BadInputError."""
    if parameter in names:
        return names[parameter]
    known = ", ".join(sorted(names))
    raise BadInputError(f"parameter '{parameter}' of the grid has no counterpart; known: {known}")


def value_of(parameter, value):
    """Returns a parameter's value as a config has it. Error: BadInputError for what no config can say."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, dict):  # class weights: by label
        return {str(getattr(label, "item", lambda: label)()): value_of(parameter, weight) for label, weight in value.items()}
    if isinstance(value, (list, tuple)):
        return [value_of(parameter, item) for item in value]
    if value is None or isinstance(value, (str, bool, int)) or isinstance(value, float) and np.isfinite(value):
        return value
    raise BadInputError(f"{parameter}={value!r} has no counterpart: a config holds numbers, words, true, false and null")


class _OwnNames(dict):
    """The names of a gridmill.Model: all that the program knows; it checks them."""

    def __contains__(self, name):
        return True

    def __getitem__(self, name):
        return name


def _options(known, estimator, prefix):
    kind = type(estimator).__name__
    module = type(estimator).__module__.partition(".")[0]
    step = known.get(kind)
    if step is None or module not in ("sklearn", "xgboost"):
        why = f": {_NOT_HERE[kind]}" if kind in _NOT_HERE else f"; known: {', '.join(known)}, gridmill.Model"
        raise BadInputError(f"{kind} has no counterpart{why}")
    options = dict(step.fixed)
    defaults = _defaults(type(estimator))
    for name, value in estimator.get_params(deep=False).items():
        default = defaults.get(name)
        if name in step.options:
            value = step.default.get(name) if value is None and name in step.default else value
            if name in step.default or not _same(value, default):
                options[step.options[name]] = value_of(f"{kind}({name})", value)
        elif not _same(value, default) and not (name in step.any_of and step.any_of[name](value)):
            why = step.kept.get(name, f"it must stay at its default, {default!r}")
            raise BadInputError(f"{kind}({name}={value!r}) has no counterpart: {why}")
    if kind.startswith("XGB") and options.get("objective") in ("binary:logistic", "reg:squarederror"):
        del options["objective"]  # the default; of more than two classes both take multi:softprob
    return options, {prefix + theirs: ours for theirs, ours in step.options.items()}


def _defaults(kind):
    """Default values of an estimator's parameters, also of those that it hands to its base class."""
    found = {}
    for base in reversed(kind.__mro__):
        if base is object or "__init__" not in vars(base):
            continue
        for name, parameter in inspect.signature(base.__init__).parameters.items():
            if parameter.default is not inspect.Parameter.empty:
                found[name] = parameter.default
    return found


def _same(value, default):
    if value is default:
        return True
    if isinstance(value, numbers.Real) and isinstance(default, numbers.Real):
        return value == default and isinstance(value, bool) == isinstance(default, bool)
    return isinstance(value, (str, tuple)) and type(value) is type(default) and value == default
