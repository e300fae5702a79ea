"""A stand-in for a tracking server of MLflow: keeps what it is told, holds to MLflow's limits, and fails on demand.

It answers as MLflow 3 does (mlflow/protos/service.proto, mlflow/store/tracking/sqlalchemy_store.py): a parameter is told
once, or again with the same value; a point of a metric that is told twice is one point.
"""

import base64
import http.server
import json
import re
import threading
import urllib.parse


class Refused(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.answer = status, {"error_code": code, "message": message}


class Store:
    def __init__(self):
        self.experiments, self.runs, self.files = {}, {}, {}

    def experiments_get_by_name(self, ask):
        for experiment, name in self.experiments.items():
            if name == ask["experiment_name"]:
                return {"experiment": {"experiment_id": experiment, "name": name, "lifecycle_stage": "active"}}
        raise Refused(404, "RESOURCE_DOES_NOT_EXIST", f"no experiment {ask['experiment_name']}")

    def experiments_create(self, ask):
        if ask["name"] in self.experiments.values():
            raise Refused(400, "RESOURCE_ALREADY_EXISTS", f"Experiment(name={ask['name']}) already exists.")
        experiment = str(len(self.experiments) + 1)
        self.experiments[experiment] = ask["name"]
        return {"experiment_id": experiment}

    def runs_create(self, ask):
        assert ask["experiment_id"] in self.experiments
        run = f"{len(self.runs):032x}"
        info = {"run_id": run, "run_name": ask["run_name"], "status": "RUNNING", "start_time": ask["start_time"], "lifecycle_stage": "active",
                "experiment_id": ask["experiment_id"], "artifact_uri": f"mlflow-artifacts:/{ask['experiment_id']}/{run}/artifacts"}
        self.runs[run] = {"info": info, "tags": {tag["key"]: tag["value"] for tag in ask["tags"]}, "params": {}, "metrics": set()}
        return {"run": self.told(self.runs[run])}

    @staticmethod
    def told(run):
        return {"info": run["info"], "data": {"tags": [{"key": key, "value": value} for key, value in run["tags"].items()]}}

    def runs_search(self, ask):
        key, value = re.fullmatch(r"tags\.`([^`]+)` = '([^']*)'", ask["filter"]).groups()
        found = [run for run in self.runs.values() if run["tags"].get(key) == value and run["info"]["lifecycle_stage"] == "active"]
        first, page = int(ask.get("page_token", 0)), 3  # fewer than was asked for, as a server may
        answer = {"runs": [self.told(run) for run in found[first:first + page]]} if found else {}
        return answer | ({"next_page_token": str(first + page)} if first + page < len(found) else {})

    def runs_log_batch(self, ask):
        metrics, params = ask["metrics"], ask["params"]
        if len(metrics) > 1000 or len(params) > 100 or len(metrics) + len(params) > 1000:
            raise Refused(400, "INVALID_PARAMETER_VALUE", "A batch logging request can contain at most 1000 metrics and 100 params.")
        run = self.runs[ask["run_id"]]
        for each in params:
            if run["params"].setdefault(each["key"], each["value"]) != each["value"]:
                raise Refused(400, "INVALID_PARAMETER_VALUE", f"Changing param values is not allowed: {each['key']}")
        run["metrics"] |= {(each["key"], each["timestamp"], each["step"], each["value"]) for each in metrics}
        return {}

    def runs_update(self, ask):
        self.runs[ask["run_id"]]["info"] |= {"status": ask["status"], "end_time": ask["end_time"]}
        return {"run_info": self.runs[ask["run_id"]]["info"]}

    def runs_delete(self, ask):
        self.runs[ask["run_id"]]["info"]["lifecycle_stage"] = "deleted"
        return {}

    def active(self):
        return {run: held for run, held in self.runs.items() if held["info"]["lifecycle_stage"] == "active"}


class Server:
    """Serves a store at `address`. `faults`: what happens to the n-th request: a status, "cut" (before it is heard) or
    "lost" (heard, and cut before an answer). `refuses`: a function of (path, body) that says no by a Refused."""

    def __init__(self, store=None, faults=None, refuses=None, user=None, token=None):
        self.store, self.faults, self.refuses = store or Store(), faults or {}, refuses
        self.wanted = "Basic " + base64.b64encode(user.encode()).decode() if user else f"Bearer {token}" if token else None
        self.n, self.heard = 0, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.answer(self)

            do_POST = do_PUT = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request):
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        self.n += 1
        fault = self.faults.get(self.n)
        if fault == "cut" or fault is not None and fault != "lost":
            self.heard.append(fault)
            return self.cut(request) if fault == "cut" else self.send(request, fault, b"<html>overloaded</html>")
        path, _, query = request.path.partition("?")
        status, answer = self.work(request, path, dict(urllib.parse.parse_qsl(query)), body)
        self.heard.append(path)
        return self.cut(request) if fault == "lost" else self.send(request, status, answer)

    def work(self, request, path, query, body):
        if self.wanted and request.headers.get("Authorization") != self.wanted:
            return 401, b"You are not authenticated."
        try:
            if self.refuses:
                self.refuses(path, body)
            if path.startswith("/api/2.0/mlflow-artifacts/artifacts/"):
                self.store.files[path.removeprefix("/api/2.0/mlflow-artifacts/artifacts/")] = body
                return 200, b"{}"
            work = getattr(self.store, path.removeprefix("/api/2.0/mlflow/").replace("/", "_").replace("-", "_"))
            return 200, json.dumps(work(json.loads(body) if body else query)).encode()
        except Refused as refused:
            return refused.status, json.dumps(refused.answer).encode()

    @staticmethod
    def cut(request):
        request.close_connection = True
        request.connection.shutdown(2)

    @staticmethod
    def send(request, status, answer):
        request.send_response(status)
        request.send_header("Content-Length", str(len(answer)))
        request.end_headers()
        request.wfile.write(answer)
