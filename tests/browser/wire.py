"""The wire between a browser and the server, which a test can cut in the middle of a request and mend again."""

from __future__ import annotations

import contextlib
import socket
import threading


class Wire:
    """Listens on a port of its own and passes everything on to the server at `port`, both ways."""

    def __init__(self, port: int) -> None:
        self.server = ("localhost", port)
        self.answers = True  # off: requests arrive, their answers get lost
        self._open: list[socket.socket] = []
        self._listener = self._listen(0)
        self.port = self._listener.getsockname()[1]

    def cut(self) -> None:
        """Nobody listens any more, and what was under way breaks off: as when the server is gone."""
        for end in (self._listener, *self._open):
            _hang_up(end)
        self._open.clear()

    def mend(self) -> None:
        self.answers = True
        self._listener = self._listen(self.port)

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("localhost", port))
        threading.Thread(target=self._accept, args=[listener], daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                browser, _address = listener.accept()
            except OSError:  # cut
                return
            server = socket.create_connection(self.server)
            self._open += [browser, server]
            threading.Thread(target=self._pass_on, args=[browser, server, lambda: True], daemon=True).start()
            threading.Thread(target=self._pass_on, args=[server, browser, lambda: self.answers], daemon=True).start()

    def _pass_on(self, source, target, wanted) -> None:
        try:
            while data := source.recv(65536):
                if wanted():
                    target.sendall(data)
        except OSError:
            pass
        _hang_up(source)
        _hang_up(target)


def _hang_up(end: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the other end was faster
        end.shutdown(socket.SHUT_RDWR)
    end.close()
