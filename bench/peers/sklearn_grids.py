#!/usr/bin/python3
"""Larger SVM grids: writes a config for gridmill, or fits the same cells with scikit-learn in one thread.

    sklearn_grids.py config letter FILE.yaml [--tol 1e-5]   config of the whole grid, for `gridmill search FILE.yaml`
    sklearn_grids.py peer letter [--folds 0 1] [--tol 1e-5] [--scores FILE.npy]
                                                            CPU seconds of fit and score and accuracy, a line a cell

letter    15,000 x 16, 26 classes; gamma 1, 2, 4; C 1, 4, 16; 3 folds
a9a       32,561 x 123, sparse; gamma 0.01, 0.03, 0.1; C 0.5, 2, 8; 3 folds
covtype   4,858 x 54; 10 gammas x 10 Cs; 5 folds

The data is looked for in $GRIDMILL_SHARED/data; where it is not there, data of the same shape is made up (and said so), in
the folder build/bench. A --tol below 1e-3 means `mode: converged` for gridmill.
"""
import argparse
import os
import pathlib
import time

import numpy as np
from sklearn.datasets import dump_svmlight_file, load_svmlight_file
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import SVC

ROOT = pathlib.Path(__file__).resolve().parents[2]
GRIDS = {
    "letter": {"file": "libsvm/letter.scale.gz", "gamma": [1.0, 2.0, 4.0], "C": [1.0, 4.0, 16.0], "cv": 3},
    "a9a": {"file": "libsvm/a9a.gz", "gamma": [0.01, 0.03, 0.1], "C": [0.5, 2.0, 8.0], "cv": 3},
    # liquidSVM's default grid for 3,886 training samples of 54 features.
    "covtype": {"file": "uci/covtype-binary-5k.train.csv.gz", "cv": 5,
                "gamma": [1 / (5.3595 * 0.6822**i) ** 2 for i in range(10)],
                "C": [1 / (2 * 3886 * 0.1 * 0.2393**i) for i in range(10)]},
}


def make_up(name, path):
    """Clouds of the data set's shape; a9a's are 14 of 123 features that are 1."""
    random = np.random.RandomState(0)
    n, d, k = {"letter": (15000, 16, 26), "a9a": (32561, 123, 2), "covtype": (4858, 54, 2)}[name]
    y = random.randint(0, k, n)
    centres = random.uniform(-1, 1, (k, d))
    X = centres[y] * 0.5 + random.normal(0, 0.4, (n, d))
    if name == "a9a":
        X = (X >= np.sort(X, axis=1)[:, [-14]]).astype(float)
    path.parent.mkdir(parents=True, exist_ok=True)
    if name == "covtype":
        np.savetxt(path, np.column_stack([y, X]), delimiter=",", fmt="%.6g")
    else:
        dump_svmlight_file(X, y, str(path), zero_based=False)


def data_file(name):
    if shared := os.environ.get("GRIDMILL_SHARED"):
        real = pathlib.Path(shared) / "data" / GRIDS[name]["file"]
        if real.exists():
            return real
    path = ROOT / "build" / "bench" / (name + (".csv" if name == "covtype" else ".libsvm"))
    if not path.exists():
        print(f"{GRIDS[name]['file']} is not there; made up {path} of its shape")
        make_up(name, path)
    return path


def write_config(name, config, tol):
    grid = GRIDS[name]
    columns = ", target: c0, header: false" if name == "covtype" else ""
    config.write_text(f"output: {config.with_suffix('')}\n"
                      f"data: {{source: {data_file(name)}{columns}}}\n"
                      "model: svc\n"
                      "search:\n"
                      f"  grid: {{C: {grid['C']}, gamma: {grid['gamma']}}}\n"
                      f"  cv: {grid['cv']}\n"
                      "  refit: false\n"
                      f"  mode: {'converged' if tol < 1e-3 else 'exact'}\n")


def read(name):
    path = data_file(name)
    if name == "covtype":
        table = np.loadtxt(path, delimiter=",")
        return table[:, 1:].copy(), table[:, 0]
    X, y = load_svmlight_file(str(path))
    return (X if name == "a9a" else X.toarray()), y


def run_peer(name, options):
    X, y = read(name)
    grid = GRIDS[name]
    folds = list(StratifiedKFold(grid["cv"]).split(np.zeros(len(y)), y))
    scores = np.full((len(grid["gamma"]), len(grid["C"]), grid["cv"]), np.nan)
    begin = time.process_time()
    for g, gamma in enumerate(grid["gamma"]):
        for c, C in enumerate(grid["C"]):
            for f in options.folds or range(grid["cv"]):
                train, test = folds[f]
                start = time.process_time()
                model = SVC(C=C, gamma=gamma, tol=options.tol).fit(X[train], y[train])
                fitted = time.process_time()
                scores[g, c, f] = model.score(X[test], y[test])
                print(f"gamma {gamma:.6g} C {C:.6g} fold {f} fit {fitted - start:.2f} s "
                      f"score {time.process_time() - fitted:.2f} s accuracy {scores[g, c, f]:.10f}", flush=True)
                if options.scores:
                    np.save(options.scores, scores)
    print(f"{time.process_time() - begin:.2f} CPU seconds")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["config", "peer"])
    parser.add_argument("name", choices=sorted(GRIDS))
    parser.add_argument("config", nargs="?", type=pathlib.Path)
    parser.add_argument("--folds", type=int, nargs="+")
    parser.add_argument("--tol", type=float, default=1e-3)
    parser.add_argument("--scores")
    options = parser.parse_args()
    if options.what == "config":
        if options.config is None:
            parser.error("config needs the file to write")
        write_config(options.name, options.config, options.tol)
    else:
        run_peer(options.name, options)


if __name__ == "__main__":
    main()
