#!/usr/bin/python3
"""Calibrated probabilities: those of scikit-learn (golden/calibration), the same at any number of ranks, and kept safe.

usage: calibration_test.py --gridmill PATH
"""
import argparse
import csv
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import h5py
import numpy

PROJECT = pathlib.Path(__file__).resolve().parents[2]
DATA = PROJECT / "tests/jobs/golden/data"
GOLDEN = json.loads((PROJECT / "tests/search/golden/calibration/calibration.json").read_text())


def gridmill(*words, code=0):
    done = subprocess.run([GRIDMILL, *words], cwd=FOLDER, capture_output=True, text=True, check=False)
    if done.returncode != code:
        raise AssertionError(f"gridmill {' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def search(name, model, file, more="", roles="ignore: [weight, group]", ranks=1):
    roles = roles if file == "iris" else ""
    (FOLDER / f"{name}.yaml").write_text(
        f"output: {name}\ndata: {{source: {DATA}/{file}.csv.gz, target: target, {roles}}}\nmodel: {model}\nsearch: {{grid: {{}}, cv: 3{more}}}\n")
    gridmill("search", f"{name}.yaml", "--quiet", "--ranks", str(ranks))


def predicted(name, file, *words):
    out = gridmill("predict", name, f"{DATA}/{file}.csv.gz", "--quiet", *words).stdout
    return list(csv.DictReader(out.splitlines()))


def probabilities(rows):
    names = [name for name in rows[0] if name.startswith("probability_")]
    return [name.removeprefix("probability_") for name in names], numpy.array([[float(row[name]) for name in names] for row in rows])


def isotonic(x, is_positive):
    """Pool adjacent violators, written the slow way: the minimum over ends of the maximum over starts of means."""
    places = numpy.unique(x)
    totals = [(numpy.sum(is_positive[x == place]), numpy.sum(x == place)) for place in places]
    sums, counts = (numpy.concatenate([[0], numpy.cumsum(part)]) for part in zip(*totals))
    n = len(places)
    means = [max(min((sums[e] - sums[b]) / (counts[e] - counts[b]) for e in range(i + 1, n + 1)) for b in range(i + 1)) for i in range(n)]
    return lambda at: numpy.interp(at, places, means)


class Calibration(unittest.TestCase):
    def test_probabilities_are_those_of_scikit_learn(self):
        for name, case in GOLDEN["cases"].items():
            with self.subTest(name):
                model = case["model"].replace("}", f", calibration: {case['method']}}}")
                search(name, model, case["file"], roles="weight: weight, ignore: [group]" if case["weighted"] else "ignore: [weight, group]")
                classes, found = probabilities(predicted(name, case["file"], "--probability"))
                self.assertEqual(classes, case["classes"])
                self.assertLess(numpy.max(numpy.abs(found[::GOLDEN["each"]] - case["probability"])), TOLERANCE[case["method"]])
                self.assertLess(numpy.max(numpy.abs(found.sum(axis=1) - 1)), 1e-12)

    def test_boosted_trees_are_calibrated_by_their_own_probabilities(self):
        search("trees", "{name: xgb_classifier, n_estimators: 20, calibration: isotonic}", "breast_cancer")
        _, found = probabilities(predicted("trees", "breast_cancer", "--probability"))
        text = (FOLDER / "trees/best/pipeline.json").read_text()
        self.assertIn('"of": "probability"', text)
        with h5py.File(FOLDER / "trees/results.h5") as file:
            told = file["out_of_fold/probability"][:, 1]
            function = isotonic(told, file["out_of_fold/truth"][:])
        plain = text.replace('"calibration"', '"passed_over"')
        (FOLDER / "trees/best/pipeline.json").write_text("\n".join(line for line in plain.splitlines() if '"checksum"' not in line).replace(",\n}", "\n}"))
        _, own = probabilities(predicted("trees", "breast_cancer", "--probability"))
        self.assertLess(numpy.max(numpy.abs(function(own[:, 1]) - found[:, 1])), 1e-6)

    def test_classes_and_scores_are_those_without_it_and_ranks_do_not_show(self):
        search("plain", "{name: svc, C: 1.0, gamma: 0.1}", "iris")
        search("one", "{name: svc, C: 1.0, gamma: 0.1, calibration: platt}", "iris")
        search("three", "{name: svc, C: 1.0, gamma: 0.1, calibration: sigmoid}", "iris", ranks=3)
        self.assertEqual([row["prediction"] for row in predicted("plain", "iris")], [row["prediction"] for row in predicted("one", "iris")])
        self.assertEqual((FOLDER / "one/best/pipeline.json").read_bytes(), (FOLDER / "three/best/pipeline.json").read_bytes())
        score = [json.loads((FOLDER / name / "summary.json").read_text())["best_score"] for name in ("plain", "one")]
        self.assertEqual(score[0], score[1])
        self.assertNotIn("calibration", (FOLDER / "plain/best/pipeline.json").read_text())
        self.assertIn("gives no probabilities", gridmill("predict", "plain", f"{DATA}/iris.csv.gz", "--probability", code=2).stderr)

    def test_a_calibration_that_was_changed_is_refused(self):
        search("changed", "{name: logistic, calibration: isotonic}", "breast_cancer")
        file = FOLDER / "changed/best/pipeline.json"
        whole = file.read_text()
        file.write_text(whole.replace('"isotonic"', '"sigmoid"'))
        self.assertIn("checksum", gridmill("predict", "changed", f"{DATA}/breast_cancer.csv.gz", code=2).stderr)
        file.write_text("\n".join(line for line in whole.replace('"isotonic"', '"spline"').splitlines() if '"checksum"' not in line).replace(",\n}", "\n}"))
        self.assertIn("'calibration' knows no such method", gridmill("predict", "changed", f"{DATA}/breast_cancer.csv.gz", code=2).stderr)

    def test_what_cannot_be_calibrated_is_refused_before_anything_is_read(self):
        for model, more, said in (("{name: ridge, calibration: sigmoid}", "", "does not tell classes apart"),
                                  ("{name: one_class, calibration: sigmoid}", ", scoring: f1", "does not tell classes apart"),
                                  ("{name: svc, calibration: isotonik}", "", "isotonic"),
                                  ("{name: svc, calibration: isotonic}", ", refit: false", "search.refit is false")):
            (FOLDER / "never.yaml").write_text(f"output: never\ndata: {{source: nothing.csv, target: y}}\nmodel: {model}\nsearch: {{grid: {{}}{more}}}\n")
            told = gridmill("validate", "never.yaml", code=2).stderr
            self.assertRegex(told, r"never.yaml:3:\d+: model.calibration")
            self.assertIn(said, told)


TOLERANCE = {"sigmoid": 2e-4, "isotonic": 1e-6}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gridmill", required=True, type=lambda path: str(pathlib.Path(path).resolve()))
    GRIDMILL = parser.parse_args().gridmill
    with tempfile.TemporaryDirectory(prefix="gridmill-calibration-") as folder:
        FOLDER = pathlib.Path(folder)
        unittest.main(argv=sys.argv[:1])
