#!/usr/bin/python3
"""Times two commands in turn (A B A B ...) as whole processes and prints both and the ratio pair by pair.

    bench/compare.py [-n RUNS] 'COMMAND A' 'COMMAND B'

{dir} in a command is a new empty folder for each run. Each run gets one thread per process (OPENBLAS_NUM_THREADS=1 and
the like). One run of each is not counted. Prints min / median / max of wall seconds, of CPU seconds of the whole
process tree, and of peak memory (largest single process).
"""
import argparse
import os
import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ONE_THREAD = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}


def run(command):
    """Returns (wall seconds, CPU seconds, peak MiB) of one run; forks so that the children's usage is its own."""
    folder = tempfile.mkdtemp()
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        start = time.monotonic()
        done = subprocess.run(shlex.split(command.format(dir=folder)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env={**os.environ, **ONE_THREAD})
        wall = time.monotonic() - start
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode != 0:
            sys.stderr.write(done.stdout.decode(errors="replace"))
        os.write(write_end, f"{done.returncode} {wall} {used.ru_utime + used.ru_stime} {used.ru_maxrss / 1024}".encode())
        os._exit(0)
    os.waitpid(pid, 0)
    code, *figures = os.read(read_end, 200).decode().split()
    os.close(read_end)
    os.close(write_end)
    shutil.rmtree(folder)
    if code != "0":
        sys.exit(f"{command}: exit code {code}")
    return [float(figure) for figure in figures]


def row(label, values, unit):
    print(f"  {label:<12} {min(values):9.3f} {statistics.median(values):9.3f} {max(values):9.3f}  {unit}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", "--runs", type=int, default=5)
    parser.add_argument("a")
    parser.add_argument("b")
    options = parser.parse_args()
    run(options.a), run(options.b)
    pairs = [(run(options.a), run(options.b)) for _ in range(options.runs)]
    for name, command, index in (("A", options.a, 0), ("B", options.b, 1)):
        print(f"{name}: {command}\n  {'':<12} {'min':>9} {'median':>9} {'max':>9}")
        row("wall", [pair[index][0] for pair in pairs], "s")
        row("cpu", [pair[index][1] for pair in pairs], "s")
        row("peak memory", [pair[index][2] for pair in pairs], "MiB")
    print("B / A")
    row("wall", [b[0] / a[0] for a, b in pairs], "x")
    row("cpu", [b[1] / a[1] for a, b in pairs], "x")


if __name__ == "__main__":
    main()
