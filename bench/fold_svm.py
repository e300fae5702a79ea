#!/usr/bin/python3
"""SVM grids whose scaling is learnt in each fold, on easy data: gridmill beside scikit-learn, in the same run.

usage: bench/fold_svm.py GRIDMILL [--against OTHER] [--only NAME ...] [--repeat N] [--no-peer]

Each case is a grid search with `preprocessing: standardize` or `minmax`: kernels then belong to a fold. Most are made up
(blobs that lie well apart); where $GRIDMILL_SHARED is set, real sets of its folder data/ are taken, too. The peer is
GridSearchCV(make_pipeline(scaler, SVC())) in one thread. CPU seconds (user + system): of the whole command for gridmill,
the least of N runs; of GridSearchCV.fit alone for the peer, and in brackets of its whole process with imports and reading.
Fold scores are compared. `--against`: a second gridmill in turn with the first; its bytes of cv_results.csv are compared.
"""
import argparse
import csv
import gzip
import io
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd

# rows, columns, classes, distance of neighbours in standard deviations, scaling, Cs, gammas, folds
MADE_UP = {
    "two": (4000, 10, 2, 6.0, "standardize", [0.1, 1, 10], [0.01, 0.1, 1.0], 3),
    "three": (4000, 10, 3, 6.0, "minmax", [0.1, 1, 10, 100], [0.1, 0.5, 2.0, 10.0], 3),
    "five": (6000, 9, 5, 5.0, "standardize", [1, 10, 100], [0.01, 0.05, 0.2], 3),
    "small": (3000, 10, 2, 4.0, "standardize", [0.5, 1, 5, 10], [0.01, 0.05, 0.1, 0.5], 3),
    "large": (6000, 10, 2, 6.0, "minmax", [1, 10, 100], [0.1, 1, 5], 5),
    "scale": (4000, 10, 3, 6.0, "standardize", [0.01, 0.1, 1, 10, 100, 1000, 1e4, 1e5, 1e6], ["scale"], 3),
}
# file, rows, scaling, Cs, gammas, folds
REAL = {
    "svmguide1": ("libsvm/svmguide1.t.gz", 4000, "standardize", [1, 10, 100], [0.1, 0.5, 2.0], 3),
    "pendigits": ("uci/pendigits.arff.gz", 5000, "minmax", [1, 10, 100], [0.1, 0.5, 2.0], 3),
    "mushroom": ("uci/mushroom.arff.gz", 6000, "standardize", [1, 10, 100], [0.01, 0.05, 0.2], 3),
    "letters": ("uci/letter-recognition.data.gz", 4000, "standardize", [1, 10, 100], [0.01, 0.05, 0.2], 3),
}

PEER = """
import json, sys, time
import pandas as pd
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC
case = json.loads(sys.argv[1])
data = pd.read_csv(case["csv"])
X, y = data.drop(columns="y").to_numpy(float), data["y"].to_numpy()
scaler = {"standardize": StandardScaler, "minmax": MinMaxScaler}[case["scaling"]]()
grid = {"svc__C": case["C"], "svc__gamma": case["gamma"]}
search = GridSearchCV(Pipeline([("scale", scaler), ("svc", SVC())]), grid, cv=case["cv"])
begin = time.process_time()
search.fit(X, y)
seconds = time.process_time() - begin
scores = [list(search.cv_results_[f"split{k}_test_score"]) for k in range(case["cv"])]
support = int(search.best_estimator_["svc"].n_support_.sum())
print(json.dumps({"seconds": seconds, "scores": scores, "support": support}))
"""


def blobs(rows, columns, classes, distance):
    random = np.random.RandomState(rows + columns + classes)
    centres = random.normal(0, 1, (classes, columns))
    centres *= distance / np.sqrt(2 * columns)
    y = random.randint(0, classes, rows)
    X = (centres[y] + random.normal(0, 1, (rows, columns))) * 10.0 ** random.randint(-2, 3, columns)
    return X, y


