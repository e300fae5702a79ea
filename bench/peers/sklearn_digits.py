#!/usr/bin/python3
"""The search of configs/digits-svm.yaml with scikit-learn: read, split, search, refit, report. One process."""
import sys

import pandas as pd
from sklearn.metrics import classification_report, confusion_matrix
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.svm import SVC

frame = pd.read_csv(sys.argv[1])
X, y = frame.drop(columns="target").to_numpy(float), frame["target"].to_numpy()
X, X_test, y, y_test = train_test_split(X, y, test_size=0.3, stratify=y, random_state=0)
grid = {"kernel": ["rbf"], "C": [1e-4, 1, 1e4], "gamma": [1e-3, 1, 1e3], "class_weight": [None, "balanced"]}
search = GridSearchCV(SVC(), grid, cv=3, scoring=["accuracy", "f1_macro"], refit="accuracy", n_jobs=1).fit(X, y)
pd.DataFrame(search.cv_results_).to_csv(sys.argv[2], index=False)
predicted = search.predict(X_test)
print(search.best_params_, search.best_score_)
print(classification_report(y_test, predicted))
print(confusion_matrix(y_test, predicted))
