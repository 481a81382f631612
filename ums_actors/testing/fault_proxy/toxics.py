"""What can be wrong with a network, each with its numbers."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from ums_actors.errors import LocalProtocolError

__all__ = [
    "CUTS",
    "Bandwidth",
    "BlackHole",
    "HalfClose",
    "Latency",
    "LimitData",
    "ResetPeer",
    "Slicer",
    "SlowClose",
    "Toxic",
]


class _Toxic(msgspec.Struct, frozen=True):
    """Durations are seconds, sizes are bytes; none is negative.

    Raises:
        LocalProtocolError: a number is out of its bounds.
    """

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            least = 1 if name in ("rate", "size") else 0
            if not value >= least:
                raise LocalProtocolError(
                    f"{type(self).__name__}.{name}={value!r} is out of bounds: "
                    f"it must be {least} or more"
                )


class Latency(_Toxic, frozen=True):
    """Every byte is late by ``seconds``, give or take ``jitter``; order is kept."""

    seconds: float
    jitter: float = 0.0


class Bandwidth(_Toxic, frozen=True):
    """No more than ``rate`` bytes a second pass."""

    rate: int


class Slicer(_Toxic, frozen=True):
    """Bytes pass in pieces of ``size``, with ``delay`` seconds after each."""

    size: int = 1
    delay: float = 0.0


class BlackHole(_Toxic, frozen=True):
    """Nothing passes any more, neither bytes nor an end; toxiproxy's ``timeout``.

    As with an unplugged cable nobody is told, and what is still unread arrives once
    the toxic is cleared. Who connects is accepted, and hears nothing.
    """


class ResetPeer(_Toxic, frozen=True):
    """Both sides get a TCP reset after ``after`` more bytes; 0 is at once."""

    after: int = 0


class LimitData(_Toxic, frozen=True):
    """Both sides get an end of stream after exactly ``after`` more bytes."""

    after: int


class HalfClose(_Toxic, frozen=True):
    """This direction ends after ``after`` more bytes, the other one goes on.

    What comes later in this direction is swallowed.
    """

    after: int = 0


class SlowClose(_Toxic, frozen=True):
    """An end of stream is passed on ``delay`` seconds late."""

    delay: float


Toxic: TypeAlias = (
    Latency
    | Bandwidth
    | Slicer
    | BlackHole
    | ResetPeer
    | LimitData
    | HalfClose
    | SlowClose
)

CUTS = (ResetPeer, LimitData, HalfClose)
"""Those that strike once, after a number of bytes."""
