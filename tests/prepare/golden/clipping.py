"""What preprocessing: clip does, as a transformer of scikit-learn."""
import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin


class Clip(TransformerMixin, BaseEstimator):
    """Cuts off what lies beyond quantiles of the training rows."""

    def __init__(self, share):
        self.share = share

    def fit(self, X, y=None):
        self.low_, self.high_ = np.nanquantile(X, [self.share, 1 - self.share], axis=0)
        return self

    def transform(self, X):
        return np.clip(X, self.low_, self.high_)
