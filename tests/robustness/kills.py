#!/usr/bin/python3
"""Kills a rank, mpirun and the launcher while a search and a features job are at work.

After a rank or mpirun was killed the command is to go on by itself; after the launcher was, it is repeated at once.
Counted as wrong: an end with another exit code than 0, results with other bytes than those of an undisturbed run, a
process that lives on, and anything left in the output folder, in the folder for temporary files or in /dev/shm.
Needs Debian's Python only; makes its own data.
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

VICTIMS = ("rank", "mpirun", "launcher")
PATIENCE_S = 120  # for one run; the machine may be busy
RANKS = 2
NOT_COMPARED = ("journal", "results.h5", "summary.json", "config.resolved.yaml", "events.jsonl", "epoch")

SEARCH = """output: {folder}/search
data: {{source: {folder}/noise.csv, target: y, holdout: 0.2}}
model: {{name: svc, preprocessing: standardize}}
search:
  grid: {{C: [1, 10, 100, 1000], gamma: [0.03, 0.1, 0.3]}}
  cv: 3
  scoring: [accuracy]
  refit: accuracy
"""

IMPORT = """output: {folder}/unused
import:
  store: {folder}/shop.h5
  tables:
    customers: {{source: {folder}/customers.csv, index: id}}
    orders: {{source: {folder}/orders.csv, index: id, time_index: time}}
  relationships:
    - orders.customer -> customers.id
"""

FEATURES = """output: {folder}/features
features:
  store: {folder}/shop.h5
  target: customers
  cutoff_time: "2014-12-01"
  aggregations: [sum, mean, std, max, min, skew, trend, entropy, num_unique, median, count]
  transforms: [month, weekday, absolute, percentile]
  max_depth: 2
"""


def make_data(folder, seed):
    rng = random.Random(seed)
    with open(folder / "noise.csv", "w") as out:
        out.write("a,b,c,d,y\n")
        for _ in range(900):
            row = [rng.gauss(0, 1) for _ in range(4)]
            label = int(row[0] * row[1] + rng.gauss(0, 1.5) > 0)
            out.write(",".join(f"{value:.4f}" for value in row) + f",{label}\n")
    with open(folder / "customers.csv", "w") as out:
        out.write("id,age\n")
        for customer in range(3000):
            out.write(f"{customer},{rng.randint(18, 90)}\n")
    with open(folder / "orders.csv", "w") as out:
        out.write("id,customer,time,amount,shop\n")
        for order in range(60000):
            date = time.strftime("%Y-%m-%d", time.gmtime(86400 * (16071 + rng.randint(0, 364))))
            out.write(f"{order},{rng.randrange(3000)},{date},{rng.expovariate(0.1):.2f},s{rng.randrange(9)}\n")


def children(pid):
    found = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            found += map(int, pathlib.Path(f"/proc/{pid}/task/{task}/children").read_text().split())
    except OSError:
        pass
    return found


def environment(pid, name):
    try:
        text = pathlib.Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return ""
    for entry in text.split(b"\0"):
        if entry.startswith(name.encode() + b"="):
            return entry.split(b"=", 1)[1].decode()
    return ""


def processes_with(word):
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) == os.getpid():
            continue
        try:
            line = pathlib.Path(f"/proc/{entry}/cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if word in line:
            found.append(int(entry))
    return found


def wait_until(is_so, seconds):
    """Waits until it is so; says whether it is."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


def rows_without_times(file):
    with open(file, newline="") as lines:
        rows = list(csv.reader(lines))
    kept = [i for i, name in enumerate(rows[0]) if not name.endswith("_time")]
    return [[row[i] for i in kept if i < len(row)] for row in rows]


def results(folder):
    """What a run has found, without times."""
    found = {}
    for file in sorted(folder.rglob("*")):
        name = str(file.relative_to(folder))
        if file.is_dir() or name in NOT_COMPARED:
            continue
        found[name] = rows_without_times(file) if name == "cv_results.csv" else file.read_bytes()
    return found


