#!/usr/bin/python3
"""Writes calibration.json: what scikit-learn's CalibratedClassifierCV(ensemble=False) says of some rows (Debian's 1.2.1).

usage: make_golden.py PROJECT    reads PROJECT/tests/jobs/golden/data
"""
import json
import pathlib
import sys

import pandas
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

EACH = 4  # of so many rows the probabilities of one are kept


def logistic(**params):
    # lbfgs ends some 1e-4 beside the optimum, whatever its tol.
    return LogisticRegression(solver="newton-cg", tol=1e-10, max_iter=100000, **params)


# The candidate of the search, its estimator; the file; whether rows are weighted.
CASES = {
    "svc_of_three": ("{name: svc, C: 1.0, gamma: 0.1}", SVC(C=1.0, gamma=0.1), "iris", False),
    "svc_of_three_weighted": ("{name: svc, C: 1.0, gamma: 0.1}", SVC(C=1.0, gamma=0.1), "iris", True),
    "logistic_of_three": ("{name: logistic, C: 0.5, tol: 1.0e-9}", logistic(C=0.5), "iris", False),
    "svc_of_two": ("{name: svc, C: 1.0, gamma: 0.02, preprocessing: standardize}",
                   make_pipeline(StandardScaler(), SVC(C=1.0, gamma=0.02)), "breast_cancer", False),
    "logistic_of_two": ("{name: logistic, C: 0.01, tol: 1.0e-9, preprocessing: standardize}",
                        make_pipeline(StandardScaler(), logistic(C=0.01)), "breast_cancer", False),
}


def golden(project, method, model, estimator, file, weighted):
    table = pandas.read_csv(project / "tests/jobs/golden/data" / f"{file}.csv.gz")
    x = table[[name for name in table.columns if name.startswith("x")]].to_numpy()
    calibrated = CalibratedClassifierCV(estimator, method=method, cv=StratifiedKFold(3), ensemble=False)
    calibrated.fit(x, table["target"], sample_weight=table["weight"].to_numpy() if weighted else None)
    return {"method": method, "model": model, "file": file, "weighted": weighted, "classes": [str(each) for each in calibrated.classes_],
            "probability": calibrated.predict_proba(x)[::EACH].round(12).tolist()}


def main():
    project = pathlib.Path(sys.argv[1])
    cases = {f"{name}_{method}": golden(project, method, *case) for name, case in CASES.items() for method in ("sigmoid", "isotonic")}
    text = json.dumps({"scikit-learn": sklearn.__version__, "each": EACH, "cases": cases})
    (pathlib.Path(__file__).parent / "calibration.json").write_text(text.replace('"logistic', '\n"logistic').replace('"svc', '\n"svc') + "\n")


if __name__ == "__main__":
    main()
