"""Serve the built site as a real host does, with gzip, and count what goes over the wire."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMPRESSED = {".css", ".html", ".js", ".json", ".svg", ".txt", ".xml"}


class Server(ThreadingHTTPServer):
    """A server of one folder that remembers what it sent."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        self.sent: dict[str, int] = {}
        self.port: int = self.server_address[1]


class Handler(SimpleHTTPRequestHandler):
    """Answers with gzip where a host would."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        """Send a file, or the page that says there is none."""
        path = Path(self.directory) / unquote(urlsplit(self.path).path).lstrip("/")
        path = path / "index.html" if path.is_dir() else path
        found = path.is_file()
        path = path if found else Path(self.directory) / "404.html"
        body = _body(path)
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(body)))
        if path.suffix in COMPRESSED:
            self.send_header("Content-Encoding", "gzip")
        head = sum(len(line) for line in self._headers_buffer)
        self.end_headers()
        self.wfile.write(body)
        self.server.sent[self.path] = head + len(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: what matters is in ``sent``."""


@cache
def _body(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.compress(data) if path.suffix in COMPRESSED else data


@contextmanager
def serve(folder: Path) -> Iterator[Server]:
    """Serve a folder while the context is open."""
    server = Server(folder)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
