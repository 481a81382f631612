"""``websocket-client`` alone: what connecting with it takes, and receiving."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, cast

import websocket

from benchmarks.contestants.contestant import DEADLINE
from benchmarks.workload import BODY, CUT, FLOOD, REQUEST_TYPE, check_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.workload import Target

__all__ = ["WebsocketClient"]

_THREADS = 8
"""That connect when all lines are cut; as many as ums_actors has for that."""


class WebsocketClient:
    """Sockets that nobody looks after."""

    def __init__(self) -> None:
        self._target: Target
        self._lines: list[websocket.WebSocket] = []

    def connect(self, target: Target, connections: int) -> None:
        """Connect one after another."""
        self._target = target
        self._lines += [self._open() for _ in range(connections)]
        self._send(REQUEST_TYPE, BODY)
        check_answer(json.loads(self._lines[0].recv())["body"])

    def hear(self, frames: int, size: int) -> None:
        """Receive without decoding; the answer comes behind all of them."""
        receive = cast("Callable[[], tuple[int, bytes]]", self._lines[0].recv_data)
        self._send(FLOOD, {"frames": frames, "size": size})
        for _ in range(frames):
            receive()
        if b'"reqId"' not in receive()[1]:
            raise ValueError("more came than was asked for")

    def recover(self, code: int, *, every: bool) -> list[float]:
        """Connect again; measured is that alone, not how the end was noticed.

        All lines are connected again by a few threads: measured from the first on.
        """
        self._send(CUT, {"code": code, "all": every})
        concerned = self._lines if every else self._lines[:1]
        for line in concerned:
            line.shutdown()  # type: ignore[no-untyped-call]
        began = time.monotonic()
        if not every:
            self._lines[0] = self._open()
            return [time.monotonic() - began]
        with ThreadPoolExecutor(_THREADS) as pool:
            opened = list(pool.map(self._opened, concerned))
        self._lines = [line for line, _ in opened]
        return [at - began for _, at in opened]

    def close(self) -> None:
        """Close all sockets."""
        for line in self._lines:
            line.shutdown()  # type: ignore[no-untyped-call]

    def _opened(self, _lost: object) -> tuple[websocket.WebSocket, float]:
        return self._open(), time.monotonic()

    def _open(self) -> websocket.WebSocket:
        context = self._target.tls
        return websocket.create_connection(
            self._target.url,
            timeout=DEADLINE,
            skip_utf8_validation=True,
            sslopt=None if context is None else {"context": context},
        )

    def _send(self, kind: str, body: object) -> None:
        request = {"kind": "req", "id": "1", "type": kind, "body": body}
        self._lines[0].send(json.dumps(request, separators=(",", ":")))
