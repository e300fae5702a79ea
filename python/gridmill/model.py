"""A model of the program by its own names."""
from sklearn.base import BaseEstimator

from .labels import REGRESSORS


class Model(BaseEstimator):
    """A model as a config names it, for the searches of this package: Model("svc", C=10, categories="one_hot").

    name: one of those that `gridmill describe models` lists. hyperparameters: what `gridmill describe NAME` lists, steps
    before the model included; the grid of a search has the same names. The program checks them when a search begins.
    """

    def __init__(self, name, **hyperparameters):
        self.name = name
        self._hyperparameters = hyperparameters

    @property
    def _estimator_type(self):
        return "regressor" if self.name in REGRESSORS else "classifier"

    def get_params(self, deep=True):
        """The name and the hyperparameters that were given."""
        return {"name": self.name, **self._hyperparameters}

    def set_params(self, **parameters):
        """Sets the name, or hyperparameters."""
        self.name = parameters.pop("name", self.name)
        self._hyperparameters.update(parameters)
        return self

    def __repr__(self):
        given = "".join(f", {name}={value!r}" for name, value in self._hyperparameters.items())
        return f"Model({self.name!r}{given})"
