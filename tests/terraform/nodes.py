#!/usr/bin/python3
"""Tests what the nodes of terraform/ run: the guard, gridmill-hosts and gridmill-workers with a stand-in for aws; and the user
data of head and worker as root in a copy of this machine's files, with stand-ins for what installs, mounts and starts services.

usage: nodes.py [--long] [--project FOLDER] [TEST...]    without --long some of what the guard does, and no user data; the part with
                                                         user data is skipped, with the reason, where it cannot run
"""
import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
NOW = 1_800_000_000  # some second
HOUR = 3600
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFN0YW5kSW5Gb3JBS2V5VGhhdE5vYm9keUhhc0E= you@laptop"
IS_LONG = "--long" in sys.argv
only_long = unittest.skipUnless(IS_LONG, "only with --long")
SETTINGS = {
    "AWS_DEFAULT_REGION": "eu-central-1", "CLUSTER": "dev", "GROUP": "gridmill-dev-workers", "HEAD_TYPE": "t3.medium",
    "SETTINGS_PARAMETER": "/gridmill/dev/settings", "SLOTS": "0", "WORKERS_MIN": "0", "WORKERS_MAX": "8", "IDLE_MINUTES": "15", "TTL_HOURS": "12",
    "LIMIT_MICRO_USD": "0", "PRICES": "t3.medium=50000 c7i.2xlarge=400000 c6i.2xlarge=500000",
}


def settings_text(**changes):
    return "\n".join(f"export {name}='{value}'" for name, value in {**SETTINGS, **changes}.items())


def executable(path, text):
    path.write_text(text)
    path.chmod(0o755)


class Node:
    """A head whose AWS, processes and services are stand-ins in a folder."""

    def __init__(self, folder, **changes):
        self.folder, self.aws, self.bin = folder, folder / "aws", folder / "bin"
        for path in (self.aws, self.bin, folder / "state"):
            path.mkdir()
        (self.aws / "workers").write_text("")
        (self.aws / "parameters.json").write_text(json.dumps({SETTINGS["SETTINGS_PARAMETER"]: settings_text(**changes)}))
        (folder / "settings").write_text(settings_text(**changes) + "\n")
        (self.bin / "aws").symlink_to(HERE / "aws_stand_in.py")
        (folder / "processes").write_text("")
        executable(self.bin / "ps", f'#!/bin/sh\ncat "{folder}/processes"\n')
        executable(self.bin / "systemctl", f'#!/bin/sh\necho "$@" >>"{folder}/systemctl"\n')
        executable(self.bin / "ssh", f'#!/bin/sh\nwhile [ $# -gt 2 ]; do shift; done; grep -qx "$1" "{folder}/ready"\n')
        (self.bin / "gridmill-hosts").symlink_to(PROJECT / "terraform/scripts/hosts.sh")
        executable(folder / "hosts", f'#!/bin/sh\nexec bash {PROJECT}/terraform/scripts/hosts.sh "$@"\n')
        (self.bin / "gridmill-hosts").unlink()
        (folder / "hosts").rename(self.bin / "gridmill-hosts")

    def run(self, script, *words, now=NOW, boot=NOW - HOUR, patience=0):
        environment = {"PATH": f"{self.bin}:{os.environ['PATH']}", "HOME": str(self.folder), "AWS_STAND_IN": str(self.aws),
                       "GRIDMILL_COMMON": str(PROJECT / "terraform/scripts/common.sh"), "GRIDMILL_SETTINGS": str(self.folder / "settings"),
                       "GRIDMILL_STATE": str(self.folder / "state"), "GRIDMILL_BUSY": str(self.folder / "state/asked"), "GRIDMILL_PAUSE": "0",
                       "GRIDMILL_PATIENCE": str(patience), "GRIDMILL_NOW": str(now), "GRIDMILL_BOOT": str(boot)}
        return subprocess.run(["bash", PROJECT / f"terraform/scripts/{script}.sh", *words], env=environment, cwd=self.folder, capture_output=True,
                              text=True, check=False, timeout=60)

    def guard(self, **how):
        result = self.run("guard", **how)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def workers(self, *lines):
        """Each: address, type, how long before NOW it was launched [s]."""
        stamp = "{} {} {}\n".format
        (self.aws / "workers").write_text("".join(
            stamp(address, kind, subprocess.run(["date", "-u", "-d", f"@{NOW - ago}", "+%Y-%m-%dT%H:%M:%S+00:00"], capture_output=True, text=True,
                                                check=True).stdout.strip()) for address, kind, ago in lines))

    def desired(self):
        path = self.aws / "desired"
        return int(path.read_text()) if path.exists() else None

    def spent(self):
        """What the guard reckons [USD]."""
        return int((self.folder / "state/spent").read_text()) / 3600 / 1e6

    def is_off(self):
        path = self.folder / "systemctl"
        return path.exists() and "poweroff" in path.read_text()


class NodeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gridmill-nodes-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


class Guard(NodeTest):
    @only_long
    def test_sends_workers_home_when_idle(self):
        node = Node(self.folder)
        node.workers(("10.20.0.11", "c7i.2xlarge", HOUR))
        self.assertIn("no gridmill for 15 minutes", node.guard())
        self.assertEqual(node.desired(), 0)
        self.assertFalse(node.is_off())

    def test_waits_for_the_whole_idle_time(self):
        node = Node(self.folder)
        node.workers(("10.20.0.11", "c7i.2xlarge", HOUR))
        (node.folder / "processes").write_text("7 1 gridmill\n8 7 mpirun\n9 8 gridmill\n")
        self.assertEqual(node.guard(), "")
        (node.folder / "processes").write_text("")
        self.assertEqual(node.guard(now=NOW + 14 * 60 + 59), "")
        self.assertEqual(node.desired(), None)
        node.guard(now=NOW + 15 * 60)
        self.assertEqual(node.desired(), 0)

    @only_long
    def test_lets_stay_who_is_to_stay(self):
        node = Node(self.folder, WORKERS_MIN="1")
        node.workers(("10.20.0.11", "c7i.2xlarge", HOUR), ("10.20.0.12", "c7i.2xlarge", HOUR))
        node.guard()
        self.assertEqual(node.desired(), 1)

    @only_long
    def test_does_not_send_home_who_was_just_asked_for(self):
        node = Node(self.folder)
        node.workers(("10.20.0.11", "c7i.2xlarge", 60))
        asked = node.folder / "state/asked"
        asked.touch()
        os.utime(asked, (NOW - 60, NOW - 60))
        self.assertEqual(node.guard(), "")
        self.assertEqual(node.desired(), None)

    def test_reckons_head_and_workers(self):
        node = Node(self.folder)
        (node.folder / "processes").write_text("7 1 gridmill\n")
        node.workers(("10.20.0.11", "c7i.2xlarge", HOUR), ("10.20.0.12", "c6i.2xlarge", HOUR), ("10.20.0.13", "unheard.of", HOUR))
        node.guard(now=NOW - 1800)
        node.guard(now=NOW)
        self.assertAlmostEqual(node.spent(), (0.05 + 0.4 + 0.5 + 0.5) / 2)  # an unknown type costs as the dearest

    @only_long
    def test_reckons_a_worker_from_its_launch_and_the_head_from_its_boot(self):
        node = Node(self.folder)
        (node.folder / "processes").write_text("7 1 gridmill\n")
        node.guard(now=NOW - 10 * HOUR, boot=NOW - 11 * HOUR)  # then the head was stopped
        node.workers(("10.20.0.11", "c7i.2xlarge", 900))
        node.guard(now=NOW, boot=NOW - 1800)
        self.assertAlmostEqual(node.spent(), 0.05 / 2 + 0.4 / 4)

    @only_long
    def test_reckons_on_where_aws_does_not_answer(self):
        node = Node(self.folder)
        (node.folder / "processes").write_text("7 1 gridmill\n")
        node.workers(("10.20.0.11", "c7i.2xlarge", HOUR))
        node.guard(now=NOW - 1800)
        (node.aws / "down").touch()
        said = node.guard(now=NOW)
        self.assertIn("AWS did not tell the workers", said)
        self.assertAlmostEqual(node.spent(), (0.05 + 0.4) / 2)

    def test_ends_all_at_the_limit_in_order(self):
        node = Node(self.folder, LIMIT_MICRO_USD="200000")
        # A launcher that stops when it is told, as gridmill does; its rank, which the launcher would tell, must not hear of it.
        log = node.folder / "heard"
        script = "import signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, {10}); print('up', flush=True); signal.sigwait({10}); " \
                 "open(sys.argv[1], 'a').write(sys.argv[2] + '\\n'); sys.exit(75)"
        children = {name: subprocess.Popen([sys.executable, "-IS", "-c", script, log, name], stdout=subprocess.PIPE, text=True)
                    for name in ("launcher", "rank")}
        for child in children.values():
            self.addCleanup(child.wait)
            self.addCleanup(child.kill)
            self.addCleanup(child.stdout.close)
            self.assertEqual(child.stdout.readline(), "up\n")
        launcher, rank = children["launcher"].pid, children["rank"].pid
        executable(node.bin / "ps", f'#!/bin/sh\n[ -e "{log}" ] || printf "{launcher} 1 gridmill\\n99999 {launcher} mpirun\\n{rank} 99999 gridmill\\n"\n')
        node.workers(("10.20.0.11", "c7i.2xlarge", HOUR))
        node.guard(now=NOW - 1500)
        self.assertFalse(node.is_off())
        said = node.guard(now=NOW)  # 0.4375 cents a minute each: 0.1875 USD
        self.assertFalse(node.is_off(), said)
        self.assertIn("the limit of 20 cents is reached", node.guard(now=NOW + 120))
        self.assertEqual(children["launcher"].wait(10), 75)
        self.assertEqual(log.read_text(), "launcher\n")
        self.assertEqual(node.desired(), 0)
        self.assertTrue(node.is_off())

    def test_stops_the_head_though_aws_does_not_answer(self):
        node = Node(self.folder)
        node.guard(now=NOW, boot=NOW - 12 * HOUR + 1)
        self.assertFalse(node.is_off())
        (node.aws / "down").touch()
        self.assertIn("12 hours (ttl_hours)", node.guard(now=NOW, boot=NOW - 12 * HOUR))
        self.assertTrue(node.is_off())

    @only_long
    def test_takes_in_what_apply_has_changed(self):
        node = Node(self.folder)
        (node.aws / "parameters.json").write_text(json.dumps({SETTINGS["SETTINGS_PARAMETER"]: settings_text(TTL_HOURS="1")}))
        self.assertIn("1 hours (ttl_hours)", node.guard(boot=NOW - HOUR))
        self.assertIn("TTL_HOURS='1'", (node.folder / "settings").read_text())

    @only_long
    def test_does_not_take_the_settings_of_another(self):
        node = Node(self.folder)
        (node.aws / "parameters.json").write_text(json.dumps({SETTINGS["SETTINGS_PARAMETER"]: settings_text(CLUSTER="other", TTL_HOURS="1")}))
        self.assertIn("those of the last look hold", node.guard())
        self.assertFalse(node.is_off())


