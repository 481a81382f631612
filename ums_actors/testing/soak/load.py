"""Requests at a steady rate, whose answers are checked one by one."""

from __future__ import annotations

import threading
import time
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import ums_actors as ums
from ums_actors.testing.soak.scene import OPTIONS

if TYPE_CHECKING:
    from random import Random
    from types import TracebackType

    from ums_actors.runtime import LoopFuture
    from ums_actors.testing.soak.scene import Scene

__all__ = ["PATIENCE", "Load"]

PATIENCE = OPTIONS.queue_timeout + 2 * OPTIONS.request_timeout + 10.0
"""Seconds within which every request is answered one way or the other."""
_TICK = 0.05
_PROFILE = ".ams.userprofile.GetUserProfile"


class Load:
    """Asks from a thread of its own while it is entered.

    Attributes:
        wrong: answers that belong to other questions.
        foreign: errors that no request should have.
        verdicts: how many requests ended how.
    """

    def __init__(self, scene: Scene, rate: float, random: Random) -> None:
        self._scene = scene
        self._rate = rate
        self._random = random
        self._ids = [bot.status().get(timeout=5).agent_id for bot in scene.bots]
        self._lock = threading.Lock()
        self._waiting: dict[int, float] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="soak-load")
        self.sent: int = 0
        self.answered_twice: int = 0
        self.wrong: list[str] = []
        self.foreign: list[str] = []
        self.verdicts: Counter[str] = Counter()

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
        self._thread.join(PATIENCE)

    def hung(self) -> int:
        """Count the requests that wait for longer than they can have to."""
        limit = time.monotonic() - PATIENCE
        with self._lock:
            return sum(since < limit for since in self._waiting.values())

    def wait_for_answers(self) -> int:
        """Wait until all are answered; give how many never were."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with self._lock:
                if not self._waiting:
                    return 0
            time.sleep(_TICK)
        with self._lock:
            return len(self._waiting)

    def _work(self) -> None:
        begun = time.monotonic()
        while not self._stop.wait(_TICK):
            due = int((time.monotonic() - begun) * self._rate)
            # who was held up does not make up for it in one rush
            behind = min(due - self.sent, int(self._rate))
            begun += max(0, due - self.sent - behind) / self._rate
            for _ in range(behind):
                self._ask()

    def _ask(self) -> None:
        number, self.sent = self.sent, self.sent + 1
        asked = self._random.choice(self._ids)
        bot = self._random.choice(self._scene.bots)
        with self._lock:
            self._waiting[number] = time.monotonic()
        answer = bot.send({"type": _PROFILE, "body": {"userId": asked}})
        answer.add_done_callback(partial(self._answered, number, asked))

    def _answered(self, number: int, asked: str, answer: LoopFuture[Any]) -> None:
        error = answer.exception()
        with self._lock:
            if self._waiting.pop(number, None) is None:
                self.answered_twice += 1
            if error is None:
                got = answer.get(timeout=0)["userId"]
                self.verdicts["answered"] += 1
                if got != asked:
                    self.wrong.append(f"asked for {asked}, got {got}")
            elif isinstance(error, ums.RequestError):
                self.verdicts[f"{type(error).__name__} {error.delivery}"] += 1
            else:
                self.foreign.append(repr(error))
