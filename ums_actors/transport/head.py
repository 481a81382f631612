"""The head of an HTTP answer, read within bounds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ums_actors.transport.budget import Budget
    from ums_actors.transport.line import Line

__all__ = ["MAX_HEAD_SIZE", "Head", "read_head"]

MAX_HEAD_SIZE = 16 << 10
"""Bytes of status line and headers that are read before giving up."""

_READ_SIZE = 4096
_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(r"HTTP/1\.[01] ([1-5][0-9][0-9])( .*)?")


class Head(NamedTuple):
    """Status and headers of an answer; bodies are never read."""

    status: int
    fields: dict[str, str]
    """By lower-case name; repeated ones are joined by ``", "``."""
    rest: bytes
    """What was read behind the empty line."""


def read_head(line: Line, budget: Budget, peer: str, limit: int) -> Head:
    """Read up to the empty line that ends the headers.

    Args:
        line: the socket.
        budget: its step names the errors.
        peer: ``"the server"`` or ``"the proxy"``, for the texts.
        limit: most bytes of the head.

    Raises:
        ConnectError: too long, cut off, not HTTP, or out of budget.
        OSError: the line broke.
    """
    data = bytearray()
    while True:
        begin = max(0, len(data) - 3)  # the end may lie across two reads
        chunk = line.receive(_READ_SIZE)
        if not chunk:
            raise budget.error(f"{peer} closed the line before its answer was complete")
        data += chunk
        end = _END.search(data, begin)
        size = len(data) - 3 if end is None else end.start()
        if size > limit:
            raise budget.error(f"{peer} answered with more than {limit} header bytes")
        if end is not None:
            return _parse(data, end, budget, peer)


def _parse(data: bytearray, end: re.Match[bytes], budget: Budget, peer: str) -> Head:
    # Latin-1 takes any byte; only ASCII tokens are looked at.
    text = data[: end.start()].decode("latin-1")
    first, *others = (line.removesuffix("\r") for line in text.split("\n"))
    status = _STATUS.fullmatch(first)
    if status is None:
        raise budget.error(f"{peer} did not answer in HTTP/1.1")
    fields: dict[str, str] = {}
    for line in others:
        name, colon, value = line.partition(":")
        if not colon:
            continue  # a folded line: obsolete, and nothing we look at is folded
        name, value = name.lower(), value.strip(" \t")
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return Head(int(status[1]), fields, bytes(data[end.end() :]))