class Hosts(NodeTest):
    def test_lists_who_runs(self):
        node = Node(self.folder, SLOTS="4")
        node.workers(("10.20.0.12", "c7i.2xlarge", HOUR), ("10.20.0.11", "c7i.2xlarge", HOUR))
        self.assertEqual(node.run("hosts").stdout, "10.20.0.11 slots=4\n10.20.0.12 slots=4\n")

    @only_long
    def test_says_that_nobody_runs(self):
        result = Node(self.folder).run("hosts")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("no worker runs", result.stderr)

    @only_long
    def test_forgets_keys_of_those_who_went(self):
        node = Node(self.folder)
        (node.folder / ".ssh").mkdir()
        (node.folder / ".ssh/known_hosts").write_text("10.20.0.11 ssh-ed25519 A\n10.20.0.99 ssh-ed25519 B\n")
        node.workers(("10.20.0.11", "c7i.2xlarge", HOUR))
        self.assertEqual(node.run("hosts").stdout, "10.20.0.11\n")
        self.assertEqual((node.folder / ".ssh/known_hosts").read_text(), "10.20.0.11 ssh-ed25519 A\n")


class Workers(NodeTest):
    def test_asks_and_waits(self):
        node = Node(self.folder)
        node.workers(("10.20.0.11", "c7i.2xlarge", 60), ("10.20.0.12", "c7i.2xlarge", 60))
        (node.folder / "ready").write_text("10.20.0.11\n10.20.0.12\n")
        result = node.run("workers", "2", patience=60)
        self.assertEqual(result.stdout, "2 workers are ready; hosts.txt lists them\n", result.stderr)
        self.assertEqual((node.folder / "hosts.txt").read_text(), "10.20.0.11\n10.20.0.12\n")
        self.assertEqual(node.desired(), 2)
        self.assertTrue((node.folder / "state/asked").exists())

    @only_long
    def test_goes_on_with_those_who_are_there(self):
        node = Node(self.folder)
        node.workers(("10.20.0.11", "c7i.2xlarge", 60), ("10.20.0.12", "c7i.2xlarge", 60))
        (node.folder / "ready").write_text("10.20.0.12\n")
        result = node.run("workers", "3")
        self.assertIn("1 of 3 workers are up", result.stdout)
        self.assertEqual((node.folder / "hosts.txt").read_text(), "10.20.0.12\n")

    @only_long
    def test_says_that_none_came(self):
        node = Node(self.folder)
        (node.folder / "ready").write_text("")
        result = node.run("workers", "3")
        self.assertEqual(result.returncode, 1)
        self.assertIn("no worker came up in time", result.stderr)
        self.assertFalse((node.folder / "hosts.txt").exists())

    def test_refuses_what_cannot_be(self):
        node = Node(self.folder)
        for words, said in (((), "how many workers?"), (("many",), "how many workers?"), (("9",), "more than workers_max, 8")):
            result = node.run("workers", *words)
            self.assertEqual(result.returncode, 1)
            self.assertIn(said, result.stderr)
        self.assertEqual(node.desired(), None)
        (node.aws / "full").touch()
        self.assertIn("after ttl_hours no worker may start", node.run("workers", "2").stderr)

    @only_long
    def test_sends_all_home(self):
        node = Node(self.folder)
        self.assertEqual(node.run("workers", "0").stdout, "all workers are sent home\n")
        self.assertEqual(node.desired(), 0)


