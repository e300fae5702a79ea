#!/usr/bin/python3
"""Intervals of predictions: how many new rows lie within them on made-up data whose truth is known, and what is refused.

usage: interval_test.py --gridmill PATH [--long]    --long: more data, more repeats, a table of all of it
"""
import argparse
import csv
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import unittest

N_NEW = 4000
MODELS = {"ridge": "{name: ridge}\nsearch: {grid: {alpha: [0.1, 10]}, cv: 5}",
          "trees": "{name: xgb_regressor, n_estimators: 40, max_depth: 3}\nsearch: {grid: {learning_rate: [0.1, 0.3]}, cv: 5}"}
# The noise of a row, and with which model it is met.
NOISES = {"normal": lambda draw, a: draw.gauss(0, 1), "skewed": lambda draw, a: draw.expovariate(1) - 1,
          "long tails": lambda draw, a: draw.gauss(0, 1) / max(0.1, abs(draw.gauss(0, 1))), "greater where a is": lambda draw, a: draw.gauss(0, 0.2 + abs(a))}


def gridmill(*words, code=0):
    done = subprocess.run([GRIDMILL, *words], cwd=FOLDER, capture_output=True, text=True, check=False)
    if done.returncode != code:
        raise AssertionError(f"gridmill {' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def write_rows(file, n, noise, draw):
    with open(FOLDER / file, "w", encoding="utf-8") as out:
        out.write("a,b,c,y\n")
        for _ in range(n):
            a, b, c = (draw.gauss(0, 1) for _ in range(3))
            out.write(f"{a},{b},{c},{a - 2 * b + abs(c) + NOISES[noise](draw, a)}\n")


def predicted(run, file, share, *words):
    out = gridmill("predict", run, file, "--interval", str(share), "--quiet", *words).stdout
    return list(csv.DictReader(line for line in out.splitlines() if line[:1] in "p-0123456789"))


def search(name, model, n, noise, seed):
    draw = random.Random(seed)
    write_rows(f"{name}.csv", n, noise, draw)
    write_rows(f"{name}-new.csv", N_NEW, noise, draw)
    (FOLDER / f"{name}.yaml").write_text(f"output: {name}\ndata: {{source: {name}.csv, target: y}}\nmodel: {MODELS[model]}\n")
    gridmill("search", f"{name}.yaml", "--quiet", "--ranks", "1")


def coverage(name, share):
    """How many of the new rows lie within their interval [%]."""
    with open(FOLDER / f"{name}-new.csv", encoding="utf-8") as rows:
        truth = [float(row["y"]) for row in csv.DictReader(rows)]
    rows = predicted(name, f"{name}-new.csv", share)
    assert len(rows) == len(truth)
    within = sum(float(row["lower"]) <= y <= float(row["upper"]) for row, y in zip(rows, truth))
    return 100 * within / len(truth)


class Interval(unittest.TestCase):
    def test_as_many_new_rows_lie_within_it_as_are_to(self):
        for model, noise in (("ridge", "long tails"), ("trees", "normal")):
            name = f"{model}-{noise}".replace(" ", "-")
            search(name, model, 1000, noise, 1)
            for share in (0.8, 0.95):
                self.assertLess(abs(coverage(name, share) - 100 * share), 3, (name, share))
            told = gridmill("predict", name, f"{name}-new.csv", "--interval", "0.8", "-o", f"{name}.out", "-n", "2")
            self.assertIn(f"of {N_NEW} rows lie within their interval", told.stderr)
            self.assertEqual(list(csv.DictReader((FOLDER / f"{name}.out").read_text().splitlines())), predicted(name, f"{name}-new.csv", 0.8))
            self.assertEqual(predicted(f"{name}/best", f"{name}-new.csv", 0.8), predicted(name, f"{name}-new.csv", 0.8))

    def test_where_there_is_none_that_is_said(self):
        search("few", "ridge", 30, "normal", 2)
        self.assertEqual(len(predicted("few", "few-new.csv", 0.9)), N_NEW)
        self.assertIn("it takes 99 of them", gridmill("predict", "few", "few-new.csv", "--interval", "0.99", code=2).stderr)
        for share in ("0", "1", "90", "nan"):
            self.assertIn("must lie between 0 and 1", gridmill("predict", "few", "few-new.csv", "--interval", share, code=2).stderr)
        (FOLDER / "few/results.h5").rename(FOLDER / "few/elsewhere.h5")
        self.assertIn("results.h5: is not there", gridmill("predict", "few", "few-new.csv", "--interval", "0.9", code=2).stderr)
        rows = "".join(f"{i % 7},{i % 3},{'yes' if i % 2 else 'no'}\n" for i in range(40))
        (FOLDER / "classes.csv").write_text("a,b,y\n" + rows)
        (FOLDER / "classes.yaml").write_text("output: classes\ndata: {source: classes.csv, target: y}\nmodel: logistic\nsearch: {grid: {}, cv: 2}\n")
        gridmill("search", "classes.yaml", "--quiet", "--ranks", "1")
        self.assertIn("predicts classes", gridmill("predict", "classes", "classes.csv", "--interval", "0.9", code=2).stderr)


def table():
    """Means over repeats, for docs."""
    worst = 0
    print(f"{'model':8}{'noise':22}{'rows':>6}" + "".join(f"{share:>10}" for share in (0.5, 0.8, 0.9, 0.95)))
    for model in MODELS:
        for noise in NOISES:
            for n, n_repeats in ((100, 20), (1000, 5)):
                found = {share: [] for share in (0.5, 0.8, 0.9, 0.95)}
                for repeat in range(n_repeats):
                    name = f"{model}-{noise}-{n}-{repeat}".replace(" ", "-")
                    search(name, model, n, noise, repeat)
                    for share, all_found in found.items():
                        all_found.append(coverage(name, share))
                means = {share: statistics.fmean(each) for share, each in found.items()}
                worst = max(worst, *(abs(mean - 100 * share) for share, mean in means.items()))
                print(f"{model:8}{noise:22}{n:6}" + "".join(f"{mean:8.1f} %" for mean in means.values()), flush=True)
    print(f"farthest from what it is to be: {worst:.1f} points")
    return 1 if worst > 5 else 0  # of 100 rows the folds' fits know fewer, and 20 repeats have a spread


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gridmill", required=True, type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--long", action="store_true")
    given = parser.parse_args()
    GRIDMILL = given.gridmill
    with tempfile.TemporaryDirectory(prefix="gridmill-interval-") as folder:
        FOLDER = pathlib.Path(folder)
        if given.long:
            sys.exit(table())
        unittest.main(argv=sys.argv[:1])