def real(file, rows):
    path = pathlib.Path(os.environ["GRIDMILL_SHARED"]) / "data" / file
    if file.startswith("libsvm"):
        from sklearn.datasets import load_svmlight_file
        X, y = load_svmlight_file(str(path))
        X = X.toarray()
    elif file.endswith("arff.gz"):
        text = gzip.open(path, "rt").read()
        body = text[text.lower().index("\n@data") + 6:]
        table = pd.read_csv(io.StringIO(body), comment="%", header=None, skipinitialspace=True, quotechar="'")
        y = table.pop(table.shape[1] - 1).to_numpy()
        X = table.apply(lambda c: c if c.dtype.kind in "if" else c.astype("category").cat.codes).to_numpy(float)
    else:
        lines = pd.read_csv(path, header=None)
        lines = lines[lines[0] <= "E"]
        y = lines.pop(0).to_numpy()
        X = lines.to_numpy(float)
    keep = np.random.RandomState(0).permutation(len(y))[:rows]
    return X[keep], pd.factorize(y[keep])[0]


def write(name, folder):
    if name in MADE_UP:
        rows, columns, classes, distance, scaling, C, gamma, cv = MADE_UP[name]
        X, y = blobs(rows, columns, classes, distance)
    else:
        file, rows, scaling, C, gamma, cv = REAL[name]
        X, y = real(file, rows)
    data = pd.DataFrame(X, columns=[f"x{f}" for f in range(X.shape[1])]).assign(y=y)
    path = folder / f"{name}.csv"
    data.to_csv(path, index=False)
    config = path.with_suffix(".yaml")
    config.write_text(f"output: {folder / 'run'}\ndata: {{source: {path}, target: y}}\n"
                      f"model: {{name: svc, preprocessing: {scaling}}}\nsearch: {{grid: {{C: {C}, gamma: {json.dumps(gamma)}}}, cv: {cv}}}\n")
    return {"csv": str(path), "config": str(config), "shape": X.shape, "classes": len(set(y)), "scaling": scaling,
            "C": C, "gamma": gamma, "cv": cv}


def used(command):
    """CPU seconds of a command with all that it starts, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1",
                                                                        "OPENBLAS_NUM_THREADS": "1"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{command}: {done.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def search(program, case, folder):
    out = folder / "run"
    seconds, _ = used([program, "search", case["config"], "--ranks", "1", "--quiet", "--overwrite", "--output", str(out)])
    return seconds, (out / "cv_results.csv").read_bytes()


def scores_of(table, cv):
    rows = list(csv.DictReader(table.decode().splitlines()))
    return [[float(row[f"split{k}_test_score"]) for row in rows] for k in range(cv)]


def without_times(table):
    rows = list(csv.reader(table.decode().splitlines()))
    kept = [c for c, head in enumerate(rows[0]) if "time" not in head]
    return [[row[c] for c in kept] for row in rows]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gridmill")
    parser.add_argument("--against")
    parser.add_argument("--only", nargs="+")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--no-peer", action="store_true")
    options = parser.parse_args()
    names = options.only or [*MADE_UP, *(REAL if "GRIDMILL_SHARED" in os.environ else [])]
    programs = [options.gridmill] + ([options.against] if options.against else [])
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for name in names:
            case = write(name, folder)
            runs = [[search(program, case, folder) for program in programs] for _ in range(options.repeat)]
            best = [min(run[p][0] for run in runs) for p in range(len(programs))]
            n_fits = len(case["C"]) * len(case["gamma"]) * case["cv"]
            line = f"{name:10} {case['shape'][0]} x {case['shape'][1]}, {case['classes']} classes, {n_fits} fits: "
            line += f"{best[0]:.3f} s"
            if options.against:
                same = without_times(runs[0][0][1]) == without_times(runs[0][1][1])
                line += f"; other {best[1]:.3f} s ({best[1] / best[0]:.2f} x), " + ("same" if same else "OTHER") + " table"
            if not options.no_peer:
                whole, text = used([sys.executable, "-c", PEER, json.dumps(case)])
                peer = json.loads(text)
                differ = np.abs(np.array(scores_of(runs[0][0][1], case["cv"])) - np.array(peer["scores"])) > 1e-12
                line += (f"; scikit-learn {peer['seconds']:.2f} s ({whole:.2f} s), {peer['seconds'] / best[0]:.1f} x; "
                         f"{differ.sum()} of {differ.size} fold scores differ; {peer['support']} support vectors")
            print(line, flush=True)


if __name__ == "__main__":
    main()
