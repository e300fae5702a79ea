#!/usr/bin/env python3
"""A search taken to Optuna, read with Optuna itself (Debian's python3-optuna), and to MLflow, whose layout is looked at.

    tests/report/export_test.py --gridmill build/dev/gridmill
"""

import argparse
import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import mlflow_server  # noqa: E402


def gridmill(*words, code=0, variables=None):
    done = subprocess.run([GRIDMILL, *map(str, words)], capture_output=True, text=True, cwd=FOLDER, env=os.environ | (variables or {}))
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


class MlflowServer(unittest.TestCase):
    """What a server gets is what a file store gets, whatever happens on the way."""

    def export(self, server, code=0, **variables):
        secrets = {name: "" for name in ("MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")}
        return gridmill("export", "grid", "--mlflow", server.address, code=code, variables=secrets | variables)

    def stored(self):
        """The runs of a file store, by our id."""
        if not (FOLDER / "beside").exists():
            gridmill("export", "grid", "--mlflow", "beside")
        (experiment,) = (FOLDER / "beside").iterdir()
        runs = {}
        for folder in filter(pathlib.Path.is_dir, experiment.iterdir()):
            meta = (folder / "meta.yaml").read_text()
            metrics = set()
            for file in (folder / "metrics").iterdir():
                for line in file.read_text().splitlines():
                    time, value, step = line.split()
                    metrics.add((file.name, int(time), int(step), float(value)))
            files = {}
            for file in (folder / "artifacts").rglob("*"):
                if file.is_file():
                    files[str(file.relative_to(folder / "artifacts"))] = file.read_bytes()
            params = {file.name: file.read_text() for file in (folder / "params").iterdir()} if (folder / "params").exists() else {}
            runs[folder.name] = {"tags": {file.name: file.read_text() for file in (folder / "tags").iterdir()}, "params": params,
                                 "metrics": metrics, "files": files, "start": re.search(r"start_time: (\d+)", meta)[1],
                                 "end": re.search(r"end_time: (\d+)", meta)[1], "name": re.search(r'run_name: "(.*)"', meta)[1]}
        return runs

    def told(self, store):
        """The same of a server; its ids are replaced by ours."""
        own = {run: held["tags"]["gridmill.id"] for run, held in store.active().items()}
        self.assertEqual(len(set(own.values())), len(own), "runs that are there twice")
        runs = {}
        for run, held in store.active().items():
            tags = {key: own.get(value, value) if key == "mlflow.parentRunId" else value for key, value in held["tags"].items()
                    if key not in ("gridmill.id", "gridmill.search")}
            self.assertEqual(held["info"]["status"], "FINISHED")
            begin = f"{held['info']['experiment_id']}/{run}/artifacts/"
            files = {place.removeprefix(begin): content for place, content in store.files.items() if place.startswith(begin)}
            runs[own[run]] = {"tags": tags, "params": held["params"], "metrics": held["metrics"], "files": files,
                              "start": str(held["info"]["start_time"]), "end": str(held["info"]["end_time"]), "name": held["info"]["run_name"]}
        return runs

    def test_it_holds_what_a_file_store_holds(self):
        with mlflow_server.Server() as server:
            self.export(server)
            self.assertEqual(self.told(server.store), self.stored())
            heard = len(server.heard)
            self.assertIn("holds this search already", self.export(server))
            self.assertTrue(all(path.endswith(("get-by-name", "search")) for path in server.heard[heard:]))

    def test_what_goes_wrong_on_the_way_doubles_and_loses_nothing(self):
        kinds = [500, "lost", 503, 429, "lost", "cut"]
        with mlflow_server.Server(faults={2: "lost", 4: "lost"} | {5 + 3 * i: kinds[i % 6] for i in range(12)}) as server:
            self.export(server)
            self.assertEqual(self.told(server.store), self.stored())
            self.assertGreater(len(server.store.runs), len(server.store.active()))  # some came into being twice

    def test_one_that_was_refused_half_way_goes_on_where_it_was(self):
        def full(path, _):
            if path.endswith("log-batch") and sum(each.endswith("log-batch") for each in server.heard if isinstance(each, str)) == 4:
                raise mlflow_server.Refused(400, "INVALID_PARAMETER_VALUE", "the disk is full")

        with mlflow_server.Server(refuses=full) as server:
            said = self.export(server, code=1)
            self.assertIn(f"{server.address}: does not take what 'candidate 4' holds: the disk is full (INVALID_PARAMETER_VALUE)", said)
            server.refuses = None
            n_before = len(server.store.runs)
            self.export(server)
            self.assertEqual(self.told(server.store), self.stored())
            self.assertEqual(len(server.store.runs), len(self.stored()))
            self.assertGreater(n_before, 4)

    def test_who_asks_is_told_to_the_server_and_to_nobody_else(self):
        with mlflow_server.Server(user="ada:secret word") as server:
            said = self.export(server, code=2)
            self.assertIn("answers 401", said)
            self.assertIn("MLFLOW_TRACKING_TOKEN", said)
            self.assertIn("answers 401", self.export(server, code=2, MLFLOW_TRACKING_USERNAME="ada", MLFLOW_TRACKING_PASSWORD="other"))
            said = self.export(server, MLFLOW_TRACKING_USERNAME="ada", MLFLOW_TRACKING_PASSWORD="secret word")
            self.assertNotIn("secret", said)
            self.assertEqual(len(server.store.runs), 13)
        with mlflow_server.Server(token="abc-123") as server:
            self.assertNotIn("abc-123", self.export(server, MLFLOW_TRACKING_TOKEN="abc-123"))
        said = gridmill("export", "grid", "--mlflow", "http://ada:secret@127.0.0.1:9", code=2)
        self.assertIn("holds a name or a password", said)
        self.assertNotIn("secret", said)

    def test_what_is_no_server_is_said(self):
        with mlflow_server.Server() as server:
            server.work = lambda *_: (404, b"<html>no such page</html>")
            self.assertIn("is no tracking server of MLflow: it answers 404", self.export(server, code=2))
            server.work = lambda *_: (200, b"<html>welcome</html>")
            self.assertIn("is no tracking server of MLflow: its answer is no JSON", self.export(server, code=2))
        self.assertIn("is that its address, and does it run?", self.export(server, code=1))
        self.assertIn("not to s3://bucket/mlruns", gridmill("export", "grid", "--mlflow", "s3://bucket/mlruns", code=2))


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
