"""gridmill.search and gridmill.run: results, errors as exceptions, progress, stopping; and the package installs without a network."""
import os
import subprocess
import sys
import tempfile
import threading
import unittest
import warnings
from pathlib import Path
from signal import SIGINT
from unittest import mock

import numpy as np
import pandas as pd

import gridmill

ROOT = Path(__file__).resolve().parents[2]
DIGITS = {
    "data": {"source": str(ROOT / "data/digits.csv.gz"), "target": "target", "holdout": 0.3},
    "model": "svc",
    "search": {"grid": {"C": [1, 10.0], "gamma": [1e-3, "scale"]}, "cv": 3, "scoring": ["accuracy", "f1_macro"],
               "refit": "accuracy"},
}


def setUpModule():
    warnings.simplefilter("ignore", gridmill.GridmillWarning)


class InAFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.output = str(self.folder / "run")


class Searches(InAFolder):
    def test_tells_what_was_found(self):
        found = gridmill.search(DIGITS, output=self.output, ranks=1)
        results = found.cv_results_
        self.assertEqual(results["params"][0], {"C": 1, "gamma": 0.001})
        self.assertEqual(found.best_params_, results["params"][found.best_index_])
        self.assertEqual(found.best_score_, results["mean_test_accuracy"].max())
        self.assertEqual(len(found.scores), 2 * 4 * 3)
        of_best = found.scores.query(f"metric == 'accuracy' and candidate == {found.best_index_}")["test"]
        self.assertAlmostEqual(of_best.mean(), found.best_score_, 15)
        rows = pd.read_csv(DIGITS["data"]["source"])
        self.assertEqual((rows["target"].astype(str)[found.held_out["row"]].to_numpy() == found.held_out["truth"]).all(), True)
        right = (rows["target"].astype(str)[found.out_of_fold["row"]].to_numpy() == found.out_of_fold["value"]).mean()
        self.assertAlmostEqual(right, found.best_score_, 2)
        honest = found.honest_scores.loc["accuracy"]
        self.assertTrue(honest.low < honest.score < honest.high)
        self.assertLess(honest.score, found.best_score_ + 0.01)
        self.assertEqual(found.predict(rows[:5])["prediction"].tolist(), [0, 1, 2, 3, 4])
        # The same once more: nothing is done again; and by the file that was kept, also with another option.
        self.assertEqual(gridmill.search(DIGITS, output=self.output, ranks=1).best_score_, found.best_score_)
        again = gridmill.search(self.output + ".yaml", output=self.output + "2", ranks=1, search={"cv": 2})
        self.assertEqual(again.cv_results_["params"], results["params"])
        self.assertIn("split1_test_accuracy", again.cv_results_)
        self.assertNotIn("split2_test_accuracy", again.cv_results_)

    def test_reads_numbers_of_a_file_as_the_program_does(self):
        (self.folder / "c.yaml").write_text("output: x\nmodel: {name: svc, gamma: 1e-4, kernel: 'rbf', class_weight: null}\n"
                                            "data: {source: yes, target: '1'}\n")
        from gridmill.config_file import config_path
        path = config_path(self.folder / "c.yaml", {"output": self.output, "seed": np.int64(3)})
        text = path.read_text()
        for words in ('"gamma": 0.0001', '"source": "yes"', '"target": "1"', '"class_weight": null', '"seed": 3'):
            self.assertIn(words, text)

    def test_errors_are_exceptions_with_the_words_of_the_program(self):
        with self.assertRaisesRegex(gridmill.BadInputError, r"run\.yaml:\d+:\d+: search\.gird: unknown option\n  did you mean 'grid'"):
            gridmill.search(DIGITS, output=self.output, search={"gird": {}})
        with self.assertRaisesRegex(gridmill.BadInputError, "no 'output'"):
            gridmill.search(DIGITS)
        with self.assertRaisesRegex(gridmill.BadInputError, "nowhere.yaml"):
            gridmill.search(self.folder / "nowhere.yaml")
        Path(self.output + ".yaml").write_text("mine: 1\n")
        with self.assertRaisesRegex(gridmill.BadInputError, "was not written from Python"):
            gridmill.search(DIGITS, output=self.output)
        with mock.patch.dict(os.environ, {"GRIDMILL": str(self.folder / "none")}), \
                self.assertRaisesRegex(gridmill.ProgramMissingError, "GRIDMILL=.*none is not a program"):
            gridmill.search(DIGITS, output=self.output + "3")

    def test_tells_progress(self):
        events = []
        gridmill.search(DIGITS, output=self.output, ranks=1, progress=events.append)
        kinds = {event["event"] for event in events}
        self.assertLessEqual({"stage", "plan", "task", "progress", "leaderboard"}, kinds)
        last = [event for event in events if event["event"] == "progress"][-1]
        self.assertEqual((last["done"], last["total"]), (12, 12))

    def test_an_interrupt_stops_the_program_and_says_how_to_go_on(self):
        rng = np.random.default_rng(0)
        data = pd.DataFrame(rng.normal(size=(3000, 20))).add_prefix("x").assign(y=rng.integers(0, 2, 3000))
        data.to_csv(self.folder / "hard.csv", index=False)
        config = {"output": self.output, "data": {"source": str(self.folder / "hard.csv"), "target": "y"}, "model": "svc",
                  "search": {"grid": {"C": [1000.0 + i for i in range(200)], "gamma": [0.5]}, "cv": 5}}

        def interrupt_once(event):
            if event["event"] == "task":
                raise KeyboardInterrupt
        with self.assertRaisesRegex(gridmill.Interrupted, r"what is finished is kept. To go on: gridmill search .*run\.yaml"):
            gridmill.search(config, ranks=1, progress=interrupt_once)
        self.assertTrue((Path(self.output) / "journal").exists())
        self.assertFalse((Path(self.output) / "summary.json").exists())
        # A notebook's interrupt is a signal to Python alone.
        timer = threading.Timer(1.0, os.kill, (os.getpid(), SIGINT))
        timer.start()
        with self.assertRaises(gridmill.Interrupted):
            gridmill.search(config, ranks=1)
        timer.join()


