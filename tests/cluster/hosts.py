#!/usr/bin/python3
"""Runs a search and a features job over several hosts on this machine (hosts.sh), and disturbs them.

Each host is a network namespace with its own sshd, processes and memory; the file system is the same for all. Counted as
wrong: an end with another exit code than 0, results with other bytes than those of an undisturbed run on one host, a fit that
stands in the journal twice. Without --long one fault is tried; with it all, each on both jobs. Needs root, iproute2 and
sshd; elsewhere it says so and ends with 77.

usage: hosts.py --gridmill PATH [--long] [--only WORD] [--job JOB]
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "robustness"))
import faults as local  # noqa: E402  the same data, jobs and comparisons as on one host

HOSTS = HERE / "hosts.sh"
PATIENCE_S = 180  # for one run; the machine may be busy
SKIPPED = 77
METADATA = "http://127.0.0.1:1338"  # on each host of its own
# All in one: import, features, a search that learns from them.
RUN = local.IMPORT.replace("unused", "run").replace("shop.h5", "run.h5") + """features: {{target: customers, label: age, cutoff_time: "2014-12-01", \
aggregations: [sum, mean, std, count, entropy], transforms: [], max_depth: 2}}
data: {{holdout: 0.2}}
model: {{name: ridge, preprocessing: standardize, impute: mean}}
search: {{grid: {{alpha: [0.1, 1, 10, 100]}}, cv: 3, scoring: [r2], refit: r2}}
"""
RANK_ON_NODE2 = 3  # head has rank 0, node1 two
NETWORK = f"10.214.{os.getpid() % 250}"  # two runs at once meet nowhere


def missing():
    if os.geteuid() != 0:
        return "it needs root"
    tools = [tool for tool in ("sshd", "ssh", "ip", "mpirun", "nsenter") if not shutil.which(tool, path=PATH)]
    return f"{', '.join(tools)} not found" if tools else ""


PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


class Cluster:
    """Hosts, and jobs on them."""

    def __init__(self, gridmill, folder):
        self.gridmill = gridmill
        self.folder = folder
        self.services = []
        self.environment = {**os.environ, "PATH": PATH, "NETNS_HOSTS_DIR": str(folder / "hosts"),
                            "NETNS_HOSTS_PREFIX": f"gh{os.getpid()}", "NETNS_HOSTS_NET": NETWORK}

    def hosts(self, *words, check=True):
        done = subprocess.run([HOSTS, *words], env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE_S, check=False)
        if check and done.returncode != 0:
            sys.exit(f"hosts.sh {' '.join(words)}: {done.stdout.decode()}")
        return done.stdout.decode().strip()

    def start(self, job, on="head", hosts="hosts.txt", **more):
        """Begins a job anew."""
        shutil.rmtree(self.folder / job, ignore_errors=True)
        return self.repeat(job, on, hosts, **more)

    def repeat(self, job, on="head", hosts="hosts.txt", **more):
        by_file = job == "search" and hosts == "hosts.txt"
        where = ["--hosts", str(self.folder / hosts)] if not by_file else ["--on", str(self.folder / "hosts.yaml")]
        line = [HOSTS, "exec", on, self.gridmill, job, str(self.folder / f"{job}.yaml"), *where, "--json"]
        return Run(line, {**self.environment, **more}, self.folder / job)

    def announce(self, host):
        """Says, as the owner of a host, that it will be taken away in two minutes."""
        (self.folder / f"{host}.metadata" / "notice").touch()

    def serve_metadata(self, *hosts):
        """Gives hosts the service that such things are said by; returns the variable that tells where it answers."""
        for host in hosts:
            folder = self.folder / f"{host}.metadata"
            folder.mkdir()
            self.services.append(subprocess.Popen(
                [HOSTS, "exec", host, sys.executable, "-B", str(HERE / "metadata.py"), METADATA.rpartition(":")[2], str(folder)],
                env=self.environment))
            if not local.wait_until((folder / "address").exists, PATIENCE_S):
                sys.exit(f"no metadata service on {host}")
        return {"GRIDMILL_METADATA": METADATA}

    def end_services(self):
        for host in self.folder.glob("*.metadata"):
            shutil.rmtree(host)
        while self.services:
            self.services.pop().wait(PATIENCE_S)

    def processes(self, host, is_it):
        """The numbers, seen from outside, of the processes of a host that are what we look for."""
        home = self.namespace(int(self.hosts("pid", host)))
        return [entry for entry in map(int, filter(str.isdigit, os.listdir("/proc")))
                if self.namespace(entry) == home and is_it(entry)]

    def process(self, host, is_it):
        return next(iter(self.processes(host, is_it)), None)

    @staticmethod
    def namespace(process):
        try:
            return os.readlink(f"/proc/{process}/ns/pid")
        except OSError:
            return None

    def ranks_on(self, host):
        """Its ranks; not the processes that they make to be watched by."""
        return self.processes(host, lambda one: name_of(one) == "gridmill" and name_of(parent_of(one)) == "orted")

    def rank_on(self, host):
        return next(iter(self.ranks_on(host)), None)


def name_of(process):
    try:
        return pathlib.Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return ""


def parent_of(process):
    try:
        return int(pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def command_of(process):
    try:
        return pathlib.Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""


def processor_s(process):
    """Processor time of a process so far; None: it is gone."""
    try:
        fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Run:
    def __init__(self, line, environment, output):
        self.output = output
        self.log = open(output.parent / f"{output.name}.log", "w+b")
        self.process = subprocess.Popen(line, env=environment, cwd=output.parent, stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True)

    def events(self):
        file = self.output / "events.jsonl"
        # A run has a job after the other; the first that ranks share out is features.
        if self.output.name == "run":
            file = self.output / "features" / "events.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines() if line.endswith("}")] if file.exists() else []

    def left(self):
        return [event["host"] for event in self.events() if event["event"] == "host_leaving" and event["certain"]]

    def launches(self):
        return [event for event in self.events() if event["event"] == "begins"]

    def wait_for(self, what, is_so):
        if not local.wait_until(lambda: is_so() or self.process.poll() is not None, PATIENCE_S) or not is_so():
            self.process.kill()
            sys.exit(f"in vain: {what}\n{self.said()}")

    def begin(self, launch=1):
        """Waits until a task is begun in a launch."""
        def has_begun():
            events = self.events()
            at = [i for i, event in enumerate(events) if event["event"] == "begins" and event["launch"] == launch]
            return bool(at) and any(event["event"] == "task begins" for event in events[at[0]:])
        self.wait_for(f"a task of launch {launch}", has_begun)

    def end(self):
        try:
            return self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return "hangs"

    def said(self):
        return pathlib.Path(self.log.name).read_text(errors="replace")


def nothing(cluster, job):
    """All goes well."""
    run = cluster.start(job)
    begin = time.monotonic()
    run.begin()
    return run, time.monotonic() - begin, []


def many_ranks(cluster, job):
    """64 ranks on four hosts, many to a core; says what rank 0 takes of the time."""
    run = cluster.start(job, hosts="many.txt")
    begin = time.monotonic()
    run.begin()
    seconds = time.monotonic() - begin
    is_rank = lambda one: local.environment(one, "OMPI_COMM_WORLD_RANK")  # noqa: E731
    ranks = {one: is_rank(one) for one in map(int, filter(str.isdigit, os.listdir("/proc")))
             if name_of(one) == "gridmill" and name_of(parent_of(one)) in ("orted", "mpirun") and f"{run.output}.yaml" in command_of(one)}
    last = {}
    while run.process.poll() is None:
        last.update({one: took for one in ranks if (took := processor_s(one)) is not None})
        time.sleep(0.2)  # a sample, as often as that
    first = sum(took for one, took in last.items() if ranks[one] == "0")
    work = json.loads((run.output / "summary.json").read_text())["work"]
    print(f"      {len(ranks)} ranks, {time.monotonic() - begin - seconds:.1f} s from the first task on; processor time: rank 0 "
          f"{first:.1f} s of {sum(last.values()):.1f} s; {work['tasks']} tasks, {work['busy_s']:.1f} s busy", flush=True)
    return run, seconds, []


def killed_host(cluster, job):
    """A host dies, and comes back."""
    run = cluster.start(job)
    run.begin()
    begin = time.monotonic()
    cluster.hosts("kill", "node2")
    run.wait_for("a second launch", lambda: len(run.launches()) > 1)
    seconds = time.monotonic() - begin
    cluster.hosts("revive", "node2")
    wrong = [] if "node2" not in run.launches()[1]["hosts"] else ["node2 is said to work in the second launch"]
    if "node2 does not answer" not in run.said():
        wrong.append("nothing says that node2 does not answer")
    return run, seconds, wrong


def cut_host(cluster, job):
    """The cable of a host is pulled."""
    run = cluster.start(job)
    run.begin()
    begin = time.monotonic()
    cluster.hosts("cut", "node2")
    run.wait_for("a second launch", lambda: len(run.launches()) > 1)
    seconds = time.monotonic() - begin
    cluster.hosts("mend", "node2")
    return run, seconds, [] if "node2" not in run.launches()[1]["hosts"] else ["node2 is said to work in the second launch"]


def killed_rank(cluster, job):
    """One rank of another host is killed."""
    run = cluster.start(job)
    run.begin()
    begin = time.monotonic()
    local.send(cluster.rank_on("node2"), signal.SIGKILL)
    run.wait_for("a second launch", lambda: len(run.launches()) > 1)
    return run, time.monotonic() - begin, []


def killed_mpirun(cluster, job):
    run = cluster.start(job)
    run.begin()
    begin = time.monotonic()
    local.send(cluster.process("head", lambda one: name_of(one) == "mpirun"), signal.SIGKILL)
    run.wait_for("a second launch", lambda: len(run.launches()) > 1)
    return run, time.monotonic() - begin, []


def killed_launcher(cluster, job):
    """gridmill itself is killed; the command is repeated."""
    run = cluster.start(job)
    run.begin()
    begin = time.monotonic()
    launcher = cluster.process("head", lambda one: name_of(one) == "gridmill" and not local.environment(one, "OMPI_COMM_WORLD_RANK"))
    files = [os.readlink(file) for file in pathlib.Path(f"/proc/{launcher}/fd").iterdir()]
    folders = [file for file in files if os.path.basename(file).startswith("gridmill-") and os.path.isdir(file)]
    local.send(launcher, signal.SIGKILL)
    run.end()
    run = cluster.repeat(job)
    run.wait_for("a second launch", lambda: len(run.launches()) > 1)
    wrong = [] if folders else ["it has no folder for its connections"]
    wrong += [f"{folder} is left" for folder in folders if os.path.exists(folder)]
    return run, time.monotonic() - begin, wrong


def lone_rank_hangs(cluster, job):
    """The only rank of a host is stopped: no other rank there can notice it."""
    run = cluster.start(job)
    run.begin()
    begin = time.monotonic()
    local.send(cluster.rank_on("node2"), signal.SIGSTOP)
    run.wait_for("a second launch", lambda: len(run.launches()) > 1)
    wrong = [] if "on node2 has shown no sign of life" in run.said() else ["nothing says that node2's rank is silent"]
    return run, time.monotonic() - begin, wrong


def all_ranks_hang(cluster, job):
    """All ranks of a host are stopped: none is left there to notice it."""
    run = cluster.start(job)
    run.begin()
    begin = time.monotonic()
    for rank in cluster.ranks_on("node1"):
        local.send(rank, signal.SIGSTOP)
    run.wait_for("a second launch", lambda: len(run.launches()) > 1)
    wrong = [] if "on node1 has shown no sign of life" in run.said() else ["nothing says that node1's rank is silent"]
    return run, time.monotonic() - begin, wrong


def frozen_host(cluster, job):
    """A host hangs as a whole: the way to it is there, but nothing answers any more."""
    run = cluster.start(job)
    run.begin()
    begin = time.monotonic()
    frozen = cluster.processes("node2", lambda one: True)
    for process in frozen:
        local.send(process, signal.SIGSTOP)
    run.wait_for("a second launch", lambda: len(run.launches()) > 1)
    seconds = time.monotonic() - begin
    wrong = [] if "node2" not in run.launches()[1]["hosts"] else ["node2 is said to work in the second launch"]
    if "node2 does not answer" not in run.said():
        wrong.append("nothing says that node2 does not answer")
    cluster.hosts("kill", "node2")
    cluster.hosts("revive", "node2")
    return run, seconds, wrong


def host_comes_back(cluster, job):
    """A host that was lost is there again when the ranks are started for another reason."""
    cluster.hosts("kill", "node2")
    run = cluster.start(job)
    run.begin()
    begin = time.monotonic()
    cluster.hosts("revive", "node2")
    local.send(cluster.rank_on("node3"), signal.SIGKILL)
    run.wait_for("a second launch", lambda: len(run.launches()) > 1)
    wrong = ["node2 is said to work in the first launch"] if "node2" in run.launches()[0]["hosts"] else []
    if "node2" not in run.launches()[1]["hosts"]:
        wrong.append("node2 does not work in the second launch")
    return run, time.monotonic() - begin, wrong


def more_hosts(cluster, job):
    """Hosts are added to the list while a job works: it is stopped in order, and goes on with them too."""
    table = cluster.folder / "growing.txt"
    table.write_text("node1 slots=2\n")
    run = cluster.start(job, hosts="growing.txt", GRIDMILL_MORE_HOSTS_AFTER="6")
    run.begin()
    begin = time.monotonic()
    table.write_text("node1 slots=2\nnode2 slots=1\nnode3 slots=1\n")
    run.wait_for("a second launch", lambda: len(run.launches()) > 1)
    seconds = time.monotonic() - begin
    wrong = [] if set(run.launches()[1]["hosts"]) >= {"node2", "node3"} else ["the new hosts do not work in the second launch"]
    if "more hosts can work" not in run.said() or "was lost" in run.said():
        wrong.append("it is not said why the ranks were started again")
    return run, seconds, wrong


def cut_head(cluster, job):
    """The machine of rank 0 is cut off and lives on; somebody goes on from another one; then the cable is back."""
    run = cluster.start(job)
    run.begin()
    begin = time.monotonic()
    cluster.hosts("cut", "head")
    while True:
        other = cluster.repeat(job, on="node1")
        if other.end() != 2:
            break
        if "another gridmill is working" not in other.said():
            return other, 0, []
    seconds = time.monotonic() - begin
    cluster.hosts("mend", "head")
    run.log.close()
    code = run.process.wait(PATIENCE_S)
    # It finds the other one at work, or its work done.
    return other, seconds, [] if code in (0, 1, 2) else [f"the run that was cut off ends with exit code {code}"]


def announced(cluster, job):
    """A host is to be taken away: it ends what it does, the others go on; when it is gone they do so without it."""
    services = cluster.serve_metadata("node2", "node3")
    is_early = job == "features"  # it may have ended before the service is asked a second time
    if is_early:
        cluster.announce("node2")
    run = cluster.start(job, **services)
    run.begin()
    begin = time.monotonic()
    cluster.announce("node2")
    run.wait_for("the notice", lambda: run.left())
    seconds = time.monotonic() - begin
    status = subprocess.run([cluster.gridmill, "status", str(run.output), "--json"], stdout=subprocess.PIPE, check=False).stdout
    wrong = [] if run.left() == ["node2"] else [f"{run.left()} are said to be leaving"]
    if run.process.poll() is None and json.loads(status)["leaving"] != ["node2"]:
        wrong.append("status does not say that it is leaving")
    n_tasks = len(run.events())
    run.wait_for("more tasks", lambda: len(run.events()) > n_tasks + 5)
    events = run.events()
    at = next(i for i, event in enumerate(events) if event["event"] == "host_leaving")
    if any(event["event"] == "task begins" and event["rank"] == RANK_ON_NODE2 for event in events[at:]):
        wrong.append("node2 was given a task after that")
    if not is_early and not any(event["event"] == "task begins" and event["rank"] == RANK_ON_NODE2 for event in events[:at]):
        wrong.append("node2 was given no task before that")
    if run.process.poll() is None:
        cluster.hosts("kill", "node2")
        run.wait_for("a second launch", lambda: len(run.launches()) > 1)
        cluster.hosts("revive", "node2")
        if "node2" in run.launches()[1]["hosts"]:
            wrong.append("node2 works in the second launch")
    return run, seconds, wrong


def bad_data(cluster, job):
    """The data is wrong: rank 0 says so, nobody is started again; then it is mended."""
    table = cluster.folder / "noise.csv"
    good = table.read_text()
    begin = time.monotonic()
    table.write_text(good + "1,2,three,4,0\n")
    run = cluster.start(job)
    code = run.end()
    wrong = [] if code == 2 else [f"exit code {code}, not 2"]
    if run.said().count("error: ") != 1 or "noise.csv:702" not in run.said():
        wrong.append(f"no error, or more than one\n{run.said()[-2000:]}")
    if "started again" in run.said():
        wrong.append("the ranks were started again")
    table.write_text(good)
    return cluster.repeat(job), time.monotonic() - begin, wrong


def lacks_files(cluster, job):
    """A host has neither the config nor the data, nor their folder: it is told why it cannot work, and then sent them."""
    own = cluster.folder / "own"
    mount = cluster.folder / "init.sh"
    mount.write_text(f'[ "$1" != node2 ] || mount -t tmpfs tmpfs {own}\n')
    for name in ("search.yaml", "noise.csv"):
        text = (cluster.folder / name).read_text()
        own.mkdir(exist_ok=True)
        (own / name).write_text(text.replace(str(cluster.folder), str(own)))
    cluster.hosts("kill", "node2")
    cluster.environment["NETNS_HOSTS_INIT"] = str(mount)
    cluster.hosts("revive", "node2")
    line = [HOSTS, "exec", "head", cluster.gridmill, job, str(own / "search.yaml"), "--hosts", str(cluster.folder / "hosts.txt"), "--json"]
    begin = time.monotonic()
    wrong = []
    without = Run([*line, "--output", str(own / "without")], cluster.environment, own / "without")
    if without.end() != 0 or "warning: node2 has no " not in without.said() or "--copy sends what is not there" not in without.said():
        wrong.append(f"nothing tells that node2 has no data\n{without.said()[-2000:]}")
    run = Run([*line, "--copy"], cluster.environment, own / "search")
    run.end()
    if "note: node2 gets what it lacks: 2 files" not in run.said() or "warning: node2" in run.said():
        wrong.append(f"node2 is not sent what it lacks\n{run.said()[-2000:]}")
    if "node2" not in run.launches()[0]["hosts"]:
        wrong.append("node2 does not work")
    if cluster.hosts("exec", "node2", "ls", "-A", str(own)).split() != ["noise.csv", "search.yaml"]:
        wrong.append(f"node2 has {cluster.hosts('exec', 'node2', 'ls', '-A', str(own)).split()}")
    return run, time.monotonic() - begin, wrong


def cut_transfer(cluster, job):
    """What a host lacks, a program of 1 GB among it, is on its way when the sender dies; again, when its cable is pulled."""
    own = cluster.folder / "large"
    own.mkdir()
    mount = cluster.folder / "init.sh"
    mount.write_text(f'[ "$1" != node2 ] || mount -t tmpfs tmpfs {own}\n')
    text = (cluster.folder / "search.yaml").read_text()
    (own / "search.yaml").write_text(text.replace(str(cluster.folder), str(own)))
    (own / "few.yaml").write_text(re.sub(r"C: \[.*?\]", "C: [1, 2]", text.replace(str(cluster.folder), str(own))))
    shutil.copy(cluster.folder / "noise.csv", own)
    program = own / "gridmill"
    shutil.copy(cluster.gridmill, program)
    os.truncate(program, 1 << 30)
    cluster.hosts("kill", "node2")
    cluster.environment["NETNS_HOSTS_INIT"] = str(mount)
    cluster.hosts("revive", "node2")
    there = pathlib.Path(f"/proc/{cluster.hosts('pid', 'node2')}/root{own}")
    begin = time.monotonic()
    wrong = []

    def run(output, config="few"):
        return Run([HOSTS, "exec", "head", program, job, str(own / f"{config}.yaml"), "--hosts", str(cluster.folder / "hosts.txt"), "--copy",
                    "--json", "--output", str(own / output)], cluster.environment, own / output)

    def sent(one):
        one.wait_for("a part of the program", lambda: any(part.stat().st_size > 50 << 20 for part in there.glob(".gridmill-sent.*")))

    def check_left_out(one, what):
        if one.end() != 0 or one.said().count("warning: node2 could not be sent what it lacks (") != 1:
            words = [line for line in one.said().splitlines() if not line.startswith("{")]
            wrong.append(f"{what}: it is not told once that node2 is left out: {words}")
        if program.name in os.listdir(there):
            wrong.append(f"{what}: half a program is there")
    dies = run("dies")
    sent(dies)
    for process in cluster.processes("head", lambda one: name_of(one) == "ssh" and "gridmill-sent" in command_of(one)):
        local.send(process, signal.SIGKILL)
    check_left_out(dies, "the sender dies")
    if not local.wait_until(lambda: not list(there.glob(".gridmill-sent.*")), PATIENCE_S):
        wrong.append("the sender dies: a part stays")
    cut = run("cut")
    sent(cut)
    cluster.hosts("cut", "node2")
    check_left_out(cut, "the cable is pulled")
    cluster.hosts("mend", "node2")
    for part in there.glob(".gridmill-sent.*"):
        os.utime(part, (time.time() - 300,) * 2)
    last = run("search", "search")
    last.end()
    if "node2" not in last.launches()[0]["hosts"]:
        wrong.append(f"node2 does not work\n{last.said()[-2000:]}")
    if sorted(os.listdir(there)) != ["gridmill", "noise.csv", "search.yaml"]:
        wrong.append(f"node2 has {os.listdir(there)}")
    return last, time.monotonic() - begin, wrong


def spent_budget(cluster, job):
    """The time is up before the ranks have begun: the job stops in order, and is not taken for lost."""
    shutil.rmtree(cluster.folder / job, ignore_errors=True)
    begin = time.monotonic()
    run = Run([HOSTS, "exec", "head", cluster.gridmill, job, str(cluster.folder / f"{job}.yaml"), "--hosts", str(cluster.folder / "hosts.txt"),
               "--budget", "0.3 s"], cluster.environment, cluster.folder / job)
    code = run.end()
    wrong = [] if code == 75 else [f"exit code {code}, not 75"]
    if run.said().count("the budget of 0.3 seconds is used up") != 1 or "started again" in run.said():
        wrong.append(f"it is not told once that the budget is used up\n{run.said()[-2000:]}")
    return cluster.repeat(job), time.monotonic() - begin, wrong


def stops_announced(hosts, words):
    """The machines are to be taken away: the job stops in order, and the command repeated goes on."""
    def fault(cluster, job):
        run = cluster.start(job, **cluster.serve_metadata(*hosts))
        run.begin()
        begin = time.monotonic()
        for host in hosts:
            cluster.announce(host)
        code = run.end()
        seconds = time.monotonic() - begin
        wrong = [] if code == 75 else [f"exit code {code}, not 75"]
        if words not in run.said():
            wrong.append(f"nothing says '{words}'\n{run.said()[-2000:]}")
        cluster.end_services()
        return cluster.repeat(job), seconds, wrong
    return fault


FAULTS = {
    "nothing happens": nothing,
    "64 ranks on four hosts": many_ranks,
    "a host is killed": killed_host,
    "a host is cut off": cut_host,
    "a rank of another host is killed": killed_rank,
    "the only rank of a host hangs": lone_rank_hangs,
    "the data is wrong": bad_data,
    "a budget is used up": spent_budget,
    "a host lacks files": lacks_files,
    "a transfer is cut off": cut_transfer,
    "all ranks of a host hang": all_ranks_hang,
    "a host hangs as a whole": frozen_host,
    "a host comes back": host_comes_back,
    "hosts are added": more_hosts,
    "the machine of rank 0 is cut off": cut_head,
    "a host is announced to be taken away": announced,
    "all hosts are announced to be taken away":
        stops_announced(["node1", "node2", "node3"], "no machine is left that is not about to be taken away"),
    "the machine of rank 0 is announced to be taken away": stops_announced(["head"], '"host_leaving","host":"head"'),
    "mpirun is killed": killed_mpirun,
    "gridmill is killed": killed_launcher,
}
RUNS = {"nothing happens": ["run"], "64 ranks on four hosts": ["search"], "the data is wrong": ["search"], "a host lacks files": ["search"],
        "a transfer is cut off": ["search"], "hosts are added": ["search"]}  # the features are made too soon
SHORT = {"a host is killed": ["search"], "a host lacks files": ["search"]}


def found_in(folder):
    """What a run has found, without times; that of a run also in the folder of its features."""
    found = {name: what for name, what in local.results(folder).items() if not name.startswith("features/")}
    return {**found, "features": local.results(folder / "features")} if (folder / "features").exists() else found


def check(cluster, run, wrong, expected):
    code = run.end()
    if code != 0:
        return [*wrong, f"it ends with exit code {code}"]
    found = found_in(run.output)
    if found != expected:
        others = [name for name in {**found, **expected} if found.get(name) != expected.get(name)]
        wrong.append(f"other results than on one host: {', '.join(sorted(others))}")
    journal = run.output / "journal"
    fits = local.journaled_fits(journal.read_bytes()) if journal.exists() else {}
    if any(n > 1 for n in fits.values()):
        wrong.append("fits are in the journal twice")
    return wrong


def repeat_rows(file, n, n_referred=0):
    """Writes the rows of a table n times, each time with other numbers; of its second column, too, if that refers to a
    table of so many rows."""
    head, *rows = file.read_text().splitlines()
    cells = [row.split(",") for row in rows]
    with open(file, "w") as out:
        out.write(head + "\n")
        for i in range(n):
            for row in cells:
                refers = [str(int(row[1]) + i * n_referred)] if n_referred else row[1:2]
                out.write(",".join([str(int(row[0]) + i * len(cells)), *refers, *row[2:]]) + "\n")


def make_jobs(cluster, jobs, long):
    """Writes data and configs; returns what an undisturbed run on this machine alone finds, by job."""
    folder = cluster.folder
    local.make_data(folder, 5)
    (folder / "search.yaml").write_text(local.SEARCH.format(folder=folder).replace("cv: 3", "cv: 5").replace(
        "C: [1, 10, 100, 1000]", f"C: {[round((1.3 if long else 1.12)**i, 3) for i in range(40)]}"))
    (folder / "features.yaml").write_text(local.FEATURES.format(folder=folder))
    (folder / "import.yaml").write_text(local.IMPORT.format(folder=folder))
    (folder / "run.yaml").write_text(RUN.format(folder=folder))
    (folder / "hosts.txt").write_text("node1 slots=2\nnode2 slots=1 # alone\nnode3 slots=1\n")
    (folder / "many.txt").write_text("".join(f"{host} slots=16\n" for host in ("head", "node1", "node2", "node3")))
    (folder / "hosts.yaml").write_text("hosts: {hosts: [{name: node1, slots: 2}, {name: node2, slots: 1}, "
                                       f"{{name: node3, slots: 1}}], network: {NETWORK}.0/24}}\n")
    if {"features", "run"} & set(jobs):  # it is to take long enough to be disturbed
        n_customers = len((folder / "customers.csv").read_text().splitlines()) - 1
        repeat_rows(folder / "customers.csv", 15)
        repeat_rows(folder / "orders.csv", 15, n_customers)
        subprocess.run([cluster.gridmill, "import", str(folder / "import.yaml"), "--quiet"], check=True)
    expected = {}
    for job in jobs:
        subprocess.run([cluster.gridmill, job, str(folder / f"{job}.yaml"), "--quiet", "--ranks", "2"], check=True,
                       stdout=subprocess.DEVNULL)
        expected[job] = found_in(folder / job)
    return expected


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gridmill", required=True, help="the program")
    parser.add_argument("--long", action="store_true", help="all faults, each on both jobs")
    parser.add_argument("--only", default="", help="only faults with this word in their names")
    parser.add_argument("--job", choices=["search", "features", "run"], help="only faults of this job")
    options = parser.parse_args()
    if reason := missing():
        print(f"skipped: {reason}")
        return SKIPPED
    chosen = {**{name: ["search", "features"] for name in FAULTS}, **RUNS} if options.long else SHORT
    chosen = {name: [job for job in jobs if options.job in (None, job)] for name, jobs in chosen.items() if options.only in name}
    n_wrong = 0
    with tempfile.TemporaryDirectory(prefix="gridmill-hosts-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        cluster = Cluster(os.path.abspath(options.gridmill), folder)
        expected = make_jobs(cluster, {job for jobs in chosen.values() for job in jobs}, options.long)
        try:
            cluster.hosts("start", "3")
            for fault, jobs in chosen.items():
                for job in jobs:
                    run, seconds, wrong = FAULTS[fault](cluster, job)
                    wrong = check(cluster, run, wrong, expected[job])
                    cluster.end_services()
                    print(f"{'WRONG' if wrong else 'ok':6}{job}: {fault}; launched again after {seconds:.1f} s", flush=True)
                    if wrong:
                        print("".join(f"      {words}\n" for words in wrong) + run.said()[-3000:])
                    n_wrong += len(wrong)
        finally:
            cluster.end_services()
            cluster.hosts("stop", check=False)
    return 1 if n_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
