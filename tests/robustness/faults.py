#!/usr/bin/python3
"""Does to a search and to a features job what machines do to them, and lets them go on.

Faults: SIGKILL of any rank, of mpirun, of the launcher; a rank that hangs (SIGSTOP); one that the system kills for want of
memory; a full disk; a part that crashes again and again; kills while the best candidate is fitted again, results are collected
and written; one kill after another.
After the loss of a rank or of mpirun the command goes on by itself; after that of the launcher, or an error, it is repeated.
Counted as wrong: an end with another exit code than 0, results with other bytes than those of an undisturbed run, a fit that
stands in the journal twice, a process that lives on, and anything left in the output folder, in the folder for temporary files
or in /dev/shm; with --long, on a machine with little else to do, also a relaunch that takes more than 3 s (after a hang: 15 s).
Without --long each fault strikes one of the two jobs, in turn. Needs Debian's Python only; makes its own data. The full disk
and the want of memory need root, and are skipped without.
"""

import argparse
import collections
import contextlib
import csv
import json
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

PATIENCE_S = 120  # for one run; the machine may be busy
RANKS = 2
CUSTOMERS = 9000  # three parts
RELAUNCH_S = {"killed": 3, "hangs": 15}  # at most, on a machine that has a core to spare
JOURNAL_HEADER = 48  # [bytes]
JOURNAL_HEAD = 24  # of a record
NOT_COMPARED = ("journal", "results.h5", "summary.json", "config.resolved.yaml", "events.jsonl", "report.html", "epoch")

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
  encode: true
