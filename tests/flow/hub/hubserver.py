"""A server on the loopback that speaks the model hub's protocol, and misbehaves when told to.

/api/models/REPO[/revision/REV] and /REPO/resolve/REV/FILE with HEAD and GET, ranges, and the
headers that huggingface_hub reads. Large files are redirected to a second server, as the hub does.
"""

import hashlib
import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

REPOSITORY = "someone/tiny-pair"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = 2_000
"""Bytes from which on a file counts as large: with a SHA-256, served by the other host."""

_BLOCK = 4_096


@dataclass
class Behaviour:
    """What the server does wrong. Names are of files; counts go down to 0 as they are used."""

    licence: str = "apache-2.0"
    commit: str = COMMIT
    gated: bool = False
    token: str = ""
    wrong_hash: set[str] = field(default_factory=set)
    cut_after: dict[str, int] = field(default_factory=dict)
    cuts: int = 10**6
    stall_after: dict[str, int] = field(default_factory=dict)
    stalls: int = 10**6
    ranges: bool = True
    bytes_per_second: int = 0
    failures: int = 0
    """Answers 503 this many times."""


@dataclass
class Asked:
    """One request that came in, and the body bytes that went out for it so far."""

    method: str
    path: str
    port: int
    authorization: str
    served: int = 0


