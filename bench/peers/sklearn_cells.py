#!/usr/bin/python3
"""Fits cells of an SVC grid with scikit-learn, one thread, and prints a line a cell: CPU seconds of fit and score, score.

    sklearn_cells.py FILE --gamma 1 2 4 --C 1 4 16 [--cv 3] [--folds 0 1 2] [--tol 1e-3] [--scores scores.npy]

FILE: LIBSVM text (sparse, as scikit-learn reads it; --dense to unpack it), also .gz; or numbers in CSV, label first.
Folds are StratifiedKFold's. The array of --scores is gammas x Cs x folds.
"""
import argparse
import time

import numpy as np
from sklearn.datasets import load_svmlight_file
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import SVC


def read(options):
    if ".csv" in options.file:
        table = np.loadtxt(options.file, delimiter=",")
        return table[:, 1:].copy(), table[:, 0]
    X, y = load_svmlight_file(options.file)
    return (X.toarray() if options.dense else X), y


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--gamma", type=float, nargs="+", required=True)
    parser.add_argument("--C", type=float, nargs="+", required=True)
    parser.add_argument("--cv", type=int, default=3)
    parser.add_argument("--folds", type=int, nargs="+")
    parser.add_argument("--tol", type=float, default=1e-3)
    parser.add_argument("--dense", action="store_true")
    parser.add_argument("--scores")
    options = parser.parse_args()
    X, y = read(options)
    folds = list(StratifiedKFold(options.cv).split(np.zeros(len(y)), y))
    wanted = options.folds or range(options.cv)
    scores = np.full((len(options.gamma), len(options.C), options.cv), np.nan)
    total = 0
    for g, gamma in enumerate(options.gamma):
        for c, C in enumerate(options.C):
            for f in wanted:
                train, test = folds[f]
                start = time.process_time()
                model = SVC(C=C, gamma=gamma, tol=options.tol).fit(X[train], y[train])
                fitted = time.process_time()
                scores[g, c, f] = model.score(X[test], y[test])
                done = time.process_time()
                total += done - start
                print(f"{gamma:.6g} {C:.6g} {f} fit {fitted - start:.2f} score {done - fitted:.2f} "
                      f"accuracy {scores[g, c, f]:.10f}", flush=True)
                if options.scores:
                    np.save(options.scores, scores)
    print(f"{total:.2f} CPU seconds")


if __name__ == "__main__":
    main()
