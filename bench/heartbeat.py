#!/usr/bin/python3
"""What signs of life cost: the processor time of each thread of a rank at work, by how often it wakes up.

    bench/heartbeat.py build/release/gridmill [seconds]

Starts a search of two long fits on two ranks, looks at rank 1 for some seconds, and stops the search. The thread that wakes up
four times a second shows and watches the signs of life (mpi/heartbeat); that with some twenty listens for signals.
"""

import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

SEARCH = """output: {folder}/run
data: {{source: {folder}/noise.csv, target: y}}
model: svc
search: {{grid: {{C: [1000000000], gamma: [3]}}, cv: 2, scoring: [accuracy], refit: false}}
"""


def children(pid):
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def threads(pid):
    """By thread: time on a processor [s], and how often it went to sleep."""
    found = {}
    for thread in pathlib.Path(f"/proc/{pid}/task").iterdir():
        status = (thread / "status").read_text()
        naps = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("voluntary_ctxt_switches"))
        found[thread.name] = int((thread / "schedstat").read_text().split()[0]) * 1e-9, naps
    return found


def main():
    gridmill, seconds = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 20
    rng = random.Random(7)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        with open(folder / "noise.csv", "w") as out:
            out.write("a,b,c,y\n")
            for _ in range(1500):
                out.write(f"{rng.random()},{rng.random()},{rng.random()},{rng.randrange(2)}\n")
        (folder / "search.yaml").write_text(SEARCH.format(folder=folder))
        search = subprocess.Popen([gridmill, "search", folder / "search.yaml", "--ranks", "2", "--quiet"])
        while not (folder / "run" / "journal").exists():
            time.sleep(0.1)
        rank = children(children(search.pid)[0])[1]
        before, begin = threads(rank), time.monotonic()
        time.sleep(seconds)
        after, took = threads(rank), time.monotonic() - begin
        search.send_signal(signal.SIGTERM)
        search.wait()
    print(f"{'naps a second':>14}{'of a processor':>16}   (load {os.getloadavg()[0]:.1f})")
    for thread in sorted(after, key=lambda each: after[each][0]):
        if thread in before:
            print(f"{(after[thread][1] - before[thread][1]) / took:14.1f}"
                  f"{100 * (after[thread][0] - before[thread][0]) / took:15.3f}%")


if __name__ == "__main__":
    main()
