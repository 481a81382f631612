"""Consumers who come by themselves, so that an example has something to do.

They exist in a local UMS only; against an account the real ones come.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ums_actors.emulator import EmulatorThread

__all__ = ["Visitors"]

_PATIENCE = 20.0
"""Seconds that a visitor waits for an answer."""
_LOOK = 0.5
"""Seconds between looks whether to leave."""


class Visitors:
    """Everybody who comes during an example; does nothing without a local UMS."""

    def __init__(self, emulator: EmulatorThread | None) -> None:
        self._emulator = emulator
        self._gone = threading.Event()
        self._threads: list[threading.Thread] = []
        self._disappointed = 0

    def come(self, *lines: str, times: int = 1) -> None:
        """Open conversations: say each line, and wait for an answer after it."""
        if self._emulator is None:
            return
        for _ in range(times):
            thread = threading.Thread(
                target=self._visit, args=(self._emulator, lines), daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def wait(self) -> None:
        """Wait until everybody has been answered."""
        for thread in self._threads:
            thread.join()

    def leave(self) -> None:
        """Send everybody home; exit with 1 if somebody left without an answer."""
        self._gone.set()
        for thread in self._threads:
            thread.join()
        if self._disappointed:
            sys.exit(f"{self._disappointed} visitors left without an answer")

    def _visit(self, emulator: EmulatorThread, lines: tuple[str, ...]) -> None:
        first, *more = lines
        opened = emulator.open_conversation(text=first)
        heard = self._answer(emulator, opened, 0)
        for line in more:
            if heard is not None:
                said = emulator.write(opened.conversation_id, line)
                heard = self._answer(emulator, opened, said + 1)
        if heard is None and not self._gone.is_set():
            self._disappointed += 1
            os.kill(os.getpid(), signal.SIGINT)  # who waits for more waits for ever

    def _answer(
        self, emulator: EmulatorThread, opened: Any, since: int
    ) -> dict[str, Any] | None:
        """Wait for something that the brand says; None if nothing comes."""
        for _ in range(int(_PATIENCE / _LOOK)):
            for event in emulator.wait_for_events(opened.conversation_id, since, _LOOK):
                since = max(since, event["sequence"] + 1)
                is_text = event["event"]["type"] == "ContentEvent"
                if is_text and event["originatorId"] != opened.consumer_id:
                    return event
            if self._gone.is_set():
                return None
        return None
