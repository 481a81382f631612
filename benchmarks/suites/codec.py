"""The codecs alone: from a dict to bytes, from bytes to an envelope, frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.suite import Metric, Suite, Workload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.suite import Turn

__all__ = ["SUITE"]

_METRICS: Final = (Metric("time", "CPU µs", 1e6, 2),)
_CODECS: Final = ("ums", "json", "orjson")
_FRAMES: Final = ("ums", "wsclient")
_PARTS: Final = (
    ("encode", "a request to bytes", _CODECS, 10_000),
    ("decode-158", "a notification of 158 bytes to its envelope", _CODECS, 10_000),
    ("decode-1188", "a notification of 1,188 bytes to its envelope", _CODECS, 5_000),
    ("frame", "a request's bytes to a masked frame", _FRAMES, 5_000),
    ("unframe", "64 frames of 158 bytes to their payloads", _FRAMES, 200),
)


def _sum_up(turns: Sequence[Turn]) -> dict[str, float]:
    values = sorted(turn.ran["value"] for turn in turns)
    return {"time": values[len(values) // 2]}


def _workloads(quick: bool) -> tuple[Workload, ...]:
    return tuple(
        Workload(
            name=name,
            title=title,
            kind="codec",
            metrics=_METRICS,
            command={"do": "measure", "what": name, "count": 10 if quick else count},
            sum_up=_sum_up,
            connections=0,
            base=peers[1],
            slices=1 if quick else 8,
            peers=peers,
        )
        for name, title, peers, count in _PARTS
    )


SUITE: Final = Suite("codec", "what reading and writing a frame takes", _workloads)
