#!/usr/bin/env python3
"""A search taken to Optuna, read with Optuna itself (Debian's python3-optuna), and to MLflow, whose layout is looked at.

    tests/report/export_test.py --gridmill build/dev/gridmill
"""

import argparse
import csv
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]


def gridmill(*words, code=0):
    done = subprocess.run([GRIDMILL, *map(str, words)], capture_output=True, text=True, cwd=FOLDER)
    if done.returncode != code:
        raise AssertionError(f"gridmill {words}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stderr + done.stdout


def table(run):
    with open(FOLDER / run / "cv_results.csv") as file:
        return list(csv.DictReader(file))


class Optuna(unittest.TestCase):
    def study(self, run):
        warnings.simplefilter("ignore")
        import optuna

        file = FOLDER / f"{run}.log"
        gridmill("export", run, "--optuna", file)
        storage = optuna.storages.JournalStorage(optuna.storages.JournalFileStorage(str(file)))
        return optuna.load_study(study_name=run, storage=storage)

    def test_reads_the_same_best_candidate_and_scores(self):
        study = self.study("grid")
        rows = table("grid")
        self.assertEqual(len(study.trials), len(rows))
        summary = json.loads((FOLDER / "grid/summary.json").read_text())
        self.assertEqual(study.best_params["C"], summary["best_params"]["C"])
        self.assertEqual(study.best_params["gamma"], summary["best_params"]["gamma"])
        self.assertEqual(study.best_params["kernel"], summary["best_params"]["kernel"])
        self.assertEqual(study.best_value, summary["best_score"])
        for trial, row in zip(study.trials, rows):
            self.assertEqual(trial.value, float(row["mean_test_accuracy"]))
            self.assertEqual(trial.user_attrs["mean_test_f1_macro"], float(row["mean_test_f1_macro"]))
            self.assertEqual(trial.intermediate_values[2], float(row["split2_test_accuracy"]))
            self.assertLessEqual(trial.datetime_start, trial.datetime_complete)
        self.assertIn("params_C", study.trials_dataframe().columns)
        self.assertEqual(study.user_attrs["metric"], "accuracy")

    def test_candidates_that_halving_drops_are_pruned(self):
        study = self.study("halving")
        states = [trial.state.name for trial in study.trials]
        self.assertIn("PRUNED", states)
        self.assertEqual(states[-1], "COMPLETE")

    def test_nothing_is_replaced(self):
        (FOLDER / "own.log").write_text("mine")
        self.assertIn("own.log: exists", gridmill("export", "grid", "--optuna", "own.log", code=2))
        self.assertEqual((FOLDER / "own.log").read_text(), "mine")
        self.assertIn("where to?", gridmill("export", "grid", code=2))
        self.assertIn("is no run directory of a search", gridmill("export", ".", "--optuna", "x.log", code=2))


class Mlflow(unittest.TestCase):
    def test_has_a_run_for_the_search_and_one_for_each_candidate(self):
        gridmill("export", "grid", "--mlflow", "mlruns")
        (experiment,) = (FOLDER / "mlruns").iterdir()
        self.assertRegex(experiment.name, r"^\d{18}$")
        meta = (experiment / "meta.yaml").read_text()
        self.assertIn(f"experiment_id: '{experiment.name}'\n", meta)
        self.assertIn('name: "grid"\n', meta)
        runs = {run.name: run for run in experiment.iterdir() if run.is_dir()}
        rows = table("grid")
        self.assertEqual(len(runs), len(rows) + 1)
        whole = [run for run in runs.values() if not (run / "tags/mlflow.parentRunId").exists()]
        self.assertEqual(len(whole), 1)
        for run in runs.values():
            self.assertRegex(run.name, r"^[0-9a-f]{32}$")
            text = (run / "meta.yaml").read_text()
            for line in (f"run_id: {run.name}", f"run_uuid: {run.name}", f"experiment_id: '{experiment.name}'", "status: 3",
                         "lifecycle_stage: active", "source_type: 4"):
                self.assertIn(line + "\n", text)
            if run != whole[0]:
                self.assertEqual((run / "tags/mlflow.parentRunId").read_text(), whole[0].name)
            for metric in (run / "metrics").iterdir():
                for line in metric.read_text().splitlines():
                    self.assertRegex(line, r"^\d{13} \S+ \d+$")
        self.assertEqual((whole[0] / "artifacts/cv_results.csv").read_bytes(), (FOLDER / "grid/cv_results.csv").read_bytes())
        self.assertTrue((whole[0] / "artifacts/best/pipeline.json").exists())
        best = json.loads((FOLDER / "grid/summary.json").read_text())
        self.assertEqual((whole[0] / "params/best_gamma").read_text(), str(best["best_params"]["gamma"]))
        score = (whole[0] / "metrics/mean_test_accuracy").read_text().split()[1]
        self.assertEqual(float(score), best["best_score"])
        self.assertEqual(len((whole[0] / "metrics/test_accuracy").read_text().splitlines()), 3)

        self.assertIn("holds this search already", gridmill("export", "grid", "--mlflow", "mlruns"))
        self.assertEqual(len(list(experiment.iterdir())), len(rows) + 2)
        gridmill("export", "halving", "--mlflow", "mlruns")
        self.assertEqual(len(list((FOLDER / "mlruns").iterdir())), 2)

    def test_a_folder_of_other_things_is_left_alone(self):
        (FOLDER / "mine").mkdir()
        (FOLDER / "mine/notes.txt").write_text("mine")
        self.assertIn("is no store of MLflow: it holds notes.txt", gridmill("export", "grid", "--mlflow", "mine", code=2))
        self.assertEqual(len(list((FOLDER / "mine").iterdir())), 1)


def search(name, more):
    (FOLDER / f"{name}.yaml").write_text(
        f"output: {name}\ndata: {{source: {ROOT}/data/digits.csv.gz, target: target, sample: 300}}\nmodel: svc\n"
        f"search: {{{more}, cv: 3, scoring: [accuracy, f1_macro], refit: accuracy}}\n")
    gridmill("search", f"{name}.yaml", "--ranks", 1, "--quiet")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gridmill", required=True, type=pathlib.Path)
    GRIDMILL = parser.parse_args().gridmill.resolve()
    with tempfile.TemporaryDirectory() as folder:
        FOLDER = pathlib.Path(folder).resolve()
        search("grid", "grid: {C: [1, 10.0], gamma: [0.0001, 0.001, 1.0], kernel: [rbf, linear]}")
        search("halving", "grid: {C: [1, 2, 5, 10], gamma: [0.0001, 0.0005, 0.001]}, halving: {factor: 3, min_resources: 100}")
        unittest.main(argv=sys.argv[:1])
