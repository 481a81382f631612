"""Our client against Autobahn|Testsuite's fuzzing server: echo, and count verdicts.

    python tests/hostile/autobahn.py ws://127.0.0.1:9001

See the README of this folder for how to have such a server. Ends with status 1 if a
case failed, was not clean in closing, or did not end.
"""

from __future__ import annotations

import argparse
import collections
import json
import select
import sys
import time
from typing import TYPE_CHECKING

from websocket import ABNF

from ums_actors.transport import Assembler, Target, Websocket, open_websocket
from ums_actors.transport.frame import encode_frame, mask_pool

if TYPE_CHECKING:
    from collections.abc import Iterator

AGENT = "ums_actors"
LIMIT = 16 << 20
GOOD = {"OK", "NON-STRICT", "INFORMATIONAL"}


class Telling(Assembler):
    """An assembler that says which messages were binary: an echo has to be, too."""

    __slots__ = ("binary",)

    def __init__(self) -> None:
        super().__init__(LIMIT, LIMIT)
        self.binary: set[int] = set()

    def _take(self, first, payload, out):
        before = len(out)
        super()._take(first, payload, out)
        if first & 15 == ABNF.OPCODE_BINARY and len(out) > before:
            self.binary.add(before)

    def _fill(self, message, data, out):
        before, text = len(out), self._text
        rest = super()._fill(message, data, out)
        if text is None and len(out) > before:
            self.binary.add(before)
        return rest


class Client:
    """One websocket that echoes until it ends, driven as the socket actor does it."""

    def __init__(self, url: str) -> None:
        opened = open_websocket(Target(url, allow_plaintext=True), timeout=10)
        self.masks = mask_pool()
        self.websocket = Websocket(
            opened,
            max_frame_size=LIMIT,
            max_message_size=LIMIT,
            write_limit=4 * LIMIT,
            masks=self.masks,
        )
        self.assembler = self.websocket._assembler = Telling()
        self.messages: list[bytes] = []

    def run(self, seconds: float, *, echo: bool = True) -> bool:
        """Serve until the end of the line; False if it did not come in time."""
        websocket, poller = self.websocket, select.poll()
        descriptor, until = websocket.fileno(), time.monotonic() + seconds
        try:
            while True:
                self._read(echo=echo)
                if self._over():
                    return True
                if websocket.more:
                    continue
                mask = select.POLLIN | (select.POLLOUT * websocket.wants_write)
                poller.register(descriptor, mask)
                if not poller.poll(max(0.0, until - time.monotonic()) * 1000):
                    return False
        finally:
            websocket.shutdown()

    def _read(self, *, echo: bool) -> None:
        websocket = self.websocket
        messages = websocket.read()
        if not echo:
            self.messages += messages
            messages = []
        for index, message in enumerate(messages):
            if index in self.assembler.binary:
                frame = encode_frame(ABNF.OPCODE_BINARY, message, self.masks)
                taken = websocket.closing or websocket._outgoing.add(frame)
            else:
                taken = websocket.send(message) or websocket.closing
            assert taken, "the write limit is too small for this case"
        self.assembler.binary.clear()
        websocket.flush()

    def _over(self) -> bool:
        websocket = self.websocket
        ended = websocket.failure is not None or websocket.closed_by_peer is not None
        return websocket.eof or (ended and not websocket.buffered)


def ask(url: str) -> object:
    """Give what the fuzzing server says in its one message."""
    client = Client(url)
    assert client.run(20, echo=False), f"no answer of {url.partition('?')[0]}"
    return json.loads(client.messages[0])


def verdicts(server: str, seconds: float) -> Iterator[tuple[str, str, float]]:
    """Run all cases; give id, verdict and seconds of each."""
    count = ask(f"{server}/getCaseCount")
    for number in range(1, count + 1):
        query = f"?case={number}&agent={AGENT}"
        name = ask(f"{server}/getCaseInfo{query}")["id"]
        started = time.monotonic()
        ended = Client(f"{server}/runCase{query}").run(seconds)
        took = time.monotonic() - started
        verdict = ask(f"{server}/getCaseStatus{query}")["behavior"]
        yield name, verdict if ended else f"{verdict}, no end", took
    ask_for_reports(server)


def ask_for_reports(server: str) -> None:
    """Have the server write its reports."""
    Client(f"{server}/updateReports?agent={AGENT}").run(60, echo=False)


def main() -> int:
    """Run all cases of a fuzzing server; tell what came of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("server", help="ws://host:port of the fuzzing server")
    parser.add_argument("--seconds", type=float, default=120, help="most of one case")
    options = parser.parse_args()
    found = collections.Counter()
    bad = 0
    started = time.monotonic()
    for name, verdict, took in verdicts(options.server.rstrip("/"), options.seconds):
        found[verdict] += 1
        if verdict not in GOOD:
            bad += 1
        if verdict != "OK":
            print(f"{name}: {verdict} ({took:.2f} s)", flush=True)  # noqa: T201
    cases = ", ".join(f"{count} {verdict}" for verdict, count in found.items())
    print(f"{sum(found.values())} cases in {time.monotonic() - started:.1f} s: {cases}")  # noqa: T201
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
