"""`--serve`: one page on this machine, which an open browser loads again whenever it was written.

Nothing but that page can be asked for, and only by a browser on this machine that means this server: one that was led
here by another site's name is refused.
"""

from __future__ import annotations

import threading
from base64 import b64encode
from hashlib import sha256
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
_STYLE: Final = "html, body { height: 100%; margin: 0 } iframe { border: 0; width: 100%; height: 100% }"
_SCRIPT: Final = """
const frame = document.querySelector("iframe");
new EventSource("changes").onmessage = () => frame.contentWindow.location.reload();
"""
_AROUND: Final = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>{title}</title>
<style>{style}</style></head>
<body><iframe src="page" title="{title}"></iframe><script>{script}</script></body></html>
"""


class PageServer:
    """Serves one file, and tells browsers when it was written anew."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self._written, self._changed = 0, threading.Condition()
        serving = self

        class Handler(_Handler):
            server_of_page = serving

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        """The port, which the system has chosen."""
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        """What a browser is to open."""
        return f"http://{HOST}:{self.port}/"

    def publish(self) -> None:
        """Tell all browsers that the page was written."""
        with self._changed:
            self._written += 1
            self._changed.notify_all()

    def next_after(self, seen: int) -> int:
        """How often it was published, once that is more than `seen`."""
        with self._changed:
            self._changed.wait_for(lambda: self._written > seen)
            return self._written

    @property
    def published(self) -> int:
        """How often it was published."""
        return self._written

    def around(self) -> bytes:
        """The page around the page, which loads it again."""
        return _AROUND.format(title=escape(self.path.name), style=_STYLE, script=_SCRIPT).encode()

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server_of_page: PageServer

    def do_GET(self) -> None:
        """Answer with the page, what is around it, or its changes."""
        served = self.server_of_page
        if self.headers.get("Host") not in (f"{HOST}:{served.port}", f"localhost:{served.port}"):
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
        elif self.path == "/":
            self._answer(served.around(), ("Content-Security-Policy", _policy()))
        elif self.path == "/page":
            try:
                self._answer(served.path.read_bytes())
            except OSError:
                self.send_error(HTTPStatus.NOT_FOUND)
        elif self.path == "/changes":
            self._tell_of_changes(served)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _answer(self, content: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(HTTPStatus.OK)
        for name, value in (
            ("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(content))),
            ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), *headers,
        ):  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _tell_of_changes(self, served: PageServer) -> None:
        """A stream of events, one each time that the page was written."""
        seen = served.published
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.flush()
        try:
            while True:
                seen = served.next_after(seen)
                self.wfile.write(f"data: {seen}\n\n".encode())
                self.wfile.flush()
        except OSError:  # the browser is gone
            return

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _policy() -> str:
    def of(text: str) -> str:
        return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"

    return f"default-src 'none'; style-src {of(_STYLE)}; script-src {of(_SCRIPT)}; connect-src 'self'; frame-src 'self'"
