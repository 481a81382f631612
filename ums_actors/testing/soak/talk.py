"""Conversations that go on through it all: what is said is heard in order, once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

import ums_actors as ums
from ums_actors.emulator import EmulatorError

if TYPE_CHECKING:
    from types import TracebackType

    from ums_actors.testing.soak.scene import Scene

__all__ = ["Talk"]

_PAUSE = 0.25
"""Seconds between two messages of all consumers together."""
_END = 30.0


class Talk:
    """A consumer for each bot writes on and on, from a thread, while it is entered.

    Attributes:
        said: messages that the server took, as far as it could tell.
        missed: calls to the server that failed, because it was halted.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._heard: dict[str, list[str]] = {}
        self._ids: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="soak-talk")
        self.said = self.missed = 0
        for number, bot in enumerate(scene.bots, start=1):
            bot.subscribe(self._hear, ums.MessageReceived).get(timeout=5)
            opened = scene.server.open_conversation(assign=f"bot{number}", text="0")
            self._ids.append(opened.conversation_id)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join(_END)

    def differences(self, within: float) -> list[str]:
        """Wait until all is heard; tell what was lost, doubled or out of order."""
        waiter = threading.Event()
        for _ in range(int(within / _PAUSE)):
            if not self._compare():
                return []
            waiter.wait(_PAUSE)
        return self._compare()

    def _compare(self) -> list[str]:
        found = []
        for which in self._ids:
            said = [
                record["event"]["message"]
                for record in self._scene.server.transcript(which)
                if record["event"]["type"] == "ContentEvent"
            ]
            heard = list(self._heard.get(which, ()))
            if heard != said:
                pairs = enumerate(zip(said, heard, strict=False))
                place = next(
                    (number for number, (one, other) in pairs if one != other),
                    min(len(said), len(heard)),
                )
                found.append(
                    f"{which}: {len(said)} said, {len(heard)} heard, from number "
                    f"{place} on {said[place:][:3]} and {heard[place:][:3]}"
                )
        return found

    def _hear(self, event: ums.MessageReceived) -> None:
        if event.event_type == "ContentEvent" and event.text is not None:
            self._heard.setdefault(event.conversation_id, []).append(event.text)

    def _work(self) -> None:
        number = 0
        while not self._stop.wait(_PAUSE):
            number += 1
            try:
                which = self._ids[number % len(self._ids)]
                self._scene.server.write(which, str(number))
                self.said += 1
            except EmulatorError:
                self.missed += 1
