from __future__ import annotations

import contextlib
import json
import socket
import threading
from typing import TYPE_CHECKING, Any, Self

import pytest

import ums_actors as ums
from ums_actors.emulator import EmulatorThread, password_of, running_emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Heard:
    """An observer that keeps what it hears."""

    def __init__(self) -> None:
        self.events: list[tuple[str, int, dict[str, Any]]] = []

    def observe(self, event: str, level: int, fields: dict[str, Any]) -> None:
        self.events.append((event, level, fields))

    def of(self, name: str) -> list[tuple[int, dict[str, Any]]]:
        return [
            (level, fields) for event, level, fields in self.events if event == name
        ]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def observed(heard: Heard) -> Iterator[ums.Runtime]:
    """A runtime whose observer is ``heard``."""
    made = ums.Runtime(observer=heard)
    yield made
    assert made.close(5.0)


@pytest.fixture
def emulator() -> Iterator[EmulatorThread]:
    with running_emulator(users=3, tls=True) as emulator:
        yield emulator


@pytest.fixture
def start(observed: ums.Runtime) -> Iterator[Callable[..., Any]]:
    """Start a brand's connection; give its proxy."""
    refs: list[Any] = []

    def begin(emulator: Any, user: str = "bot1", **more: Any) -> Any:
        options = {"backoff_base": 0.02, "close_timeout": 3.0}
        given = {
            "auth": ums.PasswordLogin(user, password_of(user)),
            "csds": emulator.csds if emulator.tls else f"http://{emulator.csds}",
            "ca_file": emulator.ca,
            "options": ums.Options(**{**options, **more.pop("options", {})}),
        }
        ref = ums.BrandWebsocketConnection.start(
            emulator.account, runtime=observed, **{**given, **more}
        )
        refs.append(ref)
        return ref.proxy()

    yield begin
    for ref in refs:
        ref.stop(timeout=10)


class Server:
    """Answers every request alike, and keeps what it was asked.

    Attributes:
        asked: head and body of each request.
        status: what stands behind the version in the first line of its answers.
        headers: further lines of their heads, each with its end.
        answer: their body, as JSON.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, bytes]] = []
        self.status = "200 OK"
        self.headers = ""
        self.answer: Any = {"bearer": "b" * 16, "csrf": "c", "sessionId": "s"}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    @property
    def lines(self) -> list[str]:
        """All request and header lines that came."""
        return [line for head, _ in self.asked for line in head.split("\r\n")]

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with sock, contextlib.suppress(OSError):
                sock.settimeout(2.0)
                self._exchange(sock)

    def _exchange(self, sock: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            part = sock.recv(65_536)
            if not part:
                return
            data += part
        head, _, body = data.partition(b"\r\n\r\n")
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                while len(body) < int(line.split(b":")[1]):
                    body += sock.recv(65_536)
        self.asked.append((head.decode("latin-1"), body))
        answer = json.dumps(self.answer)
        sock.sendall(
            f"HTTP/1.1 {self.status}\r\n{self.headers}"
            f"Content-Length: {len(answer)}\r\n\r\n{answer}".encode()
        )


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def elsewhere() -> Iterator[Server]:
    with Server() as server:
        yield server
