#!/usr/bin/python3
"""Times searches of boosted trees beside GridSearchCV(XGBClassifier), on one core, and compares the scores.

usage: bench/boosting.py GRIDMILL [--repeat N] [--only NAME] [--data FOLDER]

Shapes, trees by tree_method hist, 3 folds:
  a9a      FOLDER/libsvm/a9a.gz: 32,561 x 123, sparse; max_depth {3, 6, 9} x learning_rate {0.1, 0.3} x n_estimators
           {50, 100, 200, 400}: 72 fits. The peer takes the same file as CSR (what is absent is missing).
  covtype  FOLDER/uci/covtype-binary-5k.train.csv.gz: 4,858 x 54, the target first; the same grid
  large    made up here: 100,000 x 50; max_depth {4, 6} x learning_rate {0.1, 0.3} x subsample {0.8, 1} x n_estimators
           {50, 100, 200}

Each shape runs in turn as the peer, as gridmill on one rank and on two. Seconds are processor time of the whole command,
reading included (wall time in brackets), the least of N runs. Needs python3-sklearn and python3-xgboost.
"""
import argparse
import gzip
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import numpy as np
import pandas as pd

GRID = {"max_depth": [3, 6, 9], "learning_rate": [0.1, 0.3], "n_estimators": [50, 100, 200, 400]}
LARGE = {"max_depth": [4, 6], "learning_rate": [0.1, 0.3], "subsample": [0.8, 1.0], "n_estimators": [50, 100, 200]}
PEER = """
import json, sys
import pandas as pd
from sklearn.datasets import load_svmlight_file
from sklearn.model_selection import GridSearchCV
from xgboost import XGBClassifier
source, grid, out = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
if source.endswith(".csv"):
    frame = pd.read_csv(source)
    X, y = frame.iloc[:, :-1].to_numpy(float), frame.iloc[:, -1].to_numpy()
else:
    X, y = load_svmlight_file(source)
code = pd.factorize(y, sort=True)[0]
search = GridSearchCV(XGBClassifier(tree_method="hist", n_jobs=1, random_state=0), grid, cv=3, refit=False).fit(X, code)
pd.DataFrame(search.cv_results_).to_csv(out, index=False)
"""


def timed(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)
    wall = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def least(runs):
    return min(cpu for cpu, _ in runs), min(wall for _, wall in runs)


def write_large(file):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(100_000, 50)).round(4)
    y = (X[:, :5].sum(axis=1) + X[:, 5] * X[:, 6] + rng.normal(size=len(X)) > 0).astype(int)
    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(50)])
    frame["target"] = y
    frame.to_csv(file, index=False)


def config(file, source, grid, out):
    target = "" if source.endswith(".svm") else ", target: " + open(source).readline().strip().split(",")[-1]
    file.write_text(f"output: {out}\nseed: 0\ndata: {{source: {source}{target}}}\nmodel: xgb_classifier\n"
                    f"search: {{grid: {json.dumps(grid)}, cv: 3, refit: false}}\n")


def greatest_difference(ours, theirs):
    a, b = pd.read_csv(ours), pd.read_csv(theirs)
    columns = [c for c in b.columns if "_test_score" in c and not c.startswith("rank")]
    return max(float(np.abs(a[c] - b[c]).max()) for c in columns)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gridmill")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only")
    parser.add_argument("--data", type=pathlib.Path)
    options = parser.parse_args()
    gridmill = str(pathlib.Path(options.gridmill).resolve())
    folder = pathlib.Path(tempfile.mkdtemp(prefix="boosting-bench-"))
    shapes = {}
    if options.data:
        (folder / "a9a.svm").write_bytes(gzip.decompress((options.data / "libsvm/a9a.gz").read_bytes()))
        shapes["a9a"] = (str(folder / "a9a.svm"), GRID)
        frame = pd.read_csv(options.data / "uci/covtype-binary-5k.train.csv.gz", header=None)
        frame.columns = ["target"] + [f"x{i}" for i in range(54)]
        frame[[*frame.columns[1:], "target"]].to_csv(folder / "covtype.csv", index=False)
        shapes["covtype"] = (str(folder / "covtype.csv"), GRID)
    write_large(folder / "large.csv")
    shapes["large"] = (str(folder / "large.csv"), LARGE)
    print(f"{'':<8} {'fits':>5} {'peer':>16} {'1 rank':>16} {'2 ranks':>16} {'share':>6} {'2 ranks are':>12} {'scores differ by':>17}")
    for name, (source, grid) in shapes.items():
        if options.only not in (None, name):
            continue
        (folder / "peer.py").write_text(PEER)
        runs = {"peer": [], 1: [], 2: []}
        for _ in range(options.repeat):
            runs["peer"].append(timed(["/usr/bin/python3", str(folder / "peer.py"), source, json.dumps(grid),
                                       str(folder / "peer.csv")]))
            for ranks in (1, 2):
                out = folder / f"run{ranks}"
                shutil.rmtree(out, ignore_errors=True)
                config(folder / "search.yaml", source, grid, out)
                runs[ranks].append(timed([gridmill, "search", str(folder / "search.yaml"), "--ranks", str(ranks), "--quiet"]))
        peer, one, two = least(runs["peer"]), least(runs[1]), least(runs[2])
        n_fits = 3 * int(np.prod([len(v) for v in grid.values()]))
        print(f"{name:<8} {n_fits:>5} {peer[0]:>8.2f} ({peer[1]:>5.1f}) {one[0]:>8.2f} ({one[1]:>5.1f}) {two[0]:>8.2f} ({two[1]:>5.1f})"
              f" {one[0] / peer[0]:>6.2f} {one[1] / two[1]:>10.2f}x {greatest_difference(folder / 'run1' / 'cv_results.csv', folder / 'peer.csv'):>17.1e}",
              flush=True)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
