#!/usr/bin/python3
"""Runs the scripts of slurm/ on a real Slurm of three nodes on this machine (slurm_nodes.sh), and disturbs them.

Takes some five minutes, of which Slurm waits two before it starts a requeued job. Needs root and the packages named in
slurm_nodes.sh; elsewhere it says so and ends with 0.

usage: slurm.py --gridmill PATH [--only PART]
"""

import argparse
import csv
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
NODES = HERE / "slurm_nodes.sh"
SCRIPTS = HERE.parent.parent / "slurm"
PATIENCE_S = 300

SEARCH = """output: {folder}/{name}
data: {{source: {folder}/noise.csv, target: y}}
model: {{name: svc, preprocessing: standardize}}
search:
  grid: {{C: {values}, gamma: [0.03, 0.1, 0.3]}}
  cv: 5
  scoring: [accuracy]
  refit: accuracy
"""


def missing():
    if os.geteuid() != 0:
        return "it needs root"
    tools = [tool for tool in ("slurmctld", "slurmd", "munged", "sshd", "ip") if not shutil.which(tool, path=PATH)]
    return f"{', '.join(tools)} not found" if tools else ""


PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


class Cluster:
    def __init__(self, gridmill, folder):
        self.gridmill = gridmill
        self.folder = folder
        self.environment = {**os.environ, "PATH": PATH, "GRIDMILL": gridmill, "SLURM_LOCAL_DIR": str(folder / "slurm"),
                            "SLURM_LOCAL_CPUS": "2", "NETNS_HOSTS_DIR": str(folder / "hosts"),
                            "NETNS_HOSTS_PREFIX": f"gm{os.getpid()}", "NETNS_HOSTS_NET": "10.213.0",
                            "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}

    def nodes(self, *words):
        done = subprocess.run([NODES, *words], env=self.environment, cwd=self.folder, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=PATIENCE_S, check=False)
        return done.stdout.decode().strip()

    def begin(self, *words):
        return subprocess.Popen([NODES, *words], env=self.environment, cwd=self.folder, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)

    def submit(self, script, name, *options):
        words = ["search", str(self.folder / f"{name}.yaml"), "--quiet"]
        answer = self.nodes("run", "sbatch", "--parsable", "--time=20", *options, str(SCRIPTS / script), *words)
        if not answer.isdigit():
            sys.exit(f"sbatch: {answer}")
        return answer

    def state(self, job):
        return self.nodes("run", "squeue", "-h", "-o", "%T", "-j", job)

    def status(self, name):
        done = subprocess.run([self.gridmill, "status", str(self.folder / name)], stdout=subprocess.PIPE, check=False)
        return done.stdout.decode()

    def events(self, name):
        file = self.folder / name / "events.jsonl"
        return file.read_text() if file.exists() else ""

    def table(self, name):
        with open(self.folder / name / "cv_results.csv", newline="") as lines:
            rows = list(csv.reader(lines))
        kept = [i for i, column in enumerate(rows[0]) if not column.endswith("_time")]
        return [[row[i] for i in kept] for row in rows]

    def found_undisturbed(self, name):
        """Whether the search found what the same one finds here."""
        whole = subprocess.run([self.gridmill, "search", str(self.folder / f"{name}.yaml"), "--output",
                                str(self.folder / f"{name}-undisturbed"), "--quiet", "--ranks", "2"],
                               stdout=subprocess.PIPE, check=False, env=self.environment)
        return whole.returncode == 0 and self.table(name) == self.table(f"{name}-undisturbed")


def wait_until(what, is_so):
    """Waits until it is so; ends the program if that takes too long."""
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > end:
            sys.exit(f"in vain: {what}")
        time.sleep(0.2)


def pid_of_a_rank(config, told=b"OMPI_COMM_WORLD_RANK=1"):
    for entry in pathlib.Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if config.encode() in words and told in (entry / "environ").read_bytes().split(b"\0"):
                return int(entry.name)
        except (OSError, ValueError):
            continue
    return None


def pid_of(*words):
    """The process with these words in its command line, but for those that have started it."""
    for entry in pathlib.Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes().decode().split("\0")
            if command[0] == words[0] and all(word in command for word in words):
                return int(entry.name)
        except (OSError, ValueError):
            continue
    return sys.exit(f"no such process: {words}")


def check(what, is_so, faults):
    print(f"{'ok' if is_so else 'WRONG':6}{what}", flush=True)
    faults += [] if is_so else [what]


def disturb(cluster, faults):
    one = cluster.submit("gridmill.sbatch", "nodes", "-N3", "--mincpus=1")
    wait_until("a fit on three nodes", lambda: '"event":"task",' in cluster.events("nodes"))
    check("three nodes work at it", '"ranks":3' in cluster.events("nodes"), faults)
    cluster.nodes("run", "scancel", "--signal=USR1", "--batch", one)
    wait_until("its end", lambda: '"code":75' in cluster.events("nodes"))
    wait_until("its return to the queue", lambda: cluster.state(one) == "PENDING")
    check("asked to stop, it ends with 75 and is back in the queue", True, faults)
    check("status tells that nobody works on it", "nobody works on it" in cluster.status("nodes"), faults)

    two = cluster.submit("gridmill-local.sbatch", "local", "--cpus-per-task=2")
    wait_until("a fit on one node", lambda: '"event":"task",' in cluster.events("local"))
    rank = pid_of_a_rank(str(cluster.folder / "local.yaml"))
    begin = time.monotonic()
    os.kill(rank, signal.SIGKILL)
    wait_until("a second launch", lambda: '"launch":2' in cluster.events("local"))
    check(f"a rank was killed, and a second launch works {time.monotonic() - begin:.1f} s later", True, faults)
    cluster.nodes("run", "scontrol", "requeue", two)
    wait_until("both ends", lambda: all((cluster.folder / name / "summary.json").exists() for name in ("nodes", "local")))
    wait_until("an empty queue", lambda: cluster.nodes("run", "squeue", "-h") == "")
    check("requeued, both went on", '"launch":2' in cluster.events("nodes") and '"launch":3' in cluster.events("local"),
          faults)
    check("both found the same", cluster.table("nodes") == cluster.table("local"), faults)

    before = {name: (cluster.folder / "nodes" / name).read_bytes() for name in ("journal", "events.jsonl", "epoch")}
    again = cluster.submit("gridmill.sbatch", "nodes", "-N2", "--mincpus=1")
    wait_until("the end of a finished job", lambda: cluster.state(again) != "PENDING")
    wait_until("an empty queue", lambda: cluster.nodes("run", "squeue", "-h") == "")
    output = (cluster.folder / f"gridmill.{again}.out").read_text()
    check("a finished job that runs again ends with 0 and changes nothing", "exit code 0" in output and all(
        (cluster.folder / "nodes" / name).read_bytes() == bytes_ for name, bytes_ in before.items()), faults)


def hang(cluster, faults):
    """All ranks of a node hang, be it one or two: a guard kills the first, and the script starts the ranks again."""
    for n_ranks in (1, 2):
        name = f"hang{n_ranks}"
        job = cluster.submit("gridmill.sbatch", name, "-N2", "--mincpus=1", f"--ntasks-per-node={n_ranks}")
        wait_until("a fit on two nodes", lambda: '"event":"task",' in cluster.events(name))
        begin = time.monotonic()
        for rank in range(n_ranks, 2 * n_ranks):
            os.kill(pid_of_a_rank(str(cluster.folder / f"{name}.yaml"), f"SLURM_PROCID={rank}".encode()), signal.SIGSTOP)
        wait_until("a second launch", lambda: cluster.events(name).count('"event":"begins"') > 1)
        took = time.monotonic() - begin
        check(f"all {n_ranks} ranks of a node hung, and a second launch works {took:.1f} s later", True, faults)
        output = (cluster.folder / f"gridmill.{job}.out").read_text()
        check("which node is told", " on node2 has shown no sign of life" in output, faults)
        wait_until("its end", lambda: (cluster.folder / name / "summary.json").exists())
        wait_until("an empty queue", lambda: cluster.nodes("run", "squeue", "-h") == "")
        check("it found what a search finds that nobody disturbs", cluster.found_undisturbed(name), faults)


def shards(cluster, faults):
    """An array of three shards and the job that merges them find what one search finds."""
    begin = time.monotonic()
    config, run = str(cluster.folder / "shards.yaml"), cluster.folder / "shards"
    command = [str(SCRIPTS / "gridmill-array.sbatch"), "3", config, str(run), "--cpus-per-task=2", "--time=20"]
    print(cluster.nodes("run", *command), flush=True)
    wait_until("the end of the merging job", lambda: (run / "summary.json").exists())
    wait_until("an empty queue", lambda: cluster.nodes("run", "squeue", "-h") == "")
    print(f"      {time.monotonic() - begin:.1f} s for three shards and their merging", flush=True)
    folders = [cluster.folder / f"shards-shard-{i}-of-3" for i in (1, 2, 3)]
    hosts = {line for folder in folders for line in (folder / "events.jsonl").read_text().splitlines()
             if '"event":"begins"' in line}
    check("three shards on nodes of their own did all", len(hosts) == 3 and not any(
        (folder / "cv_results.csv").exists() for folder in folders), faults)
    whole = subprocess.run([cluster.gridmill, "search", config, "--output", str(cluster.folder / "whole"), "--quiet",
                            "--ranks", "1"], stdout=subprocess.PIPE, check=False)
    check("merged, they are what one search finds", whole.returncode == 0 and
          cluster.table("shards") == cluster.table("whole"), faults)
    for name in ("model.libsvm", "pipeline.json"):
        check(f"so is {name}", (run / "best" / name).read_bytes() == (cluster.folder / "whole" / "best" / name).read_bytes(),
              faults)
    before = {file: file.read_bytes() for folder in [*folders, run] for file in folder.glob("*.*")}
    print(cluster.nodes("run", *command), flush=True)
    wait_until("an empty queue", lambda: cluster.nodes("run", "squeue", "-h") == "")
    check("the same command again changes nothing", before and all(f.read_bytes() == b for f, b in before.items()), faults)


def node(cluster, faults):
    """The loss of a node: the job goes back into the queue, and on from there on the nodes that are left."""
    job = cluster.submit("gridmill.sbatch", "lost", "-N2-3", "--mincpus=1")
    wait_until("a fit on three nodes", lambda: '"event":"task",' in cluster.events("lost"))
    check("three nodes work at it", '"ranks":3' in cluster.events("lost"), faults)
    begin = time.monotonic()
    cluster.nodes("kill-node", "node3")
    wait_until("its return to the queue", lambda: cluster.state(job) == "PENDING")
    print(f"      a node was killed; {time.monotonic() - begin:.1f} s later the job is back in the queue", flush=True)
    wait_until("another launch", lambda: cluster.state(job) == "RUNNING")
    print(f"      {time.monotonic() - begin:.1f} s later it is started again", flush=True)
    wait_until("its end", lambda: (cluster.folder / "lost" / "summary.json").exists())
    wait_until("an empty queue", lambda: cluster.nodes("run", "squeue", "-h") == "")
    launches = [json.loads(line) for line in cluster.events("lost").splitlines() if '"event":"begins"' in line]
    check("it went on on two nodes", len(launches) > 1 and launches[-1]["ranks"] == 2, faults)
    output = (cluster.folder / f"gridmill.{job}.out").read_text()
    check("once, with exit code 0", output.count("exit code 0") == 1, faults)
    check("it found what a search finds that nobody disturbs", cluster.found_undisturbed("lost"), faults)
    cluster.nodes("start-node", "node3")


def on(cluster, faults):
    """`--on` submits a job, follows it, leaves it alone when interrupted, and follows it again."""
    config, run, place = str(cluster.folder / "on.yaml"), cluster.folder / "on", cluster.folder / "place.yaml"
    place.write_text("slurm: {nodes: 1-3, ranks_per_node: 1, time: 20}\n")
    command = [cluster.gridmill, "search", config, "--on", str(place)]
    script = cluster.nodes("run", *command, "--dry-run")
    check("a dry run shows the script and submits nothing", "#SBATCH --nodes=1-3" in script and not run.exists(), faults)

    first = cluster.begin("run", *command)
    wait_until("a fit", lambda: '"event":"task",' in cluster.events("on"))
    check("as many nodes as are free work at it", '"ranks":3' in cluster.events("on"), faults)
    os.kill(pid_of(cluster.gridmill, "--on", config), signal.SIGINT)
    said = first.communicate(timeout=PATIENCE_S)[0].decode()
    job = (run / "slurm.job").read_text().strip()
    check("interrupted, it leaves the job alone", first.returncode == 130 and f"job {job} goes on" in said
          and cluster.state(job) == "RUNNING", faults)
    second = cluster.begin("run", *command)
    said = second.communicate(timeout=PATIENCE_S)[0].decode()
    check("the same command follows it to its end", second.returncode == 0 and f"job {job} is running already" in said
          and "fitted again on all training rows" in said, faults)
    wait_until("an empty queue", lambda: cluster.nodes("run", "squeue", "-h") == "")
    third = cluster.begin("run", *command)
    said = third.communicate(timeout=PATIENCE_S)[0].decode()
    check("of a finished search it tells without a job", third.returncode == 0 and "nothing is done again" in said
          and (run / "slurm.job").read_text().strip() == job, faults)
    check("it found what is found here", cluster.found_undisturbed("on"), faults)

    place.write_text("slurm: {nodes: 1, time: 20, partition: nowhere}\n")
    fourth = cluster.begin("run", *command, "--overwrite")
    said = fourth.communicate(timeout=PATIENCE_S)[0].decode()
    check("what sbatch refuses is told", fourth.returncode == 1 and "invalid partition" in said, faults)


PARTS = {"disturb": disturb, "hang": hang, "shards": shards, "node": node, "on": on}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gridmill", required=True, help="the program")
    parser.add_argument("--only", choices=PARTS, help="this part alone")
    options = parser.parse_args()
    if reason := missing():
        print(f"skipped: {reason}")
        return 0
    rng = random.Random(3)
    faults = []
    with tempfile.TemporaryDirectory(prefix="gridmill-slurm-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        cluster = Cluster(os.path.abspath(options.gridmill), folder)
        with open(folder / "noise.csv", "w") as out:
            out.write("a,b,c,d,y\n")
            for _ in range(1500):
                row = [rng.gauss(0, 1) for _ in range(4)]
                out.write(",".join(f"{v:.4f}" for v in row) + f",{int(row[0] * row[1] + rng.gauss(0, 1.5) > 0)}\n")
        many = [round(1.15**i, 4) for i in range(60)]
        values = many[:20]
        sizes = {"nodes": values, "local": values, "hang1": values, "hang2": values, "shards": values[:6], "on": many,
                 "lost": many}
        for run, some in sizes.items():
            (folder / f"{run}.yaml").write_text(SEARCH.format(folder=folder, name=run, values=some))
        try:
            print(cluster.nodes("start", "3"))
            for name, part in PARTS.items():
                if options.only in (None, name):
                    part(cluster, faults)
        finally:
            cluster.nodes("stop")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
