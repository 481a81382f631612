"""The values that faults take, and how each is read from JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec

from ums_actors.emulator.reading import take_as
from ums_actors.emulator.wire.dialects import canonical, short_notification

__all__ = [
    "CLOSE_CODES",
    "CUT",
    "MALFORMED_FRAMES",
    "Call",
    "Closing",
    "Delay",
    "Frames",
    "Rejection",
    "Types",
    "nothing",
    "number",
    "one_of",
    "seconds",
]

CUT: Final = 0
"""In place of a close code or an HTTP status: no answer, TCP is gone or silent."""
CLOSE_CODES: Final = range(1_000, 5_000)
STATUSES: Final = range(200, 600)
MAX_SECONDS: Final = 3_600
MAX_COUNT: Final = 1_000_000
MALFORMED_FRAMES: Final = (
    "text",
    "cut-off",
    "empty",
    "null",
    "list",
    "no-kind",
    "no-body",
    "bare-result",
)

Seconds = Annotated[float, msgspec.Meta(ge=0, le=MAX_SECONDS)]
Number = Annotated[int, msgspec.Meta(ge=0, le=MAX_COUNT)]
Status = Annotated[int, msgspec.Meta(ge=400, le=599)]

Reader: TypeAlias = Callable[[Any], Any]


class Types(msgspec.Struct, frozen=True):
    """Request types, in either dialect; none named means all."""

    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, value: Any) -> Types:
        """Read one type, a list of them, or None for all."""
        if value is None:
            return cls()
        words = take_as(value, str | list[str])
        listed = [words] if isinstance(words, str) else words
        if not all(listed) or not listed:
            raise ValueError(value)
        return cls(frozenset(map(canonical, listed)))

    def fit(self, kind: str) -> bool:
        """Say whether a request type is among them."""
        return not self.names or canonical(kind) in self.names


class _Delay(msgspec.Struct, forbid_unknown_fields=True):
    seconds: Seconds
    types: str | list[str] | None = None


class Delay(msgspec.Struct, frozen=True):
    """How late responses are."""

    seconds: float
    types: Types

    @classmethod
    def of(cls, value: Any) -> Delay:
        """Read seconds, or an object of seconds and types."""
        read = take_as(value, Seconds | _Delay)
        if isinstance(read, _Delay):
            return cls(read.seconds, Types.of(read.types))
        return cls(float(read), Types())


class _Rejection(msgspec.Struct, forbid_unknown_fields=True):
    code: Status
    type: str | list[str] | None = None
    text: str = "Rejected by a fault"
    retry_after: Seconds | None = None


class Rejection(msgspec.Struct, frozen=True):
    """With which code and text requests are refused."""

    code: int
    text: str
    types: Types
    retry_after: float | None = None

    @classmethod
    def of(cls, value: Any) -> Rejection:
        """Read an object of code, type, text and retry_after."""
        read = take_as(value, _Rejection)
        return cls(read.code, read.text, Types.of(read.type), read.retry_after)


class _Closing(msgspec.Struct, forbid_unknown_fields=True):
    code: int
    after: Number = 0
    on: str | list[str] | None = None


class Closing(msgspec.Struct, frozen=True):
    """Which code closes a socket, and at which request of the types ``on``."""

    code: int
    after: int
    types: Types

    @classmethod
    def of(cls, value: Any) -> Closing:
        """Read an object of code, after and on."""
        read = take_as(value, _Closing)
        if read.code != CUT and read.code not in CLOSE_CODES:
            raise ValueError(value)
        return cls(read.code, read.after, Types.of(read.on))


class Frames(msgspec.Struct, frozen=True):
    """Which written frames are meant: responses, notifications, or one type.

    A type is that of a request, for its response, or that of a notification.
    """

    which: str

    @classmethod
    def of(cls, value: Any) -> Frames:
        """Read ``response``, ``notification`` or a type."""
        which = take_as(value, str)
        if not which:
            raise ValueError(value)
        return cls(short_notification(canonical(which)))

    def fit_response(self, request_type: str) -> bool:
        """Say whether the response to a request is meant."""
        return self.which in ("response", canonical(request_type))

    def fit_notification(self, kind: str) -> bool:
        """Say whether a notification is meant, in either dialect."""
        return self.which in ("notification", short_notification(kind))


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What befalls an HTTP call.

    Attributes:
        status: HTTP status of the answer; 0 is never answered; None is as usual.
        delay: seconds until the answer.
        body: a body of status 200 that is of no use.
    """

    status: int | None = None
    delay: Seconds = 0.0
    body: Literal["wrong", "nonsense", "error"] | None = None

    @classmethod
    def of(cls, value: Any) -> Call:
        """Read an object of status, delay and body, or a status alone."""
        read = take_as(value, int | Call)
        call = read if isinstance(read, Call) else Call(read)
        is_known = call.status in (None, CUT) or call.status in STATUSES
        if not is_known or call == Call():
            raise ValueError(value)
        return call


def number(least: int) -> Reader:
    """Give a reader of numbers from ``least`` on."""
    return lambda value: take_as(
        value, Annotated[int, msgspec.Meta(ge=least, le=MAX_COUNT)]
    )


def seconds(least: float) -> Reader:
    """Give a reader of seconds from ``least`` on."""
    return lambda value: take_as(
        value, Annotated[float, msgspec.Meta(ge=least, le=MAX_SECONDS)]
    )


def one_of(*words: str) -> Reader:
    """Give a reader of these words."""

    def read(value: Any) -> str:
        if value not in words:
            raise ValueError(value)
        return str(value)

    return read


def nothing(value: Any) -> None:
    """Read no value at all."""
    if value is not None:
        raise ValueError(value)
