#!/usr/bin/python3
"""Makes a cluster, works on it and removes it, as docs/aws.md does, on this one machine.

Hosts are network namespaces (hosts.sh): a laptop, a head, workers. Stand-ins: terraform_stand_in.py for terraform, a script for
what the head asks of AWS, s3_server.py for the bucket. The head runs the scripts of terraform/ as they are. Counted as wrong:
results with other bytes than those of the same command on one machine, another exit code or sentence than promised, a credential in
any file, output or command line. --long: also a whole run and features, a job that is stopped and goes on, and one whose head is
switched off, and whose workers are taken away while others come. Needs root, iproute2 and sshd; elsewhere it says so and ends with 77.

usage: aws.py --gridmill PATH [--long]
"""

import argparse
import datetime
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent / "staging"), str(HERE.parent / "robustness")]
import faults  # noqa: E402
import hosts  # noqa: E402
import s3_server  # noqa: E402

PATIENCE_S = 150
LAPTOP = "node3"
WORKERS = ("node1", "node2")
SPARE = "node4"  # comes when another one has gone
SECRETS = ("test-secret", "reader-secret")
CONFIG = """output: runs/digits
data: {source: data/digits.csv.gz, target: target, holdout: 0.3}
model: svc
search: {grid: {C: [0.1, 1, 10], gamma: [1e-4, 1e-3]}, cv: 3, scoring: [accuracy], refit: accuracy}
"""
# All in one: what it makes lies inside and outside of its folder.
RUN = """output: runs/shop
import:
  store: data/shop.h5
  tables:
    customers: {source: data/customers.csv, index: id}
    orders: {source: "data/orders-*.csv", index: id, time_index: time}
  relationships: [orders.customer -> customers.id]
features: {target: customers, label: age, cutoff_time: 2024-03-01, aggregations: [sum, mean, count], transforms: [], max_depth: 2}
data: {holdout: 0.2}
model: {name: ridge, preprocessing: standardize, impute: mean}
search: {grid: {alpha: [0.1, 1, 10]}, cv: 3, scoring: [r2], refit: r2}
predict: {tables: {customers: data/new.csv}, output: data/predicted.csv}
"""
FEATURES = """output: runs/features
features: {store: data/shop.h5, target: customers, cutoff_time: 2024-02-01, max_depth: 2}
"""
# The laptop is the only machine that knows a key; the head's role has another one, which only the stand-in for aws knows.
AWS = '''#!/usr/bin/python3
import sys
sys.path[:0] = ["{here}"]
import aws
sys.exit(aws.aws_on_head(sys.argv[1:]))
'''


def expect(condition, what, *more):
    if not condition:
        sys.exit("\n".join(["wrong: " + str(what), *map(str, more)]))


def fetch(url, bucket_and_key, target):
    """What 'aws s3 cp' does on the head, with the key of its role."""
    key, secret = "READER", s3_server.KEYS["READER"]
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    path, scope = "/" + bucket_and_key, [now[:8], "eu-central-1", "s3", "aws4_request"]
    headers = {"host": urllib.parse.urlsplit(url).netloc, "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "x-amz-date": now}
    signed = s3_server.signature(secret, "GET", path, [], headers, sorted(headers), "UNSIGNED-PAYLOAD", scope, now)
    headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={key}/{'/'.join(scope)}, SignedHeaders={';'.join(sorted(headers))}, "
                                f"Signature={signed}")
    with urllib.request.urlopen(urllib.request.Request(url + path, headers=headers), timeout=30) as answer:
        pathlib.Path(target).write_bytes(answer.read())


