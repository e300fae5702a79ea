#!/usr/bin/python3
"""Times successive halving beside the full grid, and nested cross-validation beside the same searches one by one.

usage: bench/rounds.py GRIDMILL [--repeat N] [--ranks N] [--sklearn]

Data: data/digits.csv.gz. Peers run in turn; wall and processor time [s] are the least of N runs. `--sklearn` adds
scikit-learn's HalvingGridSearchCV and cross_val_score(GridSearchCV) on one core.
"""
import argparse
import pathlib
import resource
import shutil
import subprocess
import tempfile
import time

import pandas as pd
from sklearn.model_selection import StratifiedKFold

ROOT = pathlib.Path(__file__).resolve().parents[1]
GRID = "{C: [0.1, 1, 10], gamma: [0.0001, 0.001, 0.01, 0.1, 0.5, 1.0]}"
SKLEARN = """
import sys
from sklearn import datasets
from sklearn.experimental import enable_halving_search_cv
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, cross_val_score
from sklearn.svm import SVC
digits = datasets.load_digits()
grid = {"C": [0.1, 1, 10], "gamma": [0.0001, 0.001, 0.01, 0.1, 0.5, 1.0]}
if sys.argv[1] == "halving":
    HalvingGridSearchCV(SVC(), grid, cv=3, random_state=0).fit(digits.data, digits.target)
else:
    GridSearchCV(SVC(), grid, cv=3).fit(digits.data, digits.target)
    cross_val_score(GridSearchCV(SVC(), grid, cv=3), digits.data, digits.target, cv=5)
"""


def timed(commands):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    for command in commands:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def write_searches(folder):
    """Returns the configs by name: one list of searches each."""
    frame = pd.read_csv(ROOT / "data/digits.csv.gz")
    folds = StratifiedKFold(5)
    fold_of = pd.Series(-1, frame.index)
    for k, (_, test) in enumerate(folds.split(frame, frame["target"])):
        fold_of.iloc[test] = k
    frame.to_csv(folder / "all.csv", index=False)
    for k in range(5):
        rest = frame[fold_of != k]
        rest.assign(fold=fold_of[fold_of != k]).to_csv(folder / f"without{k}.csv", index=False)

    def config(name, source, cv, more="", fold=""):
        text = (f"output: {folder / name}\ndata: {{source: {folder / source}, target: target{fold}}}\nmodel: svc\n"
                f"search: {{grid: {GRID}, cv: {cv}{more}}}\n")
        (folder / f"{name}.yaml").write_text(text)
        return name

    of_fold = ", fold: fold"
    return {
        "full grid": [config("grid", "all.csv", 3)],
        "successive halving": [config("halving", "all.csv", 3, ", halving: {}")],
        "nested: 5": [config("nested", "all.csv", 3, ", nested: 5")],
        "the same one by one": ["grid"] + [config(f"own{k}", f"without{k}.csv", 3, fold=of_fold) for k in range(5)],
        "nested: {folds: 5, inner: outer}": [
            config("outer", "all.csv", 5, ", nested: {folds: 5, inner: outer}")],
        "its searches one by one": [config("grid5", "all.csv", 5)] +
                                   [config(f"pre{k}", f"without{k}.csv", "predefined", fold=of_fold) for k in range(5)],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gridmill")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--sklearn", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        searches = write_searches(folder)
        best = {}
        for _ in range(arguments.repeat):
            for what, configs in searches.items():
                for each in configs:
                    shutil.rmtree(folder / each, ignore_errors=True)
                times = timed([[arguments.gridmill, "search", str(folder / f"{each}.yaml"), "--ranks", str(arguments.ranks),
                                "--quiet"] for each in configs])
                best[what] = tuple(map(min, best.get(what, times), times))
            for what in ["halving", "nested"] if arguments.sklearn else []:
                times = timed([["/usr/bin/python3", "-c", SKLEARN, what]])
                best[f"scikit-learn, {what}"] = tuple(map(min, best.get(f"scikit-learn, {what}", times), times))
        for what, (wall, cpu) in best.items():
            print(f"{what:<34} {wall:7.2f} s wall {cpu:7.2f} s processor")


if __name__ == "__main__":
    main()