"""


class Skipped(Exception):
    """Says why a fault cannot be tried here."""


def make_data(folder, seed):
    rng = random.Random(seed)
    with open(folder / "noise.csv", "w") as out:
        out.write("a,b,c,d,y\n")
        for _ in range(700):
            row = [rng.gauss(0, 1) for _ in range(4)]
            label = int(row[0] * row[1] + rng.gauss(0, 1.5) > 0)
            out.write(",".join(f"{value:.4f}" for value in row) + f",{label}\n")
    with open(folder / "customers.csv", "w") as out:
        out.write("id,age\n")
        for customer in range(CUSTOMERS):
            out.write(f"{customer},{rng.randint(18, 90)}\n")
    with open(folder / "orders.csv", "w") as out:
        out.write("id,customer,time,amount,shop\n")
        for order in range(60000):
            date = time.strftime("%Y-%m-%d", time.gmtime(86400 * (16071 + rng.randint(0, 364))))
            out.write(f"{order},{rng.randrange(CUSTOMERS)},{date},{rng.expovariate(0.1):.2f},s{rng.randrange(9)}\n")


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


def send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass  # it was done already


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


def journaled_fits(journal):
    """How often the result of each fit stands in a journal."""
    found, at = collections.Counter(), JOURNAL_HEADER
    while at + JOURNAL_HEAD < len(journal):
        length = struct.unpack_from("<Q", journal, at + 8)[0]
        record = journal[at + JOURNAL_HEAD:at + JOURNAL_HEAD + length]
        if record[:1] == b"r":
            found[record[1:9]] += 1
        at += JOURNAL_HEAD + length
    return found


class Job:
    """A command that is disturbed again and again."""

    def __init__(self, gridmill, name, folder):
        self.name, self.folder = name, folder
        self.command = [gridmill, name, str(folder / f"{name}.yaml"), "--ranks", str(RANKS)]
        self.output = folder / name
        self.temporary = folder / "temporary"
        self.word = str(folder / f"{name}.yaml")
        self.environment = {**os.environ, "TMPDIR": str(self.temporary)}
        self.relaunches = {kind: [] for kind in RELAUNCH_S}  # [s]

    def start(self, *words):
        return subprocess.Popen([*self.command, *(words or ["--quiet"])], env=self.environment,
                                stdout=subprocess.PIPE if words else subprocess.DEVNULL, stderr=subprocess.PIPE)

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

    def ranks(self, launcher):
        """The processes of the ranks, by rank, once all of them are there; those of an ended launch: empty."""
        found = {}

        def are_there():
            found.clear()
            for each in [rank for mpirun in children(launcher.pid) for rank in children(mpirun)]:
                rank = environment(each, "OMPI_COMM_WORLD_RANK")
                if rank.isdigit():
                    found[int(rank)] = each
            return len(found) == RANKS or launcher.poll() is not None

        wait_until(are_there, PATIENCE_S)
        return dict(found) if len(found) == RANKS else {}

    def end_of(self, process):
        """Waits for the end; returns what went wrong up to it."""
        try:
            errors = process.communicate(timeout=PATIENCE_S)[1].decode()
        except subprocess.TimeoutExpired:
            process.kill()
            return ["it hangs"]
        return [f"it ends with exit code {process.returncode}: {errors.strip()}"] if process.returncode else []

    def check(self, job_number=""):
        """Returns what is wrong after a run that has ended with exit code 0."""
        wrong = []
        found = results(self.output)
        if found != self.expected:
            names = sorted(set(found) | set(self.expected))
            wrong.append("other results: " + ", ".join(n for n in names if found.get(n) != self.expected.get(n)))
        journal = self.output / "journal"
        fits = journaled_fits(journal.read_bytes()) if journal.exists() else {}
        twice = sum(n > 1 for n in fits.values())
        if twice:
            wrong.append(f"{twice} fits are in the journal twice")
        if not wait_until(lambda: not processes_with(self.word), 10):
            wrong.append(f"processes live on: {processes_with(self.word)}")
        return wrong + self.left_behind(job_number)

    def left_behind(self, job_number):
        unfinished = (".partial", ".new")
        left = [str(file) for file in self.output.rglob("*") if file.name == "lock" or file.name.endswith(unfinished)]
        left += [str(file) for file in self.temporary.rglob("*")]
        if job_number.isdigit():
            left += [f"/dev/shm/{name}" for name in os.listdir("/dev/shm") if f".{int(job_number):x}." in name]
        return [f"left behind: {', '.join(sorted(left))}"] if left else []

    def works(self):
        """Says whether the ranks have found each other, and the job has planned and begun."""
        return (self.output / "journal").exists() or (self.output / "parts").exists()

    def loses(self, strike, kind, moment=None):
        """Lets `strike(ranks, launcher)` happen at a moment, or else as soon as the job works; it is to go on by itself."""
        self.begin_anew()
        process = self.start()
        ranks = self.ranks(process)
        number = environment(ranks.get(0, 0), "PMIX_NAMESPACE")
        if moment is not None:
            time.sleep(moment)
        elif not wait_until(self.works, PATIENCE_S):
            return ["it does not begin"]
        begin = time.monotonic()
        strike(ranks, process)
        time.sleep(0.02)  # a process that is killed is still seen for an instant
        watcher = threading.Thread(target=self.note_relaunch, args=(process, set(ranks.values()), begin, kind))
        watcher.start()
        wrong = self.end_of(process)
        watcher.join()
        return wrong or self.check(number)

    def note_relaunch(self, process, before, begin, kind):
        def is_relaunched():
            now = {rank for mpirun in children(process.pid) for rank in children(mpirun)}
            return process.poll() is not None or len(now - before) == RANKS

        if wait_until(is_relaunched, PATIENCE_S) and process.poll() is None:
            self.relaunches[kind].append(time.monotonic() - begin)



def rank_killed(which):
    def fault(job, rng):
        return job.loses(lambda ranks, _: send(ranks.get(which, 0) or 2**22, signal.SIGKILL), "killed",
                         rng.uniform(0, job.seconds))
    return fault


def mpirun_killed(job, rng):
    def strike(_, launcher):
        for mpirun in children(launcher.pid)[:1]:
            send(mpirun, signal.SIGKILL)
    return job.loses(strike, "killed", rng.uniform(0, job.seconds))


def launcher_killed(at_any_moment):
    """The command is repeated at once, while the ranks of the first one still end. While mpirun starts, Open MPI may leave
    files behind: that moment belongs to the long form."""
    def fault(job, rng):
        job.begin_anew()
        first = job.start()
        number = environment(job.ranks(first).get(0, 0), "PMIX_NAMESPACE")
        if at_any_moment:
            time.sleep(rng.uniform(0, job.seconds))
        else:
            wait_until(job.works, PATIENCE_S)
        send(first.pid, signal.SIGKILL)
        again = job.start()
        wrong = job.end_of(again)
        first.communicate(timeout=PATIENCE_S)
        return wrong or job.check(number)
    return fault


def rank_hangs(which):
    def fault(job, rng):
        stopped = []

        def strike(ranks, _):
            stopped.append(ranks.get(which, 0))
            send(ranks.get(which, 0) or 2**22, signal.SIGSTOP)

        before = len(job.relaunches["hangs"])
        wrong = job.loses(strike, "hangs")
        if len(job.relaunches["hangs"]) == before:
            wrong.append("no rank was started again")
        if stopped[0] in processes_with(job.word):
            send(stopped[0], signal.SIGKILL)
            wrong.append("the stopped process is still there")
        return wrong
    return fault


def memory_group():
    """The folder in which groups with a limit of memory are made, and the name of that limit."""
    for folder, limit in (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")):
        if os.path.exists(f"{folder}/cgroup.procs") and os.access(folder, os.W_OK):
            return pathlib.Path(folder), limit
    raise Skipped("needs root and control groups of memory that can be written")


def out_of_memory(job, rng):
    """The system kills a rank that takes more memory than there is."""
    parent, limit = memory_group()
    group = parent / f"gridmill-faults-{os.getpid()}"
    try:
        group.mkdir()
        (group / limit).write_text(str(1 << 16))
    except OSError as error:
        raise Skipped(f"no control group: {error}") from error
    try:
        def strike(ranks, _):
            with contextlib.suppress(OSError):  # it was done already
                (group / "cgroup.procs").write_text(str(ranks[RANKS - 1]))
        before = len(job.relaunches["killed"])
        wrong = job.loses(strike, "killed")  # before it works it sees how little there is, and rightly refuses to begin
        if not wrong and len(job.relaunches["killed"]) == before:
            raise Skipped("the rank took no more memory before it ended")
        return wrong
    finally:
        wait_until(lambda: not (group / "cgroup.procs").read_text(), 10)
        group.rmdir()


def disk_full(job, rng):
    """The disk is full while results are written; space is made, and the command repeated."""
    job.begin_anew()
    job.output.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", job.output],
                                           capture_output=True, check=False).returncode != 0:
        job.output.rmdir()
        raise Skipped("needs root: mounts a small disk")
    filler = job.output / "filler"
    try:
        process = job.start("--json")
        for line in process.stdout:
            if json.loads(line)["event"] == "task":
                break
        with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as out:
            while out.write(bytes(1 << 16)):
                pass
        with contextlib.suppress(OSError), open(filler, "ab", buffering=0) as out:
            while out.write(bytes(512)):
                pass
        errors = process.communicate(timeout=PATIENCE_S)[1].decode()
        wrong = []
        if process.returncode != 1 or "No space left on device" not in errors:
            wrong.append(f"exit code {process.returncode}: {errors.strip()}")
        filler.unlink()
        return wrong or job.end_of(job.start()) or job.check()
    finally:
        shutil.rmtree(job.output, ignore_errors=True)
        subprocess.run(["umount", job.output], check=False)


def part_crashes(job, rng):
    """One part of the matrix crashes its rank each time: the third time is the last, all other parts are made, and the job
    names the rows. When the part does not crash any more, the command repeated makes it."""
    job.begin_anew()
    process = job.start()
    parts, struck = job.output / "parts", set()
    while process.poll() is None:
        for file in parts.glob(".rows-0001.h5.*.partial"):  # ends with the number of the process that makes it
            pid = int(file.name.split(".")[-2].split("-")[0])
            if pid not in struck:
                send(pid, signal.SIGSEGV)
                struck.add(pid)
        time.sleep(0.001)
    errors = process.communicate(timeout=PATIENCE_S)[1].decode()
    wrong = []
    words = f"(counted from 0; rows-0001.h5) crashed its rank 3 times, lastly by signal {signal.SIGSEGV:d}"
    if process.returncode != 1 or words not in errors:
        wrong.append(f"exit code {process.returncode} after {len(struck)} crashes: {errors.strip()}")
    there = sorted(file.name for file in parts.glob("rows-*.h5"))
    if there != [f"rows-{part:04}.h5" for part in range(CUSTOMERS // 4096 + 1) if part != 1]:
        wrong.append(f"of the parts there are {', '.join(there)}")
    return wrong or job.end_of(job.start()) or job.check()


def killed_in(stage, whole):
    """Kills rank 0, or all processes, as soon as the job says that a stage begins."""
    def fault(job, rng):
        job.begin_anew()
        process = job.start("--json")
        number = ""
        for line in process.stdout:
            event = json.loads(line)
            if not number:
                number = environment(job.ranks(process).get(0, 0), "PMIX_NAMESPACE")
            is_begun = event["event"] == "stage" and event["what"].startswith(stage)
            is_collected = event["event"] == "progress" and stage == "all done" and event["done"] == event["total"]
            if is_begun or is_collected:
                break
        time.sleep(rng.uniform(0, 0.02))
        if whole:
            send(process.pid, signal.SIGKILL)
            process.communicate(timeout=PATIENCE_S)
            process = job.start()
        else:
            ranks = [rank for mpirun in children(process.pid) for rank in children(mpirun)]
            for rank in ranks[:1]:
                send(rank, signal.SIGKILL)
        return job.end_of(process) or job.check(number)
    return fault


def killed_again_and_again(n):
    """kill -9 of the whole command at random times, repeated until it is done."""
    def fault(job, rng):
        job.begin_anew()
        for _ in range(n):
            process = job.start()
            time.sleep(rng.uniform(0, job.seconds))
            send(process.pid, signal.SIGKILL)
            process.communicate(timeout=PATIENCE_S)
            if (job.output / "summary.json").exists():
                (job.output / "summary.json").unlink()  # else there is nothing left to disturb
        # A launcher that is killed while mpirun starts leaves a folder of Open MPI's.
        shutil.rmtree(job.temporary)
        job.temporary.mkdir()
        return job.end_of(job.start()) or job.check()
    return fault


def faults(is_long):
    """What is done, by name, and to which jobs."""
    both = ("search", "features")
    n_kills = 50 if is_long else 3
    hangs = [("rank 1 hangs", rank_hangs(1), both)] if is_long else []
    crashes = [("a part crashes", part_crashes, ("features",))] if is_long else []  # run_pass_test tells the same
    return [("rank 1 killed", rank_killed(1), both), ("rank 0 killed", rank_killed(0), both),
            ("mpirun killed", mpirun_killed, both), ("launcher killed", launcher_killed(at_any_moment=is_long), both),
            *hangs, ("rank 0 hangs", rank_hangs(0), both),
            ("disk full", disk_full, both), ("out of memory", out_of_memory, both),
            *crashes, ("killed in the refit", killed_in("fitting the best", whole=False), ("search",)),
            ("killed when collected", killed_in("all done", whole=True), both),
            ("killed while writing", killed_in("writing", whole=True), both),
            ("killed while encoding", killed_in("encoding", whole=False), ("features",)),
            (f"{n_kills} kills in a row", killed_again_and_again(n_kills), both)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gridmill", required=True, help="the program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tries", type=int, help="of each fault (default: 1, with --long 3)")
    parser.add_argument("--only", default="", help="faults with this in their name")
    parser.add_argument("--long", action="store_true", help="each fault on both jobs, 50 kills in a row")
    options = parser.parse_args()
    tries = options.tries or (3 if options.long else 1)
    gridmill = os.path.abspath(options.gridmill)
    rng = random.Random(options.seed)
    n_wrong = 0
    with tempfile.TemporaryDirectory(prefix="gridmill-faults-") as name:
        folder = pathlib.Path(name)
        make_data(folder, options.seed)
        for file, text in (("search", SEARCH), ("import", IMPORT), ("features", FEATURES)):
            (folder / f"{file}.yaml").write_text(text.format(folder=folder))
        subprocess.run([gridmill, "import", str(folder / "import.yaml"), "--quiet"], check=True)
        jobs = {each: Job(gridmill, each, folder) for each in ("search", "features")}
        for job in jobs.values():
            job.run_undisturbed()
        print(f"{'job':10}{'fault':24}{'tries':>6}{'wrong':>7}{'seconds':>9}")
        for i, (what, fault, on) in enumerate(faults(options.long)):
            for each in on if options.long else [on[i % len(on)]]:
                if options.only not in what:
                    continue
                begin = time.monotonic()
                try:
                    found = [fault_text for _ in range(tries) for fault_text in fault(jobs[each], rng)]
                except Skipped as reason:
                    print(f"{each:10}{what:24}skipped: {reason}", flush=True)
                    continue
                n_wrong += len(found)
                print(f"{each:10}{what:24}{tries:6}{len(found):7}{time.monotonic() - begin:9.1f}", flush=True)
                for text in found:
                    print(f"    {text}", flush=True)
        for kind, most in RELAUNCH_S.items():
            times = [seconds for job in jobs.values() for seconds in job.relaunches[kind]]
            if times:
                # Time is judged in the long form only: a test must not fail for what else the machine does.
                is_late = options.long and max(times) > most and os.getloadavg()[0] < 1.5 * os.cpu_count()
                n_wrong += is_late
                print(f"started again after a rank or mpirun {kind}: {sum(times) / len(times):.1f} s, at most "
                      f"{max(times):.1f} s{' (too late)' if is_late else ''}")
    return 1 if n_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
