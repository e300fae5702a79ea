#!/usr/bin/python3
"""Lets a search of 10,000 short fits run for minutes, while a rank or mpirun is killed every five seconds.

Where the search ends before the time is over, it is done again, in another folder. Counted as wrong: an end with another exit
code than 0, results with other bytes than those of an undisturbed run, a fit that stands in the journal twice or not at all, a
process that lives on, anything left in the output folder, in the folder for temporary files or in /dev/shm, and a launcher
whose memory or open files grow. Without --long: 20 s and 600 fits. Needs Debian's Python only; makes its own data.
"""

import argparse
import os
import pathlib
import random
import signal
import sys
import tempfile
import time

import faults

BETWEEN_KILLS_S = 5
faults.PATIENCE_S = 900  # the search goes on after the last kill; the machine may be busy
ROWS = 3000
MOST_GROWTH_KIB = 2048  # of the launcher, from its first quarter to its last: what the allocator keeps

SEARCH = """output: {folder}/search
data: {{source: {folder}/noise.csv, target: y}}
model: {{name: svc, preprocessing: standardize}}
search:
  grid: {{C: [{c}], gamma: [{gamma}]}}
  cv: 5
  scoring: [accuracy]
  refit: accuracy
"""


def make_data(folder, seed, n_rows):
    """Noise: whoever wants to tell the classes apart takes some time over it."""
    rng = random.Random(seed)
    with open(folder / "noise.csv", "w") as out:
        out.write("a,b,c,y\n")
        for _ in range(n_rows):
            out.write(f"{rng.gauss(0, 1):.4f},{rng.gauss(0, 1):.4f},{rng.gauss(0, 1):.4f},{rng.randrange(2)}\n")


def config(folder, n_fits):
    """So many fits, of some hundredths of a second each."""
    n_gammas = n_fits // 5 // 4
    gammas = ", ".join(f"{0.1 * 1.002**i:.6f}" for i in range(n_gammas))
    return SEARCH.format(folder=folder, c="3, 10, 30, 100", gamma=gammas)


def launcher_state(pid):
    """Memory [KiB] and open files of a process."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    memory = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
    return memory, len(os.listdir(f"/proc/{pid}/fd"))


class Soak:
    def __init__(self, job, seed):
        self.job, self.rng = job, random.Random(seed)
        self.n_kills, self.n_searches, self.numbers, self.states = 0, 0, set(), []

    def launch_to_kill(self, process):
        """Waits until the ranks work and have brought something to the disk; returns them, or nothing at the end."""
        ranks = self.job.ranks(process)
        journal = self.job.output / "journal"
        size = journal.stat().st_size if journal.exists() else 0
        end = time.monotonic() + BETWEEN_KILLS_S
        while process.poll() is None:
            grown = journal.exists() and journal.stat().st_size > size
            if grown and time.monotonic() >= end:
                return ranks
            time.sleep(0.02)
        return {}

    def search_once(self, until):
        """Runs the search to its end, and kills until the time is over; returns what went wrong."""
        self.job.begin_anew()
        process = self.job.start()
        while time.monotonic() < until:
            ranks = self.launch_to_kill(process)
            if not ranks:
                break
            self.numbers.add(faults.environment(ranks[0], "PMIX_NAMESPACE"))
            self.states.append(launcher_state(process.pid))
            victim = self.rng.choice([*ranks.values(), *faults.children(process.pid)[:1]])
            faults.send(victim, signal.SIGKILL)
            self.n_kills += 1
            faults.wait_until(lambda: not os.path.exists(f"/proc/{victim}") or process.poll() is not None, 10)
        self.n_searches += 1
        return self.job.end_of(process) or self.job.check()

    def run(self, seconds):
        until = time.monotonic() + seconds
        wrong = []
        while time.monotonic() < until and not wrong:
            wrong = self.search_once(until)
        for number in self.numbers:
            wrong += self.job.left_behind(number)
        return wrong + self.growth()

    def growth(self):
        if not self.states:
            return ["nothing was killed: the search takes too little time"]
        quarter = max(len(self.states) // 4, 1)
        first, last = self.states[:quarter], self.states[-quarter:]
        wrong = []
        if max(files for _, files in last) > max(files for _, files in first):
            wrong.append(f"open files of the launcher grow: {[files for _, files in self.states]}")
        if max(memory for memory, _ in last) > max(memory for memory, _ in first) + MOST_GROWTH_KIB:
            wrong.append(f"memory of the launcher grows [KiB]: {[memory for memory, _ in self.states]}")
        return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gridmill", required=True, help="the program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=int, help="how long (default: 20, with --long 300)")
    parser.add_argument("--fits", type=int, help="how many (default: 600, with --long 10,000)")
    parser.add_argument("--long", action="store_true", help="10,000 fits, five minutes")
    options = parser.parse_args()
    seconds = options.seconds or (300 if options.long else 20)
    n_fits = options.fits or (10000 if options.long else 600)
    with tempfile.TemporaryDirectory(prefix="gridmill-soak-") as name:
        folder = pathlib.Path(name)
        make_data(folder, options.seed, ROWS)
        (folder / "search.yaml").write_text(config(folder, n_fits))
        job = faults.Job(os.path.abspath(options.gridmill), "search", folder)
        job.run_undisturbed()
        n_known = len(faults.journaled_fits((job.output / "journal").read_bytes()))
        soak = Soak(job, options.seed)
        begin = time.monotonic()
        wrong = soak.run(seconds)
        if n_known != n_fits:
            wrong.append(f"{n_known} fits in the journal of the undisturbed run instead of {n_fits}")
        memory, files = zip(*soak.states) if soak.states else ((0,), (0,))
        print(f"{n_fits} fits, undisturbed in {job.seconds:.1f} s; {soak.n_searches} times with {soak.n_kills} kills in "
              f"{time.monotonic() - begin:.0f} s; launcher: {min(memory)} to {max(memory)} KiB, {min(files)} to {max(files)} "
              f"open files; {len(wrong)} wrong")
        for text in wrong:
            print(f"    {text}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
