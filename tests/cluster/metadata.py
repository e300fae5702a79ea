#!/usr/bin/python3
"""A stand-in for the metadata service of an EC2 machine (IMDSv2), which gives notice when a file is there.

As on EC2: PUT /latest/api/token wants the header X-aws-ec2-metadata-token-ttl-seconds (1 to 21600); a GET without a token
that holds is answered with 401; /latest/meta-data/spot/instance-action is 404 until there is a notice.

usage: metadata.py PORT FOLDER    answers on 127.0.0.1; FOLDER/notice: the machine will be taken away in two minutes;
                                  FOLDER/rebalance: it is at risk; FOLDER/forget: no token holds any more (removed when seen).
                                  Port 0: any that is free. Writes the address into FOLDER/address when it listens, and ends when FOLDER is gone.
"""

import http.server
import json
import pathlib
import secrets
import sys
import threading
import time

NOTICE_S = 120
TOKEN_HEADER = "X-aws-ec2-metadata-token"


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


class Service(http.server.ThreadingHTTPServer):
    def __init__(self, port, folder):
        super().__init__(("127.0.0.1", port), Handler)
        self.folder = folder
        self.tokens = {}

    def said_at(self, name):
        file = self.folder / name
        return file.stat().st_mtime if file.exists() else None


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *words):
        pass

    def reply(self, code, text=""):
        self.send_response(code)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def do_PUT(self):
        if self.path != "/latest/api/token":
            return self.reply(404)
        life = self.headers.get(f"{TOKEN_HEADER}-ttl-seconds", "")
        if not life.isdigit() or not 1 <= int(life) <= 21600 or self.headers.get("X-Forwarded-For"):
            return self.reply(400)
        token = secrets.token_urlsafe(32)
        self.server.tokens[token] = time.time() + int(life)
        return self.reply(200, token)

    def do_GET(self):
        forget = self.server.folder / "forget"
        if forget.exists():
            forget.unlink()
            self.server.tokens.clear()
        if self.server.tokens.get(self.headers.get(TOKEN_HEADER), 0) < time.time():
            return self.reply(401)
        notice = self.server.said_at("notice")
        rebalance = self.server.said_at("rebalance") or notice
        if self.path == "/latest/meta-data/spot/instance-action" and notice:
            return self.reply(200, json.dumps({"action": "terminate", "time": stamp(notice + NOTICE_S)}))
        if self.path == "/latest/meta-data/events/recommendations/rebalance" and rebalance:
            return self.reply(200, json.dumps({"noticeTime": stamp(rebalance)}))
        return self.reply(404)


def main():
    port, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
    service = Service(port, folder)
    (folder / "address.new").write_text(f"http://127.0.0.1:{service.server_address[1]}")
    (folder / "address.new").rename(folder / "address")
    threading.Thread(target=service.serve_forever, daemon=True).start()
    while folder.exists():
        time.sleep(0.1)


if __name__ == "__main__":
    main()
