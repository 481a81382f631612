"""Questions of a simulated user, and whether their answers are the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.errors import Delivery, RequestError, UMSError
from ums_actors.protocol import brand
from ums_actors.testing.hearing import CRASH_MARK
from ums_actors.testing.trace import texts_of

if TYPE_CHECKING:
    from ums_actors.testing.ledger import Ledger
    from ums_actors.testing.trace import Voice

__all__ = ["Asked", "check_answer", "check_repeats"]


class Asked:
    """One question, and what became of it.

    Attributes:
        limit: seconds until it must be answered; None while that is not bounded.
        text: what was said, empty if the question is another.
        stalled: how long the loop had been suspended before.
        answers: how often it was answered.
        error: what it failed with, if it did.
    """

    __slots__ = ("answers", "at", "error", "limit", "name", "stalled", "text")

    def __init__(
        self,
        name: str,
        at: float,
        limit: float | None,
        text: str = "",
        stalled: float = 0.0,
    ) -> None:
        self.name: str = name
        self.at: float = at
        self.limit: float | None = limit
        self.text: str = text
        self.answers: int = 0
        self.stalled: float = stalled
        self.error: BaseException | None = None


def check_answer(asked: Asked, ledger: Ledger, voice: Voice) -> None:
    """A question has one answer, and its verdict agrees with the server's log.

    Checked when the answer comes, and again in the end: what was NOT_SENT must not
    arrive later either.
    """
    if asked.answers != 1:
        voice.blame(f"{asked.name} was answered {asked.answers} times")
    error = asked.error
    seen = ledger.said[asked.text] if asked.text else None
    if error is None:
        if seen is not None and seen != 1:
            voice.blame(f"{asked.name} succeeded; the server saw it {seen} times")
        return
    if not isinstance(error, RequestError):
        foreseen = isinstance(error, (UMSError, TimeoutError))
        if not foreseen and not any(CRASH_MARK in text for text in texts_of(error)):
            voice.blame(f"{asked.name} failed with {error!r}")
        return
    known, took = (
        bool(error.request_id) and counted[error.request_id] > 0
        for counted in (ledger.known, ledger.done)
    )
    if error.delivery is Delivery.NOT_SENT and (took or seen):
        voice.blame(f"{asked.name} is NOT_SENT, but the server saw it")
    if error.delivery is Delivery.ANSWERED and not known:
        voice.blame(f"{asked.name} is ANSWERED, but the server never saw it")
    if seen is not None and seen > 1:
        voice.blame(f"{asked.name} failed; the server saw it {seen} times")


def check_repeats(ledger: Ledger, voice: Voice) -> None:
    """No request goes out twice on a line; what must not be repeated, never."""
    on_line: set[tuple[int, str]] = set()
    published: set[str] = set()
    for entry in ledger.entries:
        if (entry.line, entry.id) in on_line:
            voice.blame(f"request {entry.id} came twice on line {entry.line}")
        on_line.add((entry.line, entry.id))
        if entry.type == brand.PUBLISH_EVENT:
            if entry.id in published:
                voice.blame(f"message {entry.id} was published twice")
            published.add(entry.id)
