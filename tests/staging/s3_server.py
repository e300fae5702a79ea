"""A server that speaks as S3 does, as far as gridmill asks it, and that fails as S3 fails: for tests.

It checks each signature (version 4), the clock and the hash of what was sent, answers 412 to the second of two create-only
writes, and does to answers what it is told: see `Fault`. Objects live in memory. It also serves what is public to whoever asks
without a signature, as a web server does. Written against the Amazon S3 API reference; knows one account.
"""

import base64
import calendar
import collections
import dataclasses
import email.utils
import hashlib
import hmac
import http.server
import re
import socket
import ssl
import struct
import threading
import time
import urllib.parse
from xml.sax.saxutils import escape

KEYS = {"TESTKEY": "test-secret", "READER": "reader-secret"}  # access keys and their secret ones
MAY_NOT = {"READER": {"s3:PutObject", "s3:DeleteObject"}}
CLOCK_S = 900  # by which a clock may differ


@dataclasses.dataclass
class Stored:
    bytes: bytes
    etag: str
    headers: dict
    at: float


@dataclasses.dataclass
class Fault:
    """What is done to the next `times` answers to a method on keys that match a pattern.

    what: a number (that status, with `code`), "cut" (the connection ends after `n` bytes of the body), "reset" (before any
    byte), "lost" (all is done, and no answer comes), "spoil" (a byte of the body is another), "hang" (nothing for `n` seconds, then the
    end), "damage" (a byte of what was sent arrives as another), "late" (parts are put together: an error in a good answer).
    """

    what: "int | str"
    key: str = ".*"
    method: str = "GET|PUT|POST"
    times: int = 1
    code: str = ""
    n: int = 1000


class State:
    """What the server knows."""

    def __init__(self):
        self.lock = threading.RLock()
        self.buckets = collections.defaultdict(dict)
        self.regions = {}  # of buckets that are elsewhere
        self.uploads = {}
        self.faults = []
        self.asked = []  # (method, bucket/key, status)
        self.tokens = {}  # session tokens, and whether they are still good
        self.clock = 0  # seconds by which it goes ahead of this machine's
        self.silent = ""  # beginning of keys that always seem to be an hour old

    def put(self, bucket, key, data, headers=None):
        etag = '"%s"' % hashlib.md5(data).hexdigest()
        self.buckets[bucket][key] = Stored(data, etag, headers or {}, self.now() - (3600 if self.silent and key.startswith(self.silent) else 0))
        return etag

    def now(self):
        return time.time() + self.clock

    def count(self, method, pattern, status=None):
        return sum(m == method and re.search(pattern, key) is not None and status in (None, s) for m, key, s in self.asked)

    def fault_of(self, method, key):
        with self.lock:
            for fault in self.faults:
                if fault.times > 0 and re.fullmatch(fault.method, method) and re.fullmatch(fault.key, key):
                    fault.times -= 1
                    return fault
        return None


class Refused(Exception):
    def __init__(self, status, code, message="", extra="", headers=None):
        super().__init__(code)
        self.status, self.code, self.message, self.extra, self.headers = status, code, message, extra, headers or {}


def quote(text, safe="-._~"):
    return urllib.parse.quote(text, safe=safe)


