#!/usr/bin/python3
"""Cuts the journal of a search at every byte of its last three records, flips its bits, and lets gridmill go on.

Counted as wrong: an end with another exit code than 0, other results than those of an undisturbed run, damage that no
warning names, and more fits done again than the damage has cost. --long: every cut and bit, else some.
"""

import argparse
import csv
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile

HEADER = 48  # [bytes]
HEAD = 24  # of a record
LENGTH_AT = 8
RESULTS = ord("r")

SEARCH = """output: {folder}/run
data: {{source: {folder}/points.csv, target: y}}
model: svc
search: {{grid: {{C: [0.5, 1, 2, 4]}}, cv: 3, scoring: [accuracy], refit: accuracy}}
"""


def records(journal):
    """Where each record begins, and whether it is a result; then the end."""
    at, found = HEADER, []
    while at < len(journal):
        length = struct.unpack_from("<Q", journal, at + LENGTH_AT)[0]
        found.append((at, journal[at + HEAD] == RESULTS))
        at += HEAD + length
    return found + [(at, False)]


def table(folder):
    with open(folder / "cv_results.csv", newline="") as lines:
        rows = list(csv.reader(lines))
    kept = [i for i, name in enumerate(rows[0]) if not name.endswith("_time")]
    return [[row[i] for i in kept] for row in rows]


class Search:
    def __init__(self, gridmill, folder):
        self.run_folder = folder / "run"
        self.command = [gridmill, "search", str(folder / "search.yaml"), "--ranks", "1", "--json"]

    def run(self):
        return subprocess.run(self.command, capture_output=True, timeout=60, check=False)

    def prepare(self):
        done = self.run()
        if done.returncode != 0:
            sys.exit(f"{' '.join(self.command)}: exit code {done.returncode}\n{done.stdout.decode()}")
        self.journal = (self.run_folder / "journal").read_bytes()
        self.expected = table(self.run_folder)

    def go_on_with(self, journal, n_lost, is_cut_within):
        """Returns what is wrong with the run that goes on with that journal, which lacks so many results."""
        (self.run_folder / "journal").write_bytes(journal)
        (self.run_folder / "summary.json").unlink(missing_ok=True)
        (self.run_folder / "events.jsonl").unlink(missing_ok=True)
        done = self.run()
        events = [json.loads(line) for line in done.stdout.decode().splitlines()]
        n_again = sum(event["done"] for event in events if event["event"] == "task")
        warned = any("have changed since" in event["text"] for event in events if event["event"] == "warning")
        if done.returncode != 0:
            return f"exit code {done.returncode}: {done.stdout.decode()}{done.stderr.decode()}"
        if table(self.run_folder) != self.expected:
            return "other results"
        if n_again < n_lost or (n_lost == 0) != (n_again == 0):
            return f"{n_again} fits were done again where {n_lost} were lost"
        return "" if warned == is_cut_within else f"a warning: {warned}"


def cuts(search, rng, all_of_them):
    begins = records(search.journal)
    first = begins[-4][0]
    places = range(first, len(search.journal))
    for place in places if all_of_them else sorted(rng.sample(places, 12)):
        n_lost = sum(is_result for (at, is_result), (end, _) in zip(begins, begins[1:]) if end > place)
        yield f"cut at {place}", search.journal[:place], n_lost, all(place != at for at, _ in begins)


def flips(search, rng, all_of_them):
    begins = records(search.journal)
    places = range(8 * HEADER, 8 * len(search.journal))
    for bit in places[::5] if all_of_them else sorted(rng.sample(places, 12)):
        journal = bytearray(search.journal)
        journal[bit // 8] ^= 1 << bit % 8
        hit = max(i for i, (at, _) in enumerate(begins) if at <= bit // 8)
        yield f"bit {bit} flipped", bytes(journal), int(begins[hit][1]), True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gridmill", required=True, help="the program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--long", action="store_true")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    n_wrong = 0
    with tempfile.TemporaryDirectory(prefix="gridmill-journal-") as name:
        folder = pathlib.Path(name)
        rows = [(rng.gauss(0, 1), rng.gauss(0, 1)) for _ in range(60)]
        text = "".join(f"{a:.4f},{b:.4f},{int(a + b > rng.gauss(0, 0.5))}\n" for a, b in rows)
        (folder / "points.csv").write_text("a,b,y\n" + text)
        (folder / "search.yaml").write_text(SEARCH.format(folder=folder))
        search = Search(os.path.abspath(options.gridmill), folder)
        search.prepare()
        print(f"{'damage':10}{'tries':>7}{'wrong':>7}")
        for kind in (cuts, flips):
            n_tries, faults = 0, []
            for what, journal, n_lost, is_told in kind(search, rng, options.long):
                n_tries += 1
                if wrong := search.go_on_with(journal, n_lost, is_told):
                    faults.append(f"{what}: {wrong}")
            n_wrong += len(faults)
            print(f"{kind.__name__:10}{n_tries:7}{len(faults):7}", flush=True)
            for fault in faults:
                print(f"    {fault}")
        shutil.rmtree(search.run_folder, ignore_errors=True)
    return 1 if n_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