def filled(template, **values):
    """A template of user data as terraform fills it in (check.py looks at what terraform itself makes of it)."""
    text = (PROJECT / f"terraform/user-data/{template}.sh.tftpl").read_text()
    return re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], text)


# Runs in a mount namespace of its own, over a copy-on-write view of this machine's files: nothing that it writes is seen outside.
BOX = r"""
set -eu
mount --make-rprivate /
mount -t tmpfs none "$BOX/over"
mkdir "$BOX/over/up" "$BOX/over/work" "$BOX/over/view"
mount -t overlay overlay -o "lowerdir=/,upperdir=$BOX/over/up,workdir=$BOX/over/work" "$BOX/over/view"
for place in proc dev; do mount --rbind "/$place" "$BOX/over/view/$place"; done
mount -t tmpfs none "$BOX/over/view/tmp"
mkdir "$BOX/over/view/box"
mount --bind "$BOX" "$BOX/over/view/box"
exec chroot "$BOX/over/view" /bin/bash -c "$INSIDE"
"""


@only_long
class UserData(NodeTest):
    """As root in a view of this machine; aws, apt-get, systemctl, exportfs and mount are stand-ins that write down what they were asked."""

    def setUp(self):
        super().setUp()
        if os.geteuid() != 0:
            self.skipTest("user data runs as root")
        self.folder.chmod(0o755)  # the user gridmill looks into it, too
        (self.folder / "over").mkdir()
        if self.boxed("true").returncode != 0:
            self.skipTest(f"no copy-on-write view of this machine's files: {self.boxed('true').stderr.strip()}")
        for name in ("aws", "bin", "aws/objects"):
            (self.folder / name).mkdir()
        (self.folder / "aws/workers").write_text("")
        (self.folder / "aws/calls").touch()
        (self.folder / "aws/calls").chmod(0o666)
        (self.folder / "bin/aws").write_bytes((HERE / "aws_stand_in.py").read_bytes())
        (self.folder / "bin/aws").chmod(0o755)
        for name in ("apt-get", "systemctl", "exportfs", "mount", "gridmill"):
            executable(self.folder / f"bin/{name}", f'#!/bin/sh\necho {name} "$@" >>/box/said\n')
        package = b"a package"
        (self.folder / "aws/objects/acme/packages").mkdir(parents=True)
        (self.folder / "aws/objects/acme/packages/gridmill.deb").write_bytes(package)
        scripts = {name: (PROJECT / f"terraform/scripts/{name}.sh").read_text() for name in ("common", "guard", "hosts", "workers")}
        self.values = dict(scripts, region="eu-central-1", settings=settings_text(), admin_key=KEY, package_uri="s3://acme/packages/gridmill.deb",
                           package_sha=hashlib.sha256(package).hexdigest(), key_name="/gridmill/dev/head-ssh-public-key",
                           shared_cidrs="10.20.0.0/24 10.20.1.0/24", head_address="10.20.0.10")

    def boxed(self, inside):
        environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "BOX": str(self.folder),
                       "INSIDE": f"export PATH=/box/bin:$PATH AWS_STAND_IN=/box/aws GRIDMILL_PAUSE=0; {inside}"}
        return subprocess.run(["unshare", "--mount", "bash", "-c", BOX], env=environment, capture_output=True, text=True, check=False, timeout=60)

    def boot(self, template, parameters, look="true"):
        (self.folder / "aws/parameters.json").write_text(json.dumps(parameters))
        (self.folder / "user-data.sh").write_text(filled(template, **self.values))
        return self.boxed(f"bash /box/user-data.sh && {{ {look}; }}")

    def said(self):
        return (self.folder / "said").read_text()

    def test_of_the_head_brings_up_a_head(self):
        result = self.boot("head", {}, look="""
            stat -c '%U %a' /srv/gridmill/.ssh/id_ed25519 /srv/gridmill/.ssh/authorized_keys /shared /var/lib/gridmill /var/lib/gridmill/asked
            cat /srv/gridmill/.ssh/authorized_keys /etc/exports; sudo -l -U gridmill 2>/dev/null | grep -c NOPASSWD || true
            runuser -u gridmill -- env PATH=$PATH AWS_STAND_IN=/box/aws gridmill-hosts || true""")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("gridmill 600\ngridmill 600\ngridmill 755\nroot 755\ngridmill 644\n" + KEY, result.stdout)
        self.assertIn("/shared 10.20.0.0/24(rw,sync,no_subtree_check,root_squash)\n/shared 10.20.1.0/24(", result.stdout)
        self.assertIn("no worker runs", result.stderr)  # gridmill-hosts found its settings
        told = json.loads((self.folder / "aws/parameters.json").read_text())
        self.assertRegex(told["/gridmill/dev/head-ssh-public-key"], "^ssh-ed25519 [A-Za-z0-9+/=]+ gridmill head$")
        said = self.said().splitlines()
        self.assertLess(said.index("systemctl enable --now gridmill-guard.timer"), said.index("apt-get -q update"))
        self.assertEqual(said[-2:], ["apt-get -q -y install --no-install-recommends /var/cache/gridmill.deb", "gridmill version"])
        self.assertNotIn("PRIVATE KEY", result.stdout + result.stderr + (self.folder / "aws/calls").read_text())

    def test_of_the_head_leaves_a_guard_that_runs(self):
        result = self.boot("head", {}, look="/usr/local/lib/gridmill/guard && cat /var/lib/gridmill/spent")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"\n\d+\n$")

    def test_of_a_worker_brings_up_a_worker(self):
        key = "ssh-ed25519 AAAAHEAD gridmill head"
        result = self.boot("worker", {"/gridmill/dev/head-ssh-public-key": key}, look="""
            cat /srv/gridmill/.ssh/authorized_keys; stat -c '%U %a' /srv/gridmill/.ssh/authorized_keys; id -u gridmill; test -e /var/lib/gridmill-ready""")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(f"{key}\ngridmill 600\n20000\n", result.stdout)
        self.assertIn("mount -t nfs4 -o hard,timeo=50,noatime 10.20.0.10:/shared /shared\n", self.said())

    def test_of_a_worker_waits_for_the_key_of_the_head(self):
        result = self.boot("worker", {"/gridmill/dev/head-ssh-public-key": "none yet"}, look="true")
        self.assertEqual(result.returncode, 1)
        self.assertEqual((self.folder / "aws/calls").read_text().count("ssm get-parameter"), 30)

    def test_refuses_a_package_of_another_digest(self):
        for template in ("head", "worker"):
            (self.folder / "aws/objects/acme/packages/gridmill.deb").write_bytes(b"another package")
            result = self.boot(template, {"/gridmill/dev/head-ssh-public-key": "ssh-ed25519 A"})
            self.assertEqual(result.returncode, 1)
            self.assertIn("did NOT match", result.stderr)
            self.assertNotIn("/var/cache/gridmill.deb", self.said())


def main():
    global PROJECT
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--project", type=Path, default=PROJECT)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("tests", nargs="*")
    given = parser.parse_args()
    PROJECT = given.project.resolve()
    unittest.main(argv=[sys.argv[0], *given.tests], verbosity=1)


if __name__ == "__main__":
    main()
