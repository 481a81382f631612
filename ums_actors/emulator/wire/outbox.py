"""What one socket still has to write, and when."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field

__all__ = ["Outbox", "Reply"]


@dataclass(slots=True)
class Reply:
    """The answer to one request; ``written_at`` is None until it has gone out."""

    delayed: bool = False
    written_at: float | None = None


@dataclass(order=True, slots=True)
class _Answer:
    due: float
    number: int
    text: str = field(compare=False)
    reply: Reply | None = field(compare=False)


@dataclass(slots=True)
class _Notice:
    text: str
    after: Reply | None


class Outbox:
    """Responses by their due time, notifications in order and never close behind.

    A client that finds a response and its first notification in one read handles both
    before it can use the response, so a notification goes out ``gap`` seconds after
    the response that was last asked for when it arose. Times are of one monotonic
    clock, in seconds.
    """

    def __init__(self, gap: float) -> None:
        self._gap = gap
        self._answers: list[_Answer] = []
        self._notices: deque[_Notice] = deque()
        self._held: tuple[_Notice, float] | None = None
        self._last: Reply | None = None
        self._numbers = 0
        self.unanswered: int = 0

    def __len__(self) -> int:
        return len(self._answers) + len(self._notices) + self.is_holding

    @property
    def is_holding(self) -> bool:
        """Whether a notification is held back for another to overtake it."""
        return self._held is not None

    def begin(self) -> Reply:
        """Note that a request came, before what it causes is told."""
        self._last = reply = Reply()
        self.unanswered += 1
        return reply

    def answer(
        self,
        reply: Reply,
        text: str,
        now: float,
        delay: float = 0.0,
        *,
        twice: bool = False,
    ) -> None:
        """Have a response written, ``delay`` seconds late."""
        reply.delayed = delay > 0
        for whose in [reply, None] if twice else [reply]:
            self._numbers += 1
            answer = _Answer(now + delay, self._numbers, text, whose)
            heapq.heappush(self._answers, answer)

    def withhold(self, reply: Reply, now: float) -> None:
        """Never answer; the request counts as answered."""
        reply.written_at = now
        self.unanswered -= 1

    def notify(self, text: str, *, strictly: bool = False) -> None:
        """Have a notification written; ``strictly`` waits for a late response too."""
        self._notices.append(self._notice(text, strictly))

    def hold(self, text: str, until: float, *, strictly: bool = False) -> None:
        """Have a notification written once it is released, at the latest at a time."""
        self.release()
        self._held = self._notice(text, strictly), until

    def release(self) -> None:
        """Let what is held take its place behind what has come since."""
        if self._held is not None:
            self._notices.append(self._held[0])
            self._held = None

    def pop(self, now: float) -> tuple[str, Reply | None] | None:
        """Take what may be written now, if anything."""
        if self._held is not None and self._held[1] <= now:
            self.release()
        if self._answers and self._answers[0].due <= now:
            answer = heapq.heappop(self._answers)
            return answer.text, answer.reply
        if self._notices and self._notice_due() <= now:
            return self._notices.popleft().text, None
        return None

    def written(self, reply: Reply, now: float) -> None:
        """Note that a response has gone out."""
        reply.written_at = now
        self.unanswered -= 1

    def next_due(self) -> float | None:
        """Give the time at which :meth:`pop` is to be asked again, if known."""
        dues = [self._answers[0].due] if self._answers else []
        if self._notices:
            dues.append(self._notice_due())
        if self._held is not None:
            dues.append(self._held[1])
        due = min(dues, default=float("inf"))
        return None if due == float("inf") else due

    def _notice(self, text: str, strictly: bool) -> _Notice:
        last = self._last
        waits = last is not None and (strictly or not last.delayed)
        return _Notice(text, last if waits else None)

    def _notice_due(self) -> float:
        after = self._notices[0].after
        if after is None:
            return 0.0
        if after.written_at is None:
            return float("inf")
        return after.written_at + self._gap