class Job:
    """A command that is killed again and again."""

    def __init__(self, gridmill, name, folder):
        self.command = [gridmill, name, str(folder / f"{name}.yaml"), "--ranks", str(RANKS), "--quiet"]
        self.output = folder / name
        self.temporary = folder / "temporary"
        self.word = str(folder / f"{name}.yaml")
        self.environment = {**os.environ, "TMPDIR": str(self.temporary)}

    def start(self):
        return subprocess.Popen(self.command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def begin_anew(self):
        shutil.rmtree(self.output, ignore_errors=True)
        shutil.rmtree(self.temporary, ignore_errors=True)
        self.temporary.mkdir()

    def run_undisturbed(self):
        self.begin_anew()
        begin = time.monotonic()
        process = self.start()
        errors = process.communicate(timeout=PATIENCE_S)[1]
        if process.returncode != 0:
            sys.exit(f"{' '.join(self.command)}: exit code {process.returncode}\n{errors.decode()}")
        self.seconds = time.monotonic() - begin
        self.expected = results(self.output)

    def kill_and_go_on(self, victim, rng):
        """Returns what went wrong."""
        self.begin_anew()
        first = self.start()
        ranks = []

        def ranks_are_there():
            ranks[:] = [rank for mpirun in children(first.pid) for rank in children(mpirun)]
            return len(ranks) == RANKS or first.poll() is not None

        wait_until(ranks_are_there, PATIENCE_S)
        job = environment(ranks[0], "PMIX_NAMESPACE") if ranks else ""
        time.sleep(rng.uniform(0, self.seconds))
        for pid in {"rank": ranks[-1:], "mpirun": children(first.pid)[:1], "launcher": [first.pid]}[victim]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it was done already
        last = self.start() if victim == "launcher" else first
        try:
            errors = last.communicate(timeout=PATIENCE_S)[1].decode()
        except subprocess.TimeoutExpired:
            last.kill()
            return ["it hangs"]
        first.wait(timeout=PATIENCE_S)
        wrong = []
        if last.returncode != 0:
            wrong.append(f"it ends with exit code {last.returncode}: {errors.strip()}")
        elif results(self.output) != self.expected:
            wrong.append("other results")
        if not wait_until(lambda: not processes_with(self.word), 10):
            wrong.append(f"processes live on: {processes_with(self.word)}")
        return wrong + self.left_behind(job)

    def left_behind(self, job):
        unfinished = (".partial", ".new")
        left = [str(file) for file in self.output.rglob("*") if file.name == "lock" or file.name.endswith(unfinished)]
        left += [str(file) for file in self.temporary.rglob("*")]
        if job.isdigit():
            left += [f"/dev/shm/{name}" for name in os.listdir("/dev/shm") if f".{int(job):x}." in name]
        return [f"left behind: {', '.join(sorted(left))}"] if left else []


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gridmill", required=True, help="the program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tries", "--kills", type=int, help="kills of each kind (default: 1, with --long 30)")
    parser.add_argument("--long", action="store_true")
    options = parser.parse_args()
    tries = options.tries or (30 if options.long else 1)
    gridmill = os.path.abspath(options.gridmill)
    rng = random.Random(options.seed)
    n_wrong = 0
    with tempfile.TemporaryDirectory(prefix="gridmill-kills-") as name:
        folder = pathlib.Path(name)
        make_data(folder, options.seed)
        for file, text in (("search", SEARCH), ("import", IMPORT), ("features", FEATURES)):
            (folder / f"{file}.yaml").write_text(text.format(folder=folder))
        subprocess.run([gridmill, "import", str(folder / "import.yaml"), "--quiet"], check=True)
        print(f"{'job':10}{'killed':10}{'tries':>6}{'wrong':>7}")
        for job in (Job(gridmill, "search", folder), Job(gridmill, "features", folder)):
            job.run_undisturbed()
            for victim in VICTIMS:
                faults = [fault for _ in range(tries) for fault in job.kill_and_go_on(victim, rng)]
                n_wrong += len(faults)
                print(f"{job.output.name:10}{victim:10}{tries:6}{len(faults):7}", flush=True)
                for fault in faults:
                    print(f"    {fault}")
    return 1 if n_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