class Package(InAFolder):
    def test_installs_without_a_network(self):
        python = self.folder / "venv/bin/python"
        quiet = {"check": True, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        subprocess.run([sys.executable, "-m", "venv", "--system-site-packages", "--without-pip", self.folder / "venv"], **quiet)
        source = self.folder / "python"
        subprocess.run(["cp", "-r", ROOT / "python", source], **quiet)  # the build leaves files beside the source
        environment = {**os.environ, "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        environment.pop("PYTHONPATH", None)
        subprocess.run([python, "-m", "pip", "install", "--no-build-isolation", "--no-deps", source], env=environment, **quiet)
        script = ("import gridmill, sys; from gridmill import GridSearchCV; from sklearn.svm import SVC; "
                  "assert 'venv' in gridmill.__file__; "
                  "print(GridSearchCV(SVC(), {'C': [1]}, cv=2, n_jobs=1).fit([[0], [1], [0], [1]] * 5, [0, 1] * 10).best_score_)")
        done = subprocess.run([python, "-W", "ignore", "-c", script], env=environment, cwd=self.folder, check=True,
                              stdout=subprocess.PIPE, text=True)
        self.assertEqual(done.stdout, "1.0\n")

    def test_works_without_scikit_learn_but_for_its_faces(self):
        script = ("import sys; sys.modules['sklearn'] = None; import gridmill; gridmill.search\n"
                  "try: gridmill.GridSearchCV\nexcept ImportError as error: print(error)")
        done = subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.PIPE, text=True)
        self.assertEqual(done.stdout, "gridmill.GridSearchCV needs scikit-learn (Debian: python3-sklearn)\n")


if __name__ == "__main__":
    unittest.main(warnings="ignore")
