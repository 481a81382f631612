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
    reply: Reply = field(compare=False)


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
        self._last: Reply | None = None
        self._numbers = 0
        self.unanswered = 0

    def __len__(self) -> int:
        return len(self._answers) + len(self._notices)

    def begin(self) -> Reply:
        """Note that a request came, before what it causes is told."""
        self._last = reply = Reply()
        self.unanswered += 1
        return reply

    def answer(self, reply: Reply, text: str, now: float, delay: float = 0.0) -> None:
        """Have a response written, ``delay`` seconds late."""
        self._numbers += 1
        reply.delayed = delay > 0
        heapq.heappush(self._answers, _Answer(now + delay, self._numbers, text, reply))

    def withhold(self, reply: Reply, now: float) -> None:
        """Never answer; the request counts as answered."""
        reply.written_at = now
        self.unanswered -= 1

    def notify(self, text: str, *, strictly: bool = False) -> None:
        """Have a notification written; ``strictly`` waits for a late response too."""
        last = self._last
        waits = last is not None and (strictly or not last.delayed)
        self._notices.append(_Notice(text, last if waits else None))

    def pop(self, now: float) -> tuple[str, Reply | None] | None:
        """Take what may be written now, if anything."""
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
        due = min(dues, default=float("inf"))
        return None if due == float("inf") else due

    def _notice_due(self) -> float:
        after = self._notices[0].after
        if after is None:
            return 0.0
        if after.written_at is None:
            return float("inf")
        return after.written_at + self._gap
