"""The consumers: one thread that writes what the script says, when it says it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ums_actors.cli.demo.plan import Say

__all__ = ["Feeder"]

_JOIN_TIMEOUT = 15.0


class Feeder(threading.Thread):
    """Plays a script.

    Args:
        start: when the run began, monotonic seconds.
        say: writes one message; may raise, which ends the run.
    """

    def __init__(
        self, script: Sequence[Say], start: float, say: Callable[[Say], None]
    ) -> None:
        super().__init__(name="demo-consumers", daemon=True)
        self._script = script
        self._begin = start
        self._say = say
        self._stopping = threading.Event()
        self.error: BaseException | None = None

    @property
    def over(self) -> bool:
        """Whether everything is written, or it broke down."""
        return not self.is_alive()

    def run(self) -> None:
        """Write each message at its time, or as soon after it as it gets to it."""
        try:
            for line in self._script:
                wait = self._begin + line.at - time.monotonic()
                if self._stopping.wait(max(0.0, wait)):
                    return
                self._say(line)
        except Exception as error:  # noqa: BLE001  (told in the report)
            self.error = error

    def stop(self) -> None:
        """End the thread; bounded."""
        self._stopping.set()
        if self.is_alive():
            self.join(timeout=_JOIN_TIMEOUT)