class HubServer:
    """Serves a folder as one repository, on two ports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.behaviour = Behaviour()
        self.asked: list[Asked] = []
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self._servers = [self._serve(), self._serve()]
        self.endpoint = f"http://127.0.0.1:{self._servers[0].server_port}"
        self.store = f"http://127.0.0.1:{self._servers[1].server_port}"

    def _serve(self) -> http.server.ThreadingHTTPServer:
        handler = type("Handler", (_Handler,), {"hub": self})
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return server

    def close(self) -> None:
        self.stopping.set()
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def served(self, name: str = "") -> int:
        """Body bytes of files that went out, of one or of all."""
        with self.lock:
            return sum(one.served for one in self.asked if one.path.endswith(name))

    def forget(self) -> None:
        with self.lock:
            self.asked.clear()

    def use(self, counter: str) -> bool:
        """Take one of a count of misdeeds; False when it is used up."""
        with self.lock:
            left = getattr(self.behaviour, counter)
            setattr(self.behaviour, counter, max(0, left - 1))
        return bool(left)


class _Handler(http.server.BaseHTTPRequestHandler):
    hub: HubServer
    protocol_version = "HTTP/1.1"
    timeout = 20

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""

    def do_HEAD(self) -> None:  # noqa: N802
        self._answer(with_body=False)

    def do_GET(self) -> None:  # noqa: N802
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        port = self.server.server_address[1]
        self._asked = Asked(self.command, self.path, port, self.headers.get("Authorization", ""))
        with self.hub.lock:
            self.hub.asked.append(self._asked)
        try:
            self._route(with_body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _route(self, with_body: bool) -> None:
        behaviour = self.hub.behaviour
        path = unquote(urlsplit(self.path).path)
        api = f"/api/models/{REPOSITORY}"
        resolve = f"/{REPOSITORY}/resolve/"
        if self.hub.use("failures"):
            self._fail(503, "", "busy")
        elif path == api or path.startswith(f"{api}/revision/"):
            revision = path.removeprefix(api).removeprefix("/revision/")
            if revision not in ("", "main", behaviour.commit):
                self._fail(404, "RevisionNotFound", "no such revision")
            else:
                self._json(self._info())
        elif path.startswith(resolve) and "/" in path.removeprefix(resolve):
            name = path.removeprefix(resolve).partition("/")[2]
            self._resolve(name, with_body)
        elif path.startswith("/store/"):
            self._file(self.hub.folder / Path(path).name, with_body, {})
        else:
            self._fail(404, "RepoNotFound", "Repository not found")

    def _info(self) -> dict[str, object]:
        siblings = []
        for path in sorted(self.hub.folder.iterdir()):
            content = path.read_bytes()
            blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            entry: dict[str, object] = {
                "rfilename": path.name, "size": len(content), "blobId": blob,
            }  # fmt: skip
            if len(content) >= LARGE:
                digest = self._sha256(path)
                entry["lfs"] = {"size": len(content), "sha256": digest, "pointerSize": 134}
            siblings.append(entry)
        behaviour = self.hub.behaviour
        return {
            "_id": "1", "id": REPOSITORY, "modelId": REPOSITORY, "sha": behaviour.commit,
            "private": False, "gated": "auto" if behaviour.gated else False, "tags": [],
            "downloads": 1, "likes": 1, "siblings": siblings,
            "cardData": {"license": behaviour.licence} if behaviour.licence else None,
        }  # fmt: skip

    def _sha256(self, path: Path) -> str:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return "f" * 64 if path.name in self.hub.behaviour.wrong_hash else digest

    def _resolve(self, name: str, with_body: bool) -> None:
        behaviour = self.hub.behaviour
        path = self.hub.folder / name
        if behaviour.gated and self.headers.get("Authorization") != f"Bearer {behaviour.token}":
            status = 403 if self.headers.get("Authorization") else 401
            self._fail(status, "GatedRepo", "Access to this model is restricted")
        elif not path.is_file():
            self._fail(404, "EntryNotFound", "Entry not found")
        else:
            digest = self._sha256(path)
            headers = {"X-Repo-Commit": behaviour.commit, "ETag": f'"{digest}"'}
            if path.stat().st_size < LARGE:
                self._file(path, with_body, headers)
                return
            self.send_response(302)
            self.send_header("Location", f"{self.hub.store}/store/{name}")
            self.send_header("X-Linked-Size", str(path.stat().st_size))
            self.send_header("X-Linked-Etag", f'"{digest}"')
            self._end({**headers, "Content-Length": "0"})

    def _file(self, path: Path, with_body: bool, headers: dict[str, str]) -> None:
        content = path.read_bytes()
        size, begin = len(content), 0
        wanted = self.headers.get("Range", "")
        if wanted and self.hub.behaviour.ranges:
            begin = int(wanted.removeprefix("bytes=").partition("-")[0])
            if begin >= size:
                self._fail(416, "", "Range Not Satisfiable")
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {begin}-{size - 1}/{size}")
        else:
            self.send_response(200)
        self._end({**headers, "Content-Length": str(size - begin), "Accept-Ranges": "bytes"})
        if with_body:
            self._body(path.name, content[begin:], begin)

    def _body(self, name: str, content: bytes, begin: int) -> None:
        behaviour = self.hub.behaviour
        cut, stall = behaviour.cut_after.get(name), behaviour.stall_after.get(name)
        for at in range(0, len(content), _BLOCK):
            block = content[at : at + _BLOCK]
            if cut is not None and at + len(block) > cut and self.hub.use("cuts"):
                self.wfile.write(block[: cut - at])
                self._asked.served += max(0, cut - at)
                self.close_connection = True
                return
            if stall is not None and begin + at + len(block) > stall and self.hub.use("stalls"):
                self.wfile.flush()
                self.hub.stopping.wait(10)
                self.close_connection = True
                return
            self.wfile.write(block)
            self._asked.served += len(block)
            if behaviour.bytes_per_second:
                self.wfile.flush()
                time.sleep(len(block) / behaviour.bytes_per_second)

    def _json(self, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self._end({"Content-Type": "application/json", "Content-Length": str(len(body))})
        self.wfile.write(body)

    def _fail(self, status: int, code: str, message: str) -> None:
        body = json.dumps({"error": message}).encode()
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        self.send_header("X-Error-Message", message)
        self._end({"Content-Type": "application/json", "Content-Length": str(len(body))})
        if self.command != "HEAD":
            self.wfile.write(body)

    def _end(self, headers: dict[str, str]) -> None:
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()


@contextmanager
def hub_server(folder: Path) -> Iterator[HubServer]:
    server = HubServer(folder)
    try:
        yield server
    finally:
        server.close()


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Fail unless `condition` comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