def signature(secret, method, path, query, headers, names, payload, scope, moment):
    """The signature of a request, from its parts as they came."""
    pairs = sorted((quote(k), quote(v)) for k, v in query)
    canonical = "\n".join([method, quote(path, "-._~/"), "&".join(f"{k}={v}" for k, v in pairs),
                           *(f"{name}:{' '.join(headers[name].split())}" for name in names), "", ";".join(names), payload])
    to_sign = "\n".join(["AWS4-HMAC-SHA256", moment, "/".join(scope), hashlib.sha256(canonical.encode()).hexdigest()])
    key = b"AWS4" + secret.encode()
    for part in scope:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: State

    def log_message(self, *_):
        pass

    def date_time_string(self, timestamp=None):
        return email.utils.formatdate(timestamp or self.state.now(), usegmt=True)

    def answer(self):
        split = urllib.parse.urlsplit(self.path)
        self.decoded = urllib.parse.unquote(split.path)
        self.query = urllib.parse.parse_qsl(split.query, keep_blank_values=True)
        _, self.bucket, self.key = (self.decoded.split("/", 2) + [""])[:3]
        self.body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.fault = self.state.fault_of(self.command, self.key)
        if self.fault and self.fault.what == "damage" and self.body:
            self.body = bytes([self.body[0] ^ 1]) + self.body[1:]
        if self.decoded.startswith("/latest/"):
            return self.answer_of_instance()
        try:
            if self.fault and self.do_fault():
                return
            self.is_public = self.bucket == "public" and "authorization" not in self.headers
            if not self.is_public:
                self.check_signature()
            self.carry_out()
        except Refused as refused:
            body = (f"<?xml version='1.0'?><Error><Code>{refused.code}</Code><Message>{escape(refused.message)}</Message>"
                    f"{refused.extra}</Error>").encode()
            self.reply(refused.status, b"" if self.command == "HEAD" else body, refused.headers)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = answer

    def do_fault(self):
        what = self.fault.what
        if isinstance(what, int):
            raise Refused(what, self.fault.code or {503: "SlowDown", 500: "InternalError"}.get(what, "Failed"))
        if what in ("reset", "hang"):
            time.sleep(self.fault.n if what == "hang" else 0)
            self.state.asked.append((self.command, f"{self.bucket}/{self.key}", what))
            self.break_off()
            return True
        return False

    def break_off(self):
        """Ends the connection with a reset, as a machine that is gone does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()
        self.wfile = open("/dev/null", "wb")

    def answer_of_instance(self):
        """The service of an EC2 instance with a role (IMDSv2)."""
        what = self.decoded.removeprefix("/latest/")
        if (self.command, what) == ("PUT", "api/token") and "x-aws-ec2-metadata-token-ttl-seconds" in self.headers:
            return self.reply(200, b"instance-token")
        if self.headers.get("x-aws-ec2-metadata-token") != "instance-token":
            return self.reply(401, b"")
        answers = {"meta-data/iam/security-credentials/": "worker",
                   "meta-data/iam/security-credentials/worker":
                       '{"Code": "Success", "AccessKeyId": "TESTKEY", "SecretAccessKey": "test-secret", "Token": "role-token", '
                       '"Expiration": "2099-01-01T00:00:00Z"}'}
        return self.reply(200 if what in answers else 404, answers.get(what, "").encode())

    def check_signature(self):
        given = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, *SignedHeaders=([^,]+), *"
                             r"Signature=([0-9a-f]{64})", self.headers.get("authorization", ""))
        if not given:
            raise Refused(403, "AccessDenied", "no signature")
        key, day, region, names, theirs = given.groups()
        self.who = key
        if key not in KEYS:
            raise Refused(403, "InvalidAccessKeyId")
        token = self.headers.get("x-amz-security-token")
        if token is not None and token not in self.state.tokens:
            raise Refused(400, "InvalidToken")
        if token is not None and not self.state.tokens[token]:
            raise Refused(400, "ExpiredToken", "The provided token has expired.")
        home = self.state.regions.get(self.bucket, region)
        if region != home:
            raise Refused(400, "AuthorizationHeaderMalformed", f"expecting '{home}'", f"<Region>{home}</Region>")
        moment = self.headers.get("x-amz-date", "")
        when = calendar.timegm(time.strptime(moment, "%Y%m%dT%H%M%SZ"))
        if abs(when - self.state.now()) > CLOCK_S or not moment.startswith(day):
            raise Refused(403, "RequestTimeTooSkewed", "The difference is too large.")
        payload = self.headers.get("x-amz-content-sha256", "")
        headers = {name.lower(): value for name, value in self.headers.items()}
        if any(name.startswith("x-amz-") and name not in names.split(";") for name in headers):
            raise Refused(403, "AccessDenied", "There were headers present in the request which were not signed")
        ours = signature(KEYS[key], self.command, self.decoded, self.query, headers, names.split(";"), payload,
                         [day, region, "s3", "aws4_request"], moment)
        if ours != theirs:
            raise Refused(403, "SignatureDoesNotMatch")
        if payload != "UNSIGNED-PAYLOAD" and hashlib.sha256(self.body).hexdigest() != payload:
            raise Refused(400, "XAmzContentSHA256Mismatch")

    def allow(self, action):
        if not self.is_public and action in MAY_NOT.get(self.who, ()):
            raise Refused(403, "AccessDenied", f"not authorized to perform: {action}")

    def carry_out(self):
        with self.state.lock:
            if self.bucket not in self.state.buckets:
                raise Refused(404, "NoSuchBucket")
            self.objects = self.state.buckets[self.bucket]
            if not self.key:
                self.list_objects()
            else:
                getattr(self, "on_" + self.command.lower())(dict(self.query))

    def on_get(self, _):
        self.allow("s3:GetObject")
        stored = self.objects.get(self.key)
        if stored is None:
            raise Refused(404, "NoSuchKey")
        if self.headers.get("if-match", stored.etag) != stored.etag:
            raise Refused(412, "PreconditionFailed")
        etag = stored.etag if not self.is_public else '"%s"' % stored.etag[1:9]
        headers = {"ETag": etag, "Last-Modified": self.date_time_string(stored.at)}
        if not self.is_public:
            headers.update(stored.headers, **{"x-amz-request-id": "1"})
        if self.headers.get("if-none-match") == etag:
            return self.reply(304, b"", headers)
        data, status = stored.bytes, 200
        span = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("range", ""))
        if span and self.headers.get("if-range", etag) == etag:
            first, last = int(span[1]), min(int(span[2] or len(data) - 1), len(data) - 1)
            if first >= len(data):
                raise Refused(416, "InvalidRange")
            headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
            data, status = data[first:last + 1], 206
        return self.reply(status, data, headers)

    def on_put(self, query):
        self.allow("s3:PutObject")
        if "uploadId" in query:
            upload = self.state.uploads.get(query["uploadId"])
            if upload is None:
                raise Refused(404, "NoSuchUpload")
            etag = '"%s"' % hashlib.md5(self.body).hexdigest()
            upload["parts"][int(query["partNumber"])] = (self.body, etag)
            return self.reply(200, b"", {"ETag": etag})
        if self.headers.get("if-none-match") == "*" and self.key in self.objects:
            raise Refused(412, "PreconditionFailed")
        etag = self.state.put(self.bucket, self.key, self.body, self.kept_headers())
        return self.reply(200, b"", {"ETag": etag})

    def on_post(self, query):
        self.allow("s3:PutObject")
        if "uploads" in query:
            number = f"upload-{len(self.state.uploads)}"
            self.state.uploads[number] = {"parts": {}, "headers": self.kept_headers()}
            return self.reply(200, f"<R><UploadId>{number}</UploadId></R>".encode())
        if self.fault and self.fault.what == "late":
            return self.reply(200, b"<?xml version='1.0'?><Error><Code>InternalError</Code></Error>")
        upload = self.state.uploads.pop(query["uploadId"], None)
        if upload is None:
            raise Refused(404, "NoSuchUpload")
        named = re.findall(r"<PartNumber>(\d+)</PartNumber><ETag>([^<]+)</ETag>", self.body.decode())
        parts = [upload["parts"][int(number)] for number, _ in named]
        if [part[1] for part in parts] != [etag for _, etag in named] or len(parts) != len(upload["parts"]):
            raise Refused(400, "InvalidPart")
        etag = self.state.put(self.bucket, self.key, b"".join(part[0] for part in parts), upload["headers"])
        md5s = b"".join(hashlib.md5(part[0]).digest() for part in parts)
        self.objects[self.key].etag = etag = '"%s-%d"' % (hashlib.md5(md5s).hexdigest(), len(parts))
        return self.reply(200, f"<R><ETag>{escape(etag)}</ETag></R>".encode())

    def on_delete(self, query):
        self.allow("s3:PutObject" if "uploadId" in query else "s3:DeleteObject")
        if "uploadId" in query:
            self.state.uploads.pop(query["uploadId"], None)
        else:
            self.objects.pop(self.key, None)
        return self.reply(204, b"")

    def kept_headers(self):
        return {name: value for name, value in self.headers.items() if name.lower().startswith("x-amz-meta-")}

    def list_objects(self):
        self.allow("s3:ListBucket")
        query = dict(self.query)
        keys = sorted(key for key in self.objects if key.startswith(query.get("prefix", "")))
        after = query.get("continuation-token")
        page = [key for key in keys if after is None or key > base64.b64decode(after).decode()][:3]  # small, to need several
        more = bool(page) and page[-1] != keys[-1]
        rows = "".join(f"<Contents><Key>{quote(key, '-._~/')}</Key><ETag>{escape(self.objects[key].etag, {chr(34): '&quot;'})}"
                       f"</ETag><Size>{len(self.objects[key].bytes)}</Size></Contents>" for key in page)
        token = f"<NextContinuationToken>{base64.b64encode(page[-1].encode()).decode()}</NextContinuationToken>" if more else ""
        self.reply(200, f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{token}{rows}</ListBucketResult>"
                   .encode())

    def reply(self, status, data, headers=None):
        what = self.fault.what if self.fault else None
        self.state.asked.append((self.command, f"{self.bucket}/{self.key}", status if what != "cut" or len(data) <= self.fault.n else "cut"))
        if what == "lost":
            return self.break_off()
        if what == "spoil" and data:
            data = bytes([data[0] ^ 1]) + data[1:]
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if what == "cut" and len(data) > self.fault.n:
            self.wfile.write(data[:self.fault.n])
            self.close_connection = True  # in order: what was sent arrives
        elif self.command != "HEAD":
            self.wfile.write(data)


class Server:
    """with Server() as server: server.state, server.url. With a certificate (a file that holds its key, too) by https only."""

    def __init__(self, address="127.0.0.1", certificate=None):
        self.state = State()
        handler = type("BoundHandler", (Handler,), {"state": self.state})
        self.http = http.server.ThreadingHTTPServer((address, 0), handler)
        self.http.daemon_threads = True
        self.http.handle_error = lambda *_: None  # a client that has gone
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            # The handshake is for the thread of the connection: who does not come to its end holds up nobody.
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"http{'s' if certificate else ''}://{address}:{self.http.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()
