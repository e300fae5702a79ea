#!/usr/bin/python3
"""Runs the three whole jobs of configs/ (shipping, energy, mails) as from a fresh clone: at 1, 2 and 4 ranks; killed at random
moments, all processes at once, and repeated; and predicts the rows that the models have learnt from.

Counted as wrong: an exit code other than 0, results with other bytes than those of one rank, predictions of the training
file that are not those of its features, or not those of the rows held out that results.h5 keeps.
Needs Debian's Python, and h5py for the last; the data is made by scripts/make-*.
"""

import argparse
import csv
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

try:
    import h5py
except ImportError:
    h5py = None  # what results.h5 keeps is not compared then

from faults import children, results, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
JOBS = ("shipping", "energy", "mails")
PATIENCE_S = 600  # for one run; the machine may be busy
TRAINING = {"shipping": ("orders=data/shipping/orders.csv", "order"), "energy": ("power=data/energy/power.csv", "hours_id")}


def family(pid):
    """A process and all below it."""
    return [pid] + [each for child in children(pid) for each in family(child)]


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class Clone:
    """A folder that looks like a fresh clone, with the data of one job."""

    def __init__(self, gridmill, name, folder):
        self.gridmill, self.name, self.folder = gridmill, name, folder
        self.run_folder = folder / "runs" / name
        self.data = folder / "data" / name
        shutil.copytree(ROOT / "configs", folder / "configs")
        subprocess.run([ROOT / "scripts" / f"make-{name}", self.data], check=True, stdout=subprocess.DEVNULL)
        self.made = set(os.listdir(self.data))

    def begin_anew(self):
        shutil.rmtree(self.folder / "runs", ignore_errors=True)
        for name in os.listdir(self.data):
            if name not in self.made:
                (self.data / name).unlink()

    def start(self, ranks):
        command = [self.gridmill, "run", f"configs/{self.name}.yaml", "--ranks", str(ranks), "--quiet"]
        return subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                start_new_session=True)

    def run(self, ranks):
        """Returns what went wrong."""
        errors = ""
        process = self.start(ranks)
        try:
            errors = process.communicate(timeout=PATIENCE_S)[1].decode()
        except subprocess.TimeoutExpired:
            kill_all(process.pid)
            return [f"at {ranks} ranks it hangs"]
        return [f"at {ranks} ranks exit code {process.returncode}: {errors.strip()}"] if process.returncode else []

    def results(self):
        """The bytes of all that comes out, and of the store, without times. Definitions of features hold the time of now."""
        found = {name: what for name, what in results(self.run_folder).items()
                 if not name.startswith("features/") or name.endswith("features.h5")}
        stores = [file for file in self.data.glob("*.h5")]
        return {**found, **{f"data/{file.name}": file.read_bytes() for file in stores}}

    def kill_and_repeat(self, moment, ranks):
        self.begin_anew()
        process = self.start(ranks)
        wait_until(lambda: process.poll() is not None, moment)
        killed = kill_all(process.pid)
        process.communicate(timeout=PATIENCE_S)
        if not wait_until(lambda: not any(map(is_alive, killed)), 20):
            return ["processes live on"]
        return self.run(ranks)

    def predict(self, *words):
        out = self.folder / "again.csv"
        out.unlink(missing_ok=True)  # predictions of other columns are not replaced
        done = subprocess.run([self.gridmill, "predict", f"runs/{self.name}", *words, "-o", out, "--quiet"],
                              cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return done.stderr
        with open(out, newline="") as lines:
            return list(csv.DictReader(lines))

    def check_predictions(self):
        """Compares predictions of the training file, of its features, and those of held-out rows that are kept."""
        if self.name not in TRAINING:
            rows = self.predict(f"data/{self.name}/{self.name}.csv")
            return self.check_held_out(rows)
        table, index = TRAINING[self.name]
        of_tables = self.predict("--table", table)
        of_features = self.predict(f"runs/{self.name}/features/features.h5", "--keep", index)
        if of_tables != of_features:
            return ["the predictions of the training file are not those of its features"]
        return self.check_held_out(of_features)

    def check_held_out(self, rows):
        if isinstance(rows, str):
            return [f"predict: {rows.strip()}"]
        if h5py is None:
            return []
        with h5py.File(self.run_folder / "results.h5") as file:
            places, values = file["held_out/row"][:], file["held_out/value"][:]
            classes = [each.decode() for each in file["classes"][:]] if "classes" in file else []
        said = [rows[place]["prediction"] for place in places]
        kept = [classes[int(value)] if classes else float(value) for value in values]
        equal = len(kept) > 0 and all(a == b if classes else float(a) == b for a, b in zip(said, kept))
        return [] if equal else ["the predictions of the rows held out are not those that results.h5 keeps"]


def kill_all(pid):
    """Kills a process, its group, and all below it; returns whom."""
    everybody = family(pid)
    for each in everybody:  # stopped first, so that nobody begins another
        try:
            os.kill(each, signal.SIGSTOP)
        except ProcessLookupError:
            pass
    everybody = sorted(set(everybody) | set(family(pid)))
    for kill, target in [(os.killpg, pid)] + [(os.kill, each) for each in everybody]:
        try:
            kill(target, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return everybody


def differences(expected, found):
    names = sorted(set(expected) | set(found))
    different = [name for name in names if expected.get(name) != found.get(name)]
    return [f"other bytes: {', '.join(different)}"] if different else []


def examine(clone, ranks, n_kills, rng):
    """Prints a line a promise; returns how many things went wrong."""
    n_wrong = 0

    def told(what, tries, faults):
        nonlocal n_wrong
        n_wrong += len(faults)
        print(f"{clone.name:10}{what:28}{tries:6}{len(faults):7}", flush=True)
        for fault in faults:
            print(f"    {fault}", flush=True)

    seconds, expected, faults = 0.0, None, []
    for n in ranks:
        clone.begin_anew()
        begin = time.monotonic()
        faults += clone.run(n)
        if n == max(2, min(ranks)):
            seconds = time.monotonic() - begin
        found = clone.results()
        expected = found if expected is None else expected
        faults += [f"at {n} ranks {each}" for each in differences(expected, found)]
    told(f"at {', '.join(map(str, ranks))} ranks", len(ranks), faults)
    told("training rows predicted", 1, clone.check_predictions())
    faults = []
    for _ in range(n_kills):
        moment = rng.uniform(0, seconds)
        wrong = clone.kill_and_repeat(moment, 2)
        wrong += [] if wrong else differences(expected, clone.results())
        faults += [f"killed after {moment:.2f} of {seconds:.2f} s: {each}" for each in wrong]
    told("killed and repeated", n_kills, faults)
    return n_wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gridmill", required=True, help="the program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tries", type=int, help="kills of each job (default: 1, with --long 10)")
    parser.add_argument("--jobs", default="", help="some of shipping, energy, mails (default: shipping, with --long all)")
    parser.add_argument("--long", action="store_true")
    options = parser.parse_args()
    tries = options.tries if options.tries is not None else 10 if options.long else 1
    jobs = options.jobs.split(",") if options.jobs else JOBS if options.long else JOBS[:1]
    ranks = (1, 2, 4) if options.long else (1, 2)
    rng = random.Random(options.seed)
    n_wrong = 0
    print(f"{'job':10}{'what':28}{'tries':>6}{'wrong':>7}")
    for name in jobs:
        with tempfile.TemporaryDirectory(prefix="gridmill-runs-") as folder:
            clone = Clone(os.path.abspath(options.gridmill), name, pathlib.Path(folder))
            n_wrong += examine(clone, ranks, tries, rng)
    return 1 if n_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