def aws_on_head(words):
    """Stands in for the command aws: all calls that gridmill and the head's scripts make."""
    if words[:2] == ["ec2", "start-instances"]:  # this one on the laptop
        (pathlib.Path(sys.argv[0]).parent / "stopped").unlink()
        return 0
    if words[:2] == ["ec2", "wait"]:
        return 0
    state = pathlib.Path(os.environ["AWS_STAND_IN"])
    if words[:2] == ["s3", "cp"]:
        fetch((state / "url").read_text(), words[-2].removeprefix("s3://"), words[-1])
    elif words[:2] == ["autoscaling", "set-desired-capacity"]:
        (state / "desired").write_text(words[words.index("--desired-capacity") + 1])
    elif words[:2] == ["ec2", "describe-instances"]:
        desired = int((state / "desired").read_text()) if (state / "desired").exists() else 0
        for address in (state / "workers").read_text().split()[:desired]:
            print(f"{address}\tc7i.2xlarge\t2026-01-01T00:00:00+00:00")
    else:
        print(f"aws: not known here: {words}", file=sys.stderr)
        return 252
    return 0


class World:
    """A laptop, a head, workers."""

    def __init__(self, gridmill, folder):
        self.folder, self.gridmill = folder, gridmill
        self.bin, self.state, self.laptop, self.shared = folder / "bin", folder / "aws", folder / "laptop", folder / "shared"
        for path in (self.bin, self.state, self.laptop / "data", self.laptop / "home", self.shared, folder / "head-home", folder / "lib"):
            path.mkdir(parents=True)
        scripts = PROJECT / "terraform/scripts"
        for name, text in {
                "gridmill-hosts": f'#!/bin/sh\nexec bash {scripts}/hosts.sh "$@"\n', "gridmill-workers": f'#!/bin/sh\nexec bash {scripts}/workers.sh "$@"\n',
                "gridmill": f'#!/bin/sh\nexec {gridmill} "$@"\n', "aws": AWS.format(here=HERE), "sudo": '#!/bin/sh\nexec "$@"\n',
                "journalctl": '#!/bin/sh\necho "the guard looks: $*"\n'}.items():
            (self.bin / name).write_text(text)
            (self.bin / name).chmod(0o755)
        shutil.copy(HERE / "terraform_stand_in.py", self.bin / "terraform")
        (folder / "settings").write_text("".join(f"export {name}='{value}'\n" for name, value in {
            "AWS_DEFAULT_REGION": "eu-central-1", "CLUSTER": "dev", "GROUP": "g", "SLOTS": "1", "WORKERS_MAX": "2"}.items()))
        (folder / "passwd").write_text(pathlib.Path("/etc/passwd").read_text() + f"gridmill:x:0:0::{folder}/head-home:/bin/bash\n"
                                       f"admin:x:0:0::{folder}/head-home:/bin/bash\n")
        (folder / "init").write_text(f"mount --bind {folder}/passwd /etc/passwd\nmount -t tmpfs tmpfs /var/lib\ntouch /var/lib/gridmill-ready\n"
                                     "mount -t tmpfs tmpfs /var/log\necho 'the head installs itself' >/var/log/cloud-init-output.log\n")
        head = {"GRIDMILL_SHARED": self.shared, "GRIDMILL_STATE": folder / "lib", "GRIDMILL_SETTINGS": folder / "settings",
                "GRIDMILL_COMMON": scripts / "common.sh", "GRIDMILL_BUSY": folder / "lib/asked", "GRIDMILL_PAUSE": 1, "AWS_STAND_IN": self.state,
                "GRIDMILL_METADATA": hosts.METADATA, "GRIDMILL_MORE_HOSTS_AFTER": 6,
                "OMPI_ALLOW_RUN_AS_ROOT": 1, "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": 1, "OPENBLAS_NUM_THREADS": 1}
        # What chooses other sums here does so there.
        head |= {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}
        self.cluster = hosts.Cluster(gridmill, folder)
        self.cluster.environment |= {
            "PATH": f"{self.bin}:{hosts.PATH}", "NETNS_HOSTS_INIT": str(folder / "init"),
            "NETNS_HOSTS_SETENV": " ".join(f"{name}={value}" for name, value in head.items())}
        for secret in [name for name in self.cluster.environment if name.startswith("AWS_")]:
            del self.cluster.environment[secret]
        shutil.copy(PROJECT / "data/digits.csv.gz", self.laptop / "data")
        make_shop(self.laptop / "data")
        for name, text in (("search", CONFIG), ("run", RUN), ("features", FEATURES)):
            (self.laptop / f"{name}.yaml").write_text(text)
        (self.laptop / "gridmill.deb").write_text("a package")

    def start(self):
        self.cluster.hosts("start", "4")
        self.run_workers(*WORKERS)
        (self.bin / "address").write_text(self.cluster.hosts("addr", "head"))
        self.server = subprocess.Popen(
            [hosts.HOSTS, "exec", LAPTOP, sys.executable, "-B", __file__, "--serve", self.cluster.hosts("addr", LAPTOP)],
            env=self.cluster.environment, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
        self.url = self.server.stdout.readline().strip()
        (self.state / "url").write_text(self.url)
        self.write_cluster()

    def run_workers(self, *names):
        """Says which the group has, as AWS does."""
        (self.state / "workers.new").write_text("\n".join(self.cluster.hosts("addr", name) for name in names))
        (self.state / "workers.new").rename(self.state / "workers")

    def write_cluster(self, more=""):
        (self.laptop / "aws.yaml").write_text(
            "aws: {name: dev, region: eu-central-1, admin_cidr: 203.0.113.7/32, bucket: acme, package: gridmill.deb,\n"
            f"  ssh_public_key: {self.folder}/hosts/id.pub, workers: {{max: 2}}, budget: {{time: 2 hours, cost: 5 USD}}{more}}}\n")

    def stop(self):
        self.server.stdin.close()
        self.server.wait(PATIENCE_S)
        self.cluster.hosts("stop", check=False)

    def line(self, *words):
        return [str(word) for word in (hosts.HOSTS, "exec", LAPTOP, self.gridmill, *words)]

    def environment(self):
        return self.cluster.environment | {
            "HOME": str(self.laptop / "home"), "AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": "TESTKEY",
            "AWS_SECRET_ACCESS_KEY": "test-secret", "AWS_EC2_METADATA_DISABLED": "true", "GRIDMILL_PATIENCE": "30"}

    def run(self, *words, code=0, says=()):
        done = subprocess.run(self.line(*words), cwd=self.laptop, env=self.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=PATIENCE_S, check=False)
        expect(done.returncode == code, f"gridmill {' '.join(map(str, words))}: exit code {done.returncode}, not {code}", done.stdout)
        for sentence in (says,) if isinstance(says, str) else says:
            expect(sentence in done.stdout, f"gridmill {' '.join(map(str, words))} does not say '{sentence}'", done.stdout)
        return done.stdout

    def detach(self, *words):
        """Begins a job and leaves it."""
        job = subprocess.Popen(self.line(*words), cwd=self.laptop, env=self.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
        said = ""
        for line in job.stdout:
            said += line
            if "begun on cluster" in line:
                os.kill(self.cluster.process(LAPTOP, lambda one: hosts.name_of(one) == "gridmill"), signal.SIGINT)
                break
        said += job.stdout.read()
        job.wait(PATIENCE_S)
        expect(job.returncode == 130 and "the job goes on" in said, f"left with {job.returncode}", said)


class Watch:
    """Looks into the command lines of all processes for a secret."""

    def __enter__(self):
        self.found, self.ends = set(), threading.Event()
        self.thread = threading.Thread(target=self.look)
        self.thread.start()
        return self

    def look(self):
        while not self.ends.wait(0.2):
            for file in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    text = file.read_text(errors="replace")
                except OSError:
                    continue
                self.found |= {secret for secret in SECRETS if secret in text}

    def __exit__(self, *_):
        self.ends.set()
        self.thread.join()
        expect(not self.found, f"a command line tells {self.found}")


def no_secret_in(folder):
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            text = file.read_bytes()
            for secret in SECRETS:
                expect(secret.encode() not in text, f"{file} tells a credential")


def make_shop(folder):
    chance = random.Random(3)
    day = lambda: f"2024-{1 + chance.randrange(2):02}-{1 + chance.randrange(28):02}"  # noqa: E731
    (folder / "customers.csv").write_text("id,age\n" + "".join(f"{i},{chance.randrange(18, 90)}\n" for i in range(200)))
    (folder / "new.csv").write_text("id\n3\n7\n")
    for part in range(2):
        orders = [f"{i},{chance.randrange(200)},{day()},{chance.expovariate(0.1):.2f}\n" for i in range(part, 2000, 2)]
        (folder / f"orders-{part}.csv").write_text("id,customer,time,amount\n" + "".join(orders))


def found_in(output, files=()):
    """What a command has found in its folder, without times, and what it has written elsewhere."""
    found = hosts.found_in(output)
    for each in (found, found.get("features", {})):
        each.pop("aws.job", None)
    return found | {file.name: file.read_bytes() for file in files}


def expect_same(world, command, output, *files, config=None):
    """Compares what came home with what the same command finds on one machine."""
    here = world.folder / "local"
    shutil.rmtree(here, ignore_errors=True)
    shutil.copytree(world.laptop, here, ignore=shutil.ignore_patterns("runs", "home", *(pathlib.Path(file).name for file in files)))
    subprocess.run([world.gridmill, command, config or f"{command}.yaml", "-q", "--ranks", "1"], cwd=here,
                   env=world.cluster.environment, check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE_S)
    found, expected = (found_in(folder / output, [folder / file for file in files]) for folder in (world.laptop, here))
    expect(found.keys() == expected.keys(), "other files than on one machine", sorted(found.keys() ^ expected.keys()))
    for name in expected:
        expect(found[name] == expected[name], f"{name} of {command} differs from that of one machine")


def say(what, begun=[time.monotonic()]):  # noqa: B006  one clock
    print(f"{what}: {time.monotonic() - begun[0]:.1f} s", flush=True)
    begun[0] = time.monotonic()


def life_of_a_cluster(world, long):
    world.run("search", "search.yaml", "--on", "aws.yaml", code=2, says="cluster 'dev' is not up\n  gridmill cluster up aws.yaml")
    world.run("search", "search.yaml", "--on", "aws.yaml", "--dry-run", says=("with 1 worker ", "with 2 workers", " USD (at most ", "kept to by 1 worker"))
    world.run("cluster", "up", "aws.yaml", code=2, says="nobody is there to answer")
    (world.bin / "fails").write_text("Error: api error VcpuLimitExceeded: You have requested more vCPU capacity")
    world.run("cluster", "up", "aws.yaml", "--yes", code=1, says="L-1216C47A")
    up = world.run("cluster", "up", "aws.yaml", "--yes", says=("terraform: 3 to add", "made aws_instance.head", "the head is ready"))
    expect("an hour costs 0.048 USD for the head alone, at most 0.985 USD" in up, "it does not say what an hour costs", up)
    say("up")
    output = world.laptop / "runs/digits"
    output.mkdir(parents=True)
    (output / "mine.txt").write_text("not from there")
    world.run("search", "search.yaml", "--on", "aws.yaml", code=2, says="holds a run that was begun here")
    (output / "aws.job").write_text("dev\nearlier.txt\n")
    (output / "earlier.txt").write_text("came from there")
    world.detach("search", "search.yaml", "--on", "aws.yaml")
    said = world.run("search", "search.yaml", "--on", "aws.yaml")
    expect("running already" in said or "has ended meanwhile" in said, "it does not say that it attaches", said)
    expect((output / "mine.txt").exists() and not (output / "earlier.txt").exists(), "what is not from there went, or what was stayed")
    (output / "mine.txt").unlink()
    expect_same(world, "search", "runs/digits")
    expect("node1" in said or "2 hosts" in said or "3 ranks" in said or world.cluster.hosts("addr", "node1") in said, "no worker worked", said)
    expect("--budget '2 hours'" in (output / "events.jsonl").read_text(), "the job was not given its budget", said)
    say("search, left and found again")
    world.run("search", "search.yaml", "--on", "aws.yaml")
    (world.folder / "outside.yaml").write_text(CONFIG.replace("runs/digits", "runs/outside"))
    world.run("search", "../outside.yaml", "--on", "aws.yaml", code=2, says="which lies outside this folder")
    world.run("cluster", "status", "aws.yaml", says=("2 of at most 2 workers run", "job ended 0 runs-digits-"))
    if long:
        whole_run(world)
        say("a whole run")
        longer_life(world)
    world.run("cluster", "ssh", "aws.yaml", "--", "ls", world.shared, says=["data", "laptop-"])
    world.run("cluster", "ssh", "aws.yaml", "--", "exit", "3", code=3)
    world.run("cluster", "logs", "aws.yaml", says=["terraform.log", "the head installs itself", "the guard looks: --no-pager -n 200 -u"])
    world.run("cluster", "stop", "aws.yaml", says="all workers are sent home")
    expect((world.state / "desired").read_text() == "0", "workers were not sent home")
    said = world.run("cluster", "up", "aws.yaml", "--yes", "--workers", 2, says="2 workers are ready")
    expect("another gridmill" not in said and "does not answer" not in said, "workers have another gridmill", said)
    stopped_head(world)
    world.run("cluster", "down", "aws.yaml", "--yes", says=("removed aws_instance.head", "nothing is left of cluster 'dev'"))
    world.run("cluster", "status", "aws.yaml", code=2, says="cluster 'dev' is not up")
    say("the rest")


def whole_run(world):
    """Import, features, search and predictions: what they write outside of their folder comes home, too."""
    store = world.laptop / "data/shop.h5"
    store.write_text("mine")
    world.run("run", "run.yaml", "--on", "aws.yaml", code=2, says="data/shop.h5: is there, and did not come from cluster 'dev'")
    store.unlink()
    world.run("run", "run.yaml", "--on", "aws.yaml")
    expect_same(world, "run", "runs/shop", "data/shop.h5", "data/predicted.csv")
    world.run("run", "run.yaml", "--on", "aws.yaml")  # told again


def stopped_head(world):
    """A head that was stopped is not made anew; it is started, and has another address."""
    (world.bin / "stopped").touch()
    address = (world.bin / "address").read_text()
    known = world.laptop / "home/.local/share/gridmill/clusters/dev/ssh_config"
    known.write_text(known.read_text().replace(address, world.cluster.hosts("addr", "node5")))  # where nobody is
    world.run("cluster", "status", "aws.yaml", code=1, says="'gridmill cluster up' starts a head that was stopped")
    world.run("cluster", "up", "aws.yaml", "--yes", says=("the head was stopped", "it is started", "the head is ready"))
    world.run("cluster", "status", "aws.yaml", says="2 of at most 2 workers run")


def longer_life(world):
    world.run("features", "features.yaml", "--on", "aws.yaml")
    expect_same(world, "features", "runs/features")
    say("features")
    make_long_search(world)
    job = ("search", "long.yaml", "--on", "aws.yaml")
    there = Disturbed(world, "runs/long")
    world.detach(*job)
    there.wait_for("a task", lambda: there.events("task begins"))
    world.run("cluster", "status", "aws.yaml", says="job running runs-long-")
    world.run(*job, "--overwrite", code=2, says="another job works on it on cluster 'dev'")
    world.run("cluster", "stop", "aws.yaml", says=("a job is asked to stop", "all workers are sent home"))
    said = world.run(*job, code=75)
    expect("running already" in said or "has ended meanwhile" in said, "it was begun again", said)
    say("stopped, with work left")
    n_launches = len(there.events("begins"))
    world.detach(*job)
    there.wait_for("tasks of another launch", lambda: len(there.events("begins")) > n_launches and there.is_at_work())
    world.cluster.hosts("kill", "head")
    world.cluster.hosts("revive", "head")
    world.run("cluster", "status", "aws.yaml", says="job ended lost runs-long-")
    say("the head was switched off, and on again")
    services = world.cluster.serve_metadata(*WORKERS, SPARE)
    expect(services["GRIDMILL_METADATA"] == hosts.METADATA, services)
    n_launches = len(there.events("begins"))
    world.detach(*job)
    there.wait_for("tasks of another launch", lambda: len(there.events("begins")) > n_launches and there.is_at_work())
    stays, leaving = WORKERS  # events call hosts by their own names
    world.cluster.announce(leaving)
    there.wait_for("the notice", lambda: [event for event in there.events("host_leaving") if event["host"] == leaving])
    world.cluster.hosts("kill", leaving)
    world.run_workers(stays, SPARE)
    there.wait_for("work with the other one", lambda: set(there.events("begins")[-1]["hosts"]) >= {stays, SPARE} and there.is_at_work())
    last = there.events("begins")[-1]["hosts"]
    expect(leaving not in last, f"{leaving} is said to work", last)
    world.run(*job)
    expect_same(world, "search", "runs/long", config="long.yaml")
    fits = faults.journaled_fits((there.folder / "journal").read_bytes())
    expect(all(n == 1 for n in fits.values()), "fits are in the journal twice")
    world.cluster.end_services()
    world.cluster.hosts("revive", leaving)
    world.run_workers(*WORKERS)
    say("a worker that was taken away, and another one")


class Disturbed:
    """A job on the cluster, seen from the head."""

    def __init__(self, world, output):
        self.world, self.output = world, output

    @property
    def folder(self):
        return next(iter(self.world.shared.glob(f"laptop-*/{self.output}")), self.world.shared / "none")

    def events(self, *kinds):
        file = self.folder / "events.jsonl"
        lines = file.read_text().splitlines() if file.exists() else []
        return [event for event in map(json.loads, filter(lambda line: line.endswith("}"), lines)) if not kinds or event["event"] in kinds]

    def is_at_work(self):
        """Whether a task was begun since the ranks were started last."""
        return [event["event"] for event in self.events("begins", "task begins")][-1:] == ["task begins"]

    def wait_for(self, what, is_so):
        expect(faults.wait_until(is_so, PATIENCE_S), f"in vain: {what}", self.events()[-5:])


def make_long_search(world):
    with tempfile.TemporaryDirectory() as folder:
        faults.make_data(pathlib.Path(folder), 5)
        shutil.copy(pathlib.Path(folder) / "noise.csv", world.laptop / "data")
    (world.laptop / "long.yaml").write_text(
        faults.SEARCH.format(folder="data").replace("data/search", "runs/long").replace("cv: 3", "cv: 5").replace(
            "C: [1, 10, 100, 1000]", f"C: {[round(1.3**i, 3) for i in range(40)]}"))


def missing():
    return hosts.missing()


def serve(address):
    with s3_server.Server(address) as server:
        server.state.buckets["acme"]  # made by being asked for
        print(server.url, flush=True)
        sys.stdin.read()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gridmill")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--serve", metavar="ADDRESS")
    given = parser.parse_args()
    if given.serve:
        return serve(given.serve)
    if missing():
        print(f"skipped: {missing()}")
        return hosts.SKIPPED
    with tempfile.TemporaryDirectory(prefix="gridmill-aws-") as folder:
        world = World(str(pathlib.Path(given.gridmill).resolve()), pathlib.Path(folder))
        try:
            world.start()
            say("hosts")
            with Watch():
                life_of_a_cluster(world, given.long)
            no_secret_in(world.folder)
        finally:
            world.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
