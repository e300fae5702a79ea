#!/usr/bin/python3
"""Runs a whole job on a table of millions of rows in little memory, and measures what all its processes take together.

usage: bench/large_run.py GRIDMILL [--rows 2000000] [--columns 60] [--limit 2GiB] [--ranks 2] [--folder FOLDER] [--search]

Makes the data (some 700 MB of CSV), runs `import` and `features`, asks what the search would take, and with --search does it.
Memory is what the system counts for all processes of the command, shared pages once: their own and what they share with each
other, and besides these the files they have mapped. Exit code 1 where import or features go beyond the limit.
"""
import argparse
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

BLOCK = 20_000  # rows that are made once; only their number, time, buyer and label change from block to block
BUYERS = 20_000
UNITS = {"MiB": 2**20, "GiB": 2**30}
CONFIG = """output: run
memory_limit: {limit}
import:
  store: sales.h5
  tables:
    buyers: {{source: buyers.csv, index: buyer}}
    sales: {{source: sales.csv, index: sale, time_index: at}}
  relationships: [sales.buyer -> buyers.buyer]
features: {{target: sales, label: late, aggregations: [{{name: mean, columns: [x0, x1]}}, count], transforms: [month, hour]}}
data: {{holdout: {{last: 0.1}}}}
model: {{name: xgb_classifier, categories: one_hot, n_estimators: 10}}
search: {{grid: {{max_depth: [3]}}, cv: 2, scoring: [roc_auc]}}
"""


def make_data(folder, n_rows, n_columns):
    draw = random.Random(1)
    with open(folder / "buyers.csv", "w") as out:
        out.write("buyer,region,since\n")
        out.writelines(f"{i},r{i % 17},{2000 + i % 20}\n" for i in range(BUYERS))
    n_words = 4
    n_numbers = n_columns - n_words - 5
    names = [f"x{i}" for i in range(n_numbers)] + [f"w{i}" for i in range(n_words)]
    rest = [",".join([f"{draw.gauss(0, 1):.3f}" if draw.random() > 0.02 else "" for _ in range(n_numbers)] +
                     [f"{'abcdefgh'[i]}{draw.randrange(5 * (i + 1))}" for i in range(n_words)]) for _ in range(BLOCK)]
    with open(folder / "sales.csv", "w") as out:
        out.write("sale,buyer,at,late,amount," + ",".join(names) + "\n")
        for first in range(0, n_rows, BLOCK):
            lines = []
            for i in range(first, min(first + BLOCK, n_rows)):
                buyer = draw.randrange(BUYERS)
                moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(1_500_000_000 + 40 * i))
                late = int(buyer % 17 / 17 + draw.gauss(0, 0.5) > 0.5)
                lines.append(f"{i},{buyer},{moment},{late},{draw.randrange(10_000) / 100},{rest[i % BLOCK]}\n")
            out.writelines(lines)


def family(pid):
    everybody = [pid]
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in pathlib.Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                everybody += family(int(child))
    except OSError:
        pass
    return everybody


def memory_of(pids):
    """Returns the memory of some processes, and the files they have mapped [bytes]."""
    own = files = 0
    for pid in pids:
        try:
            text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        found = dict(re.findall(r"^(\w+): +(\d+) kB", text, re.MULTILINE))
        own += 1024 * (int(found.get("Pss_Anon", 0)) + int(found.get("Pss_Shmem", 0)))
        files += 1024 * int(found.get("Pss_File", 0))
    return own, files


def measure(what, command, folder):
    """Runs the command; returns its peak memory, and prints a line."""
    begin = time.monotonic()
    with open(folder / "said.txt", "w") as said:
        process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said)
        peak = files = 0
        while process.poll() is None:
            now, mapped = memory_of(family(process.pid))
            peak, files = max(peak, now), max(files, mapped)
            time.sleep(0.05)
    seconds = time.monotonic() - begin
    if process.returncode != 0:
        sys.exit(f"{what}: exit code {process.returncode}\n{(folder / 'said.txt').read_text()}")
    print(f"{what:24}{seconds:8.1f} s{peak / 2**20:10.0f} MiB{files / 2**20:10.0f} MiB of mapped files", flush=True)
    return peak


def bytes_of(text):
    number, unit = re.fullmatch(r"(\d+)(\w+)", text).groups()
    return int(number) * UNITS[unit]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gridmill")
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--columns", type=int, default=60)
    parser.add_argument("--limit", default="2GiB")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--folder", type=pathlib.Path, help="work there, and keep what is made")
    parser.add_argument("--search", action="store_true", help="do the search, too")
    options = parser.parse_args()
    folder = options.folder or pathlib.Path(tempfile.mkdtemp(prefix="gridmill-large-"))
    folder.mkdir(parents=True, exist_ok=True)
    gridmill = os.path.abspath(options.gridmill)
    try:
        (folder / "large.yaml").write_text(CONFIG.format(limit=options.limit))
        if not (folder / "sales.csv").exists():
            make_data(folder, options.rows, options.columns)
        print(f"{options.rows} rows, {options.columns} columns, {(folder / 'sales.csv').stat().st_size / 1e6:.0f} MB of CSV, "
              f"memory_limit {options.limit}, {options.ranks} ranks")
        run = [gridmill, "run", "large.yaml", "--ranks", str(options.ranks), "--quiet"]
        peaks = [measure("import", [*run, "--until", "import"], folder),
                 measure("features", [*run, "--until", "features"], folder)]
        dry = subprocess.run([gridmill, "run", "large.yaml", "--ranks", str(options.ranks), "--dry-run"], cwd=folder,
                             capture_output=True, text=True, check=False)
        said = dry.stdout + dry.stderr
        print("what the search needs, said before it:", *(line for line in said.splitlines() if "memory" in line), sep="\n    ")
        if options.search:
            measure("search", run, folder)
        return 1 if max(peaks) > bytes_of(options.limit) else 0
    finally:
        if not options.folder:
            shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
