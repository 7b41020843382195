"""Real servers for files: HTTP(S) by the standard library, FTP(S) by pyftpdlib."""

from __future__ import annotations

import base64
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    # It stands on asyncore, whose going from the standard library is announced.
    warnings.simplefilter("ignore", DeprecationWarning)
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
    from pyftpdlib.ioloop import IOLoop
    from pyftpdlib.servers import FTPServer


class HttpFiles:
    """What an HTTP server has, what it was given, and how it behaves."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.received: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.redirections: dict[str, str] = {}
        self.failures = 0
        self.takes_put = True
        self.login: str | None = None
        self.url = ""
        self.gate = threading.Event()
        self.gate.set()
        self.waiting = threading.Event()

    def put(self, name: str, content: bytes) -> str:
        """Offer a file; return its URL."""
        self.files[f"/{name}"] = content
        return f"{self.url}/{name}"

    def answer(self, request: BaseHTTPRequestHandler) -> tuple[int, bytes]:
        length = int(request.headers.get("Content-Length", 0))
        body = request.rfile.read(length)
        self.requests.append(f"{request.command} {request.path}")
        self.waiting.set()
        self.gate.wait(60)
        if self.failures > 0:
            self.failures -= 1
            return 503, b""
        if self.login is not None:
            expected = "Basic " + base64.b64encode(self.login.encode()).decode()
            if request.headers.get("Authorization") != expected:
                return 401, b""
        if request.path in self.redirections:
            return 302, b""
        if request.command == "GET":
            found = self.files.get(request.path)
            return (404, b"") if found is None else (200, found)
        if request.command == "PUT" and not self.takes_put:
            return 405, b""
        self.received[request.path] = body
        return 201, b""


@contextmanager
def http_server(tls: ssl.SSLContext | None = None) -> Iterator[HttpFiles]:
    files = HttpFiles()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, content = files.answer(self)
            self.send_response(status)
            if self.path in files.redirections:
                self.send_header("Location", files.redirections[self.path])
            self.send_header("Content-Length", str(len(content)))
            with suppress(BrokenPipeError, ConnectionResetError):  # the charger has no power
                self.end_headers()
                self.wfile.write(content)

        do_PUT = do_POST = do_GET  # noqa: N815 -- likewise

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    files.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield files
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def ftp_server(folder: Path, certificate: Path | None = None) -> Iterator[str]:
    """Serve a folder to the user `charger`; yield the URL with its password."""
    users = DummyAuthorizer()
    users.add_user("charger", "s3:cret", str(folder), perm="elrw")

    class Handler(FTPHandler if certificate is None else TLS_FTPHandler):  # type: ignore[misc]
        authorizer = users
        if certificate is not None:
            certfile = str(certificate)
            tls_control_required = True
            tls_data_required = True

    loop = IOLoop()
    server = FTPServer(("127.0.0.1", 0), Handler, ioloop=loop)
    scheme = "ftp" if certificate is None else "ftps"
    port = server.address[1]
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            loop.loop(timeout=0.01, blocking=False)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"{scheme}://charger:s3%3Acret@127.0.0.1:{port}"
    finally:
        over.set()
        thread.join()
        server.close_all()
        loop.close()
