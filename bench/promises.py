#!/usr/bin/env python3
"""What dry runs promise of time, and what the same jobs then take.

usage: bench/promises.py PROGRAM [--ranks 1,2] [--times 3] [--configs A.yaml ...]

Without --configs: configs/digits-svm.yaml, configs/digits-boosted.yaml, and features of 10,000 loans (configs/loans-features.yaml).
For each of them and each number of ranks: the promise (the middle of the tries, the least and the greatest), the least wall time
of the command, start of its ranks included, the least processor time, that of all ranks together, and the promise by these.
Where other programs share the cores wall times are too long: then compare the promise of one rank with the processor time.
"""
import argparse
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
UNITS = {"s": 1, "min": 60, "h": 3600, "days": 86400}


def promised_s(words):
    found = re.search(r"time\W+some ([0-9.]+) (s|min|h|days)", words)
    if not found:
        sys.exit(f"no time is promised:\n{words}")
    return float(found[1]) * UNITS[found[2]]


def run(arguments, cwd):
    """Runs a command; returns what it said, its wall time and its processor time, those of its ranks included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = subprocess.run(arguments, cwd=cwd, capture_output=True, text=True)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}: exit code {done.returncode}\n{done.stderr}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout + done.stderr, wall, cpu


def jobs_of(program, configs, work):
    """(name, command, config, folder to work in)"""
    if configs:
        for config in configs:
            text = pathlib.Path(config).read_text()
            yield pathlib.Path(config).stem, "search" if re.search("^search:", text, re.M) else "features", config, ROOT
        return
    yield "digits-svm", "search", "configs/digits-svm.yaml", ROOT
    yield "digits-boosted", "search", "configs/digits-boosted.yaml", ROOT
    subprocess.run([ROOT / "scripts/make-loans", work / "data/loans", "--applicants", "10000"], check=True, capture_output=True)
    config = ROOT / "configs/loans-features.yaml"
    subprocess.run([program, "import", config, "--quiet"], check=True, capture_output=True, cwd=work)
    yield "loans-features", "features", str(config), work


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--ranks", default="1,2")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--configs", nargs="+")
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores; times in seconds")
        print(f"{'job':<16}{'ranks':>6}{'promised':>18}{'wall':>8}{'cpu':>8}{'promise/wall':>14}{'promise/(cpu/rank)':>20}")
        for name, command, config, cwd in jobs_of(program, options.configs, work):
            for ranks in options.ranks.split(","):
                promises, walls, cpus = [], [], []
                for i in range(options.times):
                    output = work / f"{name}-{ranks}-{i}"
                    flags = [config, "--ranks", ranks, "--output", output]
                    words, _, _ = run([program, command, *flags, "--dry-run"], cwd)
                    promises.append(promised_s(words))
                    _, wall, cpu = run([program, command, *flags, "--quiet"], cwd)
                    walls.append(wall)
                    cpus.append(cpu)
                middle = sorted(promises)[len(promises) // 2]
                told = f"{middle:.2f} ({min(promises):.2f}-{max(promises):.2f})"
                print(f"{name:<16}{ranks:>6}{told:>18}{min(walls):>8.2f}{min(cpus):>8.2f}{middle / min(walls):>14.2f}"
                      f"{middle / (min(cpus) / int(ranks)):>20.2f}", flush=True)


if __name__ == "__main__":
    main()
