#!/usr/bin/python3
"""Runs gridmill with files at s3:// and https:// addresses, against s3_server.py, which fails as S3 fails.

Counted as wrong: bytes that differ from those of the same command with files of this machine, another exit code or another
sentence than promised, a credential in any output or file, and what is sent again though it is the same.
--long: also machines that are lost and taken over, or begin the same at once, a whole run, ranks under mpirun, failures while
sending, 300 MB down and up, TLS. Needs Debian's Python, and openssl for the last.
"""

import argparse
import gzip
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from s3_server import Fault, Server  # noqa: E402

PATIENCE_S = 120
SECRETS = ("test-secret", "reader-secret", "TESTKEY", "READER")


class Wrong(Exception):
    pass


def expect(condition, what, *more):
    if not condition:
        raise Wrong("\n".join([str(what), *map(str, more)]))


class World:
    """A folder, a server, and gridmill with an environment that knows both."""

    def __init__(self, gridmill, folder, server):
        self.gridmill, self.folder, self.server, self.state = gridmill, pathlib.Path(folder), server, server.state
        self.state.buckets["acme"]  # made by being asked for
        self.state.buckets["public"]
        self.cache = self.folder / "cache"
        self.file("rows.csv", rows(120))

    def environment(self, **more):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GRIDMILL_"))}
        return kept | {"AWS_ENDPOINT_URL": self.server.url, "AWS_ACCESS_KEY_ID": "TESTKEY", "HOME": str(self.folder),
                       "AWS_SECRET_ACCESS_KEY": "test-secret", "AWS_EC2_METADATA_DISABLED": "true",
                       "GRIDMILL_CACHE": str(self.cache), "TMPDIR": str(self.folder), "OMPI_ALLOW_RUN_AS_ROOT": "1",
                       "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OPENBLAS_NUM_THREADS": "1"} | more

    def run(self, *words, code=0, says=(), **more):
        """Runs a command; returns what it wrote."""
        done = subprocess.run([self.gridmill, *map(str, words)], capture_output=True, timeout=PATIENCE_S, text=True,
                              cwd=self.folder, env=self.environment(**more), check=False)
        both = done.stdout + done.stderr
        expect(done.returncode == code, f"gridmill {' '.join(map(str, words))}: exit code {done.returncode}, not {code}", both)
        for sentence in [says] if isinstance(says, str) else says:
            expect(sentence in both, f"gridmill {' '.join(map(str, words))}: does not say '{sentence}'", both)
        for secret in SECRETS:
            expect(secret not in both, f"gridmill {words[0]}: tells a credential", both)
        expect(str(self.cache) not in both, f"gridmill {words[0]}: names a copy, not its address", both)
        return done

    def measure(self, *words, code=0, says="", **more):
        """Runs a command; returns the seconds it took and the memory [MB] that it took at most."""
        begin, most = time.monotonic(), 0
        with open(self.folder / "measured.txt", "w+") as out:
            process = subprocess.Popen([self.gridmill, *map(str, words)], stdout=out, stderr=out, cwd=self.folder, env=self.environment(**more))
            while process.poll() is None:  # what wait4 tells begins with the memory of whoever has started it
                most = max([most, *map(int, re.findall(r"VmHWM:\s*(\d+)", pathlib.Path(f"/proc/{process.pid}/status").read_text()))])
                time.sleep(0.05)  # a sample, as often as that
            out.seek(0)
            said = out.read()
        expect(process.returncode == code and says in said, f"gridmill {words}: exit code {process.returncode}, not {code}", said)
        return time.monotonic() - begin, most / 1000

    def start(self, *words, **more):
        """Starts a command; the same machine's unless it is given another GRIDMILL_CACHE."""
        return subprocess.Popen([self.gridmill, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                cwd=self.folder, env=self.environment(**more))

    def other_machine(self, name="b"):
        return {"GRIDMILL_CACHE": str(self.folder / f"cache-{name}")}

    def objects(self, prefix):
        """What lies below a prefix of the bucket, but who works there."""
        with self.state.lock:
            return {key[len(prefix):]: stored.bytes for key, stored in self.state.buckets["acme"].items()
                    if key.startswith(prefix) and "/claims/" not in key}

    def wait_for(self, what, condition):
        """Waits for something that a running command does."""
        end = time.monotonic() + PATIENCE_S
        while not condition():
            expect(time.monotonic() < end, f"waited in vain for {what}")
            time.sleep(0.01)

    def forget_life(self, run):
        """Makes who works there seem to be silent for an hour."""
        with self.state.lock:
            self.state.buckets["acme"][f"{run}/claims/alive"].at -= 3600

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path


def rows(n, seed=1):
    chance = random.Random(seed)
    lines = ["a,b,y"]
    for _ in range(n):
        a, b = chance.gauss(0, 1), chance.gauss(0, 1)
        lines.append(f"{a:.6f},{b:.6f},{int(a + b > 0)}")
    return "\n".join(lines) + "\n"


SEARCH = """output: {output}
data: {{source: {source}, target: y, holdout: 0.2}}
model: svc
search: {{grid: {{C: [0.1, 1], gamma: [0.1, 1]}}, cv: 2, scoring: accuracy, refit: accuracy}}
"""


def check_reading(world):
    """Wherever a file is read: as a source, as a store, as rows to predict, as a config."""
    local = world.folder / "rows.csv"
    data = local.read_text()
    world.state.put("acme", "in/rows.csv", data.encode())
    world.state.put("acme", "in/rows.csv.gz", gzip.compress(data.encode()))
    info = world.run("info", "s3://acme/in/rows.csv").stdout
    expect(info.replace("s3://acme/in/", "") == world.run("info", "rows.csv").stdout.replace(str(local), "rows.csv"), "info differs")
    world.run("search", world.file("local.yaml", SEARCH.format(output="local", source="rows.csv")), "-q", "--ranks", 1)
    world.state.put("acme", "there.yaml", SEARCH.format(output="there", source="s3://acme/in/rows.csv").encode())
    world.run("search", "s3://acme/there.yaml", "-q", "--ranks", 2)
    for name in ("cv_results.csv", "best/model.libsvm"):
        ours, theirs = ((world.folder / run / name).read_text() for run in ("local", "there"))
        drop = (lambda text: [line.split(",")[4:] for line in text.splitlines()]) if name.endswith("csv") else (lambda text: text)
        expect(drop(ours) == drop(theirs), f"{name} differs")
    resolved = (world.folder / "there/config.resolved.yaml").read_text()
    expect("s3://acme/in/rows.csv" in resolved and str(world.cache) not in resolved, "the config tells no address", resolved)
    here = world.run("predict", "there", "rows.csv").stdout
    expect(world.run("predict", "there", "s3://acme/in/rows.csv.gz").stdout == here, "predictions differ")
    world.run("import", "s3://acme/in/rows.csv", "-o", "rows.h5", "-q")
    world.state.put("acme", "rows.h5", (world.folder / "rows.h5").read_bytes())
    expect(world.run("predict", "there", "s3://acme/rows.h5").stdout == here, "predictions of the store differ")


def check_sameness(world):
    """What is here already is not sent again, and what has changed is."""
    before = world.state.count("GET", "in/rows.csv$", 200)
    world.run("info", "s3://acme/in/rows.csv")
    expect(world.state.count("GET", "in/rows.csv$", 200) == before, "it was sent again")
    expect(world.state.count("GET", "in/rows.csv$", 304) > 0, "nobody asked whether it has changed")
    world.state.put("acme", "in/rows.csv", rows(77).encode())
    world.run("info", "s3://acme/in/rows.csv", says="77")
    (world.cache / "s3/acme/in/rows.csv").write_text("a\n1\n")  # somebody has written into the copy
    world.run("info", "s3://acme/in/rows.csv", says="77")


def check_patterns(world):
    for i in range(5):
        world.state.put("acme", f"many/part-{i}.csv", f"id,x\n{i},{i}\n".encode())
    world.state.put("acme", "many/deeper/part-9.csv", b"id,x\n9,9\n")
    config = world.file("many.yaml", "import: {store: many.h5, tables: {parts: {source: \"s3://acme/many/part-*.csv\", index: id}}}\n")
    world.run("import", config, "-q")
    world.run("info", "many.h5", says="5")
    config.write_text(config.read_text().replace("part-", "none-"))
    world.run("import", config, code=2, says="s3://acme/many/none-*.csv: there is no such object")


def check_web(world):
    data = rows(50)
    world.state.put("public", "rows.csv", data.encode())
    url = world.server.url + "/public/rows.csv"
    world.run("info", url, says="50")
    before = world.state.count("GET", "public/rows.csv", 200)
    world.run("info", url + "?download=1", says="50")
    world.run("info", url, says="50")
    expect(world.state.count("GET", "public/rows.csv", 200) == before + 1, "it was sent again")
    world.run("info", world.server.url + "/public/none.csv", code=2, says="/public/none.csv: there is no such file")
    world.run("info", "https://ada:geheim@a.b/x.csv", code=2, says="holds a password or a signature")
    world.run("info", "gs://acme/x.csv", code=2, says="an address of a kind that gridmill does not know")
    world.run("import", url, "-q", code=2, says="--output")
    world.run("info", "http://127.0.0.1:9/x.csv", code=1, says="cannot be fetched: ")


def check_faults(world):
    """What passes is tried again; what has come is kept."""
    data = rows(60_000).encode()
    for i, fault in enumerate([Fault(500, times=3), Fault(503, times=2), Fault("reset"), Fault("cut", n=900_000),
                               Fault("spoil"), Fault(400, code="RequestTimeout")]):
        key = f"faults/{i}.csv"
        world.state.put("acme", key, data)
        fault.key = key
        world.state.faults.append(fault)
        world.run("info", f"s3://acme/{key}", says="60000")
        expect((world.cache / "s3/acme" / key).read_bytes() == data, f"{fault}: other bytes")
    expect(world.state.count("GET", "faults/3", 206) == 1, "what was cut does not go on where it was", world.state.asked[-9:])
    world.state.put("acme", "faults/ever.csv", data)
    world.state.faults.append(Fault("spoil", key="faults/ever.csv", times=99))
    world.run("info", "s3://acme/faults/ever.csv", code=1, says="what came has another checksum than what lies there")
    expect(not (world.cache / "s3/acme/faults/ever.csv").exists(), "what is damaged is called whole")
    world.state.faults.clear()


def check_words(world):
    """Each reason in words, with the right exit code."""
    world.run("info", "s3://nobody-has-it/x.csv", code=2, says="s3://nobody-has-it/x.csv: there is no bucket 'nobody-has-it'")
    world.run("info", "s3://acme/none.csv", code=2, says="s3://acme/none.csv: there is no such object")
    world.run("info", "s3://acme", code=2, says="names a bucket, and no file or folder in it")
    file = "s3://acme/in/rows.csv"
    world.state.faults.append(Fault(403, code="AccessDenied"))
    world.run("info", file, code=2, says=f"{file}: S3 does not allow it (AccessDenied): the credentials of the environment lack "
              "the permission s3:GetObject")
    world.run("info", file, code=2, says="S3 does not know the access key of", AWS_ACCESS_KEY_ID="SOMEBODY")
    world.run("info", file, code=2, says="the secret key of the environment does not belong", AWS_SECRET_ACCESS_KEY="wrong")
    world.state.tokens = {"old-token": False, "new-token": True}
    said = world.run("info", file, code=1, says="the credentials of the environment have expired", AWS_SESSION_TOKEN="old-token")
    expect("old-token" not in said.stderr, "it tells the token")
    world.run("info", file, AWS_SESSION_TOKEN="new-token")
    world.state.clock = 3600
    world.run("info", file, code=1, says="the clock of this machine is 60 minutes slow")
    world.state.clock = 0
    world.state.regions["acme"] = "eu-central-1"
    world.run("info", file, says="77")
    world.state.regions.clear()
    world.run("info", file, code=2, says=["no credentials for S3: looked at AWS_ACCESS_KEY_ID", ".aws/credentials"],
              AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    (world.folder / ".aws").mkdir(exist_ok=True)
    (world.folder / ".aws/credentials").write_text("[default]\naws_access_key_id = TESTKEY\naws_secret_access_key = test-secret\n")
    world.run("info", file, says="77", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    shutil.rmtree(world.folder / ".aws")
    role = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_EC2_METADATA_DISABLED": "",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": world.server.url}
    world.state.tokens["role-token"] = True
    world.run("info", file, says="77", **role)
    world.state.tokens["role-token"] = False
    said = world.run("info", file, code=1, says="the credentials of role 'worker' of this instance have expired", **role)
    expect("role-token" not in said.stderr, "it tells the token")


def check_writing(world):
    """A run directory at an address is that of this machine, file for file; it says last that it is done."""
    config = world.file("writing.yaml", SEARCH.format(output="s3://acme/runs/one", source="rows.csv"))
    world.run("search", config, "--ranks", 2, says="s3://acme/runs/one")
    there = world.objects("runs/one/")
    here = world.cache / "s3/acme/runs/one"
    ours = {str(path.relative_to(here)): path.read_bytes() for path in here.rglob("*") if path.is_file()}
    expect(there == ours, "the folders differ", sorted(there), sorted(ours))
    expect({"summary.json", "journal", "best/pipeline.json", "cv_results.csv", "report.html"} <= set(there), sorted(there))
    expect(there["best/model.libsvm"] == (world.folder / "local/best/model.libsvm").read_bytes(), "the model differs")
    sent = [key for method, key, status in world.state.asked if method == "PUT" and "/runs/one/" in key and "/claims/" not in key]
    expect(sent[-1] == "acme/runs/one/summary.json", "summary.json was not sent last", sent)
    n_sent = len(sent)
    world.run("search", config, "-q")  # on this machine, and on another one: it is done
    world.run("search", config, **world.other_machine())
    sent = [key for method, key, status in world.state.asked if method == "PUT" and "/runs/one/" in key and "/claims/" not in key]
    expect(len(sent) == n_sent, "what is done was sent again", sent[n_sent:])
    expect(world.objects("runs/one/") == there, "it was changed by being told again")
    expect(all(f"runs/one/claims/{n}" in world.state.buckets["acme"] for n in (1, 2, 3)), "a launch without a number of its own")
    world.run("status", "s3://acme/runs/one", says="s3://acme/runs/one", **world.other_machine("c"))
    world.run("predict", "s3://acme/runs/one", "s3://acme/in/rows.csv", "-o", "s3://acme/out/p.csv", **world.other_machine("c"))
    expect(world.objects("out/")["p.csv"].decode() == world.run("predict", "local", "s3://acme/in/rows.csv").stdout,
           "predictions differ")
    world.run("predict", "local", "rows.csv", "-o", "s3://acme/out/p.csv", code=2, says="s3://acme/out/p.csv: exists already")
    world.run("report", "s3://acme/runs/one", "-o", "s3://acme/out/page.html", "-q", **world.other_machine("d"))
    expect(b"<!doctype html>" in world.objects("out/")["page.html"], "no page")
    world.run("status", "s3://acme/runs/none", code=2, says="s3://acme/runs/none: there is no such folder")
    world.run("search", config, "-o", "s3://acme/runs/two", "-q", code=2, says=["s3://acme/runs/two", "s3:PutObject"],
              AWS_ACCESS_KEY_ID="READER", AWS_SECRET_ACCESS_KEY="reader-secret", **world.other_machine("e"))
    changed = world.file("changed.yaml", config.read_text().replace("C: [0.1, 1]", "C: [0.1, 1, 10]"))
    world.run("search", changed, "-q", code=2, says="s3://acme/runs/one", **world.other_machine())
    world.run("search", changed, "-q", "--overwrite", "--ranks", 1, **world.other_machine())
    expect(world.objects("runs/one/")["cv_results.csv"].count(b"\n") == 7, "it was not made anew there")


WHOLE = """output: s3://acme/whole
import:
  store: s3://acme/stores/shop.h5
  tables:
    customers: {source: s3://acme/shop/customers.csv, index: id}
    orders: {source: "s3://acme/shop/orders-*.csv", index: id, time_index: time}
  relationships: [orders.customer -> customers.id]
features: {target: customers, label: good, aggregations: [mean, sum, count], transforms: [], cutoff_time: 2024-03-01}
model: {name: xgb_classifier, categories: one_hot}
search: {grid: {n_estimators: [3], max_depth: [2, 3]}, cv: 2, scoring: accuracy, refit: accuracy}
predict: {tables: {customers: s3://acme/shop/new.csv}}
"""


def check_whole_run(world):
    """Import, features, search and predictions, all at addresses; another machine finds all of it done."""
    chance = random.Random(3)
    customers = [f"{i},{chance.choice('xyz')},{chance.randrange(2)}" for i in range(60)]
    orders = [f"{i},{chance.randrange(60)},2024-01-{1 + i % 28:02} 10:00:00,{chance.random():.4f}" for i in range(300)]
    world.state.put("acme", "shop/customers.csv", ("id,kind,good\n" + "\n".join(customers) + "\n").encode())
    for half in range(2):
        part = "\n".join(orders[half::2])
        world.state.put("acme", f"shop/orders-{half}.csv", f"id,customer,time,value\n{part}\n".encode())
    world.state.put("acme", "shop/new.csv", b"id,kind\n3,x\n7,y\n")
    config = world.file("whole.yaml", WHOLE)
    world.run("run", config, "--ranks", 2)
    there = world.objects("whole/")
    expect({"summary.json", "features/summary.json", "features/features.h5", "predicted.csv", "run.yaml"} <= set(there), sorted(there))
    expect(world.objects("stores/")["shop.h5"].startswith(b"\x89HDF"), "no store")
    world.run("run", config, "--ranks", 1, **world.other_machine())
    expect(world.objects("whole/").keys() == there.keys(), "the other machine has other files")
    same = {name for name, data in world.objects("whole/").items() if data == there[name]}
    expect(set(there) - same <= {"epoch", "events.jsonl", "features/epoch", "features/events.jsonl"}, sorted(set(there) - same))
    said = world.run("run", config, "--dry-run", **world.other_machine("c"))
    expect("s3://acme/stores/shop.h5" in said.stdout + said.stderr, said.stdout + said.stderr)


LONG = """output: s3://acme/{name}
data: {{source: long.csv, target: y}}
model: svc
search: {{grid: {{C: [{cs}], gamma: [0.01, 0.03, 0.1, 0.3, 1, 3, 10]}}, cv: 5, scoring: accuracy, refit: accuracy}}
"""


def long_search(world, name):
    world.file("long.csv", rows(4000))
    return world.file(f"{name}.yaml", LONG.format(name=name, cs=", ".join(str(1 + i) for i in range(1500))))


def check_going_on(world):
    """A machine is lost: what it had sent is not done again by the one that goes on."""
    config = long_search(world, "lost")
    first = world.start("search", config, "--ranks", 2, GRIDMILL_PUSH_EVERY="0.1")
    world.wait_for("a journal", lambda: len(world.objects("lost/").get("journal", b"")) > 4000)
    world.run("search", config, code=2, says=["s3://acme/lost: another gridmill is working there (", ", process "],
              **world.other_machine())
    world.run("search", config, code=2, says="s3://acme/lost: another gridmill is working there (on this machine)")
    world.run("status", "s3://acme/lost", says=") works there, and was heard of ", **world.other_machine())
    first.kill()
    first.communicate()
    kept = world.objects("lost/")["journal"]
    expect("summary.json" not in world.objects("lost/"), "it says that it is done")
    world.forget_life("lost")
    second = world.start("search", config, "--ranks", 2, GRIDMILL_PUSH_EVERY="0.1", **world.other_machine())
    world.wait_for("more of it", lambda: len(world.objects("lost/")["journal"]) > len(kept) + 2000)
    expect(world.objects("lost/")["journal"].startswith(kept[:4000]), "the journal was begun anew")
    # The first machine comes back: it sees who works there. Then that one falls silent, too, and is taken over.
    world.run("search", config, code=2, says="another gridmill is working there")
    world.state.silent = "lost/claims/alive"
    third = world.start("search", config, "--ranks", 1, GRIDMILL_PUSH_EVERY="0.1")
    said, _ = second.communicate(timeout=PATIENCE_S)
    world.state.silent = ""
    expect(second.returncode == 1 and "has taken over" in said, second.returncode, said)
    third.send_signal(signal.SIGTERM)
    said, _ = third.communicate(timeout=PATIENCE_S)
    expect(third.returncode in (0, 75), third.returncode, said)  # 0: it was done before the wish came
    expect(world.objects("lost/")["journal"] == (world.cache / "s3/acme/lost/journal").read_bytes(), "not all was sent at the end")


def check_ranks(world):
    """Ranks that another launcher has started fetch by themselves, once a machine; what they write stays here."""
    world.state.put("acme", "ranks/rows.csv", rows(90).encode())
    config = world.file("ranks.yaml", SEARCH.format(output="by-ranks", source="s3://acme/ranks/rows.csv"))
    mpirun = ["mpirun", "-n", "2", "--oversubscribe", "--bind-to", "none", world.gridmill, "search", config, "-q"]
    # As on another host of --hosts: the launcher is not on this machine.
    for launcher, output, code, words in [({}, "by-ranks", 0, ""), ({}, "s3://acme/by-ranks", 2, "not under mpirun or srun"),
                                          ({"GRIDMILL_LAUNCHER": "1 elsewhere"}, "by-others", 0, "")]:
        done = subprocess.run([*map(str, mpirun), "-o", output], capture_output=True, text=True, timeout=PATIENCE_S,
                              cwd=world.folder, env=world.environment(**launcher), check=False)
        expect(done.returncode == code and words in done.stderr, (output, done.returncode), done.stdout, done.stderr)
    expect(world.state.count("GET", "ranks/rows.csv", 200) == 1, "it was fetched by each rank")
    expect((world.folder / "by-ranks/summary.json").exists() and (world.folder / "by-others/summary.json").exists(), "no results")


def check_pushing(world):
    """Nothing half is ever to be seen, and what fails is tried again."""
    config = world.file("push.yaml", SEARCH.format(output="s3://acme/push", source="rows.csv"))
    world.state.faults += [Fault(500, key="push/.*", method="PUT", times=3), Fault("reset", key="push/.*", method="PUT", times=2),
                           Fault(503, key="push/.*", method="GET", times=2), Fault("lost", key="push/claims/1", method="PUT"),
                           Fault("lost", key="push/report.html", method="PUT")]
    world.run("search", config, "--ranks", 1, "-q")
    there = world.objects("push/")
    expect(there["cv_results.csv"] == (world.cache / "s3/acme/push/cv_results.csv").read_bytes(), "other bytes")
    world.state.faults.append(Fault(500, key="push2/.*json", method="PUT", times=999))
    config = world.file("push.yaml", SEARCH.format(output="s3://acme/push2", source="rows.csv"))
    world.run("search", config, "--ranks", 1, "-q", code=1, says="s3://acme/push2/")
    expect("summary.json" not in world.objects("push2/"), "it says that it is done")
    for fault, words in ((Fault(400, code="ExpiredToken"), "have expired"), (Fault(403, code="RequestTimeTooSkewed"), "the clock of this machine"),
                         (Fault(403, code="AccessDenied"), "lack the permission s3:PutObject")):
        fault.key, fault.method, fault.times = "push2/.*json", "PUT", 999
        world.state.faults[:] = [fault]
        world.run("search", config, "--ranks", 1, "-q", code=2 if fault.code == "AccessDenied" else 1, says=words)
        expect("summary.json" not in world.objects("push2/"), "it says that it is done")
    world.state.faults.clear()
    world.run("search", config, "--ranks", 1, "-q")
    expect("summary.json" in world.objects("push2/"), "it was not sent by the command that was repeated")


def check_secrets(world):
    """Nothing that gridmill has written holds what opens the bucket."""
    for path in world.folder.rglob("*"):
        if path.is_file():
            for secret in SECRETS[:2]:
                expect(secret.encode() not in path.read_bytes(), f"{path}: holds a credential")


def told(what, seconds_and_memory):
    seconds, memory = seconds_and_memory
    print(f"      {what}: {seconds:.1f} s, at most {memory:.0f} MB of memory", flush=True)


def check_large(world):
    chance = random.Random(5)
    data = b"".join(chance.randbytes(100_000_000) for _ in range(3))
    for key in ("large.bin", "calm.bin"):
        world.state.put("acme", key, data)
    told("300 MB down", world.measure("info", "s3://acme/calm.bin", code=2))  # no table, but fetched
    world.state.faults[:] = [Fault(what, key="large.bin", times=3, n=50_000_000) for what in ("reset", "cut")]
    world.state.faults += [Fault(503, key="large.bin", times=2), Fault(500, key="large.bin"), Fault("hang", key="large.bin", n=30),
                           Fault("spoil", key="large.bin")]
    told("300 MB down, with failures", world.measure("info", "s3://acme/large.bin", code=2))
    expect(all(fault.times == 0 for fault in world.state.faults), "not all failures were met", world.state.faults)
    for key in ("large.bin", "calm.bin"):
        expect((world.cache / "s3/acme" / key).read_bytes() == data, "300 MB came as other bytes")
        (world.cache / "s3/acme" / key).unlink()
    # Up: a store of 300 MB, in parts; first killed in the midst of it.
    chance = random.Random(6)
    block = "\n".join(",".join(f"{chance.random():.4f}" for _ in range(40)) for _ in range(1000)) + "\n"
    names = ",".join(f"x{i}" for i in range(40)) + "\n"
    with gzip.open(world.folder / "wide.csv.gz", "wt", compresslevel=1) as file:
        file.write(names + block * 940)
    world.state.faults[:] = [Fault("hang", key="big.h5", method="PUT", n=30)]
    first = world.start("import", "wide.csv.gz", "-o", "s3://acme/big.h5")
    world.wait_for("an upload", lambda: world.state.uploads)
    first.kill()
    first.communicate()
    expect("big.h5" not in world.state.buckets["acme"], "half a file is to be seen")
    (world.cache / "s3/acme/big.h5").unlink()
    told("import of 300 MB, and up", world.measure("import", "wide.csv.gz", "-o", "s3://acme/calm.h5"))
    # All of them meet the first part, which is tried nine times.
    world.state.faults[:] = [Fault("reset", key="big.h5", method="PUT", times=2), Fault(500, key="big.h5", method="PUT"),
                             Fault("lost", key="big.h5", method="PUT"), Fault("damage", key="big.h5", method="PUT"),
                             Fault(400, code="IncompleteBody", key="big.h5", method="PUT"), Fault("hang", key="big.h5", method="PUT", n=30),
                             Fault(503, key="big.h5", method="POST", times=2), Fault("late", key="big.h5", method="POST", times=2)]
    told("import of 300 MB, and up with failures", world.measure("import", "wide.csv.gz", "-o", "s3://acme/big.h5"))
    expect(all(fault.times == 0 for fault in world.state.faults), "not all failures were met", world.state.faults)
    stored = world.state.buckets["acme"]["big.h5"]
    expect(len(stored.bytes) > 290_000_000 and "-" in stored.etag, "it is not so large", len(stored.bytes))
    for file in (world.cache / "s3/acme/big.h5", world.cache / "s3/acme/calm.h5"):
        expect(stored.bytes == file.read_bytes(), "300 MB went as other bytes")
    world.run("info", "s3://acme/big.h5", "-q", **world.other_machine("big"))
    expect((world.folder / "cache-big/s3/acme/big.h5").read_bytes() == stored.bytes, "300 MB came back as other bytes")
    world.state.buckets["acme"].clear()


def check_one_wins(world):
    """Two machines begin the same at the same time: one works, the other says so."""
    config = long_search(world, "race")
    for i in range(3):
        words = ("search", config, "-o", f"s3://acme/race-{i}", "--ranks", 1, "-q")
        both = [world.start(*words, **world.other_machine(f"race-{i}-{name}")) for name in "ab"]
        world.wait_for("one that is refused", lambda: any(each.poll() is not None for each in both))
        ended = [each for each in both if each.poll() is not None]
        expect(len(ended) == 1, "both have ended")
        said, _ = ended[0].communicate()
        expect(ended[0].returncode == 2 and "another gridmill is working there (" in said, ended[0].returncode, said)
        (winner,) = (each for each in both if each is not ended[0])
        winner.kill()
        winner.communicate()


def check_tls(world):
    """The same by https: nothing goes to a server whose certificate is not known."""
    certificate = world.folder / "server.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=s3", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-days", "2", "-keyout", certificate, "-out", world.folder / "ca.pem"], check=True, capture_output=True)
    certificate.write_text(certificate.read_text() + (world.folder / "ca.pem").read_text())
    with Server(certificate=certificate) as server:
        data = random.Random(7).randbytes(60_000_000)
        server.state.put("acme", "rows.csv", (world.folder / "rows.csv").read_bytes())
        server.state.put("acme", "tls.bin", data)
        here = {"AWS_ENDPOINT_URL": server.url, **world.other_machine("tls")}
        known = {"AWS_CA_BUNDLE": str(world.folder / "ca.pem")}
        said = world.run("info", "s3://acme/rows.csv", code=1, says="certificate", **here)
        expect(not server.state.asked, "something was asked of a server that is not known", said)
        world.run("info", "s3://acme/rows.csv", says="120", **here, **known)
        server.state.faults += [Fault("reset", key="tls.bin", times=2), Fault("cut", key="tls.bin", n=20_000_000), Fault(503, key="tls.bin")]
        world.run("info", "s3://acme/tls.bin", code=2, **here, **known)
        expect((world.folder / "cache-tls/s3/acme/tls.bin").read_bytes() == data, "other bytes came")
        server.state.faults[:] = [Fault("reset", key="runs/.*", method="PUT", times=3), Fault(500, key="runs/.*", method="PUT", times=3)]
        config = world.file("tls.yaml", SEARCH.format(output="s3://acme/runs/tls", source="s3://acme/rows.csv"))
        world.run("search", config, "-q", "--ranks", 1, **here, **known)
        there = server.state.buckets["acme"]
        ours = world.folder / "cache-tls/s3/acme/runs/tls"
        expect("runs/tls/summary.json" in there, "not all was sent")
        for name in ("cv_results.csv", "best/model.libsvm", "journal"):
            expect(there[f"runs/tls/{name}"].bytes == (ours / name).read_bytes(), f"{name} went as other bytes")


CHECKS = [check_reading, check_sameness, check_patterns, check_web, check_faults, check_words, check_writing,
          check_secrets]
LONG_CHECKS = [check_going_on, check_one_wins, check_whole_run, check_ranks, check_pushing, check_tls, check_large, check_secrets]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gridmill", required=True)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--only", help="one check")
    options = parser.parse_args()
    checks = CHECKS + (LONG_CHECKS if options.long or options.only else [])
    checks = [check for check in checks if options.only in (None, check.__name__.removeprefix("check_"))]
    with tempfile.TemporaryDirectory(prefix="gridmill-s3-") as folder, Server() as server:
        world = World(os.path.abspath(options.gridmill), folder, server)
        for check in checks:
            before = os.times()
            try:
                check(world)
            except Wrong as wrong:
                print(f"{check.__name__}: {wrong}", file=sys.stderr)
                return 1
            now = os.times()
            print(f"{check.__name__}: ok, {sum(now[:4]) - sum(before[:4]):.1f} s of processor time", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
