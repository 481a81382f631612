"""Frames on their way to the kernel, and which of them it has seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Outgoing"]

_JOIN = 256 << 10  # bytes joined for one write to a plain socket
_JOIN_TLS = 16 << 10  # one TLS record: what is offered cannot be taken back
_ALONE = 64 << 10  # a larger frame is written from where it lies


class Outgoing:
    """A bounded buffer that knows where each request's bytes are. One thread.

    A frame is *touched* once the kernel took a byte of it or, under TLS, once it
    was offered: OpenSSL may hold it, and wants the same bytes again. Untouched frames
    can be withdrawn and were certainly not sent.

    Args:
        limit: bytes that may wait. A frame larger than that is let in alone.
        tls: whether offered bytes are committed.

    Attributes:
        size: bytes that wait.
        at_once: bytes that may be offered in one chunk, and have room if not taken.
    """

    __slots__ = (
        "_chunk",
        "_cut",
        "_frames",
        "_limit",
        "_offered",
        "_tags",
        "_tls",
        "_urgent",
        "at_once",
        "size",
    )

    def __init__(self, limit: int, *, tls: bool = False) -> None:
        self._limit = limit
        self._tls = tls
        self._frames: list[bytes] = []
        self._tags: list[str | None] = []
        self._cut = 0  # written bytes of the first frame
        self.size: int = 0
        self.at_once: int = min(limit, _JOIN_TLS if tls else _JOIN)
        self._urgent = 0  # up to this index frames are urgent or touched
        self._offered = 0  # frames that TLS was offered
        self._chunk: bytes | memoryview = b""  # what it was offered

    def add(self, frame: bytes, tag: str | None = None) -> bool:
        """Append a frame; False, and nothing done, if the limit would be passed."""
        size = self.size + len(frame)
        if size > self._limit and self.size:
            return False
        self._frames.append(frame)
        self._tags.append(tag)
        self.size = size
        return True

    def add_all(self, frames: list[bytes], tags: Sequence[str]) -> list[str]:
        """Append frames; give the tags of those for which there was no room."""
        size = self.size + sum(map(len, frames))
        if size > self._limit:
            both = zip(frames, tags, strict=True)
            return [tag for frame, tag in both if not self.add(frame, tag)]
        self._frames += frames
        self._tags += tags
        self.size = size
        return []

    def add_urgent(self, frame: bytes, tag: str | None = None) -> None:
        """Put a control frame before all untouched others, whatever the limit."""
        index = max(self._urgent, self._touched())
        self._urgent = index + 1
        self._frames.insert(index, frame)
        self._tags.insert(index, tag)
        self.size += len(frame)

    def add_last(self, frame: bytes) -> None:
        """Append a control frame, whatever the limit."""
        self._frames.append(frame)
        self._tags.append(None)
        self.size += len(frame)

    def chunk(self) -> bytes | memoryview:
        """Give the bytes to write next; empty if there are none.

        Under TLS the same bytes are given until :meth:`wrote` says otherwise.
        """
        if self._chunk:
            return self._chunk
        if not self._tls and len(self._frames) == 1 and not self._cut:
            return self._frames[0]
        count, chunk = self._join(_JOIN_TLS if self._tls else _JOIN)
        if self._tls:
            self._offered, self._chunk = count, chunk
        return chunk

    def wrote(self, count: int) -> None:
        """Note that ``count`` bytes of the last chunk were taken."""
        self.size -= count
        if not self.size:  # the usual case
            self._frames.clear()
            self._tags.clear()
            self._cut = self._offered = self._urgent = 0
            self._chunk = b""
            return
        count += self._cut
        done = 0
        for frame in self._frames:
            if count < len(frame):
                break
            count -= len(frame)
            done += 1
        self._cut = count
        self._urgent = max(0, self._urgent - done)
        del self._frames[:done], self._tags[:done]
        if self._tls:
            self._advance(done, count)

    def unsent(self) -> list[str]:
        """Give the tags of untouched frames, in order."""
        return [tag for tag in self._tags[self._touched() :] if tag is not None]

    def withdraw(self, tag: str) -> bool:
        """Remove the untouched frame of ``tag``; False if there is none."""
        try:
            index = self._tags.index(tag, self._touched())
        except ValueError:
            return False
        self.size -= len(self._frames[index])
        if index < self._urgent:
            self._urgent -= 1
        del self._frames[index], self._tags[index]
        return True

    def _touched(self) -> int:
        return self._offered or (1 if self._cut else 0)

    def _join(self, limit: int) -> tuple[int, bytes | memoryview]:
        """Give the number of frames in the next chunk, and the chunk."""
        frames = self._frames
        if not frames:
            return 0, b""
        if self.size <= limit and not self._cut:
            return len(frames), frames[0] if len(frames) == 1 else b"".join(frames)
        first = memoryview(frames[0])[self._cut :]
        size = len(first)
        if size >= _ALONE:
            return 1, first
        count = 1
        for frame in frames[1:]:
            size += len(frame)
            if size > limit:
                break
            count += 1
        return count, b"".join([first, *frames[1:count]])

    def _advance(self, done: int, cut: int) -> None:
        """Keep the rest of what TLS was offered."""
        self._offered -= done
        if not self._offered:
            self._chunk = b""
            return
        rest = sum(map(len, self._frames[: self._offered])) - cut
        self._chunk = memoryview(self._chunk)[len(self._chunk) - rest :]
