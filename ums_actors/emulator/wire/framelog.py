"""The log of frames: bounded, and without tokens."""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ums_actors.emulator.sides.client import Client

__all__ = ["DEFAULT_LOG_LIMIT", "FrameLog"]

DEFAULT_LOG_LIMIT: Final = 100_000
"""Frames that are kept; the oldest go first."""
MAX_LOG_CHARS: Final = 64 << 20
"""Characters of all kept frames together."""

_HEX: Final = re.compile(r"[0-9a-f]{32,}")
_HEAD: Final = ("t", "conn", "generation", "user", "dir")
_TOKEN_LENGTHS: Final = (32, 64)
_JWT_MEMBER: Final = re.compile(r'("jwt"\s*:\s*")(?:[^"\\]|\\.)+')
_JWT: Final = re.compile(r"\b(?:ey[AJ]|ew[0o])[\w-]{6,}\.[\w-]{2,}\.[\w-]*", re.ASCII)
"""A consumer's token, of whatever signer: the head of each begins with a brace."""


class _Entry(NamedTuple):
    t: float
    conn: int
    generation: int
    user: str
    dir: Literal["in", "out"]
    text: str


class FrameLog:
    """Frames as they passed the sockets.

    Args:
        limit: frames that are kept; 0 keeps none.
        is_secret: says whether a hexadecimal word is a token; those are blotted out.
    """

    def __init__(self, limit: int, is_secret: Callable[[str], bool]) -> None:
        self._entries: deque[_Entry] = deque()
        self._limit = limit
        self._chars = 0
        self._is_secret = is_secret
        self.dropped: int = 0

    def __len__(self) -> int:
        return len(self._entries)

    def add(
        self,
        t: float,
        conn: int,
        client: Client,
        direction: Literal["in", "out"],
        text: str,
    ) -> None:
        """Keep a frame that was read (``in``) or written (``out``) at epoch ``t``."""
        if not self._limit:
            return
        self._entries.append(
            _Entry(t, conn, client.generation, client.name, direction, text)
        )
        self._chars += len(text)
        while len(self._entries) > self._limit or self._chars > MAX_LOG_CHARS:
            self._chars -= len(self._entries.popleft().text)
            self.dropped += 1

    def lines(self, user: str | None = None) -> Iterator[bytes]:
        """Give each entry as one line of JSON, of one user or of all."""
        for entry in list(self._entries):
            if user is None or entry.user == user:
                yield self._line(entry)

    def entries(self, user: str | None = None) -> list[dict[str, Any]]:
        """Give each entry decoded: ``t, conn, generation, user, dir, frame``."""
        return [msgspec.json.decode(line) for line in self.lines(user)]

    def _line(self, entry: _Entry) -> bytes:
        text = _JWT.sub("…", _JWT_MEMBER.sub(r"\1…", entry.text))
        text = _HEX.sub(self._blot, text)
        head = {name: getattr(entry, name) for name in _HEAD}
        return msgspec.json.encode({**head, "frame": _one_line(text)})

    def _blot(self, match: re.Match[str]) -> str:
        word = match.group()
        parts = (
            word[start : start + length]
            for length in _TOKEN_LENGTHS
            for start in range(len(word) - length + 1)
        )
        return "…" if any(map(self._is_secret, parts)) else word


def _one_line(text: str) -> msgspec.Raw | str:
    """Give JSON on one line, however its sender laid it out; other text as it is."""
    try:
        msgspec.json.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return text
    return msgspec.Raw(msgspec.json.format(text.encode(), indent=-1))
