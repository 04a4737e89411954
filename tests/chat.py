"""A group chat's robot for tests: a server that really listens."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


class QuietServer(HTTPServer):
    def handle_error(self, request, client_address):
        """Whoever was too slow finds nobody to answer."""


class Chat:
    """A robot that listens on this machine: `got` is what was posted, `answer`, `status` and `wait` what it does."""

    def __init__(self):
        self.got: list[Any] = []
        self.status, self.answer = 200, b'{"errcode": 0, "errmsg": "ok"}'
        self.wait: threading.Event | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((self.path, self.headers["Content-Type"], json.loads(body)))
                if outer.wait:
                    outer.wait.wait(10)
                self.send_response(outer.status)
                if outer.status == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(outer.answer)

            do_GET = do_POST  # noqa: N815 - the name that the server looks for

            def log_message(self, *args):
                pass

        self.server = QuietServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/send?key=secret-key"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()  # seconds to its end
        return self

    def __exit__(self, *args):
        self.server.shutdown()
        self.server.server_close()
