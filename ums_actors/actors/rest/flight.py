"""One request on its way as an HTTP call."""

from __future__ import annotations

import enum
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.http.deadline import Deadline
    from ums_actors.http.kept import Kept
    from ums_actors.http.line import Line
    from ums_actors.protocol.rest.exchange import Exchange

__all__ = ["Flight", "Stage"]


class Stage(enum.Enum):
    """How far a call has come; the loop's view."""

    WAITING = enum.auto()
    """For those of its lane that came before it, or for room."""
    RUNNING = enum.auto()
    """A worker has it."""
    RESTING = enum.auto()
    """For a token, or for another try; nobody of its lane goes before it."""


class Flight:
    """A call that a worker makes and the loop may take back.

    Args:
        request_id: of the request.
        exchange: the call.
        deadline: until when it must be answered; it is set anew when its turn comes.
        kept: where its lines come from.
        permit: says whether the agent is still ours, where that may change.

    Attributes:
        stage: the loop's alone, like the next four.
        began: whether its turn has come.
        token: generation of the token that it was made with.
        renewed: whether it has been made with another token already.
        failures: how often it got no answer.
    """

    __slots__ = (
        "_counts",
        "_line",
        "_lock",
        "_permit",
        "_withdrawn",
        "_written",
        "began",
        "deadline",
        "exchange",
        "failures",
        "kept",
        "renewed",
        "request_id",
        "stage",
        "token",
    )

    def __init__(
        self,
        request_id: str,
        exchange: Exchange,
        deadline: Deadline,
        kept: Kept,
        permit: Callable[[], bool] | None = None,
    ) -> None:
        self.request_id: str = request_id
        self.exchange: Exchange = exchange
        self.deadline: Deadline = deadline
        self.began: bool = False
        self.kept: Kept = kept
        self.stage: Stage = Stage.WAITING
        self.token: int = 0
        self.renewed: bool = False
        self.failures: int = 0
        self._lock = threading.Lock()
        self._line: Line | None = None
        self._permit = permit
        self._withdrawn = False
        self._written = False
        self._counts = False

    @property
    def lane(self) -> str:
        """What it is about; one of its own if it is about nothing that has an order."""
        return self.exchange.lane or self.request_id

    @property
    def withdrawn(self) -> bool:
        """Whether nobody waits for it any more."""
        return self._withdrawn

    @property
    def written(self) -> bool:
        """Whether the server may have got it, and has not refused it."""
        return self._written

    def withdraw(self) -> bool:
        """Take it back: no byte of it goes from now on, and who waits for it is woken.

        Tells whether none has gone before. Any thread, idempotent.
        """
        with self._lock:
            self._withdrawn = True
            line, unsent = self._line, not self._written
        if line is not None:
            line.shut()
        return unsent

    # -- the worker's

    def begin(self, *, counts: bool) -> None:
        """Begin with one of its parts: what only asks for an ETag does not count."""
        self._counts = counts

    def refused(self) -> None:
        """Take note that the server has said no: it has not been carried out."""
        with self._lock:
            self._written = False

    def hold(self, line: Line | None) -> None:
        """Take note of the line that it is on."""
        with self._lock:
            self._line = line
            withdrawn = self._withdrawn
        if withdrawn and line is not None:
            line.shut()

    def may_write(self) -> bool:
        """Say whether it is still wanted; from then on it may have been sent."""
        if self._permit is not None and not self._permit():
            return False
        with self._lock:
            if not self._withdrawn and self._counts:
                self._written = True
            return not self._withdrawn
