#!/usr/bin/env python3
"""The page that follows a run: who may see it, what comes and when, and how it ends; in Chromium, too, if that is there.

    tests/report/live_test.py --gridmill build/dev/gridmill
"""

import argparse
import http.client
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(pathlib.Path(__file__).parent))


class Server:
    """A command that serves the page, until the end of the block: gridmill report RUN --live, or another one."""

    def __init__(self, run, *more):
        self.start("report", run, "--live", *more)

    def start(self, *words):
        self.process = subprocess.Popen([GRIDMILL, *words], cwd=FOLDER, text=True, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)
        self.open = []

    def __enter__(self):
        for line in self.process.stdout:
            found = re.search(r"http://127\.0\.0\.1:(\d+)/\?token=([0-9a-f]{32})", line)
            if found:
                self.port, self.token = int(found[1]), found[2]
                return self
        raise AssertionError("the server has told no address")

    def __exit__(self, *_):
        for answer, connection in self.open:
            answer.close()
            connection.close()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=10)
        self.process.stdout.close()

    def ask(self, path, token=None, host=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        query = {} if token == "" else {"token": self.token if token is None else token}
        connection.request("GET", f"{path}?{urllib.parse.urlencode(query)}",
                           headers={"Host": host or f"127.0.0.1:{self.port}", **(headers or {})})
        answer = connection.getresponse()
        self.open.append((answer, connection))
        return answer


class Beside(Server):
    """gridmill search (or run) CONFIG --live: the run itself."""

    def __init__(self, *words):
        self.start(*words, "--live")

    def __exit__(self, *_):
        for answer, connection in self.open:
            answer.close()
            connection.close()
        self.process.kill()
        self.process.communicate()


def events(answer):
    """The server-sent events of an answer: their kind, id and data, as they come."""
    kind, number, data = "message", None, None
    for raw in answer:
        line = raw.decode().rstrip("\n")
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        elif name == "id":
            number = int(value)
        elif name == "data":
            data = value
        elif line == "" and data is not None:
            yield kind, number, json.loads(data)
            kind, number, data = "message", None, None


def config(name, values):
    (FOLDER / f"{name}.yaml").write_text(
        f"output: {name}\ndata: {{source: {ROOT}/data/digits.csv.gz, target: target}}\nmodel: svc\n"
        f"search: {{grid: {{C: {values}, gamma: [0.0001, 0.001, 1.0]}}, cv: 3}}\n")
    return f"{name}.yaml"


def whole_run():
    """A config of import, features and search, of 200 orders."""
    draw = random.Random(3)
    orders = ["id,customer,at,total,late"]
    for i in range(200):
        total = draw.randint(1, 99)
        orders.append(f"{i},{draw.randrange(20)},2021-{1 + i % 12:02}-10,{total},{'yes' if total + draw.randint(-20, 20) > 50 else 'no'}")
    (FOLDER / "orders.csv").write_text("\n".join(orders) + "\n")
    (FOLDER / "customers.csv").write_text("id,region\n" + "".join(f"{i},{i % 3}\n" for i in range(20)))
    (FOLDER / "all.yaml").write_text(
        "output: all\nimport:\n  store: all.h5\n  tables:\n    customers: {source: customers.csv, index: id}\n"
        "    orders: {source: orders.csv, index: id, time_index: at}\n  relationships: [orders.customer -> customers.id]\n"
        "features: {target: orders, label: late, aggregations: [mean], transforms: [month], encode: true}\n"
        "model: {name: logistic, preprocessing: standardize}\nsearch: {grid: {C: [0.1, 1]}, cv: 3}\n")
    return "all.yaml"


def ranks_of(launcher):
    """The processes of gridmill that another one, or mpirun for it, has started."""
    parents = {}
    for status in pathlib.Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
        except OSError:
            continue
        parents[int(status.parent.name)] = (int(fields["PPid"]), fields["Name"])

    def descends(process):
        while process in parents:
            process = parents[process][0]
            if process == launcher:
                return True
        return False

    return [process for process, (_, name) in parents.items() if name == GRIDMILL.name[:15] and descends(process)]


def search(name, values, start=False):
    config(name, values)
    words = [GRIDMILL, "search", f"{name}.yaml", "--ranks", "1", "--quiet"]
    if start:
        return subprocess.Popen(words, cwd=FOLDER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run(words, cwd=FOLDER, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return None


class Live(unittest.TestCase):
    def wait_for_tasks(self, name, run):
        events_file = FOLDER / name / "events.jsonl"
        while not events_file.exists() or not all(f'"event":"{kind}"' in events_file.read_text() for kind in ("task", "progress")):
            self.assertIsNone(run.poll())
            time.sleep(0.01)

    def test_a_finished_run_is_told_from_its_first_event_to_its_report(self):
        with Server("done") as server:
            page = server.ask("/")
            self.assertEqual(page.status, 200)
            self.assertIn("default-src 'none'", page.headers["Content-Security-Policy"])
            self.assertIsNone(page.headers["Access-Control-Allow-Origin"])
            self.assertIn(b"<h1>done</h1>", page.read())
            told = list(events(server.ask("/events")))
            lines = (FOLDER / "done/events.jsonl").read_text().splitlines()
            self.assertEqual([data for kind, _, data in told if kind == "message"], [json.loads(line) for line in lines])
            self.assertEqual(told[-1][0], "end")
            behind = list(events(server.ask("/events", headers={"Last-Event-ID": str(told[4][1])})))
            self.assertEqual(behind, told[5:])
            self.assertEqual(server.ask("/report").read(), (FOLDER / "done/report.html").read_bytes())

    def test_nobody_else_sees_it(self):
        with Server("done", "--quiet") as server:  # which tells the address all the same
            for path in ("/", "/events", "/report", "/../done/summary.json"):
                self.assertEqual(server.ask(path, token="").status, 403)
                self.assertEqual(server.ask(path, token="0" * 32).status, 403)
            self.assertEqual(server.ask("/", host="evil.example").status, 403)
            self.assertEqual(server.ask("/", host=f"localhost:{server.port}").status, 200)
            self.assertEqual(server.ask("/summary.json").status, 404)
            with self.assertRaises(OSError):  # no other address of this machine
                socket.create_connection((socket.gethostbyname(socket.gethostname()) if not socket.gethostbyname(
                    socket.gethostname()).startswith("127.") else "127.0.0.2", server.port), timeout=2)

    def test_events_of_a_run_come_as_they_are_written_and_it_may_be_started_again(self):
        values = [0.1 * i for i in range(1, 80)]
        run = search("works", values, start=True)
        self.wait_for_tasks("works", run)
        with Server("works") as server:
            late = []
            stream = events(server.ask("/events"))
            for kind, _, data in stream:
                if data["event"] == "task" and data["at"] > time.time() - 5:
                    late.append(time.time() - data["at"])
                if len(late) == 5:
                    run.kill()
                    break
            run.wait()
            again = search("works", values, start=True)
            kinds = [kind for kind, _, _ in stream]
            self.assertEqual(again.wait(), 0)
            self.assertEqual(kinds[-1], "end")
            self.assertLess(sorted(late)[len(late) // 2], 0.5)

    def test_beside_a_run_the_page_outlives_its_ranks_and_ends_as_the_report(self):
        file = config("beside", [0.1 * i for i in range(1, 16)])
        with Beside("search", file, "--ranks", "1") as server:
            stream = events(server.ask("/events"))
            launches, last = [], None
            for kind, _, data in stream:
                last = kind
                if data.get("event") == "begins":
                    launches.append(data["launch"])
                if data.get("event") == "task" and len(launches) == 1:
                    for rank in ranks_of(server.process.pid):
                        os.kill(rank, signal.SIGKILL)
            self.assertEqual(launches, [1, 2])
            self.assertEqual(last, "end")
            self.assertEqual(server.ask("/report").read(), (FOLDER / "beside/report.html").read_bytes())
            self.assertEqual(server.process.wait(timeout=20), 0)

    def test_beside_a_run_of_several_steps_it_tells_of_all_of_them(self):
        with Beside("run", whole_run(), "--ranks", "2") as server:
            told = list(events(server.ask("/events")))
            self.assertEqual([data["job"] for _, _, data in told if data.get("event") == "begins"], ["features", "search"])
            self.assertEqual(told[-1][0], "end")
            self.assertIn(b"<html", server.ask("/report").read())
            self.assertEqual(server.process.wait(timeout=20), 0)

    def test_beside_a_run_a_signal_is_the_runs(self):
        file = config("stopped", [0.1 * i for i in range(1, 200)])
        with Beside("search", file, "--ranks", "2") as server:
            kinds = []
            for kind, _, data in events(server.ask("/events")):
                kinds.append(kind)
                if data.get("event") == "task" and kinds.count("message") < 20:
                    server.process.send_signal(signal.SIGINT)
            self.assertEqual(kinds[-1], "over")
            self.assertEqual(server.process.wait(timeout=20), 130)

    def test_where_it_cannot_be_served_beside_a_run_that_is_said_before_anything_is_done(self):
        file = config("never", [1])
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            for words, said in ((["--live", "--port", port], f"--port {port}: is taken"),
                                (["--live", "--dry-run"], "--dry-run"), (["--port", "8000"], "--live")):
                done = subprocess.run([GRIDMILL, "search", file, *words], cwd=FOLDER, capture_output=True, text=True)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(said, done.stderr)
        done = subprocess.run(["mpirun", "--allow-run-as-root", "-n", "1", GRIDMILL, "search", file, "--live"], cwd=FOLDER,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("gridmill report RUN --live", done.stderr)
        self.assertFalse((FOLDER / "never").exists())

    def test_what_is_no_run_is_refused(self):
        done = subprocess.run([GRIDMILL, "report", ".", "--live"], cwd=FOLDER, capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("is no run directory", done.stderr)

    def test_in_a_browser_it_is_drawn_without_an_error_and_ends_as_the_report(self):
        import chromium

        if chromium.find() is None:
            self.skipTest("there is no Chromium")
        run = search("seen", [0.1 * i for i in range(1, 60)], start=True)
        self.wait_for_tasks("seen", run)
        run.send_signal(signal.SIGSTOP)  # until the page has been looked at
        with Server("seen") as server, chromium.Chromium() as browser:
            browser.messages, browser.requests = [], []
            browser.call("Page.navigate", url=f"http://127.0.0.1:{server.port}/?token={server.token}")
            browser.wait_for("document.querySelectorAll('#ranks rect.task').length > 0")
            self.assertGreater(browser.run("document.querySelectorAll('#tiles .tile').length"), 3)
            self.assertIn("model", browser.run("document.getElementById('plan').textContent"))
            if PICTURE:
                browser.picture(PICTURE)
            run.send_signal(signal.SIGCONT)
            run.wait()
            browser.wait_for("location.pathname === '/report' && document.documentElement?.dataset.ready ? true : false")
            self.assertEqual(browser.messages, [])
            hosts = {urllib.parse.urlsplit(address).netloc for address in browser.requests if address.startswith("http")}
            self.assertEqual(hosts, {f"127.0.0.1:{server.port}"})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gridmill", required=True, type=pathlib.Path)
    parser.add_argument("--picture", default="", help="file for a picture of the page while the run works")
    arguments = parser.parse_args()
    GRIDMILL, PICTURE = arguments.gridmill.resolve(), arguments.picture
    with tempfile.TemporaryDirectory() as folder:
        FOLDER = pathlib.Path(folder).resolve()
        search("done", [1, 10])
        unittest.main(argv=sys.argv[:1])
